// Bytes of a stack as 32-bit words.

export interface StackWord { readonly linear: string; readonly value: string }

/** Up to `most` little-endian 32-bit words from the top of the stack upwards; a last incomplete one is left out. */
export function wordsOf(stack: { readonly linear: number; readonly bytes: Uint8Array }, most: number): readonly StackWord[] {
  const view = new DataView(stack.bytes.buffer, stack.bytes.byteOffset, stack.bytes.byteLength);
  const count = Math.min(most, Math.floor(stack.bytes.length / 4));
  return Array.from({ length: count }, (_, index) => ({
    linear: `0x${((stack.linear + index * 4) >>> 0).toString(16)}`, value: `0x${view.getUint32(index * 4, true).toString(16)}`,
  }));
}
