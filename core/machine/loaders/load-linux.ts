// A Linux kernel by its boot protocol: the 32-bit entry of a bzImage, whose protected-mode part goes to 1 MiB, or of an unpacked kernel (vmlinux).
// The zero page tells it the memory map, the command line and the initial RAM disk. Linux kernel documentation "The Linux/x86 Boot Protocol"; the header: linux-header.ts.

import { BadInput } from '../../base/bad-input.ts';
import type { GuestFile } from '../../event/guest-file.ts';
import { isElf, readElf } from '../../symbols/elf.ts';
import { memoryMap, BASE_MEMORY_END, EXTENDED_DATA_AREA } from '../memory-map.ts';
import { PAGE_BYTES } from '../options.ts';
import { loadElf } from './load-elf.ts';
import type { Guest, LoadPart, LoadPlan } from './load-plan.ts';
import { COMMAND_LINE_MAX, E820_ENTRIES, E820_ENTRY_BYTES, E820_MAX, E820_TABLE, EMPTY_HEADER, HEADER, HEADER_AT, headerEnd, LOW_MEMORY_END, readLinuxHeader, SCREEN, ZERO_PAGE_BYTES } from './linux-header.ts';

/** Where what the kernel is given lies, all of it usable memory below 640 KiB. */
const GDT = 0x8000, ZERO_PAGE = 0x1_0000, COMMAND_LINE = 0x2_0000;
const KERNEL = 0x10_0000;
/** Selectors the protocol demands. */
const BOOT_CODE = 0x10, BOOT_DATA = 0x18;
/** Null, unused, flat code, flat data. */
const DESCRIPTORS = [0, 0, 0, 0, 0x0000_ffff, 0x00cf_9b00, 0x0000_ffff, 0x00cf_9300];
/** The number of a boot loader that has been given none. */
const UNDEFINED_LOADER = 0xff;
const BIOS_DATA = 0x400, COM1 = 0x3f8;
const TEXT_MODE = 3, COLUMNS = 80, ROWS = 25, CHARACTER_HEIGHT = 16, EGA_MEMORY = 0x10;

/** A kernel by itself: what of it goes where, and what it says of the rest. */
interface Kernel {
  readonly parts: readonly LoadPart[];
  readonly entry: number;
  /** First address behind all it needs before it knows the memory map. */
  readonly end: number;
  /** The part of the zero page that comes from the image. */
  readonly header: Uint8Array;
  readonly ramDiskEnd: number;
  readonly commandLineMax: number;
}

/** What lies where when a kernel starts. Throws BadInput for what is no kernel for this machine, or does not fit. */
export function planLinux({ image, request, files, memoryBytes }: Guest): LoadPlan {
  if (request.org !== undefined) throw new BadInput('--org is for flat images: a Linux kernel says itself where it goes');
  if (request.entry !== undefined) throw new BadInput('--entry is for flat and ELF images: a Linux kernel starts at its 32-bit entry');
  const kernel = isElf(image) ? unpackedKernel(image, memoryBytes) : packedKernel(image, memoryBytes);
  const ramDisk = ramDiskOf(files, kernel, memoryBytes);
  const parts = [
    whole(BIOS_DATA, biosData()), whole(GDT, new Uint8Array(Uint32Array.from(DESCRIPTORS).buffer)), whole(ZERO_PAGE, zeroPageOf(kernel, { ramDisk, memoryBytes })),
    whole(COMMAND_LINE, commandLineOf(request.append ?? '', kernel)), ...kernel.parts, ...(ramDisk === null ? [] : [ramDisk]),
  ];
  return {
    format: 'linux', org: 0, entry: kernel.entry, parts, hasBios: false, disk: null, notes: [],
    start: { kind: 'protected', code: BOOT_CODE, data: BOOT_DATA, gdt: { base: GDT, limitBytes: DESCRIPTORS.length * 4 - 1 }, registers: { esi: ZERO_PAGE } },
  };
}

const whole = (physical: number, bytes: Uint8Array): LoadPart => ({ physical, bytes, memoryBytes: bytes.length });

// a bzImage: what lies at 1 MiB unpacks the kernel to where that wants to be
function packedKernel(image: Uint8Array, memoryBytes: number): Kernel {
  const header = readLinuxHeader(image);
  const bytes = image.subarray(header.setupBytes);
  const end = Math.max(KERNEL + bytes.length, Math.max(KERNEL, header.preferred) + header.unpackBytes);
  if (end > memoryBytes) throw new BadInput(`the kernel needs memory up to 0x${end.toString(16)} to unpack itself, the machine has ${String(memoryBytes)} bytes: give a larger --memory`);
  return { ...header, parts: [whole(KERNEL, bytes)], entry: KERNEL, end, header: image.subarray(HEADER_AT, headerEnd(image)) };
}

