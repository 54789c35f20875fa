// Section and program headers of ELF files for x86, 32 and 64 bits, read for names and lines alone: what is damaged is left out, and nothing
// here says whether a file can be run (elf.ts). Tool Interface Standard "ELF Specification" 1.2: "Sections"; System V gABI: "Compressed Sections".

import { BadInput } from '../base/bad-input.ts';
import { inflateRaw } from '../base/inflate.ts';
import { isElf } from './elf.ts';
import { keyOfWords } from './linear-key.ts';

/** `address`: a key (linear-key.ts). `offset`, `length`: bytes of the file. */
export interface ElfSection {
  readonly name: string; readonly type: number; readonly flags: number; readonly address: number;
  readonly offset: number; readonly length: number; readonly link: number;
}
/** A program header that loads something. */
export interface LoadedSegment { readonly physical: number; readonly linear: number; readonly bytes: number }
export interface ElfSections {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly is64: boolean;
  readonly sections: readonly ElfSection[];
  readonly loaded: readonly LoadedSegment[];
}

export const SHT_SYMTAB = 2, SHT_NOBITS = 8;
export const SHF_ALLOC = 2, SHF_EXECINSTR = 4;
const SHF_COMPRESSED = 0x800;
const PT_LOAD = 1;
const EM_386 = 3, EM_X86_64 = 62;
const HEADERS_MAX = 1 << 16;
const NAME_BYTES_MAX = 1024;
/** Most bytes of an unfolded section, and how far DEFLATE can unfold. */
const UNFOLDED_MAX = 1 << 28, RATIO_MAX = 1040;

/** The headers of an ELF file; null when it is none, not for x86, or too short. Sections that do not lie in the file are left out, their place kept. */
export function readElfSections(bytes: Uint8Array): ElfSections | null {
  const is64 = bytes[4] === 2;
  if (!isElf(bytes) || bytes.length < (is64 ? 64 : 52) || bytes[5] !== 1) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const machine = view.getUint16(18, true);
  if (machine !== EM_386 && machine !== EM_X86_64) return null;
  const file = { bytes, view, is64 };
  return { ...file, sections: sectionsOf(file), loaded: loadedOf(file) };
}

type File = Pick<ElfSections, 'bytes' | 'view' | 'is64'>;

// an offset or a size: a number beyond the file when it does not fit
function word(view: DataView, at: number, is64: boolean): number {
  return is64 ? view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000 : view.getUint32(at, true);
}

/** An address at `at`, as a key. */
export function addressAt({ view, is64 }: Pick<ElfSections, 'view' | 'is64'>, at: number): number {
  return is64 ? keyOfWords(view.getUint32(at, true), view.getUint32(at + 4, true)) : view.getUint32(at, true);
}

function sectionsOf(file: File): readonly ElfSection[] {
  const { view, is64 } = file;
  const first = word(view, is64 ? 40 : 32, is64), size = view.getUint16(is64 ? 58 : 46, true), least = is64 ? 64 : 40;
  if (first === 0 || size < least || first + size > view.byteLength) return [];
  // more than 0xff00 sections are counted in the first one
  const counted = view.getUint16(is64 ? 60 : 48, true) || word(view, first + (is64 ? 32 : 20), is64);
  const count = Math.min(counted, HEADERS_MAX, Math.floor((view.byteLength - first) / size));
  const raw = Array.from({ length: count }, (_, index) => sectionAt(file, first + index * size));
  const nameIndex = view.getUint16(is64 ? 62 : 50, true);
  const names = raw[nameIndex === 0xffff ? raw[0]?.link ?? 0 : nameIndex];
  return raw.map(({ nameAt, ...section }) => ({ ...section, name: names === undefined ? '' : stringAt(file.bytes, names, nameAt) }));
}

function sectionAt(file: File, at: number): ElfSection & { readonly nameAt: number } {
  const { view, is64 } = file;
  const type = view.getUint32(at + 4, true);
  const offset = word(view, at + (is64 ? 24 : 16), is64), length = word(view, at + (is64 ? 32 : 20), is64);
  const isThere = type === SHT_NOBITS || offset + length <= view.byteLength;
  return {
    name: '', nameAt: view.getUint32(at, true), type: isThere ? type : 0, flags: view.getUint32(at + 8, true), address: addressAt(file, at + (is64 ? 16 : 12)),
    offset, length: isThere ? length : 0, link: view.getUint32(at + (is64 ? 40 : 24), true),
  };
}

