// A trace in memory for tests of replay: rows from plain objects of field path and value, with register states given or all zero.

import { REGISTER_FILE_WORDS } from '../../../core/arch/register-file.ts';
import { EventDraft } from '../../../core/event/draft.ts';
import { EVENT_KINDS, type EventKind } from '../../../core/event/kinds.ts';
import { COMMON_FIELDS, SCHEMA } from '../../../core/event/schema.ts';
import type { TraceSource } from '../../../core/replay/source.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';

export type Values = Readonly<Record<string, number | bigint | string | boolean | null>>;

/** One row. Names of closed sets are given as text, wide values as bigint or number, unknown as null. */
export function row(kind: EventKind, values: Values = {}): EventDraft {
  const draft = new EventDraft();
  const code = EVENT_KINDS.indexOf(kind);
  draft.begin(code);
  for (const [path, value] of Object.entries(values)) {
    const field = [...COMMON_FIELDS, ...SCHEMA[code]!.fields].find((one) => one.path === path);
    if (field === undefined) throw new Error(`no field ${path} in ${kind}`);
    if (value === null) draft.setUnknown(field.handle);
    else if (typeof value === 'boolean') draft.set(field.handle, value ? 1 : 0);
    else if (typeof field.type === 'object') draft.set(field.handle, field.type.oneOf.indexOf(String(value)));
    else if (typeof value === 'string') draft.setText(field.handle, value);
    else if (field.words === 2) draft.set64(field.handle, Number(BigInt(value) & 0xffffffffn), Number(BigInt(value) >> 32n));
    else draft.set(field.handle, Number(value));
  }
  return draft;
}

/** A change of CPL, as the processor records it. */
export function transition(from: number, to: number, via: string, more: Values = {}): EventDraft {
  return row('transition', { 'from.cpl': from, 'to.cpl': to, via, ...more });
}

/** A register file with these registers set. */
export function registers(values: Readonly<Record<string, number>> = {}): Uint32Array {
  const words = new Uint32Array(REGISTER_FILE_WORDS);
  for (const [name, value] of Object.entries(values)) words[registerOffset(name)] = value;
  return words;
}

/** A trace of these rows; `icount` is each row's own, or its index. */
export function traceOf(rows: readonly EventDraft[], states: readonly Uint32Array[] = []): TraceSource {
  const icount = COMMON_FIELDS.find((one) => one.path === 'icount')!;
  const zero = registers();
  return {
    eventCount: rows.length, rowCount: rows.length, hasState: true,
    seqAt: (index) => index,
    rowNotAfter: (seq) => Math.min(seq, rows.length - 1),
    kindAt: (seq) => rows[seq]!.kind,
    row: (seq) => rows[seq]!,
    stateBefore: (seq) => states[seq] ?? zero,
    stateAfter: (seq) => states[seq + 1] ?? zero,
    icountAt: (seq) => rows[seq]!.words[icount.offset]! || seq,
  };
}
