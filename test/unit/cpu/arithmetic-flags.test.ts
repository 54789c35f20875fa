// Results and flags of arithmetic, logic and shifts against formulas written independently, on unbounded integers.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { FLAG_AF, FLAG_CF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF } from '../../../core/cpu/flags.ts';
import { EAX, EBX, ECX, EDX, type Cpu } from '../../../core/cpu/state.ts';
import { bareCpu, execute, restart } from './bare-cpu.ts';

vi.setConfig({ testTimeout: 30_000 });

type Size = 8 | 16 | 32;
interface Outcome { readonly value: bigint; readonly flags: number; readonly defined: number }

const ALL = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF;
const edge = fc.oneof(fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff), fc.nat({ max: 0xffff_ffff }));
const sizes = fc.constantFrom<Size>(8, 16, 32);
const startFlags = fc.nat({ max: 63 }).map((bits) => 2 | (bits & 1) | ((bits & 2) << 1) | ((bits & 4) << 2) | ((bits & 8) << 3) | ((bits & 16) << 3) | ((bits & 32) << 6));

const mask = (size: Size): bigint => (1n << BigInt(size)) - 1n;
const signed = (value: bigint, size: Size): bigint => BigInt.asIntN(size, value);
const bit = (value: bigint, at: number): number => Number((value >> BigInt(at)) & 1n);

/** SF, ZF and PF of a result. */
function resultFlags(value: bigint, size: Size): number {
  let ones = 0;
  for (let at = 0; at < 8; at += 1) ones += bit(value, at);
  return (value === 0n ? FLAG_ZF : 0) | (bit(value, size - 1) ? FLAG_SF : 0) | (ones % 2 === 0 ? FLAG_PF : 0);
}

function sum(a: bigint, b: bigint, carry: bigint, size: Size): Outcome {
  const value = (a + b + carry) & mask(size);
  const overflows = signed(a, size) + signed(b, size) + carry !== signed(value, size);
  const flags = resultFlags(value, size) | (a + b + carry > mask(size) ? FLAG_CF : 0) | (overflows ? FLAG_OF : 0) | ((a & 15n) + (b & 15n) + carry > 15n ? FLAG_AF : 0);
  return { value, flags, defined: ALL };
}
function difference(a: bigint, b: bigint, borrow: bigint, size: Size): Outcome {
  const value = (a - b - borrow) & mask(size);
  const overflows = signed(a, size) - signed(b, size) - borrow !== signed(value, size);
  const flags = resultFlags(value, size) | (a < b + borrow ? FLAG_CF : 0) | (overflows ? FLAG_OF : 0) | ((a & 15n) < (b & 15n) + borrow ? FLAG_AF : 0);
  return { value, flags, defined: ALL };
}
const logic = (value: bigint, size: Size): Outcome => ({ value, flags: resultFlags(value, size), defined: ALL & ~FLAG_AF });

/** The eight operations of the opcodes 00-3F, by number. */
function binary(operation: number, a: bigint, b: bigint, carry: bigint, size: Size): Outcome {
  switch (operation) {
    case 0: return sum(a, b, 0n, size);
    case 1: return logic(a | b, size);
    case 2: return sum(a, b, carry, size);
    case 3: return difference(a, b, carry, size);
    case 4: return logic(a & b, size);
    case 5: return difference(a, b, 0n, size);
    case 6: return logic(a ^ b, size);
    default: return { ...difference(a, b, 0n, size), value: a };
  }
}

function readRegister(cpu: Cpu, register: number, size: Size): bigint {
  return BigInt((size === 8 ? cpu.get8(register) : size === 16 ? cpu.get16(register) : cpu.get32(register)) >>> 0);
}
const prefixOf = (size: Size): number[] => (size === 16 ? [0x66] : []);
const wide = (size: Size): number => (size === 8 ? 0 : 1);

function expectOutcome(cpu: Cpu, expected: Outcome, flags: number, size: Size): void {
  expect(readRegister(cpu, EAX, size)).toBe(expected.value);
  expect(flags & expected.defined).toBe(expected.flags & expected.defined);
}

