// The setup header of a bzImage, read and refused, and where the zero page keeps what. Linux kernel documentation "The Linux/x86 Boot Protocol":
// "The Real-Mode Kernel Header"; "Zero Page".

import { BadInput } from '../../base/bad-input.ts';

export const HEADER_AT = 0x1f1, ZERO_PAGE_BYTES = 4096;
/** Offsets of the header's fields, the same in image and zero page. */
export const HEADER = {
  setupSectors: 0x1f1, protectedSize: 0x1f4, bootFlag: 0x1fe, jumpOffset: 0x201, magic: 0x202, version: 0x206, typeOfLoader: 0x210, loadFlags: 0x211, code32Start: 0x214, ramDiskImage: 0x218, ramDiskSize: 0x21c,
  commandLine: 0x228, ramDiskMax: 0x22c, extraFlags: 0x236, commandLineSize: 0x238, preferred: 0x258, initSize: 0x260,
} as const;
/** Offsets in the zero page alone. */
export const SCREEN = { mode: 6, columns: 7, egaMemory: 0xa, lines: 0xe, isVga: 0xf, points: 0x10 } as const;
export const E820_ENTRIES = 0x1e8, E820_TABLE = 0x2d0, E820_ENTRY_BYTES = 20, E820_MAX = 128;

const SECTOR_BYTES = 512, BOOT_FLAG = 0xaa55, MAGIC = 0x5372_6448; // "HdrS"
const LOADED_HIGH = 1, KERNEL_64 = 1;
/** The first version that says what a loader must know: that the initial RAM disk has a limit (2.03), the command line a size (2.06), and how much memory unpacking takes (2.10). */
const VERSION_LEAST = 0x0202, WITH_RAM_DISK_MAX = 0x0203, WITH_COMMAND_LINE_SIZE = 0x0206, WITH_INIT_SIZE = 0x020a, WITH_EXTRA_FLAGS = 0x020c, VERSION_NOW = 0x020f;
/** Where an initial RAM disk ends at the latest, and how long a command line is at most, for kernels that do not say it. */
const RAM_DISK_MAX_OLD = 0x37ff_ffff, COMMAND_LINE_MAX_OLD = 255;
/** What kernels say since they have a limit of their own. */
export const LOW_MEMORY_END = RAM_DISK_MAX_OLD + 1, COMMAND_LINE_MAX = 2047;
const COMMAND_LINE_MOST = 0xffff;
const HEADER_LEAST = 0x268;

export interface LinuxHeader {
  /** Bytes of the real-mode part; the kernel follows. */
  readonly setupBytes: number;
  /** Where the kernel unpacks itself to, and how many bytes it needs from there on. */
  readonly preferred: number;
  readonly unpackBytes: number;
  /** First address behind what an initial RAM disk may occupy. */
  readonly ramDiskEnd: number;
  readonly commandLineMax: number;
}

/** The header an unpacked kernel finds: magic number, version and flags, nothing else is known of it. */
export const EMPTY_HEADER: Uint8Array = emptyHeader();

/** True when the bytes are a Linux kernel by boot flag and magic number. */
export function isLinux(image: Uint8Array): boolean {
  return image.length >= HEADER_LEAST && word(image, HEADER.bootFlag) === BOOT_FLAG && long(image, HEADER.magic) === MAGIC;
}

/** The header of a kernel. Throws BadInput for kernels this machine cannot start, and for files that are none. */
export function readLinuxHeader(image: Uint8Array): LinuxHeader {
  if (!isLinux(image)) throw new BadInput('the image is no Linux kernel: "HdrS" is missing at 0x202; give the bzImage (vmlinuz), not vmlinux');
  const version = word(image, HEADER.version);
  const name = `${String(version >>> 8)}.${String(version & 0xff).padStart(2, '0')}`;
  if (version < VERSION_LEAST) throw new BadInput(`the kernel speaks version ${name} of the boot protocol, 2.02 is the least that has a 32-bit entry with a command line: take a later kernel`);
  if ((image[HEADER.loadFlags]! & LOADED_HIGH) === 0) throw new BadInput('the kernel is a zImage, which goes below 640 KiB: build a bzImage');
  if (version >= WITH_EXTRA_FLAGS && (word(image, HEADER.extraFlags) & KERNEL_64) !== 0) throw new BadInput('the kernel is built for x86-64, and the processor here has no IA-32e mode: take a 32-bit kernel (Debian: linux-image-686)');
  const setupBytes = ((image[HEADER.setupSectors]! || 4) + 1) * SECTOR_BYTES;
  const kernelBytes = long(image, HEADER.protectedSize) * 16;
  // the size is rounded up to 16 bytes
  if (setupBytes >= image.length || image.length - setupBytes + 15 < kernelBytes) {
    throw new BadInput(`the kernel is cut off: its header promises ${String(setupBytes + kernelBytes)} bytes, the file has ${String(image.length)}; copy it again`);
  }
  const hasInitSize = version >= WITH_INIT_SIZE;
  return {
    setupBytes, preferred: hasInitSize ? long(image, HEADER.preferred) : 0, unpackBytes: hasInitSize ? long(image, HEADER.initSize) : 0,
    ramDiskEnd: (version >= WITH_RAM_DISK_MAX ? long(image, HEADER.ramDiskMax) : RAM_DISK_MAX_OLD) + 1,
    commandLineMax: version >= WITH_COMMAND_LINE_SIZE ? Math.min(long(image, HEADER.commandLineSize), COMMAND_LINE_MOST) : COMMAND_LINE_MAX_OLD,
  };
}

/** The end of the header: the jump at 0x200 goes over it. */
export function headerEnd(image: Uint8Array): number {
  return HEADER.magic + image[HEADER.jumpOffset]!;
}

function word(image: Uint8Array, at: number): number { return image[at]! | (image[at + 1]! << 8); }
function long(image: Uint8Array, at: number): number { return (word(image, at) | (word(image, at + 2) << 16)) >>> 0; }

function emptyHeader(): Uint8Array {
  const page = new DataView(new ArrayBuffer(HEADER_LEAST));
  page.setUint16(HEADER.bootFlag, BOOT_FLAG, true);
  page.setUint32(HEADER.magic, MAGIC, true);
  page.setUint16(HEADER.version, VERSION_NOW, true);
  page.setUint8(HEADER.loadFlags, LOADED_HIGH);
  return new Uint8Array(page.buffer, HEADER_AT);
}
