// Event -> one JSON line, exactly as docs/events.md says: addresses, selectors, register, MSR and error-code values as lower-case
// hexadecimal strings, counts as numbers, unknown as null, what does not apply left out. Read off the schema.

import { hex } from '../base/u64.ts';
import { REGISTER_FILE, registerOffset } from '../arch/register-file.ts';
import type { EventWalk, TraceEvent } from './event.ts';
import type { FrameSlot, WalkLevel } from './heap-lists.ts';
import { EVENT_KINDS } from './kinds.ts';
import { COMMON_FIELDS, SCHEMA, type FieldType } from './schema.ts';

/** Who last wrote a page-table entry, as of the event. */
export type LastWriter =
  | {
    readonly by: 'cpu' | 'device' | 'loader'; readonly icount: number | null; readonly seq: number | null; readonly cpl: number | null;
    readonly cs: number | null; readonly ip: bigint | null; readonly before: bigint | null; readonly after: bigint | null;
    /** Where no event stands for the write (`seq` null): the next event to happen. */
    readonly nextSeq?: number;
    /** Of a write that a transition stands for: it pushed a frame (a delivery, or a call through a gate), or saved a task. */
    readonly how?: 'pushed' | 'called' | 'saved';
  }
  | { readonly absent: string };

/** Finds the last writer of a level's entry; without one the JSON says that it was not looked for. */
export type LastWriterOf = (event: TraceEvent, level: WalkLevel) => LastWriter;

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };
type JsonNode = Record<string, JsonValue>;

const NOT_SOUGHT: LastWriterOf = () => ({ absent: 'not looked for: the record of table writes was not searched' });
const FIRST = ['icount', 'iteration'], SECOND = ['mode', 'cpl', 'cs', 'ip', 'cpu'];
const LAST = COMMON_FIELDS.map(({ path }) => path).filter((path) => !FIRST.includes(path) && !SECOND.includes(path));

/** One line of JSON, without a newline. */
export function eventLine(event: TraceEvent, lastWriterOf: LastWriterOf = NOT_SOUGHT): string {
  return JSON.stringify(eventJson(event, lastWriterOf));
}

/** The JSON value of an event. */
export function eventJson(event: TraceEvent, lastWriterOf: LastWriterOf = NOT_SOUGHT): { readonly [name: string]: JsonValue } {
  const out: JsonNode = { seq: event.seq };
  for (const path of FIRST) copy(out, event, path, commonType(path));
  out['kind'] = event.kind;
  for (const path of SECOND) copy(out, event, path, commonType(path));
  for (const { path, type } of SCHEMA[EVENT_KINDS.indexOf(event.kind)]!.fields) {
    if (type === 'walk') putWalk(out, event, lastWriterOf);
    else copy(out, event, path, type);
  }
  for (const path of LAST) {
    if (path === 'source.line') putLine(out, event.sourceLine);
    else copy(out, event, path, commonType(path));
  }
  return out;
}

const commonType = (path: string): FieldType => COMMON_FIELDS.find((field) => field.path === path)!.type;

function copy(out: JsonNode, event: TraceEvent, path: string, type: FieldType): void {
  const [name, part] = path.split('.') as [string, string?];
  const outer = (event as unknown as Readonly<Record<string, unknown>>)[name];
  const value = part === undefined || outer === undefined || outer === null ? outer : (outer as Readonly<Record<string, unknown>>)[part];
  if (value === undefined) return;
  const json = value === null ? null : jsonOf(value, type);
  if (part === undefined || outer === null) out[name] = json;
  else ((out[name] ??= {}) as JsonNode)[part] = json;
}

function jsonOf(value: unknown, type: FieldType): JsonValue {
  if (type === 'slots') return (value as readonly FrameSlot[]).map((slot) => ({ name: slot.name, value: hexBig(slot.value) }));
  if (type === 'registers') return registersJson(value as readonly { readonly offset: number; readonly value: bigint }[]);
  if (typeof value === 'bigint') return hexBig(value);
  return typeof value === 'number' && (type === 'hex32' || type === 'hex64' || type === 'hex128') ? hex(value) : (value as JsonValue);
}

const hexBig = (value: bigint): string => `0x${value.toString(16)}`;

function registersJson(registers: readonly { readonly offset: number; readonly value: bigint }[]): JsonValue {
  return Object.fromEntries(registers.map(({ offset, value }) => [registerName(offset), hexBig(value)]));
}
function registerName(offset: number): string {
  return REGISTER_FILE.find(({ name }) => registerOffset(name) === offset)?.name ?? `word-${String(offset)}`;
}

// `source` names the mechanism where an event has one; only then does the line of the log go under a name of its own
function putLine(out: JsonNode, line: number | undefined): void {
  if (line === undefined) return;
  if (out['source'] === undefined) out['source'] = { line };
  else out['sourceLine'] = line;
}

function putWalk(out: JsonNode, event: TraceEvent, lastWriterOf: LastWriterOf): void {
  if (event.kind !== 'fault' || event.walk === undefined) return;
  const walk = event.walk as EventWalk | null;
  out['walk'] = walk === null ? null : walk.levels.map((level) => levelJson(level, lastWriterOf(event, level)));
  if (walk !== null) out['verdict'] = { rights: walk.verdict.rights, rule: walk.verdict.rule };
}

/** One level of a walk; `walk` of the command line prints the same. A PDPTE register has no rights, and no accessed or dirty bit. */
export function levelJson(level: WalkLevel, writer: LastWriter): JsonValue {
  const { level: number, physical, entry, register, present, writable, user, nx, accessed, dirty, pageSize, rightsSoFar } = level;
  const said = register === undefined ? { present, writable, user, nx, accessed, dirty } : { register: register.name, stale: register.stale, present };
  return { level: number, physical: hexBig(BigInt(physical)), entry: hexBig(entry), ...said, pageSize, rightsSoFar, lastWriter: writerJson(writer) };
}

/** A last writer as JSON. */
export function writerJson(writer: LastWriter): JsonValue {
  if ('absent' in writer) return { absent: writer.absent };
  const { by, icount, seq, cpl, cs, ip, before, after, nextSeq } = writer;
  const big = (value: bigint | null): string | null => (value === null ? null : hexBig(value));
  return { by, icount, seq, cpl, cs: cs === null ? null : hex(cs), ip: big(ip), before: big(before), after: big(after), ...(nextSeq === undefined ? {} : { nextSeq }) };
}
