// Who last changed a register, as of any point. Some change by events alone, so the record tells; others are found by executing again. Where
// that is not possible the recorded registers tell the event that changed it, or that something between two events did.

import { findField } from '../../arch/bit-field.ts';
import { fieldsOfRegister } from '../../arch/control-registers.ts';
import { EFLAGS_FIELDS } from '../../arch/flags.ts';
import { findMsr, findMsrByName, MSRS } from '../../arch/msrs.ts';
import { findRegister, SEGMENT_NAMES } from '../../arch/register-file.ts';
import { joinU64 } from '../../base/u64.ts';
import type { TraceEvent } from '../../event/event.ts';
import type { LastWriter } from '../../event/json.ts';
import { EVENT_KINDS, type EventKind } from '../../event/kinds.ts';
import { comparePositions, type Position } from '../../event/position.ts';
import type { RegisterWrite, Reexecutor } from '../../event/reexecutor.ts';
import { noExecution } from '../search.ts';
import { positionOfEvent, storedBefore } from '../source.ts';
import type { WriterReplay } from './place.ts';
import { unknownWriter, type Written } from './written.ts';

/** A register by the name people give it, as parts of the register file: a table register has a base and a limit. `mask`: the bits that are meant, null: all. */
export interface NamedRegister { readonly name: string; readonly parts: readonly { readonly name: string; readonly offset: number; readonly words: 1 | 2; readonly mask: number | null }[] }

/** Why a register has no writer, when that is known. */
export const AS_IT_STARTED = 'as the machine started: nothing has changed it since';

/** Finds `eax`, `cr0`, `idtr`, `cs`, `gdtr.limit`, `IA32_SYSENTER_CS`, and bits of one: `eflags.AC`, `cr4.SMAP`; null when there is no such register. */
export function findNamedRegister(text: string): NamedRegister | null {
  const name = text.toLowerCase();
  const bits = bitsNamed(name);
  if (bits !== null) return { name: text, parts: [bits] };
  const parts = partNames(name).map((part) => ({ name: part, register: findRegister(part) }));
  const known = parts.flatMap(({ name: part, register }) => (register === null ? [] : [{ name: part, ...register, mask: null }]));
  return known.length === 0 || known.length < parts.length ? null : { name: text, parts: known };
}

/** A field in the low word of EFLAGS, a control or a debug register. */
function bitsNamed(name: string): Part | null {
  const [, of, field] = /^([a-z0-9_]+)\.([a-z0-9]+)$/.exec(name) ?? [];
  const part = of === undefined ? undefined : partNames(of)[0];
  const register = part === undefined ? null : findRegister(part);
  if (part === undefined || field === undefined || register === null) return null;
  const found = findField(part === 'rflags' ? EFLAGS_FIELDS : fieldsOfRegister(part) ?? [], field.toUpperCase());
  if (found === null || found.bit + found.width > 32) return null;
  return { name: part, ...register, mask: ((2 ** found.width - 1) * 2 ** found.bit) >>> 0 };
}

function partNames(name: string): readonly string[] {
  if (name === 'gdtr' || name === 'idtr') return [`${name}.base`, `${name}.limit`];
  if (name === 'ldtr' || name === 'tr') return ['selector', 'base', 'limit'].map((part) => `${name}.${part}`);
  if (SEGMENT_NAMES.some((one) => one === name)) return ['selector', 'base', 'limit', 'rights'].map((part) => `${name}.${part}`);
  const register = findMsrByName(name)?.register ?? null;
  return [register ?? name.replace(/^e([a-d]x|[sbi]p|[sd]i|flags)$/, 'r$1')];
}

/** The last change of a register before a point: of its parts the latest. `before` and `after` are the values of that part. */
export async function lastWriterOfRegister(replay: WriterReplay, before: Position, name: string): Promise<Written & { readonly part: string }> {
  const register = findNamedRegister(name);
  if (register === null) return { ...unknownWriter(`there is no register ${name}`), part: name };
  let best: Written & { readonly part: string } | null = null;
  for (const part of register.parts) {
    const found = { ...await lastWriterOfPart(replay, before, part), part: part.mask === null ? part.name : name };
    if (best === null || (found.at !== null && (best.at === null || comparePositions(found.at, best.at) > 0))) best = found;
  }
  return best!;
}

type Part = NamedRegister['parts'][number];

async function lastWriterOfPart(replay: WriterReplay, before: Position, part: Part): Promise<Written> {
  const { reexecutor } = replay;
  const told = toldWriter(replay, before, part);
  if (told !== null) return told;
  if (reexecutor === null) return recordedChange(replay, before, part, noExecution('what changed it', replay.absent));
  const reply = await askOne(reexecutor, before, part);
  if (typeof reply === 'string') return recordedChange(replay, before, part, reply);
  if (reply.write === null) return { writer: { absent: AS_IT_STARTED }, basis: { kind: 're-execution' }, at: null };
  return { writer: writerOf(reply.write), basis: { kind: 're-execution' }, at: reply.write.at };
}

