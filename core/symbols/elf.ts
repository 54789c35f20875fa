// Reads ELF files for x86, of 32 and 64 bits: header and program headers, as images. Knows nothing about loading (core/machine/loaders/load-elf.ts) and names (read-symbols.ts).
// Every offset is checked against the file, every count against a bound: a hostile file gets a BadInput, never an exception of ours.
// Tool Interface Standard "ELF Specification" 1.2: "ELF Header", "Program Header"; System V ABI, AMD64 supplement: "Object Files".

import { BadInput } from '../base/bad-input.ts';

/** One program header. Offsets, addresses and sizes in bytes; a virtual address above 4 GiB has a high word. */
export interface ElfSegment {
  readonly type: number; readonly offset: number; readonly virtual: number; readonly virtualHigh: number; readonly physical: number;
  readonly fileBytes: number; readonly memoryBytes: number; readonly flags: number;
}
export interface ElfFile {
  readonly bytes: Uint8Array;
  readonly is64: boolean;
  /** e_type: 2 is an executable. */
  readonly type: number;
  readonly entry: number;
  readonly entryHigh: number;
  readonly segments: readonly ElfSegment[];
}

export const ET_EXEC = 2;
export const PT_LOAD = 1, PT_INTERP = 3, PT_NOTE = 4;
/** 80386, 80486, x86-64. */
const MACHINES = [3, 6, 62];
const SEGMENTS_MAX = 1024;
/** Where the fields of the header and of a program header lie in each class: offset of the field, by name. */
const CLASS_32 = { headerBytes: 52, entry: 24, tableAt: 28, sizeAt: 42, rowBytes: 32, row: { offset: 4, virtual: 8, physical: 12, fileBytes: 16, memoryBytes: 20, flags: 24 } };
const CLASS_64 = { headerBytes: 64, entry: 24, tableAt: 32, sizeAt: 54, rowBytes: 56, row: { offset: 8, virtual: 16, physical: 24, fileBytes: 32, memoryBytes: 40, flags: 4 } };

/** True when the bytes begin with ELF's magic number. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Reads header and program headers. Throws BadInput for anything but a whole little-endian ELF file for x86. */
export function readElf(bytes: Uint8Array): ElfFile {
  if (!isElf(bytes)) throw new BadInput('not an ELF file (it does not begin with 7f 45 4c 46): give --format flat, or an ELF executable');
  const view = viewOf(bytes);
  const is64 = checkIdentity(bytes, view);
  const layout = is64 ? CLASS_64 : CLASS_32;
  const first = wordAt(view, layout.tableAt, is64), size = view.getUint16(layout.sizeAt, true), count = view.getUint16(layout.sizeAt + 2, true);
  if (count > SEGMENTS_MAX) throw new BadInput(`the ELF file names ${String(count)} program headers, more than ${String(SEGMENTS_MAX)}: it is damaged, build it again`);
  if (count > 0 && size < layout.rowBytes) throw new BadInput(`the ELF file's program headers are ${String(size)} bytes long instead of ${String(layout.rowBytes)}: it is damaged, build it again`);
  const segments: ElfSegment[] = [];
  for (let index = 0; index < count; index += 1) segments.push(readSegment(view, { at: first + index * size, index, is64 }));
  return { bytes, is64, type: view.getUint16(16, true), entry: view.getUint32(layout.entry, true), entryHigh: is64 ? view.getUint32(layout.entry + 4, true) : 0, segments };
}

function checkIdentity(bytes: Uint8Array, view: DataView): boolean {
  const is64 = bytes[4] === 2, needed = (is64 ? CLASS_64 : CLASS_32).headerBytes;
  if (bytes.length < needed) throw new BadInput(`the ELF file is cut: ${String(bytes.length)} bytes, its header alone has ${String(needed)}; copy or build it again`);
  if ((bytes[4] !== 1 && !is64) || bytes[5] !== 1) throw new BadInput('the ELF file is not little endian of 32 or 64 bits: build it for i386');
  const machine = view.getUint16(18, true);
  if (!MACHINES.includes(machine)) throw new BadInput(`the ELF file is for ${MACHINE_NAMES.get(machine) ?? `machine ${String(machine)}`}, not for x86: build it for i386 (gcc -m32)`);
  return is64;
}
const MACHINE_NAMES: ReadonlyMap<number, string> = new Map([
  [2, 'SPARC'], [4, '68000'], [8, 'MIPS'], [20, 'PowerPC'], [21, '64-bit PowerPC'], [22, 'S/390'], [40, '32-bit ARM'], [43, 'SPARC V9'], [50, 'Itanium'], [183, '64-bit ARM'], [243, 'RISC-V'], [258, 'LoongArch'],
]);

function readSegment(view: DataView, { at, index, is64 }: { readonly at: number; readonly index: number; readonly is64: boolean }): ElfSegment {
  const { rowBytes, row } = is64 ? CLASS_64 : CLASS_32;
  if (at + rowBytes > view.byteLength) throw new BadInput(`the ELF file is cut: program header ${String(index)} lies beyond its end; copy or build it again`);
  const word = (offset: number): number => wordAt(view, at + offset, is64);
  const segment = {
    type: view.getUint32(at, true), offset: word(row.offset), virtual: view.getUint32(at + row.virtual, true), virtualHigh: is64 ? view.getUint32(at + row.virtual + 4, true) : 0,
    physical: word(row.physical), fileBytes: word(row.fileBytes), memoryBytes: word(row.memoryBytes), flags: view.getUint32(at + row.flags, true),
  };
  if (segment.type === PT_LOAD && segment.offset + segment.fileBytes > view.byteLength) {
    throw new BadInput(`the ELF file is cut: the bytes of segment ${String(index)} lie beyond its end; copy or build it again`);
  }
  return segment;
}

/** An address or size of a file's class; above 2^53 it is no longer exact, and refused by every bound. */
const wordAt = (view: DataView, at: number, is64: boolean): number => view.getUint32(at, true) + (is64 ? view.getUint32(at + 4, true) * 0x1_0000_0000 : 0);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
