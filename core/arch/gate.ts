// Gates in the IDT, and call and task gates in GDT and LDT: 8 bytes, as two words. SDM 3A "IDT Descriptors", "Call Gates".

import { bits, flag, type BitField } from './bit-field.ts';

//  high word  31..16 offset 31:16 | 15 P | 14..13 DPL | 12 S=0 | 11..8 type (4 12 call, 5 task, 6 7 14 15 interrupt or trap) | 4..0 call gate: parameters
//  low word   31..16 selector     | 15..0 offset 15:0
export const gateSelector = (low: number): number => low >>> 16;
export const gateOffset = (low: number, high: number): number => ((high & 0xffff_0000) | (low & 0xffff)) >>> 0;
/** Type with the S bit as bit 4: a gate has S = 0, so 16..31 are no gates. */
export const gateType = (high: number): number => (high >>> 8) & 31;
export const gateDpl = (high: number): number => (high >>> 13) & 3;
/** How many parameters a call gate copies to an inner stack: 0..31 slots of its size. */
export const gateParameters = (high: number): number => high & 31;
export const isGatePresent = (high: number): boolean => (high & 0x8000) !== 0;

/** The two words of a gate. */
export function encodeGate(fields: { readonly selector: number; readonly offset: number; readonly type: number; readonly dpl: number; readonly present: boolean }): { readonly low: number; readonly high: number } {
  const { selector, offset, type, dpl, present } = fields;
  return {
    low: ((selector << 16) | (offset & 0xffff)) >>> 0,
    high: ((offset & 0xffff_0000) | (present ? 0x8000 : 0) | (dpl << 13) | (type << 8)) >>> 0,
  };
}

/** Fields of an entry of the interrupt-vector table, 4 bytes: what stands for a gate in real-address mode. SDM 3B "Interrupt and Exception Handling". */
export const VECTOR_ENTRY_FIELDS: readonly BitField[] = [
  bits(0, 16, 'IP', 'handler offset'),
  bits(16, 16, 'CS', 'paragraph of the handler'),
];

/** Fields of a gate as a 64-bit value, high word in bits 63..32. */
export const GATE_FIELDS: readonly BitField[] = [
  bits(0, 16, 'offset 15:0', 'handler offset, low part'),
  bits(16, 16, 'selector', 'code segment of the handler'),
  bits(32, 5, 'parameters', 'call gate: slots copied to the inner stack'),
  bits(40, 4, 'type', '4 and 12 call gate (16 and 32 bits), 5 task gate, 14 interrupt gate, 15 trap gate (6 and 7: 16-bit)'),
  flag(44, 'S', 'clear in a gate'),
  bits(45, 2, 'DPL', 'the largest CPL that may use the gate with INT n, INT3 or INTO'),
  flag(47, 'P', 'present'),
  bits(48, 16, 'offset 31:16', 'handler offset, high part'),
];
