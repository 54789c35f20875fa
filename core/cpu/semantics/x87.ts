// x87 as rows of the dispatch table; what they do is in core/cpu/x87, by topic of the manual. SDM 1 "Programming with the x87 FPU".
import type { X87_ROWS } from '../../isa/opcodes-x87.ts';
import { X87_ARITHMETIC } from '../x87/arithmetic.ts';
import { X87_COMPARE } from '../x87/compare.ts';
import { X87_CONTROL } from '../x87/control.ts';
import { X87_DECIMAL } from '../x87/decimal.ts';
import { X87_ENVIRONMENT } from '../x87/environment-image.ts';
import { X87_REMAINDER } from '../x87/remainder.ts';
import { X87_TRANSCENDENTAL } from '../x87/transcendental.ts';
import { X87_TRANSFER } from '../x87/transfer.ts';
import { X87_TRIGONOMETRIC } from '../x87/trigonometric.ts';
import { X87_UNARY } from '../x87/unary.ts';
import type { SemanticsRows } from './execute-type.ts';

export const X87 = {
  ...X87_ARITHMETIC, ...X87_COMPARE, ...X87_CONTROL, ...X87_DECIMAL, ...X87_ENVIRONMENT, ...X87_REMAINDER, ...X87_TRANSCENDENTAL, ...X87_TRANSFER, ...X87_TRIGONOMETRIC, ...X87_UNARY,
} satisfies SemanticsRows<(typeof X87_ROWS)[number][1] | 'fwait'>;
