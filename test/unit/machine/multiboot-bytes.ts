// Headers of Multiboot kernels for tests, byte by byte.

/** 32-bit words, low byte first. */
export const littleEndian = (...words: readonly number[]): number[] => words.flatMap((word) => [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24]);

/** Magic number, flags, and the sum that makes zero. */
export const multibootHeader = (flags: number): number[] => littleEndian(0x1bad_b002, flags, -(0x1bad_b002 + flags));

/** Magic number, architecture, length, sum, the tags given, and the last one. */
export function multiboot2Header(...tags: readonly (readonly number[])[]): number[] {
  const body = [...tags.flatMap((tag) => [...tag, ...Array.from({ length: (8 - (tag.length % 8)) % 8 }, () => 0)]), ...multiboot2Tag(0)];
  const length = 16 + body.length;
  return [...littleEndian(0xe852_50d6, 0, length, -(0xe852_50d6 + length)), ...body];
}

/** One tag of a Multiboot 2 header. */
export const multiboot2Tag = (type: number, { isOptional = false, words = [] }: { readonly isOptional?: boolean; readonly words?: readonly number[] } = {}): number[] =>
  littleEndian(type | (isOptional ? 0x1_0000 : 0), 8 + 4 * words.length, ...words);
