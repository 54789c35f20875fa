// An ELF executable: every PT_LOAD segment goes to its physical address. What a boot loader hands over besides is its own loader's
// (load-multiboot.ts, load-pvh.ts). Tool Interface Standard "ELF Specification" 1.2: "Program Loading"; Multiboot Specification 0.6.96: "OS image format".

import { BadInput } from '../../base/bad-input.ts';
import { ET_EXEC, PT_INTERP, PT_LOAD, readElf, type ElfFile, type ElfSegment } from '../../symbols/elf.ts';
import { checkAddress } from './load-flat.ts';
import type { Guest, LoadPart, LoadPlan } from './load-plan.ts';
import { MULTIBOOT_LOADED, findMultiboot } from './multiboot-header.ts';

const PARTS_BYTES_MAX = 1 << 30;

/** Where an ELF image's segments go and where it starts, without anything a boot loader would provide. Throws BadInput for what cannot be loaded whole. */
export function planElf(guest: Guest): LoadPlan {
  const { image } = guest;
  const kernel = loadElf(guest);
  if (readElf(image).is64) throw new BadInput('a 64-bit ELF file without Multiboot header or PVH entry begins in 64-bit mode, which this machine does not have: build it with -m32 (ELF32)');
  const notes = findMultiboot(image) === null ? [] : ['the image has a Multiboot header: as --format elf it is given no Multiboot information, and EBX is 0'];
  return { format: 'elf', org: 0, ...kernel, start: { kind: 'protected', registers: { eax: MULTIBOOT_LOADED } }, hasBios: false, disk: null, notes };
}

export interface LoadedElf { readonly parts: readonly LoadPart[]; readonly entry: number }

/**
 * The segments of an ELF executable and its physical entry point: the file's, unless the loader or a person says another. A 64-bit file must begin with
 * 32-bit code, which nobody can see. Throws BadInput.
 */
export function loadElf({ image, request, memoryBytes }: Guest, ownEntry: number | null = null): LoadedElf {
  const elf = readElf(image);
  if (elf.segments.some(({ type }) => type === PT_INTERP)) throw new BadInput('the ELF file is a program for an operating system (it names a dynamic loader), not a kernel: link a kernel with -nostdlib -static at its own addresses');
  if (elf.type !== ET_EXEC) throw new BadInput(`the ELF file is of type ${String(elf.type)} (object or shared), not an executable (2): link it at a fixed address (ld -m elf_i386, not -r, -shared or -pie)`);
  if (request.org !== undefined) throw new BadInput('--org is for flat images: an ELF file says itself where it goes');
  const segments = elf.segments.filter((segment) => segment.type === PT_LOAD && segment.memoryBytes > 0);
  if (segments.length === 0) throw new BadInput('the ELF file has no segment to load: link it as an executable');
  segments.forEach((segment) => { checkFits(segment, memoryBytes); });
  checkTotal(segments);
  const entry = physicalEntry(segments, request.entry === undefined ? startOf(elf, ownEntry) : { entry: checkAddress('--entry', request.entry), entryHigh: 0 });
  const parts = segments.map((segment) => ({
    physical: segment.physical, memoryBytes: segment.memoryBytes,
    bytes: image.subarray(segment.offset, segment.offset + Math.min(segment.fileBytes, segment.memoryBytes)),
  }));
  return { parts, entry };
}

function checkFits(segment: ElfSegment, memoryBytes: number): void {
  const end = segment.physical + segment.memoryBytes;
  if (end <= memoryBytes) return;
  const where = `0x${segment.physical.toString(16)} to 0x${end.toString(16)}`;
  throw new BadInput(`a segment of the ELF file (${where}) lies beyond the ${String(memoryBytes)} bytes of memory: give a larger --memory or link it lower`);
}

function checkTotal(segments: readonly ElfSegment[]): void {
  const total = segments.reduce((sum, segment) => sum + segment.memoryBytes, 0);
  if (total > PARTS_BYTES_MAX) throw new BadInput('the segments of the ELF file are larger than 1 GiB together: it is damaged, build it again');
}

const startOf = (elf: ElfFile, own: number | null): Pick<ElfFile, 'entry' | 'entryHigh'> => (own === null ? elf : { entry: own, entryHigh: 0 });

// Paging is off at the start, so execution begins at a physical address. Kernels linked high give a virtual entry; GRUB jumps to
// e_entry as it is, and so do we when it is loaded; otherwise the one reading left is to translate it through its segment.
function physicalEntry(segments: readonly ElfSegment[], { entry, entryHigh }: Pick<ElfFile, 'entry' | 'entryHigh'>): number {
  if (entryHigh === 0 && segments.some((segment) => entry >= segment.physical && entry < segment.physical + segment.memoryBytes)) return entry;
  const home = segments.find((segment) => entryHigh === segment.virtualHigh && entry >= segment.virtual && entry < segment.virtual + segment.memoryBytes);
  if (home === undefined) throw new BadInput(`the entry point 0x${entryHigh === 0 ? '' : entryHigh.toString(16)}${entry.toString(16).padStart(entryHigh === 0 ? 0 : 8, '0')} is in no loaded segment: check the linker script's ENTRY and addresses`);
  return entry - home.virtual + home.physical;
}