async function askOne(reexecutor: Reexecutor, before: Position, { offset, words, mask }: Part): Promise<{ readonly write: RegisterWrite | null } | string> {
  const reply = await reexecutor.ask({ kind: 'last-register-write', before, offset, words, mask });
  if (reply.kind === 'register-written') return reply;
  return reply.kind === 'absent' ? reply.reason : 'the recording does not reach this point';
}

const writerOf = ({ at, event, cpl, cs, ip, before, after }: RegisterWrite): LastWriter =>
  ({ by: 'cpu', icount: at.icount, seq: event, cpl, cs, ip, before, after, ...(event === null ? { nextSeq: at.seq } : {}) });

// registers that change with these events alone: by instructions, and task switches tell of theirs by the same
const TELLING: readonly EventKind[] = ['msr-write', 'cr-write', 'dr-write', 'table-load'];
const TELLING_CODES = TELLING.map((kind) => EVENT_KINDS.indexOf(kind));
const TOLD_CONTROL = ['cr0', 'cr3', 'cr4'], TOLD_DEBUG = ['dr0', 'dr1', 'dr2', 'dr3', 'dr7'], TOLD_TABLES = /^(gdtr|idtr|ldtr|tr)\.(selector|base|limit)$/;

/** The last recorded change of a register that changes with an event only, when the record keeps every event; null for other registers. */
function toldWriter({ trace }: WriterReplay, point: Position, { name, mask }: Part): Written | null {
  const isTold = TOLD_CONTROL.includes(name) || TOLD_DEBUG.includes(name) || TOLD_TABLES.test(name) || MSRS.some(({ register }) => register === name);
  if (!isTold || !trace.hasState || trace.rowCount < trace.eventCount) return null;
  for (let seq = storedBefore(trace, point.seq); seq >= 0; seq = storedBefore(trace, seq)) {
    if (!TELLING_CODES.includes(trace.kindAt(seq))) continue;
    const event = trace.event(seq);
    const change = changeOf(event, name);
    if (change === null || (change.before !== null && isSame(mask, change.before, change.after))) continue;
    const { icount, cpl, cs, ip } = event;
    return { writer: { by: 'cpu', icount, seq, cpl, cs, ip, ...change }, basis: { kind: 'record' }, at: positionOfEvent(trace, seq) };
  }
  return { writer: { absent: AS_IT_STARTED }, basis: { kind: 'record' }, at: null };
}

// without a mask two values must be equal, with one in its bits
const isSame = (mask: number | null, one: bigint, other: bigint): boolean => (mask === null ? one === other : ((one ^ other) & BigInt(mask)) === 0n);

/** What an event did to a part of the register file; null when it is about something else. */
function changeOf(event: TraceEvent, name: string): { readonly before: bigint | null; readonly after: bigint } | null {
  if (event.kind === 'cr-write' || event.kind === 'dr-write') return event.register === name ? { before: event.before, after: event.after } : null;
  if (event.kind === 'msr-write') return !event.refused && findMsr(event.msr)?.register === name ? { before: event.before, after: event.after } : null;
  if (event.kind !== 'table-load') return null;
  const [register, part] = name.split('.');
  if (register !== event.register || (part !== 'base' && part !== 'limit' && part !== 'selector')) return null;
  return { before: BigInt(event.before[part] ?? 0), after: BigInt(event.after[part] ?? 0) };
}

/** The event-level answer: the last event whose states differ, unless the register changed behind it. */
function recordedChange({ trace }: WriterReplay, point: Position, { offset, words, mask }: Part, reason: string): Written {
  if (!trace.hasState) return unknownWriter(reason);
  const valueOf = (registers: Uint32Array): bigint => joinU64(registers[offset]!, words === 2 ? registers[offset + 1]! : 0);
  let later: bigint | null = point.seq < trace.eventCount && trace.kindAt(point.seq) >= 0 ? valueOf(trace.stateBefore(point.seq)) : null;
  for (let seq = storedBefore(trace, point.seq); seq >= 0; seq = storedBefore(trace, seq)) {
    const before = valueOf(trace.stateBefore(seq)), after = valueOf(trace.stateAfter(seq));
    if (later !== null && !isSame(mask, after, later)) return unknownWriter(`it changed from 0x${after.toString(16)} to 0x${later.toString(16)} behind event ${String(seq)}, by an instruction that is not in the record; ${reason}`);
    if (!isSame(mask, before, after)) {
      const { icount, cpl, cs, ip } = trace.event(seq);
      return { writer: { by: 'cpu', icount, seq, cpl, cs, ip, before, after }, basis: { kind: 'record' }, at: positionOfEvent(trace, seq) };
    }
    later = before;
  }
  return unknownWriter(`no recorded event changed it; ${reason}`);
}
