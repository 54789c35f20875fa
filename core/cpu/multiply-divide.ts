// 32 x 32 and 64 / 32 bit arithmetic without bigint: values as u32 words. No flags, no operands.

/** Bits 63..32 of the unsigned product of two u32. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff, aHigh = a >>> 16, bLow = b & 0xffff, bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (other >>> 16)) >>> 0;
}

/** Bits 63..32 of the signed product of two int32, as a signed int32. */
export function multiplyHighSigned(a: number, b: number): number {
  return (multiplyHigh(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
}

/**
 * Quotient of the unsigned 64-bit `high:low` by `divisor` (u32, above `high`, so that the quotient fits 32 bits).
 * Two steps of 16 bits: every intermediate value is below 2^48 and exact.
 */
export function divide64(high: number, low: number, divisor: number): number {
  const upper = high * 0x1_0000 + (low >>> 16);
  const upperQuotient = Math.floor(upper / divisor);
  const lower = (upper - upperQuotient * divisor) * 0x1_0000 + (low & 0xffff);
  return upperQuotient * 0x1_0000 + Math.floor(lower / divisor);
}

/** The remainder belonging to a quotient of `divide64`. */
export function remainder64(low: number, divisor: number, quotient: number): number {
  return (low - Math.imul(quotient, divisor)) >>> 0;
}
