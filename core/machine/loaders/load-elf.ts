// An ELF32 executable: every PT_LOAD segment goes to its physical address. What a boot loader hands over besides is its own loader's
// (load-multiboot.ts). Tool Interface Standard "ELF Specification" 1.2: "Program Loading"; Multiboot Specification 0.6.96: "OS image format".

import { BadInput } from '../../base/bad-input.ts';
import { ET_EXEC, PT_LOAD, readElf, type ElfSegment } from '../../symbols/elf.ts';
import { checkAddress } from './load-flat.ts';
import type { Guest, LoadPart, LoadPlan } from './load-plan.ts';
import type { MachineRequest } from '../options.ts';
import { MULTIBOOT_LOADED, findMultiboot } from './multiboot-header.ts';

const PARTS_BYTES_MAX = 1 << 30;

/** Where an ELF image's segments go and where it starts, without anything a boot loader would provide. Throws BadInput for what cannot be loaded whole. */
export function planElf({ image, request, memoryBytes }: Guest): LoadPlan {
  const notes = findMultiboot(image) === null ? [] : ['the image has a Multiboot header: as --format elf it is given no Multiboot information, and EBX is 0'];
  return { format: 'elf', org: 0, ...loadElf(image, request, memoryBytes), start: { kind: 'protected', registers: { eax: MULTIBOOT_LOADED } }, disk: null, notes };
}

/** The segments and the physical entry point of an ELF executable. Throws BadInput. */
export function loadElf(image: Uint8Array, request: MachineRequest, memoryBytes: number): { readonly parts: readonly LoadPart[]; readonly entry: number } {
  const elf = readElf(image);
  if (elf.type !== ET_EXEC) throw new BadInput(`the ELF file is of type ${String(elf.type)} (object or shared), not an executable (2): link it at a fixed address (ld -m elf_i386, not -shared or -pie)`);
  if (request.org !== undefined) throw new BadInput('--org is for flat images: an ELF file says itself where it goes');
  const segments = elf.segments.filter((segment) => segment.type === PT_LOAD && segment.memoryBytes > 0);
  if (segments.length === 0) throw new BadInput('the ELF file has no segment to load: link it as an executable');
  segments.forEach((segment) => { checkFits(segment, memoryBytes); });
  checkTotal(segments);
  const entry = physicalEntry(segments, request.entry === undefined ? elf.entry : checkAddress('--entry', request.entry));
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

// Paging is off at the start, so execution begins at a physical address. Kernels linked high give a virtual entry; GRUB jumps to
// e_entry as it is, and so do we when it is loaded; otherwise the one reading left is to translate it through its segment.
function physicalEntry(segments: readonly ElfSegment[], entry: number): number {
  if (segments.some((segment) => entry >= segment.physical && entry < segment.physical + segment.memoryBytes)) return entry;
  const home = segments.find((segment) => entry >= segment.virtual && entry < segment.virtual + segment.memoryBytes);
  if (home === undefined) throw new BadInput(`the entry point 0x${entry.toString(16)} is in no loaded segment: check the linker script's ENTRY and addresses`);
  return entry - home.virtual + home.physical;
}
