// Makes small ELF32 executables for tests, byte by byte, independent of the reader under test.

export interface ElfRecipe {
  readonly entry: number;
  readonly segments: readonly { readonly physical: number; readonly virtual?: number; readonly bytes: readonly number[]; readonly memoryBytes?: number }[];
  /** What a PT_NOTE segment holds. */
  readonly notes?: readonly number[];
  readonly symbols: readonly { readonly name: string; readonly address: number; readonly size: number }[] | null;
}

/** header, program headers, segment bytes, notes, symbols, names, section headers (null, .symtab, .strtab) */
export function elfBytes(recipe: ElfRecipe): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  const half = (value: number): void => { bytes.push(value & 0xff, (value >>> 8) & 0xff); };
  const word = (value: number): void => { half(value & 0xffff); half(value >>> 16); };
  const symbols = recipe.symbols ?? [];
  const names = ['', ...symbols.map((one) => one.name)].join('\0') + '\0';
  const notes = recipe.notes ?? [], headers = recipe.segments.length + (recipe.notes === undefined ? 0 : 1);
  const dataFirst = 52 + 32 * headers;
  const notesFirst = dataFirst + recipe.segments.reduce((sum, one) => sum + one.bytes.length, 0), symbolsFirst = notesFirst + notes.length;
  const namesFirst = symbolsFirst + 16 * (symbols.length + 1);
  bytes.push(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  half(2); half(3); word(1); word(recipe.entry); word(52); word(recipe.symbols === null ? 0 : namesFirst + names.length); word(0);
  half(52); half(32); half(headers); half(recipe.symbols === null ? 0 : 40); half(recipe.symbols === null ? 0 : 3); half(0);
  let at = dataFirst;
  for (const one of recipe.segments) {
    for (const value of [1, at, one.virtual ?? one.physical, one.physical, one.bytes.length, one.memoryBytes ?? one.bytes.length, 7, 0x1000]) word(value);
    at += one.bytes.length;
  }
  if (recipe.notes !== undefined) for (const value of [4, notesFirst, 0, 0, notes.length, notes.length, 4, 4]) word(value);
  for (const one of recipe.segments) bytes.push(...one.bytes);
  bytes.push(...notes);
  for (let index = 0; index < 4; index += 1) word(0);
  let name = 1;
  for (const one of symbols) {
    word(name); word(one.address); word(one.size); bytes.push(0x12, 0); half(1);
    name += one.name.length + 1;
  }
  for (const character of names) bytes.push(character.charCodeAt(0));
  for (let index = 0; index < 10; index += 1) word(0);
  for (const value of [0, 2, 0, 0, symbolsFirst, 16 * (symbols.length + 1), 2, 1, 4, 16]) word(value);
  for (const value of [0, 3, 0, 0, namesFirst, names.length, 0, 0, 1, 0]) word(value);
  return Uint8Array.from(bytes);
}

/** A 64-bit executable for x86-64: header, program headers, segment bytes. */
export function elf64Bytes({ entry, segments }: { readonly entry: bigint; readonly segments: readonly { readonly physical: number; readonly virtual: bigint; readonly bytes: readonly number[] }[] }): Uint8Array<ArrayBuffer> {
  const dataFirst = 64 + 56 * segments.length;
  const image = new Uint8Array(dataFirst + segments.reduce((sum, { bytes }) => sum + bytes.length, 0)), view = new DataView(image.buffer);
  image.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  [2, 62, 1, 0].forEach((half, index) => { view.setUint16(16 + 2 * index, half, true); });
  [entry, 64n, 0n].forEach((value, index) => { view.setBigUint64(24 + 8 * index, value, true); });
  [64, 56, segments.length, 64].forEach((half, index) => { view.setUint16(52 + 2 * index, half, true); });
  let at = dataFirst;
  segments.forEach(({ physical, virtual, bytes }, index) => {
    view.setUint32(64 + 56 * index, 1, true);
    [BigInt(at), virtual, BigInt(physical), BigInt(bytes.length), BigInt(bytes.length), 0x1000n].forEach((value, field) => { view.setBigUint64(72 + 56 * index + 8 * field, value, true); });
    image.set(bytes, at);
    at += bytes.length;
  });
  return image;
}
