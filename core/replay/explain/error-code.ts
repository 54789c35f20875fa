// An error code taken apart by the manual's tables, with the table entry it names as that was when the event happened.

import { fieldValue, meaningOf } from '../../arch/bit-field.ts';
import { decodeSelectorError, describeErrorCode, errorFieldsOf } from '../../arch/error-code.ts';
import { hex, joinU64 } from '../../base/u64.ts';
import { describeFaultCode } from '../../event/describe.ts';
import type { TraceEvent } from '../../event/event.ts';
import type { ExplainedErrorCode } from './explanation.ts';
import type { Inquiry } from './inquiry.ts';
import { describeDescriptor, describeGate, registerValue } from './names.ts';

const BYTES = 8;

/** The error code of an event; null when it has none. */
export async function explainErrorCode(inquiry: Inquiry, event: TraceEvent, registers: Uint32Array | null): Promise<ExplainedErrorCode | null> {
  if ((event.kind !== 'fault' && event.kind !== 'transition') || event.errorCode === undefined || event.errorCode === null || event.vector === undefined) return null;
  const { vector, errorCode } = event;
  const fields = (errorFieldsOf(vector) ?? []).map((field) => ({ name: field.name, value: String(fieldValue(BigInt(errorCode), field)), isFlag: field.width === 1, saysClear: field.clear !== undefined, text: meaningOf(BigInt(errorCode), field) }));
  const names = vector >= 10 && vector <= 13 ? decodeSelectorError(errorCode) : null;
  const table = names === null || (names.isNull && names.table !== 'idt') ? null : names.table;
  const namesNothing = names !== null && table === null;
  return {
    value: hex(errorCode), meaning: event.kind === 'fault' ? describeFaultCode(event, errorCode) : describeErrorCode(vector, errorCode),
    // a flag that is clear and says nothing by being so is left out, and so is TI of a code that names a gate
    fields: fields.filter(({ name, value, isFlag, saysClear }) => (!isFlag || value !== '0' || saysClear) && !(name !== 'EXT' && namesNothing) && !(name === 'TI' && names?.table === 'idt')).map(({ name, value, text }) => ({ name, value, title: text })),
    table, index: table === null ? null : names?.index ?? null,
    entry: table === null || names === null ? null : await entryOf(inquiry, { seq: event.seq, table, index: names.index, registers }),
  };
}

interface Wanted { readonly seq: number; readonly table: 'gdt' | 'ldt' | 'idt'; readonly index: number; readonly registers: Uint32Array | null }

async function entryOf(inquiry: Inquiry, { seq, table, index, registers }: Wanted): Promise<ExplainedErrorCode['entry']> {
  if (registers === null) return { absent: 'the registers were not recorded' };
  const register = table === 'idt' ? 'idtr' : table === 'ldt' ? 'ldtr' : 'gdtr';
  const base = Number(registerValue(registers, `${register}.base`)), limit = Number(registerValue(registers, `${register}.limit`));
  if (index * BYTES + BYTES - 1 > limit) return { absent: `it would lie beyond the limit ${hex(limit)} of the ${table.toUpperCase()}` };
  const linear = (base + index * BYTES) >>> 0;
  const at = inquiry.before(seq);
  const bytes = await inquiry.ask({ kind: 'read-linear', at, linear, length: BYTES }, 'bytes');
  if (bytes.kind === 'unknown') return { absent: bytes.reason };
  if (bytes.bytes.length < BYTES) return { absent: `its page, at linear ${hex(linear)}, is not mapped` };
  const physical = await physicalOf(inquiry, seq, linear);
  const view = new DataView(bytes.bytes.buffer, bytes.bytes.byteOffset, BYTES);
  const raw = joinU64(view.getUint32(0, true), view.getUint32(4, true));
  return { linear: BigInt(linear), physical: BigInt(physical ?? linear), raw: hex(raw), meaning: table === 'idt' ? describeGate(raw) : describeDescriptor(raw) };
}

/** Where a linear address lay just before an event; null where it was not mapped. */
export async function physicalOf(inquiry: Inquiry, seq: number, linear: number): Promise<number | null> {
  const reply = await inquiry.ask({ kind: 'walk', at: inquiry.before(seq), linear }, 'walk');
  return reply.kind === 'unknown' ? null : reply.walk.physical;
}
