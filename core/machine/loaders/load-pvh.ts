// A kernel with a PVH entry: an ELF file whose note names a 32-bit entry point, which is given a structure with command line, modules and
// memory map. Xen "x86/HVM direct boot ABI".

import { BadInput } from '../../base/bad-input.ts';
import { encodeUtf8 } from '../../base/utf8.ts';
import { isElf, PT_NOTE, readElf, type ElfFile } from '../../symbols/elf.ts';
import { RSDP_AT } from '../firmware/firmware-tables.ts';
import { memoryMap } from '../memory-map.ts';
import { FreeMemory } from './free-memory.ts';
import { loadElf } from './load-elf.ts';
import { placeModules } from './load-multiboot.ts';
import type { Guest, LoadPlan } from './load-plan.ts';
import type { LoadedModule } from './multiboot-information.ts';

/** XEN_ELFNOTE_PHYS32_ENTRY of the owner "Xen". */
const NOTE_TYPE = 18, NOTE_OWNER = [0x58, 0x65, 0x6e, 0x00], NOTE_HEAD_BYTES = 12;
const START_MAGIC = 0x336e_c578, VERSION = 1;
const START_BYTES = 56, MODULE_BYTES = 32, MAP_ENTRY_BYTES = 24;

/** The entry point of the note; null when the ELF file has none, or is none that can be read. */
export function findPvhEntry(image: Uint8Array): number | null {
  if (!isElf(image)) return null;
  try {
    return entryOf(readElf(image));
  } catch (error) {
    if (error instanceof BadInput) return null;
    throw error;
  }
}

/** What lies where when a kernel starts at its PVH entry. Throws BadInput for an image without one. */
export function planPvh(guest: Guest): LoadPlan {
  const { image, request, memoryBytes } = guest;
  const entry = entryOf(readElf(image));
  if (entry === null) throw new BadInput('the ELF file has no PVH entry (a note of owner "Xen" and type 18): give --format elf or --format multiboot');
  const kernel = loadElf(guest, entry);

  const free = new FreeMemory(memoryBytes, kernel.parts);
  const { modules, parts } = placeModules(guest, free);
  const facts = { memoryBytes, commandLine: request.append ?? '', modules };
  const physical = free.claim({ what: 'the PVH start information', bytes: startInformation(facts, 0).length, align: 8 });
  const bytes = startInformation(facts, physical);
  return {
    format: 'pvh', org: 0, entry: kernel.entry, parts: [...kernel.parts, ...parts, { physical, bytes, memoryBytes: bytes.length }],
    start: { kind: 'protected', registers: { ebx: physical } }, hasBios: true, disk: null, notes: [],
  };
}

function entryOf({ bytes, segments }: ElfFile): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { offset, fileBytes } of segments.filter(({ type }) => type === PT_NOTE)) {
    const end = Math.min(offset + fileBytes, bytes.length);
    for (let at = offset; at + NOTE_HEAD_BYTES <= end;) {
      const ownerBytes = view.getUint32(at, true), dataBytes = view.getUint32(at + 4, true);
      const ownerAt = at + NOTE_HEAD_BYTES, dataAt = ownerAt + Math.ceil(ownerBytes / 4) * 4;
      const isOurs = view.getUint32(at + 8, true) === NOTE_TYPE && ownerBytes === NOTE_OWNER.length && NOTE_OWNER.every((byte, index) => bytes[ownerAt + index] === byte);
      if (isOurs && dataBytes >= 4 && dataAt + 4 <= end) return view.getUint32(dataAt, true);
      at = dataAt + Math.ceil(dataBytes / 4) * 4;
    }
  }
  return null;
}

/** hvm_start_info, and behind it what it points at: list of modules, memory map, texts. */
function startInformation({ memoryBytes, commandLine, modules }: { readonly memoryBytes: number; readonly commandLine: string; readonly modules: readonly LoadedModule[] }, physical: number): Uint8Array {
  const map = memoryMap(memoryBytes);
  const modulesAt = START_BYTES, mapAt = modulesAt + modules.length * MODULE_BYTES, textsAt = mapAt + map.length * MAP_ENTRY_BYTES;
  const texts = [commandLine, ...modules.map((module) => module.commandLine)].map((text) => encodeUtf8(`${text}\0`));
  const placed: number[] = [];
  let end = textsAt;
  for (const text of texts) {
    placed.push(physical + end);
    end += text.length;
  }
  const block = new Uint8Array(end);
  const view = new DataView(block.buffer);
  const words = (at: number, ...values: number[]): void => { values.forEach((value, index) => { view.setUint32(at + 4 * index, value, true); }); };
  // behind the version: flags
  words(0, START_MAGIC, VERSION, 0, modules.length, modules.length === 0 ? 0 : physical + modulesAt, 0, placed[0]!, 0, RSDP_AT, 0, physical + mapAt, 0, map.length, 0);
  modules.forEach(({ first, end: moduleEnd }, index) => { words(modulesAt + index * MODULE_BYTES, first, 0, moduleEnd - first, 0, placed[index + 1]!, 0); });
  map.forEach(({ base, length, type }, index) => { words(mapAt + index * MAP_ENTRY_BYTES, base, 0, length, 0, type, 0); });
  texts.forEach((text, index) => { block.set(text, placed[index]! - physical); });
  return block;
}
