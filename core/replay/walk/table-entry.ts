// An entry of the GDT, LDT, IDT or TSS as of any point: where it lies, its bytes, what they mean by the manual's tables, and who last wrote it.

import type { BitField } from '../../arch/bit-field.ts';
import { baseOf, describeRights, DESCRIPTOR_FIELDS, limitOf, RIGHTS_S, rightsOf, TYPE_CALL_GATE16, TYPE_CALL_GATE32, TYPE_INTERRUPT_GATE16, TYPE_INTERRUPT_GATE32, TYPE_TASK_GATE, TYPE_TRAP_GATE16, TYPE_TRAP_GATE32, typeOf } from '../../arch/descriptor.ts';
import { GATE_FIELDS, gateDpl, gateOffset, gateSelector, isGatePresent, VECTOR_ENTRY_FIELDS } from '../../arch/gate.ts';
import { tssFieldAt } from '../../arch/tss.ts';
import { hex } from '../../base/u64.ts';
import type { Position } from '../../event/position.ts';
import { bitRow, type BitRow } from '../state.ts';
import { entryOf, isAbsent, placeLinear, registersAt, tssFieldOf, type Absent, type Place, type SystemTable, type WriterReplay } from '../writers/place.ts';
import { lastWriterOfPlace, type Written } from '../writers/written.ts';

export interface TableEntry {
  readonly place: Place;
  readonly raw: bigint;
  /** What it is, in words: `32-bit interrupt gate to 0x8:0x1001c5, DPL 0, present`. */
  readonly meaning: string;
  readonly bits: readonly BitRow[];
  readonly written: Written;
}

/** An entry as it is before what happens at `at`. */
export async function tableEntryAt(replay: WriterReplay, at: Position, which: { readonly table: SystemTable; readonly index: number } | { readonly tssField: string }): Promise<TableEntry | Absent> {
  const registers = await registersAt(replay, at);
  if (isAbsent(registers)) return registers;
  const entry = 'tssField' in which ? tssFieldOf(registers, which.tssField) : entryOf(registers, which);
  if (isAbsent(entry)) return entry;
  const place = await placeLinear(replay, at, entry);
  if (isAbsent(place)) return place;
  const raw = await bytesAt(replay, at, place);
  if (isAbsent(raw)) return raw;
  const written = await lastWriterOfPlace(replay, at, place);
  return { place, raw: raw.value, ...decodeEntry(entry, raw.value), written };
}

/** The bytes of a place, little-endian. */
export async function bytesAt({ reexecutor, absent }: WriterReplay, at: Position, place: Place): Promise<{ readonly value: bigint } | Absent> {
  if (reexecutor === null) return { absent: absent ?? 'no re-execution is at hand' };
  let value = 0n, shift = 0n;
  for (const { physical, length } of place.pieces) {
    const reply = await reexecutor.ask({ kind: 'read-physical', at, physical, length });
    if (reply.kind !== 'bytes') return { absent: reply.kind === 'absent' ? reply.reason : 'the recording does not reach this point' };
    if (reply.bytes.length < length) return { absent: `${place.name} lies outside memory` };
    for (const byte of reply.bytes) {
      value |= BigInt(byte) << shift;
      shift += 8n;
    }
  }
  return { value };
}

/** What the bytes of an entry mean. */
export function decodeEntry({ table, index, length }: { readonly table: SystemTable; readonly index: number; readonly length: number }, raw: bigint): { readonly meaning: string; readonly bits: readonly BitRow[] } {
  const low = Number(raw & 0xffff_ffffn), high = Number((raw >> 32n) & 0xffff_ffffn);
  if (table === 'tss') return { meaning: tssFieldAt(index * 4)?.title ?? 'between the fields', bits: [] };
  if (length === 4) return { meaning: `real-mode vector to ${hex(low >>> 16)}:${hex(low & 0xffff)}`, bits: rows(VECTOR_ENTRY_FIELDS, raw) };
  const rights = rightsOf(high);
  const isGate = (rights & RIGHTS_S) === 0 && GATES.includes(typeOf(rights));
  if (isGate || table === 'idt') return { meaning: gateMeaning(low, high), bits: rows(GATE_FIELDS, raw) };
  const meaning = raw === 0n ? 'empty' : `${describeRights(rights)}, base ${hex(baseOf(low, high))}, limit ${hex(limitOf(low, high))}, ${presence(isGatePresent(high), gateDpl(high))}`;
  return { meaning, bits: rows(DESCRIPTOR_FIELDS, raw) };
}

const GATES = [TYPE_CALL_GATE16, TYPE_TASK_GATE, TYPE_INTERRUPT_GATE16, TYPE_TRAP_GATE16, TYPE_CALL_GATE32, TYPE_INTERRUPT_GATE32, TYPE_TRAP_GATE32];

function gateMeaning(low: number, high: number): string {
  if (low === 0 && high === 0) return 'empty';
  const to = typeOf(rightsOf(high)) === TYPE_TASK_GATE ? hex(gateSelector(low)) : `${hex(gateSelector(low))}:${hex(gateOffset(low, high))}`;
  return `${describeRights(rightsOf(high))} to ${to}, ${presence(isGatePresent(high), gateDpl(high))}`;
}

const presence = (isPresent: boolean, dpl: number): string => `DPL ${String(dpl)}, ${isPresent ? 'present' : 'not present'}`;
const rows = (fields: readonly BitField[], raw: bigint): readonly BitRow[] => fields.map((field) => bitRow(field, raw, raw));
