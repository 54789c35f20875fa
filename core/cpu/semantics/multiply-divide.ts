// MUL, IMUL, DIV, IDIV: SDM 2, the instructions of these names. After MUL and IMUL the flags the manual leaves undefined follow the low half;
// after DIV and IDIV all flags keep their values.
import { rule } from '../../event/rules.ts';
import { NO_OPERAND, type Insn } from '../../isa/insn.ts';
import { DE, demand } from '../fault.ts';
import { carryWord } from '../flags.ts';
import { divide64, multiplyHigh, multiplyHighSigned, remainder64 } from '../multiply-divide.ts';
import { readOperand16, readOperand32, readOperand8 } from '../operands.ts';
import { EAX, EDX, type Cpu } from '../state.ts';
import type { SemanticsRows } from './execute-type.ts';

const DIVISOR_ZERO = rule('divisor-not-zero');
const QUOTIENT_RANGE = rule('quotient-fits');

function signed8(value: number): number { return (value << 24) >> 24; }
function signed16(value: number): number { return (value << 16) >> 16; }

/** CF = OF = the product does not fit its low half. */
function setProductFlags(cpu: Cpu, low: number, overflows: boolean): void {
  cpu.lazyResult = low;
  cpu.lazyCarries = overflows ? carryWord(1, 1) : 0;
}

function mulEb(cpu: Cpu, insn: Insn): void {
  const product = cpu.get8(EAX) * (readOperand8(cpu, insn, insn.destination) & 0xff);
  cpu.set16(EAX, product);
  setProductFlags(cpu, signed8(product), product > 0xff);
}
function mulEw(cpu: Cpu, insn: Insn): void {
  const product = cpu.get16(EAX) * (readOperand16(cpu, insn, insn.destination) & 0xffff);
  cpu.set16(EAX, product);
  cpu.set16(EDX, product >>> 16);
  setProductFlags(cpu, signed16(product), product > 0xffff);
}
function mulEd(cpu: Cpu, insn: Insn): void {
  const a = cpu.get32(EAX);
  const b = readOperand32(cpu, insn, insn.destination) | 0;
  const low = Math.imul(a, b);
  const high = multiplyHigh(a, b);
  cpu.set32(EAX, low);
  cpu.set32(EDX, high);
  setProductFlags(cpu, low, high !== 0);
}

function imulEb(cpu: Cpu, insn: Insn): void {
  const product = signed8(cpu.get8(EAX)) * signed8(readOperand8(cpu, insn, insn.destination));
  cpu.set16(EAX, product);
  setProductFlags(cpu, signed8(product), product !== signed8(product));
}
function imulEw(cpu: Cpu, insn: Insn): void {
  const product = signed16(cpu.get16(EAX)) * signed16(readOperand16(cpu, insn, insn.destination));
  cpu.set16(EAX, product);
  cpu.set16(EDX, product >> 16);
  setProductFlags(cpu, signed16(product), product !== signed16(product));
}
function imulEd(cpu: Cpu, insn: Insn): void {
  const a = cpu.get32(EAX);
  const b = readOperand32(cpu, insn, insn.destination) | 0;
  const low = Math.imul(a, b);
  const high = multiplyHighSigned(a, b);
  cpu.set32(EAX, low);
  cpu.set32(EDX, high);
  setProductFlags(cpu, low, high !== low >> 31);
}

// IMUL Gv,Ev multiplies DEST by SRC; IMUL Gv,Ev,Iz multiplies SRC by the third operand.
function imulGwEw(cpu: Cpu, insn: Insn): void {
  const source = signed16(readOperand16(cpu, insn, insn.source));
  const other = insn.third.kind === NO_OPERAND ? cpu.get16(insn.destination.register) : insn.immediate;
  const product = source * signed16(other);
  cpu.set16(insn.destination.register, product);
  setProductFlags(cpu, signed16(product), product !== signed16(product));
}
function imulGdEd(cpu: Cpu, insn: Insn): void {
  const source = readOperand32(cpu, insn, insn.source) | 0;
  const other = insn.third.kind === NO_OPERAND ? cpu.get32(insn.destination.register) : insn.immediate;
  const low = Math.imul(source, other);
  cpu.set32(insn.destination.register, low);
  // A product outside 32 bits has no equal among int32, whatever its rounding as a double.
  setProductFlags(cpu, low, source * other !== low);
}

function divide(cpu: Cpu, dividend: number, divisor: number, quotientMax: number): number {
  // SDM 2 "DIV": the source operand must not be zero.
  demand(cpu, DIVISOR_ZERO, divisor !== 0, DE, dividend, divisor);
  const quotient = Math.floor(dividend / divisor);
  // SDM 2 "DIV": the quotient must fit the designated register.
  demand(cpu, QUOTIENT_RANGE, quotient <= quotientMax, DE, dividend, divisor);
  return quotient;
}

