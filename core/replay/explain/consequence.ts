// The consequence of an event in at most 60 words: rule, what was found, the value and where it was read, its last writer, one remedy. What is
// known beyond that is said where it fits.

import { vectorName } from '../../arch/vectors.ts';
import { describeEvent } from '../../event/describe.ts';
import type { TraceEvent } from '../../event/event.ts';
import type { LastWriter } from '../../event/json.ts';
import type { LadderStep } from '../../event/ladder.ts';
import { AS_IT_STARTED } from '../writers/register.ts';
import type { ValueRead } from './explanation.ts';

export const WORDS_MAX = 60;

export interface ConsequenceParts {
  readonly event: TraceEvent;
  readonly steps: readonly LadderStep[];
  readonly failed: LadderStep | null;
  readonly value: ValueRead | null;
  readonly lastWriter: LastWriter | null;
  readonly writerSymbol: string | null;
  /** What is known of the frame, instead of the plain value. */
  readonly insight: string | null;
  readonly remedy: string | null;
}

/** The paragraph. */
export function consequenceOf(parts: ConsequenceParts): string {
  const { event, failed, remedy } = parts;
  if (failed === null) return nothingFailed(parts);
  // a trap is what the instruction asked for: nothing went wrong
  const found = `${failed.rule}${event.kind === 'fault' && event.class === 'trap' ? '' : ` failed${during(event)}`}: ${failed.why}.`;
  const value = valueSentence(parts), writer = writerSentence(parts), insight = parts.insight === null ? null : `${parts.insight}.`;
  const end = remedy === null ? null : `${capital(remedy)}.`;
  const candidates = [[found, insight, value, writer, end], [found, value, writer, end], [found, writer, end], [found, end]].map((sentences) => sentences.filter((one) => one !== null).join(' '));
  return candidates.find((text) => wordsIn(text) <= WORDS_MAX) ?? found;
}

/** Words of a text, as a person counts them. */
export const wordsIn = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;

function during(event: TraceEvent): string {
  if (event.kind !== 'fault' || event.deliveryOf === undefined || event.causes !== undefined) return '';
  const { source, vector } = event.deliveryOf;
  return ` while ${source === 'software' ? `INT 0x${vector.toString(16)}` : vectorName(vector)} was delivered`;
}

function valueSentence({ event, value }: ConsequenceParts): string | null {
  if (value === null) return null;
  const { name, from } = value;
  if (from.kind === 'register') return `Read from ${name}: ${value.value}.`;
  if (from.kind === 'instruction') return `The bytes there are ${value.value}${value.meaning === null ? '' : ` (${value.meaning})`}.`;
  const read = event.kind === 'fault' && event.tlb === 'stale' ? 'at' : 'read at'; // refused out of the TLB: nobody read the entry
  return `${capital(name)}, ${read} physical 0x${from.physical.toString(16)}, is ${value.value}.`;
}

function writerSentence({ lastWriter, writerSymbol, value }: ConsequenceParts): string | null {
  if (lastWriter === null) return null;
  if ('absent' in lastWriter) return lastWriter.absent === AS_IT_STARTED && value !== null ? `Nothing has changed ${nameOfBits(value)} since the machine started.` : null;
  const { by, ip, icount, how } = lastWriter;
  if (by === 'loader') return 'Nothing has written it since it was loaded.';
  if (by === 'device') return 'A device wrote it last.';
  const who = writerSymbol ?? (ip === null ? 'an unknown instruction' : `0x${ip.toString(16)}`), when = icount === null ? '' : `icount ${String(icount)}`;
  // the processor pushed it: the instruction is where that happened, not what wrote
  if (how === 'pushed') return `Pushed when ${who} was interrupted${when === '' ? '' : `, ${when}`}.`;
  return `Last written by ${who}${when === '' ? '' : ` at ${when}`}.`;
}

const nameOfBits = ({ name, from }: ValueRead): string => (from.kind === 'register' && from.bits !== undefined ? `its ${from.bits}` : name);

function nothingFailed({ event, steps }: ConsequenceParts): string {
  const passed = steps.filter(({ outcome }) => outcome === 'pass').length, skipped = steps.filter(({ outcome }) => outcome === 'skipped').length;
  if (event.kind === 'fault' && event.class === 'trap') return `${event.mnemonic} is a trap: the instruction was completed, and no check failed.`;
  if (steps.length > 0) return `Every check passed: ${String(passed)} held${skipped === 0 ? '' : `, ${String(skipped)} did not apply`}.`;
  if (event.kind === 'fault' && event.rule !== null && event.rule !== 'none') return `${event.rule} failed${during(event)}.`;
  return event.kind === 'fault' ? describeEvent(event).split(' ').slice(0, WORDS_MAX).join(' ') : '';
}

const capital = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());
