// A Multiboot 1 kernel, from an ELF file or by the addresses of its header: the image, the modules behind it, and the information structure.
// Multiboot Specification 0.6.96: "OS image format", "Machine state". What it does not say is done as QEMU's loader does it: a command line
// begins with a program's name, modules lie in whole pages behind the kernel.

import { BadInput } from '../../base/bad-input.ts';
import { PAGE_BYTES } from '../options.ts';
import { FreeMemory } from './free-memory.ts';
import { loadElf } from './load-elf.ts';
import { loadByAddresses } from './load-by-addresses.ts';
import type { Guest, LoadPart, LoadPlan } from './load-plan.ts';
import { DEMANDS, findMultiboot, MULTIBOOT_LOADED, PAGE_ALIGNED_MODULES, WANTS_MEMORY, WANTS_VIDEO, type MultibootHeader } from './multiboot-header.ts';
import { informationBytes, multibootInformation, type LoadedModule } from './multiboot-information.ts';

const KNOWN_DEMANDS = PAGE_ALIGNED_MODULES | WANTS_MEMORY | WANTS_VIDEO;
/** Field `mode_type` of a header that asks for a video mode: 1 is text. */
const MODE_TYPE = 32, TEXT_MODE = 1;

/** What lies where when a Multiboot kernel starts. Throws BadInput for an image without header, or with demands that cannot be met. */
export function planMultiboot(guest: Guest): LoadPlan {
  const { image, files, request, memoryBytes } = guest;
  const header = findMultiboot(image);
  if (header === null) throw new BadInput('the image has no Multiboot header in its first 8192 bytes (1BADB002, flags, and a sum that makes 0, on a boundary of 4 bytes)');
  const unknown = header.flags & DEMANDS & ~KNOWN_DEMANDS;
  if (unknown !== 0) throw new BadInput(`the Multiboot header demands what this version of Multiboot does not have (flags 0x${unknown.toString(16)}): clear those bits`);
  const kernel = header.addresses === null ? loadElf(guest) : loadByAddresses(guest, { ...header.addresses, offset: header.offset });

  const free = new FreeMemory(memoryBytes, kernel.parts);
  const { modules, parts } = placeModules(guest, free);
  const facts = { memoryBytes, commandLine: kernelCommandLine(request.append), modules, tellsScreen: (header.flags & WANTS_VIDEO) !== 0, hasDisk: files.some(({ role }) => role === 'disk') };
  const physical = free.claim({ what: 'the Multiboot information', bytes: informationBytes(facts) });
  const bytes = multibootInformation(facts, physical);
  return {
    format: 'multiboot', org: 0, entry: kernel.entry, parts: [...kernel.parts, ...parts, { physical, bytes, memoryBytes: bytes.length }],
    start: { kind: 'protected', registers: { eax: MULTIBOOT_LOADED, ebx: physical } }, hasBios: true, disk: null, notes: notesOf(image, header),
  };
}

/** Programs that parse a command line pass over its first word, as loaders put the kernel's name there; the name of the file is no part of a recording. */
export function kernelCommandLine(append: string | undefined): string {
  return append === undefined || append === '' ? KERNEL_NAME : `${KERNEL_NAME} ${append}`;
}
const KERNEL_NAME = 'kernel';

/** Puts the modules in whole pages behind the kernel. Throws BadInput when they do not fit. */
export function placeModules({ files }: Guest, free: FreeMemory): { readonly modules: readonly LoadedModule[]; readonly parts: readonly LoadPart[] } {
  const from = free.pageBehindAll;
  const parts: LoadPart[] = [];
  const modules = files.filter(({ role }) => role === 'module').map(({ name, bytes }) => {
    const first = free.claim({ what: `the module ${JSON.stringify(name)}`, bytes: bytes.length, align: PAGE_BYTES, from });
    parts.push({ physical: first, bytes, memoryBytes: bytes.length });
    return { first, end: first + bytes.length, commandLine: name };
  });
  return { modules, parts };
}

function notesOf(image: Uint8Array, { offset, flags }: MultibootHeader): readonly string[] {
  if ((flags & WANTS_VIDEO) === 0 || offset + MODE_TYPE + 4 > image.length) return [];
  const mode = new DataView(image.buffer, image.byteOffset, image.byteLength).getUint32(offset + MODE_TYPE, true);
  return mode === TEXT_MODE ? [] : ['the Multiboot header asks for a graphics mode: there is none, the kernel is told of the text screen of 80 by 25'];
}
