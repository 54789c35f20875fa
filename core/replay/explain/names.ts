// Names and meanings of what was read: `IDT gate 0x80`, `GDT entry 3 (selector 0x18)`, `ss0 of the TSS`; a raw descriptor or gate in words.
// From the register file as it was and the manual's tables.

import { namesOfSetBits } from '../../arch/bit-field.ts';
import { baseOf, describeRights, dplOf, isPresent, limitOf, RIGHTS_S, rightsOf } from '../../arch/descriptor.ts';
import { gateDpl, gateOffset, gateSelector, gateType, isGatePresent } from '../../arch/gate.ts';
import { baseOfEntry, fieldsOfEntry, type Paging } from '../../arch/page-entry.ts';
import { REGISTER_FILE, registerOffset, RIGHTS_UNUSABLE } from '../../arch/register-file.ts';
import { hex, highU32, joinU64, lowU32 } from '../../base/u64.ts';
import type { AccessPart } from '../../event/heard.ts';

/** An entry of a descriptor table. */
export interface TableEntry { readonly table: 'gdt' | 'ldt' | 'idt'; readonly index: number }

const at = (registers: Uint32Array, name: string): number => registers[registerOffset(name)]!;
const BYTES = 8;

/** Which entry of the GDT or LDT lies at a linear address; null when neither reaches there. */
export function descriptorAt(registers: Uint32Array, linear: number): TableEntry | null {
  const inside = (base: number, limit: number): number | null => (linear >= base && linear - base <= limit ? Math.floor((linear - base) / BYTES) : null);
  const gdt = inside(at(registers, 'gdtr.base'), at(registers, 'gdtr.limit'));
  if (gdt !== null) return { table: 'gdt', index: gdt };
  if ((at(registers, 'ldtr.rights') & RIGHTS_UNUSABLE) !== 0) return null;
  const ldt = inside(at(registers, 'ldtr.base'), at(registers, 'ldtr.limit'));
  return ldt === null ? null : { table: 'ldt', index: ldt };
}

/** The gate of the IDT at a linear address. */
export function gateAt(registers: Uint32Array, linear: number): TableEntry {
  return { table: 'idt', index: Math.floor((linear - at(registers, 'idtr.base')) / BYTES) };
}

/** `IDT gate 0x80`, `GDT entry 3 (selector 0x18)`. */
export function nameOfEntry({ table, index }: TableEntry): string {
  return table === 'idt' ? `IDT gate ${hex(index)}` : `${table.toUpperCase()} entry ${String(index)} (selector ${hex(index * BYTES + (table === 'ldt' ? 4 : 0))})`;
}

const PART_NAMES: Readonly<Partial<Record<AccessPart, string>>> = {
  'ip': 'EIP', 'cs': 'CS', 'flags': 'EFLAGS', 'sp': 'ESP', 'ss': 'SS', 'es': 'ES', 'ds': 'DS', 'fs': 'FS', 'gs': 'GS', 'error-code': 'error code',
};
/** `SS`, `error code`. */
export const nameOfPart = (part: AccessPart | null): string => (part === null ? 'value' : PART_NAMES[part] ?? part.replace('-', ' '));

/** `EAX`, `IDTR limit`, `IA32_SYSENTER_CS`: a register as people write it outside 64-bit mode. */
export function nameOfRegister(name: string): string {
  const title = REGISTER_FILE.find((row) => row.name === name)?.title ?? name;
  return /^R(AX|CX|DX|BX|SP|BP|SI|DI|IP|FLAGS)$/.test(title) ? `E${title.slice(1)}` : title;
}

/** The value of a register in a register file, both words where it has two. */
export function registerValue(registers: Uint32Array, name: string): bigint {
  const offset = registerOffset(name);
  const words = REGISTER_FILE.find((row) => row.name === name)?.words ?? 1;
  return words === 1 ? BigInt(registers[offset]!) : joinU64(registers[offset]!, registers[offset + 1]!);
}

/** A raw descriptor in words: `data, read/write, DPL 3, base 0x0, limit 0xffffffff`; a gate where it is one. */
export function describeDescriptor(raw: bigint): string {
  const low = lowU32(raw), high = highU32(raw);
  const rights = rightsOf(high);
  if (raw === 0n) return 'an empty entry';
  if ((rights & RIGHTS_S) === 0 && (gateType(high) & 4) !== 0) return describeGate(raw);
  return `${describeRights(rights)}, DPL ${String(dplOf(rights))}${isPresent(rights) ? '' : ', not present'}, base ${hex(baseOf(low, high))}, limit ${hex(limitOf(low, high))}`;
}

/** A raw gate in words: `32-bit interrupt gate to 0x8:0x100123, DPL 0`. */
export function describeGate(raw: bigint): string {
  const low = lowU32(raw), high = highU32(raw);
  if (raw === 0n) return 'an empty entry';
  return `${describeRights(rightsOf(high))} to ${hex(gateSelector(low))}:${hex(gateOffset(low, high))}, DPL ${String(gateDpl(high))}${isGatePresent(high) ? '' : ', not present'}`;
}

/** A page entry in words: `P R/W U/S A, base 0x105000`; one that is not present says so. */
export function describePageEntry(level: number, entry: bigint, paging: Paging): string {
  const flags = namesOfSetBits(entry, fieldsOfEntry(level, entry, paging)).join(' ');
  if ((entry & 1n) === 0n) return entry === 0n ? 'empty, not present' : `not present, other bits ${flags}`;
  return `${flags}, base ${hex(baseOfEntry(level, entry, paging))}`;
}
