// What a Multiboot 2 loader tells the kernel in memory: one block of tags.
// Multiboot2 Specification 2.0: "Boot information format".

import { encodeUtf8 } from '../../base/utf8.ts';
import { BASE_MEMORY_END, memoryMap } from '../memory-map.ts';
import { BOOT_LOADER_NAME, TEXT_SCREEN, type BootFacts } from './multiboot-information.ts';

const END = 0, COMMAND_LINE = 1, LOADER_NAME = 2, MODULE = 3, MEMORY = 4, BOOT_DEVICE = 5, MAP = 6, FRAMEBUFFER = 8, OLD_RSDP = 14, LOAD_BASE = 21;
const HEAD_BYTES = 8, MAP_ENTRY_BYTES = 24, FIRST_DISK = 0x80, NO_PARTITION = 0xffff_ffff;

/** `loadBase`: where a kernel lies that may be moved; null when it may not. `rsdp`: the pointer of ACPI 1.0. */
export interface Boot2Facts extends Omit<BootFacts, 'tellsScreen'> { readonly loadBase: number | null; readonly rsdp: Uint8Array }

/** The block: its size, and every tag on a boundary of 8 bytes. It does not depend on where it lies. */
export function multiboot2Information({ memoryBytes, commandLine, modules, hasDisk, loadBase, rsdp }: Boot2Facts): Uint8Array {
  const tags = [
    tag(COMMAND_LINE, text(commandLine)), tag(LOADER_NAME, text(BOOT_LOADER_NAME)),
    ...modules.map(({ first, end, commandLine: line }) => tag(MODULE, words(first, end), text(line))),
    tag(MEMORY, words(BASE_MEMORY_END / 1024, memoryBytes / 1024 - 1024)),
    ...(hasDisk ? [tag(BOOT_DEVICE, words(FIRST_DISK, NO_PARTITION, NO_PARTITION))] : []),
    tag(MAP, words(MAP_ENTRY_BYTES, 0), ...memoryMap(memoryBytes).map(({ base, length, type }) => words(base, 0, length, 0, type, 0))),
    tag(FRAMEBUFFER, words(TEXT_SCREEN.physical, 0, TEXT_SCREEN.pitch, TEXT_SCREEN.columns, TEXT_SCREEN.rows), Uint8Array.of(TEXT_SCREEN.bitsPerCell, TEXT_SCREEN.type, 0, 0)),
    tag(OLD_RSDP, rsdp),
    ...(loadBase === null ? [] : [tag(LOAD_BASE, words(loadBase))]),
    tag(END),
  ];
  const body = join(tags);
  return join([words(HEAD_BYTES + body.length, 0), body]);
}

function tag(type: number, ...pieces: readonly Uint8Array[]): Uint8Array {
  const body = join(pieces), size = HEAD_BYTES + body.length;
  return join([words(type, size), body, new Uint8Array((8 - (size % 8)) % 8)]);
}

const words = (...values: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
const text = (value: string): Uint8Array => encodeUtf8(`${value}\0`);

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
