// Headers of Multiboot kernels for tests, byte by byte.

/** 32-bit words, low byte first. */
export const littleEndian = (...words: readonly number[]): number[] => words.flatMap((word) => [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24]);

/** Magic number, flags, and the sum that makes zero. */
export const multibootHeader = (flags: number): number[] => littleEndian(0x1bad_b002, flags, -(0x1bad_b002 + flags));
