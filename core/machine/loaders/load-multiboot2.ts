// A Multiboot 2 kernel: loaded as a Multiboot 1 kernel is, told in tags. A command line is what --append gives and nothing before it, that of a
// module is its arguments, as GRUB does it. Multiboot2 Specification 2.0: "OS image format", "I386 machine state".

import { DEFAULT_MODEL } from '../../arch/cpu-models.ts';
import { BadInput } from '../../base/bad-input.ts';
import { rsdpBytes } from '../firmware/firmware-tables.ts';
import { checkModel } from '../options.ts';
import { FreeMemory } from './free-memory.ts';
import { loadByAddresses } from './load-by-addresses.ts';
import { loadElf, type LoadedElf } from './load-elf.ts';
import { placeModules } from './load-multiboot.ts';
import type { Guest, LoadPlan } from './load-plan.ts';
import { findMultiboot2, MULTIBOOT2_LOADED, readMultiboot2, type Multiboot2Header } from './multiboot2-header.ts';
import { multiboot2Information } from './multiboot2-information.ts';
import type { LoadedModule } from './multiboot-information.ts';

/** What lies where when a Multiboot 2 kernel starts. Throws BadInput for an image without header, or with demands that cannot be met. */
export function planMultiboot2(guest: Guest): LoadPlan {
  const { image, files, request, memoryBytes } = guest;
  const offset = findMultiboot2(image);
  if (offset === null) throw new BadInput('the image has no Multiboot 2 header in its first 32768 bytes (E85250D6, architecture 0, length, and a sum that makes 0, on a boundary of 8 bytes)');
  const header = readMultiboot2(image, offset);
  const kernel = loadKernel(guest, header);

  const free = new FreeMemory(memoryBytes, kernel.parts);
  const { modules, parts } = placeModules(guest, free);
  const loadBase = header.isRelocatable ? Math.min(...kernel.parts.map(({ physical }) => physical)) : null;
  const bytes = multiboot2Information({ memoryBytes, commandLine: request.append ?? '', modules: modules.map(withArgumentsOnly), hasDisk: files.some(({ role }) => role === 'disk'), loadBase, rsdp: rsdpBytes({ model: checkModel(request.cpuModel ?? DEFAULT_MODEL.name), memoryBytes }) });
  const physical = free.claim({ what: 'the Multiboot 2 information', bytes: bytes.length, align: 8 });
  return {
    format: 'multiboot2', org: 0, entry: kernel.entry, parts: [...kernel.parts, ...parts, { physical, bytes, memoryBytes: bytes.length }],
    start: { kind: 'protected', registers: { eax: MULTIBOOT2_LOADED, ebx: physical } }, hasBios: true, disk: null,
    notes: header.wantsGraphics ? ['the Multiboot 2 header asks for a graphics mode: there is none, the kernel is told of the text screen of 80 by 25'] : [],
  };
}

function loadKernel(guest: Guest, { addresses, entry }: Multiboot2Header): LoadedElf {
  if (addresses === null) return loadElf(guest, entry);
  if (entry === null) throw new BadInput('the Multiboot 2 header has an address tag and no entry address tag (type 3): add one');
  return loadByAddresses(guest, { ...addresses, entry });
}

/** A module without arguments keeps its name, so that kernels can tell modules apart. */
function withArgumentsOnly(module: LoadedModule): LoadedModule {
  const space = module.commandLine.indexOf(' ');
  return space < 0 ? module : { ...module, commandLine: module.commandLine.slice(space + 1) };
}