function divEb(cpu: Cpu, insn: Insn): void {
  const divisor = readOperand8(cpu, insn, insn.destination) & 0xff;
  const dividend = cpu.get16(EAX);
  const quotient = divide(cpu, dividend, divisor, 0xff);

  cpu.set16(EAX, quotient | ((dividend % divisor) << 8));
}
function divEw(cpu: Cpu, insn: Insn): void {
  const divisor = readOperand16(cpu, insn, insn.destination) & 0xffff;
  const dividend = ((cpu.get16(EDX) << 16) | cpu.get16(EAX)) >>> 0;
  const quotient = divide(cpu, dividend, divisor, 0xffff);

  cpu.set16(EAX, quotient);
  cpu.set16(EDX, dividend % divisor);
}
function divEd(cpu: Cpu, insn: Insn): void {
  const divisor = readOperand32(cpu, insn, insn.destination) >>> 0;
  const low = cpu.get32(EAX) >>> 0;
  const high = cpu.get32(EDX) >>> 0;
  demand(cpu, DIVISOR_ZERO, divisor !== 0, DE, low, divisor);
  demand(cpu, QUOTIENT_RANGE, high < divisor, DE, high, divisor);

  const quotient = high === 0 ? Math.floor(low / divisor) : divide64(high, low, divisor);
  cpu.set32(EAX, quotient);
  cpu.set32(EDX, remainder64(low, divisor, quotient));
}

function divideSigned(cpu: Cpu, dividend: number, divisor: number, quotientMin: number): number {
  demand(cpu, DIVISOR_ZERO, divisor !== 0, DE, dividend, divisor);
  const quotient = Math.trunc(dividend / divisor);
  demand(cpu, QUOTIENT_RANGE, quotient >= quotientMin && quotient < -quotientMin, DE, dividend, divisor);
  return quotient;
}

function idivEb(cpu: Cpu, insn: Insn): void {
  const divisor = signed8(readOperand8(cpu, insn, insn.destination));
  const dividend = signed16(cpu.get16(EAX));
  const quotient = divideSigned(cpu, dividend, divisor, -0x80);

  cpu.set16(EAX, (quotient & 0xff) | (((dividend % divisor) & 0xff) << 8));
}
function idivEw(cpu: Cpu, insn: Insn): void {
  const divisor = signed16(readOperand16(cpu, insn, insn.destination));
  const dividend = (cpu.get16(EDX) << 16) | cpu.get16(EAX);
  const quotient = divideSigned(cpu, dividend, divisor, -0x8000);

  cpu.set16(EAX, quotient);
  cpu.set16(EDX, dividend % divisor);
}
function idivEd(cpu: Cpu, insn: Insn): void {
  const divisor = readOperand32(cpu, insn, insn.destination) | 0;
  const low = cpu.get32(EAX);
  const high = cpu.get32(EDX);
  demand(cpu, DIVISOR_ZERO, divisor !== 0, DE, low, divisor);
  const isNegative = high < 0;
  const lowMagnitude = (isNegative ? -low : low) >>> 0;
  const highMagnitude = (isNegative ? ~high + (low === 0 ? 1 : 0) : high) >>> 0;
  const divisorMagnitude = Math.abs(divisor);
  const fits = highMagnitude < divisorMagnitude;
  const magnitude = fits ? divide64(highMagnitude, lowMagnitude, divisorMagnitude) : 0;
  const limit = isNegative === divisor < 0 ? 0x7fff_ffff : 0x8000_0000;
  demand(cpu, QUOTIENT_RANGE, fits && magnitude <= limit, DE, high, divisor);

  const remainder = remainder64(lowMagnitude, divisorMagnitude, magnitude);
  cpu.set32(EAX, isNegative === divisor < 0 ? magnitude : -magnitude);
  cpu.set32(EDX, isNegative ? -remainder : remainder);
}

export const MULTIPLY_DIVIDE = {
  mul: { byte: mulEb, word: mulEw, dword: mulEd },
  imulAccumulator: { byte: imulEb, word: imulEw, dword: imulEd },
  imul: { word: imulGwEw, dword: imulGdEd },
  div: { byte: divEb, word: divEw, dword: divEd },
  idiv: { byte: idivEb, word: idivEw, dword: idivEd },
} satisfies SemanticsRows<'mul' | 'imulAccumulator' | 'imul' | 'div' | 'idiv'>;
