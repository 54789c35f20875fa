// Bytes to Insn, from the opcode table. Never throws, whatever the bytes. It reads no CPU state but the code size.
// Operand resolution is in operand-decoder.ts; the shape of the result in insn.ts.
import { failureOf, nextByte, type ByteCursor } from './byte-cursor.ts';
import { MEMORY, type BitWidth, type Insn } from './insn.ts';
import { readMemoryOperand } from './memory-operand.ts';
import { buildInsn } from './operand-decoder.ts';
import { opcodeEntries, type OpcodeEntry } from './opcode-index.ts';
import { readPrefixes, type Prefixes } from './prefixes.ts';

/**
 * What decoding gave. `invalid`: #UD, the encoding does not exist, or LOCK is not allowed on it (`reason`).
 * `incomplete`: the bytes end before the instruction does. `too-long`: more than 15 bytes, #GP(0).
 */
export type DecodeResult =
  | { readonly kind: 'insn'; readonly insn: Insn }
  | { readonly kind: 'invalid'; readonly reason: 'opcode' | 'lock'; readonly lengthBytes: number }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'too-long' };

/** Decodes the instruction at `bytes[from]` for a code segment of `bits` bits. SDM 2A "Instruction Format". */
export function decode(bytes: Uint8Array, bits: BitWidth, from = 0): DecodeResult {
  const cursor: ByteCursor = { bytes, start: from, at: from, failure: 'none' };
  const { prefixes, opcode: first } = readPrefixes(cursor, bits);
  const { map, opcode } = readOpcode(cursor, first);
  const headFailure = failureOf(cursor);
  if (headFailure !== null) return { kind: headFailure };
  const entries = opcodeEntries(map, opcode);
  const modrm = entries.some((entry) => entry.needsModrm) ? nextByte(cursor) : -1;
  const modrmFailure = failureOf(cursor);
  if (modrmFailure !== null) return { kind: modrmFailure };
  const entry = entries.find((candidate) => matches(candidate, modrm, prefixes, bits));
  if (entry === undefined) return invalid(cursor, 'opcode');

  const addressSize = addressSizeOf(prefixes, bits);
  const hasMemory = modrm >= 0 && modrm < 0xc0 && entry.operands.some(({ method }) => 'EMQW'.includes(method));
  const memory = hasMemory ? readMemoryOperand(cursor, modrm, addressSize, bits, prefixes) : null;
  const operandSize = operandSizeOf(entry, prefixes, bits);
  const insn = buildInsn({ cursor, bits, prefixes, entry, opcode, modrm, memory, operandSize, addressSize });
  const bodyFailure = failureOf(cursor);
  if (bodyFailure !== null) return { kind: bodyFailure };
  if (insn === null) return invalid(cursor, 'opcode');
  return insn.lock && !isLockAllowed(entry, insn) ? invalid(cursor, 'lock') : { kind: 'insn', insn };
}

/** The same with bytes from a callback, which is asked for one byte after another and returns null where there are none. */
export function decodeFrom(fetchByte: (index: number) => number | null, bits: BitWidth): DecodeResult {
  const bytes: number[] = [];
  for (;;) {
    const result = decode(Uint8Array.from(bytes), bits);
    if (result.kind !== 'incomplete') return result;
    const next = fetchByte(bytes.length);
    if (next === null) return result;
    bytes.push(next & 0xff);
  }
}

function readOpcode(cursor: ByteCursor, first: number): { map: number; opcode: number } {
  if (first !== 0x0f) return { map: 0, opcode: first };
  const second = nextByte(cursor);
  if (second === 0x38) return { map: 2, opcode: nextByte(cursor) };
  if (second === 0x3a) return { map: 3, opcode: nextByte(cursor) };
  return { map: 1, opcode: second };
}

function matches(entry: OpcodeEntry, modrm: number, prefixes: Prefixes, bits: BitWidth): boolean {
  if (entry.modes === (bits === 64 ? 'no64' : 'only64')) return false;
  if (entry.exactModrm >= 0 && entry.exactModrm !== modrm) return false;
  if (entry.digit >= 0 && entry.digit !== ((modrm >> 3) & 7)) return false;
  if (entry.form !== 'any' && (entry.form === 'reg') !== modrm >= 0xc0) return false;
  return prefixMatches(entry, prefixes);
}

// SDM 2A "Mandatory prefixes": F2 and F3 take precedence over 66.
function prefixMatches(entry: OpcodeEntry, prefixes: Prefixes): boolean {
  switch (entry.prefix) {
    case 'any': return true;
    case 'NP': return prefixes.repeat === 0 && !prefixes.operandSizeOverride;
    case '66': return prefixes.repeat === 0 && prefixes.operandSizeOverride;
    case 'F3': return prefixes.repeat === 1;
    case 'F2': return prefixes.repeat === 2;
  }
}

function addressSizeOf(prefixes: Prefixes, bits: BitWidth): BitWidth {
  if (bits === 64) return prefixes.addressSizeOverride ? 32 : 64;
  return (bits === 32) !== prefixes.addressSizeOverride ? 32 : 16;
}

function operandSizeOf(entry: OpcodeEntry, prefixes: Prefixes, bits: BitWidth): BitWidth {
  if (bits !== 64) return (bits === 32) !== prefixes.operandSizeOverride ? 32 : 16;
  if (prefixes.rexW === 1) return 64;
  // VENDOR: near branches ignore 66 on Intel and honour it on AMD; we follow Intel. SDM 2A "Default 64-Bit Operand Size".
  if (entry.default64 && isNearBranch(entry)) return 64;
  if (prefixes.operandSizeOverride) return 16;
  return entry.default64 ? 64 : 32;
}

function isNearBranch(entry: OpcodeEntry): boolean {
  switch (entry.op) {
    case 'jcc': case 'jmp': case 'call': case 'ret': case 'loop': case 'loope': case 'loopne': case 'jcxz': return true;
    default: return false;
  }
}

// SDM 2A "LOCK": only with certain instructions, and only where the destination is memory.
function isLockAllowed(entry: OpcodeEntry, insn: Insn): boolean {
  return entry.lockable && insn.destination.kind === MEMORY;
}

function invalid(cursor: ByteCursor, reason: 'opcode' | 'lock'): DecodeResult {
  return { kind: 'invalid', reason, lengthBytes: cursor.at - cursor.start };
}
