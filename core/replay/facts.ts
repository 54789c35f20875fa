// What there is to say about one event, as data: the inspector draws it and decides nothing. Everything comes from the event itself
// and the manual's tables; what needs more than the record is null here, never guessed.

import type { BitField } from '../arch/bit-field.ts';
import { fieldsOfRegister } from '../arch/control-registers.ts';
import { describeErrorCode, errorFieldsOf } from '../arch/error-code.ts';
import { EFLAGS_FIELDS } from '../arch/flags.ts';
import { GATE_FIELDS, VECTOR_ENTRY_FIELDS } from '../arch/gate.ts';
import { findMsr } from '../arch/msrs.ts';
import { entryBytes, fieldsOfEntry } from '../arch/page-entry.ts';
import { tssFieldAt } from '../arch/tss.ts';
import { findVector } from '../arch/vectors.ts';
import { describeFaultCode } from '../event/describe.ts';
import type { FaultEvent, Frame, GateRead, Side, TraceEvent, TransitionEvent } from '../event/event.ts';
import type { WalkLevel } from '../event/heap-lists.ts';
import type { Mode } from '../event/kinds.ts';
import { RULES } from '../event/rules.ts';
import type { LastWriter, LastWriterOf } from '../event/json.ts';
import { bitRow, describeSelector, type BitRow } from './state.ts';

/** A label with an exact value and, where the manual gives one, its meaning. */
export interface Fact { readonly label: string; readonly value: string; readonly meaning: string | null }
/** A value taken apart into the manual's fields. */
export interface Decoded { readonly label: string; readonly value: string; readonly meaning: string | null; readonly bits: readonly BitRow[] }
export interface RuleFact { readonly id: string; readonly title: string; readonly cite: string }
export interface WalkRow {
  /** `page directory entry` and the like. */
  readonly title: string; readonly level: number; readonly physical: string; readonly entry: string; readonly present: boolean;
  readonly rightsSoFar: string; readonly pageSize: number; readonly bits: readonly BitRow[];
  /** Bytes of the entry. */
  readonly entryBytes: number;
  /** The entry is a PDPTE register, which was loaded from there. */
  readonly isRegister: boolean;
  /** Who last wrote the entry before this event, or why that is absent; null when nobody was asked. */
  readonly lastWriter: LastWriter | null;
}
export interface FrameRow { readonly name: string; readonly linear: string; readonly value: string; readonly meaning: string | null }
/** One row of the before/after table of a transition. */
export interface SideRow { readonly label: string; readonly from: string; readonly to: string; readonly changed: boolean; readonly meaning: string | null }

export interface EventFacts {
  readonly seq: number;
  readonly kind: TraceEvent['kind'];
  readonly basics: readonly Fact[];
  readonly errorCode: Decoded | null;
  /** The check that failed. */
  readonly rule: RuleFact | null;
  readonly walk: { readonly levels: readonly WalkRow[]; readonly rights: string; readonly rule: RuleFact | null } | null;
  readonly sides: readonly SideRow[];
  readonly frame: { readonly pushed: boolean; readonly ss: string; readonly width: number; readonly rows: readonly FrameRow[] } | null;
  readonly gate: Decoded | null;
  readonly stackFrom: Fact | null;
  /** The register an MSR, CR or DR write changed: after the write, compared with before. */
  readonly written: (Decoded & { readonly before: string | null; readonly refused: boolean }) | null;
  /** Events this one names: what it happened during, the causes of a double fault, the chain of a shutdown. */
  readonly related: readonly { readonly label: string; readonly seq: number }[];
}

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const hexOrUnknown = (value: number | bigint | null): string => (value === null ? 'unknown' : hex(value));

