// Legacy prefixes and REX: SDM 2A "Instruction Prefixes", "REX Prefixes". The last prefix of a group wins;
// a REX counts only directly before the opcode.
import { nextByte, type ByteCursor } from './byte-cursor.ts';
import { REPEAT_EQUAL, REPEAT_NONE, REPEAT_NOT_EQUAL, type BitWidth } from './insn.ts';

/** The prefixes of one instruction. REX bits are 0 or 1. */
export interface Prefixes {
  operandSizeOverride: boolean;
  addressSizeOverride: boolean;
  lock: boolean;
  repeat: 0 | 1 | 2;
  /** Segment register number, or -1. */
  segment: number;
  hasRex: boolean;
  rexW: number;
  rexR: number;
  rexX: number;
  rexB: number;
}

const SEGMENT_PREFIXES: ReadonlyMap<number, number> = new Map([[0x26, 0], [0x2e, 1], [0x36, 2], [0x3e, 3], [0x64, 4], [0x65, 5]]);

/** Reads all prefixes and returns them with the first byte that is not one (the opcode). */
export function readPrefixes(cursor: ByteCursor, bits: BitWidth): { readonly prefixes: Prefixes; readonly opcode: number } {
  const prefixes: Prefixes = {
    operandSizeOverride: false, addressSizeOverride: false, lock: false, repeat: REPEAT_NONE, segment: -1,
    hasRex: false, rexW: 0, rexR: 0, rexX: 0, rexB: 0,
  };
  for (;;) {
    const byte = nextByte(cursor);
    if (cursor.failure !== 'none') return { prefixes, opcode: byte };
    if (bits === 64 && (byte & 0xf0) === 0x40) setRex(prefixes, byte);
    else if (isLegacyPrefix(prefixes, byte, bits)) clearRex(prefixes);
    else return { prefixes, opcode: byte };
  }
}

function isLegacyPrefix(prefixes: Prefixes, byte: number, bits: BitWidth): boolean {
  const segment = SEGMENT_PREFIXES.get(byte);
  if (segment !== undefined) {
    // SDM 1 "Segmentation in 64-Bit Mode": CS, DS, ES and SS overrides are ignored there.
    if (bits !== 64 || segment >= 4) prefixes.segment = segment;
    return true;
  }
  if (byte === 0x66) prefixes.operandSizeOverride = true;
  else if (byte === 0x67) prefixes.addressSizeOverride = true;
  else if (byte === 0xf0) prefixes.lock = true;
  else if (byte === 0xf3) prefixes.repeat = REPEAT_EQUAL;
  else if (byte === 0xf2) prefixes.repeat = REPEAT_NOT_EQUAL;
  else return false;
  return true;
}

function setRex(prefixes: Prefixes, byte: number): void {
  prefixes.hasRex = true;
  prefixes.rexW = (byte >> 3) & 1;
  prefixes.rexR = (byte >> 2) & 1;
  prefixes.rexX = (byte >> 1) & 1;
  prefixes.rexB = byte & 1;
}

function clearRex(prefixes: Prefixes): void {
  prefixes.hasRex = false;
  prefixes.rexW = prefixes.rexR = prefixes.rexX = prefixes.rexB = 0;
}
