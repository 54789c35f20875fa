// Reads instruction bytes one by one for the decoder. Running out of bytes is remembered, not thrown:
// the decoder looks at `failure` where it matters. Not the reader of files (core/base).

/** The longest instruction: SDM 3A "Exception and Interrupt Reference", #GP: an instruction above 15 bytes. */
export const MAX_INSTRUCTION_BYTES = 15;

/** A position in code bytes. `failure` is set by the first read that could not be served. */
export interface ByteCursor {
  readonly bytes: Uint8Array;
  readonly start: number;
  at: number;
  failure: 'none' | 'incomplete' | 'too-long';
}

/** Why reading failed, or null. */
export function failureOf(cursor: ByteCursor): 'incomplete' | 'too-long' | null {
  return cursor.failure === 'none' ? null : cursor.failure;
}

/** The next byte; 0 after a failure. */
export function nextByte(cursor: ByteCursor): number {
  if (cursor.failure !== 'none') return 0;
  if (cursor.at - cursor.start >= MAX_INSTRUCTION_BYTES) {
    cursor.failure = 'too-long';
    return 0;
  }
  const value = cursor.bytes[cursor.at];
  if (value === undefined) {
    cursor.failure = 'incomplete';
    return 0;
  }
  cursor.at += 1;
  return value;
}

/** The next byte, sign-extended. */
export function nextSigned8(cursor: ByteCursor): number {
  return (nextByte(cursor) << 24) >> 24;
}

/** The next two bytes, little-endian, unsigned. */
export function next16(cursor: ByteCursor): number {
  const low = nextByte(cursor);
  return low | (nextByte(cursor) << 8);
}

/** The next four bytes, little-endian, as a signed int32. */
export function next32(cursor: ByteCursor): number {
  const low = next16(cursor);
  return low | (next16(cursor) << 16);
}