// vmlinux: the kernel as a bzImage unpacks it, with the same entry and the same zero page
function unpackedKernel(image: Uint8Array, memoryBytes: number): Kernel {
  if (readElf(image).is64) throw new BadInput('the kernel is built for x86-64, and the processor here has no IA-32e mode: take a 32-bit kernel (Debian: linux-image-686)');
  const { parts, entry } = loadElf({ image, files: [], request: {}, memoryBytes });
  const end = parts.reduce((most, { physical, memoryBytes: bytes }) => Math.max(most, physical + bytes), 0);
  return { parts, entry, end, header: EMPTY_HEADER, ramDiskEnd: LOW_MEMORY_END, commandLineMax: COMMAND_LINE_MAX };
}

function commandLineOf(text: string, { commandLineMax }: Kernel): Uint8Array {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  if (!/^[\x20-\x7e]*$/.test(text)) throw new BadInput('the kernel command line has a character that is not printable ASCII: write it without');
  if (bytes.length > commandLineMax) throw new BadInput(`the kernel command line has ${String(bytes.length)} characters, this kernel takes at most ${String(commandLineMax)}: shorten --append`);
  return Uint8Array.of(...bytes, 0);
}

// as high as memory and the kernel allow, at the beginning of a page
function ramDiskOf(files: readonly GuestFile[], kernel: Kernel, memoryBytes: number): LoadPart | null {
  const given = files.filter(({ role }) => role === 'initrd');
  const [file] = given;
  if (file === undefined) return null;
  if (given.length > 1) throw new BadInput('a Linux kernel takes one --initrd: join the archives to one file (cat a.cpio b.cpio)');
  const { bytes } = file;
  const physical = Math.floor((Math.min(memoryBytes, kernel.ramDiskEnd) - bytes.length) / PAGE_BYTES) * PAGE_BYTES;
  if (physical < kernel.end) throw new BadInput(`the initial RAM disk of ${String(bytes.length)} bytes does not fit above the kernel, which needs memory up to 0x${kernel.end.toString(16)}: give a larger --memory`);
  return { physical, bytes, memoryBytes: bytes.length };
}

function zeroPageOf(kernel: Kernel, { ramDisk, memoryBytes }: { readonly ramDisk: LoadPart | null; readonly memoryBytes: number }): Uint8Array {
  const page = new Uint8Array(ZERO_PAGE_BYTES);
  page.set(kernel.header, HEADER_AT);
  const view = new DataView(page.buffer);
  page[HEADER.typeOfLoader] = UNDEFINED_LOADER;
  view.setUint32(HEADER.code32Start, kernel.entry, true);
  view.setUint32(HEADER.commandLine, COMMAND_LINE, true);
  view.setUint32(HEADER.ramDiskImage, ramDisk?.physical ?? 0, true);
  view.setUint32(HEADER.ramDiskSize, ramDisk?.memoryBytes ?? 0, true);
  tellScreen(page);
  const map = memoryMap(memoryBytes).slice(0, E820_MAX);
  page[E820_ENTRIES] = map.length;
  map.forEach(({ base, length, type }, index) => {
    const at = E820_TABLE + index * E820_ENTRY_BYTES;
    view.setUint32(at, base, true);
    view.setUint32(at + 8, length, true);
    view.setUint32(at + 16, type, true);
  });
  return page;
}

// the text screen that firmware leaves, so that the kernel may take it as its console
function tellScreen(page: Uint8Array): void {
  page[SCREEN.mode] = TEXT_MODE;
  page[SCREEN.columns] = COLUMNS;
  page[SCREEN.egaMemory] = EGA_MEMORY;
  page[SCREEN.lines] = ROWS;
  page[SCREEN.isVga] = 1;
  page[SCREEN.points] = CHARACTER_HEIGHT;
}

// what a kernel looks up without asking: the serial port, the extended BIOS data area, the size of conventional memory
function biosData(): Uint8Array {
  const area = new DataView(new ArrayBuffer(0x16));
  area.setUint16(0, COM1, true);
  area.setUint16(0xe, EXTENDED_DATA_AREA >>> 4, true);
  area.setUint16(0x13, BASE_MEMORY_END / 1024, true);
  return new Uint8Array(area.buffer);
}
