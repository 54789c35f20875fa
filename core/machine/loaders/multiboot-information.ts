// What a Multiboot 1 loader tells the kernel in memory: one block that holds the information structure and all it points at.
// Multiboot Specification 0.6.96: "Boot information format".

import { encodeUtf8 } from '../../base/utf8.ts';
import { BASE_MEMORY_END, memoryMap } from '../memory-map.ts';

/** The name a kernel is told its boot loader has. */
export const BOOT_LOADER_NAME = 'ringscope';

export interface LoadedModule { readonly first: number; readonly end: number; readonly commandLine: string }
export interface BootFacts {
  readonly memoryBytes: number;
  readonly commandLine: string;
  readonly modules: readonly LoadedModule[];
  /** The kernel asked for a video mode: it is told which one there is. */
  readonly tellsScreen: boolean;
  /** The first hard disk is there. */
  readonly hasDisk: boolean;
}

const STRUCTURE_BYTES = 116, MODULE_BYTES = 16, MAP_ENTRY_BYTES = 24;
const HAS_MEMORY = 1, HAS_BOOT_DEVICE = 2, HAS_COMMAND_LINE = 4, HAS_MODULES = 8, HAS_MAP = 0x40, HAS_LOADER_NAME = 0x200, HAS_FRAMEBUFFER = 0x1000;
/** Drive 0x80, no partition. */
const FIRST_DISK = 0x80ff_ffff;
const EGA_TEXT = 2;
export const TEXT_SCREEN = { physical: 0xb_8000, pitch: 160, columns: 80, rows: 25, bitsPerCell: 16, type: EGA_TEXT };

/** Bytes of the whole block. */
export function informationBytes(facts: BootFacts): number {
  return build(facts, 0).length;
}

/** The block as it lies at `physical`; the structure is its beginning. */
export function multibootInformation(facts: BootFacts, physical: number): Uint8Array {
  return build(facts, physical);
}

function build({ memoryBytes, commandLine, modules, tellsScreen, hasDisk }: BootFacts, physical: number): Uint8Array {
  const map = memoryMap(memoryBytes);
  const texts = [commandLine, BOOT_LOADER_NAME, ...modules.map((module) => module.commandLine)].map((text) => encodeUtf8(`${text}\0`));
  const mapAt = STRUCTURE_BYTES, modulesAt = mapAt + map.length * MAP_ENTRY_BYTES, textsAt = modulesAt + modules.length * MODULE_BYTES;
  const block = new Uint8Array(textsAt + texts.reduce((sum, text) => sum + text.length, 0));
  const view = new DataView(block.buffer);
  const words = (at: number, ...values: number[]): void => { values.forEach((value, index) => { view.setUint32(at + 4 * index, value, true); }); };
  const placed = placeTexts(block, texts, textsAt).map((at) => at + physical);

  words(0, HAS_MEMORY | (hasDisk ? HAS_BOOT_DEVICE : 0) | HAS_COMMAND_LINE | HAS_MODULES | HAS_MAP | HAS_LOADER_NAME | (tellsScreen ? HAS_FRAMEBUFFER : 0));
  words(4, BASE_MEMORY_END / 1024, memoryBytes / 1024 - 1024, hasDisk ? FIRST_DISK : 0, placed[0]!, modules.length, modules.length === 0 ? 0 : physical + modulesAt);
  words(44, map.length * MAP_ENTRY_BYTES, physical + mapAt);
  words(64, placed[1]!);
  if (tellsScreen) {
    words(88, TEXT_SCREEN.physical, 0, TEXT_SCREEN.pitch, TEXT_SCREEN.columns, TEXT_SCREEN.rows);
    block.set([TEXT_SCREEN.bitsPerCell, TEXT_SCREEN.type], 108);
  }
  // an entry's size counts from behind itself
  map.forEach(({ base, length, type }, index) => { words(mapAt + index * MAP_ENTRY_BYTES, MAP_ENTRY_BYTES - 4, base, 0, length, 0, type); });
  modules.forEach(({ first, end }, index) => { words(modulesAt + index * MODULE_BYTES, first, end, placed[2 + index]!, 0); });
  return block;
}

function placeTexts(block: Uint8Array, texts: readonly Uint8Array[], from: number): readonly number[] {
  let at = from;
  return texts.map((text) => {
    block.set(text, at);
    at += text.length;
    return at - text.length;
  });
}