/** Everything the record says about one event; `lastWriterOf` (LastWriters of the same trace) tells who wrote the entries of its walk. */
export function factsOf(event: TraceEvent, lastWriterOf: LastWriterOf | null = null): EventFacts {
  return {
    seq: event.seq, kind: event.kind, basics: basicsOf(event), related: relatedOf(event), written: writtenOf(event),
    errorCode: errorCodeOf(event), rule: event.kind === 'fault' ? ruleOf(event.rule) : null,
    walk: event.kind === 'fault' ? walkOf(event, lastWriterOf) : null, sides: event.kind === 'transition' ? sidesOf(event) : [],
    frame: event.kind === 'transition' && event.frame !== undefined ? frameOf(event, event.frame) : null,
    gate: event.kind === 'transition' && event.gate !== undefined ? gateOf(event.gate, event) : null,
    stackFrom: event.kind === 'transition' && event.stackFrom !== undefined ? stackFromOf(event.stackFrom) : null,
  };
}

/** Title and citation of a rule id; an id this version does not know is shown as it is. */
export function ruleOf(id: string | null): RuleFact | null {
  if (id === null) return null;
  return RULES.find((one) => one.id === id) ?? { id, title: 'a rule this version does not know', cite: '' };
}

function basicsOf(event: TraceEvent): readonly Fact[] {
  const facts: Fact[] = [{ label: 'event', value: String(event.seq), meaning: event.kind }];
  const add = (label: string, value: string, meaning: string | null = null): void => { facts.push({ label, value, meaning }); };
  if (event.icount !== null) add('instructions before it', String(event.icount));
  if (event.iteration !== undefined && event.iteration > 0) add('REP iteration', String(event.iteration));
  if (event.mode !== null) add('mode', event.mode);
  if (event.cpl !== null) add('CPL', String(event.cpl), event.cpl === 0 ? 'kernel' : event.cpl === 3 ? 'user' : null);
  if (event.cs !== null) add('CS', hex(event.cs), describeSelector(event.cs, event.mode));
  if (event.ip !== null) add('IP', hex(event.ip));
  if (event.kind === 'fault' || event.kind === 'transition') vectorFacts(event, add);
  if (event.kind === 'fault') faultFacts(event, add);
  if (event.kind === 'console') add('text', JSON.stringify(event.text), event.device);
  if (event.kind === 'exit') add('value', hex(event.value));
  if (event.kind === 'unsupported') add('instruction', event.instruction, event.detail ?? null);
  if (event.kind === 'tlb-flush') add('scope', event.scope, event.linear === undefined ? null : hex(event.linear));
  if (event.kind === 'mode-change') add('change', `${event.before} to ${event.after}`);
  if (event.kind === 'table-load') add(event.register.toUpperCase(), `base ${hex(event.after.base)}, limit ${hex(event.after.limit)}`, event.after.selector === undefined ? null : describeSelector(event.after.selector));
  if (event.kind === 'table-write') add(`${event.table} entry ${String(event.index)}`, `${hex(event.before)} to ${hex(event.after)}`, `at physical ${hex(event.physical)}`);
  return facts;
}

type Add = (label: string, value: string, meaning?: string | null) => void;
function vectorFacts(event: FaultEvent | TransitionEvent, add: Add): void {
  if (event.vector !== undefined) add('vector', `${hex(event.vector)} (${String(event.vector)})`, findVector(event.vector)?.title ?? null);
  if (event.source !== undefined) add('source', event.source);
  if (event.kind === 'transition') add('by', event.via);
}
function faultFacts(event: FaultEvent, add: Add): void {
  add('class', event.class ?? 'unknown');
  add('during', event.during, event.deliveryOf === undefined ? null : `delivery of vector ${hex(event.deliveryOf.vector)} (${event.deliveryOf.source})`);
  if (event.cr2 !== undefined) add('CR2', hexOrUnknown(event.cr2), 'the linear address that faulted');
  if (event.access !== undefined) add('access', `${event.access.user ? 'user' : 'supervisor'} ${event.access.type ?? 'access'}`, event.access.implicit === true ? 'made by the processor itself' : null);
  if (event.tlb !== undefined) add('TLB', event.tlb);
}

