// Makes small ELF32 executables for tests, byte by byte, independent of the reader under test.

export interface ElfRecipe {
  readonly entry: number;
  readonly segments: readonly { readonly physical: number; readonly virtual?: number; readonly bytes: readonly number[]; readonly memoryBytes?: number }[];
  readonly symbols: readonly { readonly name: string; readonly address: number; readonly size: number }[] | null;
}

/** header, program headers, segment bytes, symbols, names, section headers (null, .symtab, .strtab) */
export function elfBytes(recipe: ElfRecipe): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  const half = (value: number): void => { bytes.push(value & 0xff, (value >>> 8) & 0xff); };
  const word = (value: number): void => { half(value & 0xffff); half(value >>> 16); };
  const symbols = recipe.symbols ?? [];
  const names = ['', ...symbols.map((one) => one.name)].join('\0') + '\0';
  const dataFirst = 52 + 32 * recipe.segments.length;
  const symbolsFirst = dataFirst + recipe.segments.reduce((sum, one) => sum + one.bytes.length, 0);
  const namesFirst = symbolsFirst + 16 * (symbols.length + 1);
  bytes.push(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  half(2); half(3); word(1); word(recipe.entry); word(52); word(recipe.symbols === null ? 0 : namesFirst + names.length); word(0);
  half(52); half(32); half(recipe.segments.length); half(recipe.symbols === null ? 0 : 40); half(recipe.symbols === null ? 0 : 3); half(0);
  let at = dataFirst;
  for (const one of recipe.segments) {
    for (const value of [1, at, one.virtual ?? one.physical, one.physical, one.bytes.length, one.memoryBytes ?? one.bytes.length, 7, 0x1000]) word(value);
    at += one.bytes.length;
  }
  for (const one of recipe.segments) bytes.push(...one.bytes);
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
