// A lint as one sentence: what would fail, with which fault, and what the failing check compared, read from where.

import { findVector } from '../arch/vectors.ts';
import { hex } from '../base/u64.ts';
import type { Heard, HeardAccess } from '../event/heard.ts';
import type { LadderAccess, LadderStep } from '../event/ladder.ts';
import type { PreflightFinding, PreflightTrial } from '../event/reexecutor.ts';
import { isReadFrom, readingOf } from '../event/rule-readings.ts';

/** What was tried, as the part of a sentence that says that it fails; `{v}` stands for the vectors. */
const FAILS: Readonly<Record<PreflightTrial, string>> = {
  'delivery': '{v} cannot be delivered', 'delivery-from-ring-3': '{v} cannot be delivered from ring 3', 'int-from-ring-3': 'INT {v} from ring 3 cannot be delivered',
  'sysenter': 'SYSENTER fails', 'sysenter-stack': 'a push on the stack that SYSENTER loads fails', 'sysenter-ss': 'MOV SS with what SYSENTER loads (IA32_SYSENTER_CS + 8) fails',
  'sysenter-cs': 'an IRET back to what SYSENTER entered fails', 'sysexit-segments': 'an IRET to the segments that SYSEXIT loads fails',
  'page-entry': 'an access to a page that may not be executed fails', 'pdptes': 'the MOV to CR0 that turns paging on fails',
};

/** The sentence of a finding; `step` is its failing check. Without a full stop. */
export function sentenceOf(finding: PreflightFinding, step: LadderStep | null): string {
  const { trial, vectors, heard, fault, linear, isUnset } = finding;
  const names = trial === 'int-from-ring-3' ? ranges(vectors, hex) : vectorWords(vectors);
  const isEntered = heard.some((one) => one.kind === 'event' && one.event === 'transition');
  const what = isEntered && vectors.length > 0 ? `the first instruction behind ${names} cannot be fetched` : isEntered ? 'the first instruction behind SYSENTER cannot be fetched' : FAILS[trial].replace('{v}', names);
  const why = (isUnset ? unsetWords(heard, step) : null) ?? step?.why ?? 'the check is unknown';
  return `${what}: ${fault}${linear === null ? '' : ` at linear ${hex(linear)}`}, because ${why}${placeOf(step === null ? null : readBy(step))}`;
}

/** What the failing check read; where its reading is not known by kind, what was read last. */
export function readBy({ rule, accesses }: LadderStep): LadderAccess | null {
  const reading = readingOf(rule);
  return accesses.filter((access) => isReadFrom(reading, access)).at(-1) ?? accesses.at(-1) ?? null;
}

/** What is not there yet. */
function unsetWords(heard: readonly Heard[], step: LadderStep | null): string | null {
  if (step?.rule === 'gate-type') return 'the gate is all zeros';
  const fields = heard.filter((one): one is HeardAccess => one.kind === 'access' && one.what === 'tss' && !one.write);
  const pointer = fields.find(({ part }) => part === 'sp'), segment = fields.find(({ part }) => part === 'ss');
  return pointer === undefined || segment === undefined ? null : `the TSS names no stack for ring 0: esp0 is ${hex(pointer.value)}, ss0 ${hex(segment.value)}; ${step?.why ?? ''}`;
}

const READ_WORDS: Readonly<Record<string, string>> = { tss: 'TSS field', frame: 'frame slot' };

function placeOf(access: LadderAccess | null): string {
  if (access === null) return '';
  return ` (${READ_WORDS[access.what] ?? access.what.replace('-', ' ')} ${hex(access.value)} at ${access.linear === null ? '' : `linear ${hex(access.linear)}, `}physical ${hex(access.physical)})`;
}

const NAMED_MAX = 5;

/** A few exceptions by name, interrupts by number: `#DF, #GP and vectors 0x20 to 0x2f`. */
function vectorWords(vectors: readonly number[]): string {
  if (vectors.length > NAMED_MAX) return `vectors ${ranges(vectors, hex)}`;
  const named = vectors.map((vector) => findVector(vector)?.mnemonic).filter((name) => name !== undefined);
  const others = vectors.filter((vector) => findVector(vector) === null);
  const rest = others.length === 0 ? [] : [`${others.length === 1 ? 'vector' : 'vectors'} ${ranges(others, hex)}`];
  return joined([...named, ...rest]);
}

/** `0x20, 0x22 to 0x2f and 0x80`. */
function ranges(vectors: readonly number[], name: (vector: number) => string): string {
  const runs: [number, number][] = [];
  for (const vector of vectors) {
    const last = runs.at(-1);
    if (last?.[1] === vector - 1) last[1] = vector; else runs.push([vector, vector]);
  }
  return joined(runs.flatMap(([first, last]) => (last > first + 1 ? [`${name(first)} to ${name(last)}`] : first === last ? [name(first)] : [name(first), name(last)])));
}

const joined = (parts: readonly string[]): string => (parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`);