function relatedOf(event: TraceEvent): EventFacts['related'] {
  if (event.kind === 'shutdown') return event.chain.map((seq) => ({ label: 'led to the shutdown', seq }));
  if (event.kind !== 'fault') return [];
  const during = event.deliveryOf?.seq ?? null;
  return [...(during === null ? [] : [{ label: 'arose while delivering', seq: during }]), ...(event.causes ?? []).map((seq) => ({ label: 'cause', seq }))];
}

function decoded(label: string, value: bigint, about: { readonly fields: readonly BitField[]; readonly other?: bigint; readonly meaning?: string | null }): Decoded {
  return { label, value: hex(value), meaning: about.meaning ?? null, bits: about.fields.map((field) => bitRow(field, value, about.other ?? value)) };
}

function errorCodeOf(event: TraceEvent): Decoded | null {
  if ((event.kind !== 'fault' && event.kind !== 'transition') || event.errorCode === undefined || event.errorCode === null || event.vector === undefined) return null;
  return decoded('error code', BigInt(event.errorCode), { fields: errorFieldsOf(event.vector) ?? [], meaning: event.kind === 'fault' ? describeFaultCode(event, event.errorCode) : describeErrorCode(event.vector, event.errorCode) });
}

const LEVELS: Readonly<Record<number, string>> = { 1: 'page table entry', 2: 'page directory entry', 3: 'page directory pointer entry', 4: 'PML4 entry', 5: 'PML5 entry' };
function walkOf(event: FaultEvent, lastWriterOf: LastWriterOf | null): EventFacts['walk'] {
  if (event.walk === undefined) return null;
  const levels = event.walk.levels.map((one) => ({
    ...entryRow(one), level: one.level, physical: hex(one.physical), present: one.present, rightsSoFar: one.rightsSoFar, pageSize: one.pageSize,
    lastWriter: lastWriterOf === null ? null : lastWriterOf(event, one),
  }));
  return { levels, rights: event.walk.verdict.rights, rule: ruleOf(event.walk.verdict.rule) };
}

/** An entry of the paging structures met at a level: what it is called, its value and its fields. */
export function entryRow({ level, entry, paging, register }: Pick<WalkLevel, 'level' | 'entry' | 'paging' | 'register'>): Pick<WalkRow, 'title' | 'entry' | 'bits' | 'entryBytes' | 'isRegister'> {
  const title = register === undefined ? LEVELS[level] ?? `level ${String(level)} entry` : `${register.name.toUpperCase()} register${register.stale ? ' (memory has changed since it was loaded)' : ''}`;
  return { title, entry: hex(entry), entryBytes: entryBytes(paging), isRegister: register !== undefined, bits: fieldsOfEntry(level, entry, paging).map((field) => bitRow(field, entry, entry)) };
}

function sidesOf({ from, to }: TransitionEvent): readonly SideRow[] {
  const row = (label: string, read: (side: Side) => string | null, meaning: string | null = null): SideRow => {
    const before = read(from) ?? 'unknown', after = read(to) ?? 'unknown';
    return { label, from: before, to: after, changed: before !== after, meaning };
  };
  const flagNames = (side: Side): string | null => (side.flags === null ? null : hex(side.flags));
  return [
    row('CPL', (side) => (side.cpl === null ? null : String(side.cpl))),
    row('CS', (side) => (side.cs === null ? null : hex(side.cs)), to.cs === null ? null : describeSelector(to.cs, to.mode)),
    row('IP', (side) => (side.ip === null ? null : hex(side.ip))),
    row('SS', (side) => (side.ss === null ? null : hex(side.ss)), to.ss === null ? null : describeSelector(to.ss, to.mode)),
    row('SP', (side) => (side.sp === null ? null : hex(side.sp))),
    row('FLAGS', flagNames, changedFlags(from.flags, to.flags)),
    row('mode', (side) => side.mode),
  ];
}