function loadedOf(file: File): readonly LoadedSegment[] {
  const { view, is64 } = file;
  const first = word(view, is64 ? 32 : 28, is64), size = view.getUint16(is64 ? 54 : 42, true), least = is64 ? 56 : 32;
  if (first === 0 || size < least || first > view.byteLength) return [];
  const count = Math.min(view.getUint16(is64 ? 56 : 44, true), Math.floor((view.byteLength - first) / size));
  return Array.from({ length: count }, (_, index) => first + index * size).filter((at) => view.getUint32(at, true) === PT_LOAD).map((at) => ({
    linear: addressAt(file, at + (is64 ? 16 : 8)), physical: addressAt(file, at + (is64 ? 24 : 12)), bytes: word(view, at + (is64 ? 40 : 20), is64),
  })).filter(({ bytes }) => bytes > 0);
}

/** The text at an offset of a string section; empty when it lies outside. */
export function stringAt(bytes: Uint8Array, { offset, length, type }: Pick<ElfSection, 'offset' | 'length' | 'type'>, from: number): string {
  if (type === SHT_NOBITS || from >= length) return '';
  let name = '';
  for (let at = offset + from; at < Math.min(offset + length, offset + from + NAME_BYTES_MAX) && bytes[at] !== 0; at += 1) name += String.fromCharCode(bytes[at]!);
  return name;
}

/** The bytes of a debugging section (`.debug_line`), unfolded where it is compressed; null when the file has none. Throws BadInput when it cannot be unfolded. */
export function debugBytes(elf: ElfSections, name: string): Uint8Array | null {
  const plain = elf.sections.find((one) => one.name === name && one.type !== SHT_NOBITS);
  if (plain !== undefined) return (plain.flags & SHF_COMPRESSED) === 0 ? bytesOf(elf, plain) : uncompressed(elf, plain);
  const old = elf.sections.find((one) => one.name === name.replace('.debug', '.zdebug'));
  return old === undefined ? null : uncompressedOld(elf, old);
}

const bytesOf = ({ bytes }: ElfSections, { offset, length }: ElfSection): Uint8Array => bytes.subarray(offset, offset + length);

//  Chdr, 32 bits: +0 type  +4 size  +8 alignment                 64 bits: +0 type  +4 reserved  +8 size  +16 alignment
function uncompressed(elf: ElfSections, section: ElfSection): Uint8Array {
  const head = elf.is64 ? 24 : 12;
  if (section.length < head) throw damaged(section);
  const type = elf.view.getUint32(section.offset, true);
  if (type !== 1) throw new BadInput(`${section.name} is compressed ${type === 2 ? 'by zstd' : `in a way (${String(type)}) that is not known here`}: decompress it with objcopy --decompress-debug-sections`);
  return unfold(section, bytesOf(elf, section).subarray(head), word(elf.view, section.offset + (elf.is64 ? 8 : 4), elf.is64));
}

// as GNU tools did it before: "ZLIB", the size as 8 bytes with the high one first, the data
function uncompressedOld(elf: ElfSections, section: ElfSection): Uint8Array {
  if (section.length < 12 || elf.view.getUint32(section.offset) !== 0x5a4c_4942) throw damaged(section);
  return unfold(section, bytesOf(elf, section).subarray(12), elf.view.getUint32(section.offset + 4) * 0x1_0000_0000 + elf.view.getUint32(section.offset + 8));
}

// zlib (RFC 1950): two bytes in front of DEFLATE data, a checksum behind it
function unfold(section: ElfSection, packed: Uint8Array, size: number): Uint8Array {
  if (size > UNFOLDED_MAX) throw new BadInput(`${section.name} has ${String(size)} bytes, at most ${String(UNFOLDED_MAX)} are read`);
  if (packed.length < 2 || (packed[0]! & 15) !== 8 || size > packed.length * RATIO_MAX) throw damaged(section);
  const bytes = inflateRaw(packed.subarray(2), size);
  if (bytes.length !== size) throw damaged(section);
  return bytes;
}

const damaged = ({ name }: ElfSection): BadInput => new BadInput(`${name} is compressed and damaged: build the file again`);
