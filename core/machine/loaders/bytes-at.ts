// A small look at a file's bytes, for those who recognise files.

/** True when `bytes` lie at offset `at`. */
export function startsWith(file: Uint8Array, bytes: readonly number[], at = 0): boolean {
  return bytes.every((byte, index) => file[at + index] === byte);
}