/** `IF 1 to 0, TF 1 to 0`, or null when no flag changed. */
function changedFlags(from: bigint | null, to: bigint | null): string | null {
  if (from === null || to === null) return null;
  const changed = EFLAGS_FIELDS.map((field) => ({ after: bitRow(field, to, from), before: bitRow(field, from, to) })).filter(({ after }) => after.changed);
  return changed.length === 0 ? null : changed.map(({ before, after }) => `${after.name} ${before.value} to ${after.value}`).join(', ');
}

/** An IRET or a far return takes its frame off the stack; everything else that has one pushed it. */
function frameOf(event: TransitionEvent, frame: Frame): EventFacts['frame'] {
  const pushed = event.via !== 'iret' && event.via !== 'far-return';
  // what is pushed belongs to where control came from, what is popped to where it goes
  const mode = pushed ? event.from.mode : event.to.mode;
  const bytes = BigInt(frame.width >= 16 ? frame.width / 8 : frame.width);
  const rows = frame.slots.map((slot, index) => ({
    name: slot.name.toUpperCase().replace('ERROR-CODE', 'error code').replace('PARAMETER', 'parameter'),
    linear: hex(frame.linear + BigInt(index) * bytes), value: hex(slot.value), meaning: slotMeaning(slot.name, slot.value, { vector: event.vector, mode }),
  }));
  return { pushed, ss: hexOrUnknown(frame.ss), width: frame.width, rows };
}

function slotMeaning(name: string, value: bigint, { vector, mode }: { readonly vector: number | undefined; readonly mode: Mode | null }): string | null {
  if (['cs', 'ss', 'ds', 'es', 'fs', 'gs'].includes(name)) return describeSelector(Number(value & 0xffffn), mode);
  if (name === 'error-code' && vector !== undefined) return describeErrorCode(vector, Number(value & 0xffff_ffffn));
  if (!name.endsWith('flags')) return null;
  return EFLAGS_FIELDS.map((field) => bitRow(field, value, value)).filter((bit) => bit.isSet).map((bit) => (bit.isFlag ? bit.name : `${bit.name}=${bit.value}`)).join(' ');
}

// INT n in real-address mode, and where virtual-8086 mode calls the program's own handler, reads an entry of four bytes.
function gateOf(gate: GateRead, { from, to }: TransitionEvent): Decoded {
  if (from.mode === 'real' || (from.mode === 'v86' && to.mode === 'v86')) return decoded(`vector table entry ${hex(gate.index)}`, gate.raw, { fields: VECTOR_ENTRY_FIELDS, meaning: `at physical ${hex(gate.physical)}` });
  return decoded(`${gate.table.toUpperCase()} entry ${hex(gate.index)}`, gate.raw, { fields: GATE_FIELDS, meaning: `at physical ${hex(gate.physical)}` });
}

function stackFromOf({ tss, offset, value }: NonNullable<TransitionEvent['stackFrom']>): Fact {
  const field = tssFieldAt(offset);
  return { label: `TSS ${describeSelector(tss)}, offset ${hex(offset)}`, value: hex(value), meaning: field === null ? null : `${field.name}: ${field.title}` };
}

function writtenOf(event: TraceEvent): EventFacts['written'] {
  if (event.kind === 'msr-write') {
    const msr = findMsr(event.msr);
    const about = { fields: msr?.fields ?? [], other: event.before ?? event.after, meaning: msr?.title ?? null };
    return { ...decoded(event.name, event.after, about), before: event.before === null ? null : hex(event.before), refused: event.refused };
  }
  if (event.kind !== 'cr-write' && event.kind !== 'dr-write') return null;
  const about = { fields: fieldsOfRegister(event.register) ?? [], other: event.before ?? event.after };
  return { ...decoded(event.register.toUpperCase(), event.after, about), before: event.before === null ? null : hex(event.before), refused: false };
}
