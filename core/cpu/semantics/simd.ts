// The MMX and SSE part of the dispatch table: every operation of SIMD_ROWS has a row, or this file does not compile.
import type { SIMD_ROWS } from '../../isa/opcodes-simd.ts';
import { FXSAVE } from '../x87/fxsave.ts';
import type { SemanticsRows } from './execute-type.ts';
import { SIMD_FLOAT } from './simd-float.ts';
import { SIMD_INTEGER } from './simd-integer.ts';
import { SIMD_MOVE } from './simd-move.ts';
import { SIMD_SHUFFLE } from './simd-shuffle.ts';
import { SIMD_STATE } from './simd-state.ts';
import { SIMD_UNSUPPORTED } from './simd-unsupported.ts';

export const SIMD = {
  ...SIMD_FLOAT, ...SIMD_INTEGER, ...SIMD_MOVE, ...SIMD_SHUFFLE, ...SIMD_STATE, ...SIMD_UNSUPPORTED, ...FXSAVE,
} satisfies SemanticsRows<(typeof SIMD_ROWS)[number][1]>;
