// The little of ELF32 the witnesses need: entry point and loadable segments of our own scenario images.
// The project's reader is core/symbols and core/machine; this one stays apart so that it cannot share their mistakes.

export interface Segment { readonly offset: number; readonly address: number; readonly fileBytes: number; readonly memoryBytes: number }
export interface Elf { readonly entry: number; readonly segments: readonly Segment[] }

const PT_LOAD = 1;

/** Entry and PT_LOAD segments (physical addresses) of an ELF32 little-endian executable; throws on anything else. */
export function readElf(image: Buffer): Elf {
  if (image.length < 52 || image.readUInt32BE(0) !== 0x7f454c46 || image[4] !== 1 || image[5] !== 1) throw new Error('not an ELF32 little-endian image');
  const table = image.readUInt32LE(28);
  const size = image.readUInt16LE(42);
  const segments: Segment[] = [];
  for (let index = 0; index < image.readUInt16LE(44); index += 1) {
    const at = table + index * size;
    if (image.readUInt32LE(at) !== PT_LOAD) continue;
    segments.push({
      offset: image.readUInt32LE(at + 4), address: image.readUInt32LE(at + 12),
      fileBytes: image.readUInt32LE(at + 16), memoryBytes: image.readUInt32LE(at + 20),
    });
  }
  return { entry: image.readUInt32LE(24), segments };
}