describe('binary arithmetic', () => {
  const cpu = bareCpu([]);
  it('ADD OR ADC SBB AND SUB XOR CMP give the manual\'s result and flags', () => {
    fc.assert(fc.property(fc.nat({ max: 7 }), sizes, edge, edge, startFlags, (operation, size, a, b, flags) => {
      restart(cpu, [...prefixOf(size), operation * 8 + wide(size), 0xd8], flags);
      cpu.set32(EAX, a);
      cpu.set32(EBX, b);
      const upper = a & ~Number(mask(size));
      const after = execute(cpu);
      const cut = (value: number): bigint => BigInt(value) & mask(size);
      expectOutcome(cpu, binary(operation, cut(a), cut(b), BigInt(flags & 1), size), after, size);
      expect(cpu.get32(EAX) & ~Number(mask(size))).toBe(upper | 0);
    }), { numRuns: 700 });
  });

  it('INC and DEC leave CF; NEG sets it unless the operand is 0; NOT leaves all flags', () => {
    fc.assert(fc.property(fc.constantFrom('inc', 'dec', 'neg', 'not'), sizes, edge, startFlags, (name, size, value, flags) => {
      const a = BigInt(value) & mask(size);
      const [opcode, modrm] = name === 'inc' ? [0xfe, 0xc0] : name === 'dec' ? [0xfe, 0xc8] : name === 'neg' ? [0xf6, 0xd8] : [0xf6, 0xd0];
      restart(cpu, [...prefixOf(size), opcode + wide(size), modrm], flags);
      cpu.set32(EAX, value);
      const after = execute(cpu);
      const kept = { ...sum(a, 1n, 0n, size) };
      if (name === 'neg') expectOutcome(cpu, difference(0n, a, 0n, size), after, size);
      else if (name === 'not') expectOutcome(cpu, { value: ~a & mask(size), flags, defined: ALL }, after, size);
      else {
        const full = name === 'inc' ? kept : difference(a, 1n, 0n, size);
        expectOutcome(cpu, { ...full, flags: (full.flags & ~FLAG_CF) | (flags & FLAG_CF) }, after, size);
      }
    }), { numRuns: 300 });
  });
});

/** One step of each shift or rotate, on a value of `size` bits: the value and CF after it. */
function turn(operation: number, value: bigint, carry: number, size: Size): { value: bigint; carry: number } {
  const top = bit(value, size - 1);
  const low = bit(value, 0);
  const left = (value << 1n) & mask(size);
  const right = value >> 1n;
  const atTop = (one: number): bigint => BigInt(one) << BigInt(size - 1);
  switch (operation) {
    case 0: return { value: left | BigInt(top), carry: top };
    case 1: return { value: right | atTop(low), carry: low };
    case 2: return { value: left | BigInt(carry), carry: top };
    case 3: return { value: right | atTop(carry), carry: low };
    case 5: return { value: right, carry: low };
    case 7: return { value: right | atTop(top), carry: low };
    default: return { value: left, carry: top };
  }
}

describe('shifts and rotates', () => {
  const cpu = bareCpu([]);
  it('ROL ROR RCL RCR SHL SHR SAL SAR equal that many single steps', () => {
    fc.assert(fc.property(fc.nat({ max: 7 }), sizes, edge, fc.nat({ max: 255 }), startFlags, (operation, size, start, count, flags) => {
      restart(cpu, [...prefixOf(size), 0xd2 + wide(size), 0xc0 | (operation << 3)], flags);
      cpu.set32(EAX, start);
      cpu.set8(ECX, count);
      const after = execute(cpu);
      const masked = count & 31;
      const steps = operation === 2 || operation === 3 ? (size === 32 ? masked : masked % (size + 1)) : masked;
      let state = { value: BigInt(start) & mask(size), carry: flags & 1 };
      const original = state.value;
      for (let index = 0; index < steps; index += 1) state = turn(operation, state.value, state.carry, size);
      expect(readRegister(cpu, EAX, size)).toBe(state.value);
      // OF is undefined for 9 or 17 turns through carry
      if (steps === 0) { expect((after ^ flags) & ALL & (masked === 0 ? ALL : ~FLAG_OF)).toBe(0); return; }
      const isShift = operation >= 4;
      // CF is undefined for SHL and SHR when the count is not below the size.
      const isCarryDefined = !(isShift && operation !== 7 && masked > size);
      if (isCarryDefined) expect(after & FLAG_CF).toBe(state.carry);
      const others = FLAG_SF | FLAG_ZF | FLAG_PF;
      expect(after & others).toBe(isShift ? resultFlags(state.value, size) : flags & others);
      if (!isShift) expect(after & FLAG_AF).toBe(flags & FLAG_AF);
      if (masked === 1) {
        const changed = bit(original, size - 1) !== bit(state.value, size - 1);
        const overflow = operation === 7 ? false : changed;
        expect((after & FLAG_OF) !== 0).toBe(overflow);
      }
    }), { numRuns: 900 });
  });

  it('SHLD and SHRD fill from the other register', () => {
    fc.assert(fc.property(fc.boolean(), edge, edge, fc.nat({ max: 31 }), startFlags, (isLeft, a, b, count, flags) => {
      restart(cpu, [0x0f, isLeft ? 0xa4 : 0xac, 0xd8, count], flags);
      cpu.set32(EAX, a);
      cpu.set32(EBX, b);
      const after = execute(cpu);
      const [high, low] = isLeft ? [BigInt(a), BigInt(b)] : [BigInt(b), BigInt(a)];
      const joined = (high << 32n) | low;
      const expected = isLeft ? ((joined << BigInt(count)) >> 32n) & mask(32) : (joined >> BigInt(count)) & mask(32);
      expect(readRegister(cpu, EAX, 32)).toBe(expected);
      if (count === 0) expect(after & ALL).toBe(flags & ALL);
      else {
        expect(after & FLAG_CF).toBe(bit(BigInt(a), isLeft ? 32 - count : count - 1));
        expect(after & (FLAG_SF | FLAG_ZF | FLAG_PF)).toBe(resultFlags(expected, 32));
      }
    }), { numRuns: 300 });
  });
});

