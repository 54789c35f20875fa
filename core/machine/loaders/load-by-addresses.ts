// An image of any kind whose Multiboot header says where it goes: one piece of the file, zeros behind it, an entry point.
// Multiboot Specification 0.6.96: "The address fields of Multiboot header"; Multiboot2 Specification 2.0: "The address tag of Multiboot2 header".

import { BadInput } from '../../base/bad-input.ts';
import { checkAddress } from './load-flat.ts';
import type { Guest } from './load-plan.ts';
import type { LoadedElf } from './load-elf.ts';

/** Physical addresses; `header` is the one of the Multiboot header, which lies `offset` bytes into the file. */
export interface LoadAddresses {
  readonly offset: number;
  readonly header: number;
  /** First byte loaded; LOAD_FROM_FILE_START when it is the first of the file. */
  readonly load: number;
  /** 0: to the end of the file. */
  readonly loadEnd: number;
  /** End of what is zeroed; 0: nothing is. */
  readonly bssEnd: number;
  readonly entry: number;
}
/** Multiboot 2's way to say that the file is loaded from its beginning. */
export const LOAD_FROM_FILE_START = 0xffff_ffff;

/** What is loaded and where it starts. Throws BadInput when file, header and memory do not agree. */
export function loadByAddresses({ image, request, memoryBytes }: Guest, addresses: LoadAddresses): LoadedElf {
  if (request.org !== undefined) throw new BadInput('--org is for flat images: the Multiboot header says itself where the image goes');
  const load = addresses.load === LOAD_FROM_FILE_START ? addresses.header - addresses.offset : addresses.load;
  const offset = addresses.offset - (addresses.header - load);
  if (load < 0 || addresses.header < load || offset < 0) throw new BadInput('the Multiboot header\'s header_addr and load_addr do not agree with where it lies in the file: check them in the linker script');
  const end = addresses.loadEnd === 0 ? load + image.length - offset : addresses.loadEnd;
  if (end < load || offset + (end - load) > image.length) throw new BadInput(`the Multiboot header says that 0x${load.toString(16)} to 0x${end.toString(16)} is loaded, the file does not hold so much: it is cut, or load_end_addr is wrong`);
  const zeroEnd = Math.max(end, addresses.bssEnd);
  if (zeroEnd > memoryBytes) throw new BadInput(`the Multiboot kernel (0x${load.toString(16)} to 0x${zeroEnd.toString(16)}) lies beyond the ${String(memoryBytes)} bytes of memory: give a larger --memory or link it lower`);
  const entry = request.entry === undefined ? addresses.entry : checkAddress('--entry', request.entry);
  if (entry < load || entry >= zeroEnd) throw new BadInput(`the entry point 0x${entry.toString(16)} lies outside what the Multiboot header loads, 0x${load.toString(16)} to 0x${zeroEnd.toString(16)}`);
  return { parts: [{ physical: load, bytes: image.subarray(offset, offset + (end - load)), memoryBytes: zeroEnd - load }], entry };
}
