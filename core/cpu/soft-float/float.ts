// A floating-point number taken apart, the same for every format, so that x87 and SSE share one arithmetic. Encodings: formats.ts.
// Nothing is allocated in arithmetic: callers keep their Floats and operations write into them. Words are unsigned 32-bit numbers.
//
//   value = (-1)^sign * 2^exponent * (hi:lo as a fraction with one bit before its point); bit 31 of hi is set when the kind is FINITE
//   tail   what lies below lo: 32 more bits, of which bit 0 also stands for everything lower that is not 0 (sticky)

/** What a Float is. ZERO, FINITE and INFINITY are the numbers; the order is used: from QNAN on it is no number. */
export const ZERO = 0, FINITE = 1, INFINITY = 2, QNAN = 3, SNAN = 4;
/** An extended encoding without meaning: unnormal, pseudo-infinity, pseudo-NaN. SDM 1 "Unsupported Double Extended-Precision Floating-Point Encodings and Pseudo-Denormals". */
export const UNSUPPORTED = 5;

/** One number. A NaN's significand is in hi:lo, left-justified: bit 31 of hi set, bit 30 the quiet bit. */
export class Float {
  kind = ZERO;
  /** 0 positive, 1 negative. */
  sign = 0;
  exponent = 0;
  hi = 0;
  lo = 0;
  tail = 0;
  /** 1 when it was encoded with the smallest exponent (denormal or pseudo-denormal): using it is the denormal-operand exception. */
  denormal = 0;
}

/** `to` becomes the number `from`. */
export function copy(from: Float, to: Float): void {
  to.kind = from.kind;
  to.sign = from.sign;
  to.exponent = from.exponent;
  to.hi = from.hi;
  to.lo = from.lo;
  to.tail = from.tail;
  to.denormal = from.denormal;
}

/** A zero or an infinity of a sign. */
export function setSpecial(value: Float, kind: number, sign: number): void {
  value.kind = kind;
  value.sign = sign;
  value.exponent = 0;
  value.hi = 0;
  value.lo = 0;
  value.tail = 0;
  value.denormal = 0;
}

/** The QNaN floating-point indefinite: the masked response to an invalid operation. SDM 1 "Table 4-3". */
export function setIndefinite(value: Float): void {
  setSpecial(value, QNAN, 1);
  value.hi = 0xc000_0000;
}

/** Makes a signalling NaN quiet. */
export function quiet(value: Float): void {
  value.kind = QNAN;
  value.hi = (value.hi | 0x4000_0000) >>> 0;
}

/** Shifts hi:lo:tail right by `count` bits (0 or more); what falls off stays in bit 0. The exponent is left alone. */
export function shiftRight(value: Float, count: number): void {
  if (count >= 32) {
    if (count >= 96) {
      value.tail = (value.hi | value.lo | value.tail) === 0 ? 0 : 1;
      value.hi = 0;
      value.lo = 0;
      return;
    }
    value.tail = (value.lo | (value.tail === 0 ? 0 : 1)) >>> 0;
    value.lo = value.hi;
    value.hi = 0;
    shiftRight(value, count - 32);
    return;
  }
  if (count === 0) return;
  const left = 32 - count, { hi, lo, tail } = value;
  value.tail = ((lo << left) | (tail >>> count) | ((tail << left) === 0 ? 0 : 1)) >>> 0;
  value.lo = ((hi << left) | (lo >>> count)) >>> 0;
  value.hi = hi >>> count;
}

/** Shifts hi:lo:tail left until bit 31 of hi is set, and the exponent with it; a zero significand makes it a ZERO (its sign stays). */
export function normalise(value: Float): void {
  let { hi, lo, tail, exponent } = value;
  while (hi === 0) {
    if ((lo | tail) === 0) { setSpecial(value, ZERO, value.sign); return; }
    hi = lo;
    lo = tail;
    tail = 0;
    exponent -= 32;
  }
  const count = Math.clz32(hi);
  if (count !== 0) {
    const right = 32 - count;
    hi = ((hi << count) | (lo >>> right)) >>> 0;
    lo = ((lo << count) | (tail >>> right)) >>> 0;
    tail = (tail << count) >>> 0;
  }
  value.hi = hi;
  value.lo = lo;
  value.tail = tail;
  value.exponent = exponent - count;
}
