// Linear addresses as numbers that compare: signed 64 bits. Canonical addresses have 48 or fewer significant bits, which a double holds
// exactly; as unsigned numbers those of the upper half would not be exact.

const UPPER_HALF = 2 ** 63, WHOLE = 2 ** 64;

/** The number an address is kept and sought by. */
export function linearKey(linear: number | bigint): number {
  if (typeof linear === 'bigint') return Number(BigInt.asIntN(64, linear));
  return linear >= UPPER_HALF ? linear - WHOLE : linear;
}

/** The key of an address given as two words. */
export function keyOfWords(lo: number, hi: number): number {
  return (hi | 0) * 0x1_0000_0000 + lo;
}

/** The two words of a key. */
export function wordsOfKey(key: number): { readonly lo: number; readonly hi: number } {
  const hi = Math.floor(key / 0x1_0000_0000);
  return { lo: key - hi * 0x1_0000_0000, hi: hi >>> 0 };
}
