// Bytes of firmware tables, little-endian, field by field, and the checksum they all end up with: the sum of all bytes is 0.

/** What a field may be: a text, padded with spaces to `width` characters, or a number of so many bytes, or bytes as they are. */
export type Field = readonly number[] | Uint8Array;

export const u8 = (value: number): Field => [value & 0xff];
export const u16 = (value: number): Field => [value & 0xff, (value >>> 8) & 0xff];
export const u32 = (value: number): Field => [...u16(value), ...u16(value >>> 16)];
export const text = (characters: string, width = characters.length): Field => Array.from(characters.padEnd(width), (character) => character.charCodeAt(0));
export const zeros = (count: number): Field => new Array<number>(count).fill(0);

export function joined(...fields: readonly Field[]): Uint8Array {
  return Uint8Array.from(fields.flatMap((field) => [...field]));
}

/** The same bytes with the one at `at` chosen so that the first `length` add up to 0. */
export function summed(bytes: Uint8Array, at: number, length = bytes.length): Uint8Array {
  const copy = bytes.slice();
  copy[at] = 0;
  copy[at] = -copy.subarray(0, length).reduce((sum, byte) => sum + byte, 0) & 0xff;
  return copy;
}
