// Floating-point results by their definition, on unbounded integers: what core/cpu/soft-float is held against. Slow and plain.

import { DE, IE, OE, PE, ROUND_DOWN, ROUND_NEAREST, ROUND_UP, UE, ZE } from '../../../core/cpu/soft-float/environment.ts';
import { FINITE, INFINITY, ZERO, type Float } from '../../../core/cpu/soft-float/float.ts';
import type { Format } from '../../../core/cpu/soft-float/formats.ts';

/** A magnitude `digits * 2^scale`, and whether a little more lies above it. */
export interface Exact { readonly sign: number; readonly digits: bigint; readonly scale: number; readonly isMore: boolean }
/** A rounded result: `digits * 2^scale`, infinite when digits is null. */
export interface Rounded { readonly sign: number; readonly digits: bigint | null; readonly scale: number; readonly flags: number; readonly roundedUp: number }

export const NAMES: Readonly<Record<number, string>> = { [IE]: 'IE', [DE]: 'DE', [ZE]: 'ZE', [OE]: 'OE', [UE]: 'UE', [PE]: 'PE' };
const EXTRA = 200n;

/** The exact number a finite Float stands for. */
export const exactOf = ({ kind, sign, hi, lo, exponent }: Float): Exact => ({ sign, digits: kind === ZERO ? 0n : (BigInt(hi) << 32n) | BigInt(lo), scale: exponent - 63, isMore: false });

const signedDigits = (one: Exact): bigint => (one.sign === 0 ? one.digits : -one.digits);

export function sum(a: Exact, b: Exact): Exact {
  const scale = Math.min(a.scale, b.scale);
  const total = (signedDigits(a) << BigInt(a.scale - scale)) + (signedDigits(b) << BigInt(b.scale - scale));
  return { sign: total < 0n ? 1 : 0, digits: total < 0n ? -total : total, scale, isMore: false };
}

export const product = (a: Exact, b: Exact): Exact => ({ sign: a.sign ^ b.sign, digits: a.digits * b.digits, scale: a.scale + b.scale, isMore: false });

export function quotient(a: Exact, b: Exact): Exact {
  const dividend = a.digits << EXTRA;
  return { sign: a.sign ^ b.sign, digits: dividend / b.digits, scale: a.scale - b.scale - Number(EXTRA), isMore: dividend % b.digits !== 0n };
}

export function root(a: Exact): Exact {
  const isOdd = (a.scale & 1) !== 0;
  const radicand = a.digits << (EXTRA + (isOdd ? 1n : 0n));
  const digits = integerRoot(radicand);
  return { sign: 0, digits, scale: (a.scale - Number(EXTRA) - (isOdd ? 1 : 0)) / 2, isMore: digits * digits !== radicand };
}

function integerRoot(value: bigint): bigint {
  let low = 0n, high = 1n << BigInt(value.toString(2).length);
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle * middle <= value) low = middle;
    else high = middle;
  }
  return low;
}

const bitLength = (value: bigint): number => value.toString(2).length;

/** Cuts a magnitude to a multiple of 2^quantum; `steps` says how many of those, `inexact` and `up` what happened. */
function cut({ sign, digits, scale, isMore }: Exact, quantum: number, rounding: number): { readonly steps: bigint; readonly inexact: boolean; readonly up: boolean } {
  if (quantum <= scale) return { steps: digits << BigInt(scale - quantum), inexact: isMore, up: false };
  const shift = BigInt(quantum - scale), steps = digits >> shift, rest = digits - (steps << shift), half = 1n << (shift - 1n);
  const inexact = rest !== 0n || isMore;
  let up = rounding === (sign === 0 ? ROUND_UP : ROUND_DOWN) && inexact;
  if (rounding === ROUND_NEAREST) up = rest > half || (rest === half && (isMore || (steps & 1n) === 1n));
  return { steps: up ? steps + 1n : steps, inexact, up };
}

/** Rounds as SDM 1 "Overview of Floating-Point Exceptions" says, all exceptions masked. */
export function rounded(value: Exact, format: Format, rounding: number): Rounded {
  const { sign } = value;
  if (value.digits === 0n) return { sign, digits: 0n, scale: 0, flags: 0, roundedUp: 0 };
  const exponent = bitLength(value.digits) - 1 + value.scale, below = format.precision - 1;
  const unbounded = cut(value, exponent - below, rounding);
  const isTiny = bitLength(unbounded.steps) - 1 + exponent - below < format.minExponent;
  const quantum = Math.max(exponent, format.minExponent) - below;
  const { steps, inexact, up } = cut(value, quantum, rounding);
  if (steps !== 0n && bitLength(steps) - 1 + quantum > format.maxExponent) {
    const isInfinite = rounding === ROUND_NEAREST || rounding === (sign === 0 ? ROUND_UP : ROUND_DOWN);
    const greatest = (1n << BigInt(format.precision)) - 1n;
    return { sign, digits: isInfinite ? null : greatest, scale: format.maxExponent - below, flags: OE | PE, roundedUp: isInfinite ? 1 : 0 };
  }
  return { sign, digits: steps, scale: quantum, flags: inexact ? (isTiny ? UE | PE : PE) : 0, roundedUp: up ? 1 : 0 };
}

/** One spelling for both sides of a comparison: sign, odd digits and scale, flags, direction. */
export function spell({ sign, digits, scale, flags, roundedUp }: Rounded): string {
  let number = 'infinity';
  if (digits !== null) {
    let odd = digits, at = scale;
    while (odd !== 0n && (odd & 1n) === 0n) { odd >>= 1n; at += 1; }
    number = odd === 0n ? '0' : `${odd.toString(16)}p${at}`;
  }
  const names = Object.entries(NAMES).filter(([bit]) => (flags & Number(bit)) !== 0).map(([, name]) => name).join(' ');
  return `${sign === 0 ? '+' : '-'}${number} [${names}] ${roundedUp === 0 ? '' : 'up'}`;
}

/** A result of core/cpu/soft-float as the reference has it. */
export function resultOf(value: Float, flags: number, roundedUp: number): Rounded {
  if (value.kind === INFINITY) return { sign: value.sign, digits: null, scale: 0, flags, roundedUp };
  if (value.kind !== FINITE && value.kind !== ZERO) throw new Error(`kind ${value.kind} is no number`);
  if (value.tail !== 0) throw new Error('a rounded number has a tail');
  const { digits, scale } = exactOf(value);
  return { sign: value.sign, digits, scale, flags, roundedUp };
}
