// The dispatch table: every operation of the opcode table has a row, or this file does not compile.
import type { Insn } from '../../isa/insn.ts';
import type { Op } from '../../isa/opcode-index.ts';
import { missingFeatures } from '../features.ts';
import type { Cpu } from '../state.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { BCD } from './bcd.ts';
import { BIT } from './bit.ts';
import { CONTROL_FLOW } from './control-flow.ts';
import { DATA_TRANSFER } from './data-transfer.ts';
import { DESCRIPTOR } from './descriptor.ts';
import type { Execute, Semantics } from './execute-type.ts';
import { FLAG_CONTROL } from './flag-control.ts';
import { INPUT_OUTPUT } from './input-output.ts';
import { LOGIC } from './logic.ts';
import { MULTIPLY_DIVIDE } from './multiply-divide.ts';
import { SHIFT_ROTATE } from './shift-rotate.ts';
import { SIMD } from './simd.ts';
import { STACK } from './stack.ts';
import { STRING } from './string.ts';
import { SYSTEM } from './system.ts';
import { UNSUPPORTED, undefinedOpcode, unsupported } from './unsupported.ts';
import { X87 } from './x87.ts';

export const SEMANTICS: Readonly<Record<Op, Semantics>> = {
  ...ARITHMETIC, ...BCD, ...BIT, ...CONTROL_FLOW, ...DATA_TRANSFER, ...DESCRIPTOR, ...FLAG_CONTROL, ...INPUT_OUTPUT, ...LOGIC, ...MULTIPLY_DIVIDE,
  ...SHIFT_ROTATE, ...SIMD, ...STACK, ...STRING, ...SYSTEM, ...UNSUPPORTED, ...X87,
};

/** The function that executes an instruction on this processor: `undefinedOpcode` for one its model does not have. */
export function executionOf(cpu: Cpu, insn: Insn): Execute {
  return missingFeatures(cpu, insn) === 0 ? semanticsOf(insn) : undefinedOpcode;
}

/** The function that executes an instruction: by operation, and where it matters by the size of the first operand. */
export function semanticsOf(insn: Insn): Execute {
  const row = SEMANTICS[insn.op];
  if (typeof row === 'function') return row;
  const size = insn.destination.sizeBits === 0 ? insn.operandSize : insn.destination.sizeBits;
  if (size === 32) return row.dword;
  if (size === 16) return row.word;
  return size === 8 && 'byte' in row ? row.byte : unsupported;
}
