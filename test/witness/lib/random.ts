// Repeatable random choices: the same seed gives the same cases on every machine.

export interface Random {
  /** A whole number in [0, end). */
  below(end: number): number;
  /** True once in `times`. */
  oneIn(times: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** 32 bits, signed; every second time a value at an edge of 8, 16 or 32 bits. */
  word(): number;
}

const EDGES = [0, 1, 2, 7, 8, 9, 0xf, 0x10, 0x1f, 0x20, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, -0x8000_0000, -0x7fff_ffff, -1, -2, -0x80, -0x81, -0x8000, -0x8001, 0x1234_5678];

/** Mulberry32 from a seed. */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (end: number): number => Math.floor((next() / 0x1_0000_0000) * end);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  return { below, pick, oneIn: (times) => below(times) === 0, word: () => (below(2) === 0 ? pick(EDGES) : next() | 0) };
}