describe('multiplication', () => {
  const cpu = bareCpu([]);
  it('MUL and IMUL give the whole product; CF = OF = it does not fit', () => {
    fc.assert(fc.property(fc.boolean(), sizes, edge, edge, (isSigned, size, a, b) => {
      restart(cpu, [...prefixOf(size), 0xf6 + wide(size), isSigned ? 0xeb : 0xe3], 2);
      cpu.set32(EAX, a);
      cpu.set32(EBX, b);
      const after = execute(cpu);
      const view = (value: number): bigint => (isSigned ? signed(BigInt(value), size) : BigInt(value) & mask(size));
      const product = view(a) * view(b);
      const low = product & mask(size);
      const high = (product >> BigInt(size)) & mask(size);
      if (size === 8) expect(readRegister(cpu, EAX, 16)).toBe((high << 8n) | low);
      else {
        expect(readRegister(cpu, EAX, size)).toBe(low);
        expect(readRegister(cpu, EDX, size)).toBe(high);
      }
      const fits = isSigned ? product === signed(low, size) : high === 0n;
      expect(after & (FLAG_CF | FLAG_OF)).toBe(fits ? 0 : FLAG_CF | FLAG_OF);
    }), { numRuns: 300 });
  });

  it('IMUL with two and three operands cuts the product', () => {
    fc.assert(fc.property(edge, edge, (a, b) => {
      restart(cpu, [0x0f, 0xaf, 0xc3], 2);
      cpu.set32(EAX, a);
      cpu.set32(EBX, b);
      const after = execute(cpu);
      const product = signed(BigInt(a), 32) * signed(BigInt(b), 32);
      expect(readRegister(cpu, EAX, 32)).toBe(product & mask(32));
      expect((after & FLAG_CF) !== 0).toBe(product !== signed(product & mask(32), 32));
    }), { numRuns: 250 });
  });
});

describe('division', () => {
  it('DIV and IDIV satisfy dividend = quotient * divisor + remainder, or fault exactly when the quotient does not fit', () => {
    const cpu = bareCpu([]);
    fc.assert(fc.property(fc.boolean(), edge, edge, edge, (isSigned, high, low, divisor) => {
      restart(cpu, [0xf7, isSigned ? 0xfb : 0xf3], 2);
      cpu.set32(EAX, low);
      cpu.set32(EDX, high);
      cpu.set32(EBX, divisor);
      const joined = (BigInt(high) << 32n) | BigInt(low);
      const dividend = isSigned ? BigInt.asIntN(64, joined) : joined;
      const by = isSigned ? signed(BigInt(divisor), 32) : BigInt(divisor);
      const quotient = by === 0n ? null : dividend / by;
      const fits = quotient !== null && (isSigned ? signed(quotient, 32) === quotient : quotient <= mask(32));
      fc.pre(fits);
      execute(cpu);
      const view = (register: number): bigint => (isSigned ? signed(readRegister(cpu, register, 32), 32) : readRegister(cpu, register, 32));
      expect(view(EAX)).toBe(quotient);
      expect(view(EDX)).toBe(dividend % by);
    }), { numRuns: 300 });
  });
});
