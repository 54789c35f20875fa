// 64-bit values as two u32 words (lo, hi). BigInt appears only where a value leaves the hot path.

/** Joins two u32 words into a bigint. */
export function joinU64(lo: number, hi: number): bigint {
  return hi === 0 ? BigInt(lo >>> 0) : (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
}

/** The low 32 bits of a 64-bit bigint, as an unsigned number. */
export function lowU32(value: bigint): number {
  return Number(value & 0xffffffffn);
}

/** Bits 63..32 of a 64-bit bigint, as an unsigned number. */
export function highU32(value: bigint): number {
  return Number((value >> 32n) & 0xffffffffn);
}

/** Two words holding an unsigned integer below 2^53 as a number (instruction counts, sequence numbers). */
export function joinCount(lo: number, hi: number): number {
  return (hi >>> 0) * 0x1_0000_0000 + (lo >>> 0);
}

/** The high word of an unsigned integer below 2^53. */
export function highOfCount(count: number): number {
  return Math.floor(count / 0x1_0000_0000) >>> 0;
}

/** Lower-case hexadecimal with `0x`, exact to 64 bits, as EVENTS.md prints every address, selector and register. */
export function hexU64(lo: number, hi: number): string {
  if (hi === 0) return `0x${(lo >>> 0).toString(16)}`;
  return `0x${(hi >>> 0).toString(16)}${(lo >>> 0).toString(16).padStart(8, '0')}`;
}

/** Lower-case hexadecimal with `0x` of a number or bigint. */
export function hex(value: number | bigint): string {
  return `0x${(typeof value === 'number' ? value >>> 0 : value).toString(16)}`;
}

/** Unsigned comparison of two 64-bit values: negative, zero or positive, as for `Array.sort`. */
export function compareU64(a: { lo: number; hi: number }, b: { lo: number; hi: number }): number {
  const high = (a.hi >>> 0) - (b.hi >>> 0);
  return high !== 0 ? high : (a.lo >>> 0) - (b.lo >>> 0);
}
