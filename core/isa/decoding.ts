// What the decoder knows after opcode and ModRM, handed to the operand resolution.
import type { ByteCursor } from './byte-cursor.ts';
import type { BitWidth } from './insn.ts';
import type { MemoryOperand } from './memory-operand.ts';
import type { OpcodeEntry } from './opcode-index.ts';
import type { Prefixes } from './prefixes.ts';

/** Everything read so far, for operand resolution. */
export interface Decoding {
  readonly cursor: ByteCursor;
  readonly bits: BitWidth;
  readonly prefixes: Prefixes;
  readonly entry: OpcodeEntry;
  readonly opcode: number;
  /** -1 without ModRM. */
  readonly modrm: number;
  readonly memory: MemoryOperand | null;
  readonly operandSize: BitWidth;
  readonly addressSize: BitWidth;
}
