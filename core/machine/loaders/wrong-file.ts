// Files people give by mistake where an image or a disk is meant: named by their first bytes, with what to do instead. Nothing is decided here about
// files that can be run (detect-format.ts).

import { decodeUtf8 } from '../../base/utf8.ts';
import { startsWith } from './bytes-at.ts';

interface Signature { readonly at?: number; readonly bytes: readonly number[]; readonly what: string; readonly advice: string }
const magic = (text: string): readonly number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const packed = (what: string, command: string): Pick<Signature, 'what' | 'advice'> => ({ what: `${what} data`, advice: `unpack it first (${command})` });
const virtualDisk = (what: string): Pick<Signature, 'what' | 'advice'> => ({ what: `a ${what} disk`, advice: 'make a raw image of it (qemu-img convert -O raw)' });
const ramDisk = { what: 'an initial RAM disk (cpio)', advice: 'give the kernel as image and this file with --initrd' };
const picture = (what: string): Pick<Signature, 'what' | 'advice'> => ({ what, advice: 'give a guest image' });

const DISKS: readonly Signature[] = [
  { bytes: [...magic('QFI'), 0xfb], ...virtualDisk('qcow') }, { bytes: magic('KDMV'), ...virtualDisk('VMDK') }, { bytes: magic('COWD'), ...virtualDisk('VMDK') },
  { bytes: magic('# Disk DescriptorFile'), ...virtualDisk('VMDK') }, { bytes: magic('conectix'), ...virtualDisk('VHD') }, { bytes: magic('vhdxfile'), ...virtualDisk('VHDX') },
  { at: 0x40, bytes: [0x7f, 0x10, 0xda, 0xbe], ...virtualDisk('VDI') }, { bytes: [...magic('QED'), 0], ...virtualDisk('QED') }, { bytes: magic('bochs virtual HD'), ...virtualDisk('Bochs') },
];
const PACKED: readonly Signature[] = [
  { bytes: [0x1f, 0x8b], ...packed('gzip', 'gunzip') }, { bytes: [0xfd, ...magic('7zXZ'), 0], ...packed('xz', 'xz -d') }, { bytes: magic('BZh'), ...packed('bzip2', 'bunzip2') },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], ...packed('zstd', 'zstd -d') }, { bytes: [0x04, 0x22, 0x4d, 0x18], ...packed('lz4', 'lz4 -d') }, { bytes: [0x02, 0x21, 0x4c, 0x18], ...packed('lz4', 'lz4 -d') },
  { bytes: [0x5d, 0, 0, 0x80, 0], ...packed('lzma', 'unlzma') }, { bytes: [0x89, ...magic('LZO'), 0], ...packed('lzop', 'lzop -d') }, { bytes: magic('PK\u0003\u0004'), ...packed('zip', 'unzip') },
  { bytes: [...magic('7z'), 0xbc, 0xaf, 0x27, 0x1c], ...packed('7z', '7z x') }, { bytes: magic('Rar!'), ...packed('RAR', 'unrar x') }, { at: 257, bytes: magic('ustar'), ...packed('tar', 'tar xf') },
];
const OTHERS: readonly Signature[] = [
  { bytes: [0x89, ...magic('RTRACE')], what: 'itself a trace, not a guest', advice: '`ringscope info` and `ringscope open` take it' },
  { bytes: magic('070701'), ...ramDisk }, { bytes: magic('070702'), ...ramDisk }, { bytes: magic('070707'), ...ramDisk }, { bytes: [0xc7, 0x71], ...ramDisk },
  { bytes: magic('hsqs'), what: 'a squashfs file system', advice: 'it holds no code to start; give a kernel' },
  { bytes: magic('!<arch>\n'), what: 'a library of object files (ar)', advice: 'link it to an executable at a fixed address' },
  { bytes: [0x27, 0x05, 0x19, 0x56], what: 'a U-Boot image', advice: 'give an x86 kernel without that wrapper' }, { bytes: magic('ANDROID!'), what: 'an Android boot image', advice: 'give an x86 kernel without that wrapper' },
  { bytes: [0xd0, 0x0d, 0xfe, 0xed], what: 'a device tree', advice: 'give an x86 kernel' }, { at: 0x38, bytes: magic('ARM\u0064'), what: 'a Linux kernel for 64-bit ARM', advice: 'give one for 32-bit x86' },
  { at: 0x24, bytes: [0x18, 0x28, 0x6f, 0x01], what: 'a Linux kernel for 32-bit ARM', advice: 'give one for 32-bit x86' }, { at: 0x30, bytes: magic('RISCV\0\0\0'), what: 'a Linux kernel for RISC-V', advice: 'give one for 32-bit x86' },
  { at: 0x28, bytes: magic('_FVH'), what: 'UEFI firmware', advice: 'it needs a chipset this machine does not have; give a guest without UEFI' },
  { bytes: [0xce, 0xfa, 0xed, 0xfe], what: 'a Mach-O executable', advice: 'link it as ELF32 (ld -m elf_i386) or as flat binary' }, { bytes: [0xcf, 0xfa, 0xed, 0xfe], what: 'a 64-bit Mach-O executable', advice: 'build an ELF32 executable (-m32)' },
  { bytes: [0xca, 0xfe, 0xba, 0xbe], what: 'a Java class or a universal Mach-O file', advice: 'give a guest image' }, { bytes: [0, ...magic('asm')], what: 'WebAssembly', advice: 'give a guest image' },
  { bytes: [0x89, ...magic('PNG')], ...picture('a PNG picture') }, { bytes: [0xff, 0xd8, 0xff], ...picture('a JPEG picture') }, { bytes: magic('GIF8'), ...picture('a GIF picture') }, { bytes: magic('%PDF-'), ...picture('a PDF document') },
  { at: 0x438, bytes: [0x53, 0xef], what: 'an ext2, ext3 or ext4 file system, and nothing in it starts by itself', advice: 'give a kernel as image and this file with --disk' },
];
/** Characters no text has; the last one of the looked-at part may be cut. */
const NO_TEXT = /[^\t-\r\x1b -~\u0080-\ufffc\u{10000}-\u{10ffff}]/u, LAST_CUT = 3;
const TEXT_BYTES = 4096, TEXT_LEAST = 16;

/** What a file is that cannot be an image, and what to do, in one sentence; null when nothing is known against it. */
export function describeWrongImage(image: Uint8Array): string | null {
  return described('the image', image, [...DISKS, ...PACKED, ...OTHERS]) ?? describeExecutable(image) ?? describeText(image) ?? describeBlank(image);
}

/** The same for what is to be a disk: its bytes are the disk's, so only wrappers around a disk are wrong. */
export function describeWrongDisk(name: string, bytes: Uint8Array): string | null {
  if (bytes.length === 0) return `the disk ${name} is empty: give an image of at least one sector`;
  return described(`the disk ${name}`, bytes, [...DISKS, ...PACKED.filter(({ at }) => at === undefined)]);
}

function described(subject: string, bytes: Uint8Array, signatures: readonly Signature[]): string | null {
  const found = signatures.find(({ at = 0, bytes: first }) => startsWith(bytes, first, at));
  return found === undefined ? null : `${subject} is ${found.what}: ${found.advice}`;
}

const PE_POINTER = 0x3c, PE_SUBSYSTEM = 0x5c, EFI_FIRST = 10, EFI_LAST = 13;

// a Linux kernel with an EFI stub begins so, too, and is known before
function describeExecutable(image: Uint8Array): string | null {
  if (!startsWith(image, magic('MZ'))) return null;
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const at = image.length >= PE_POINTER + 4 ? view.getUint32(PE_POINTER, true) : 0;
  const isPe = at + PE_SUBSYSTEM + 2 <= image.length && startsWith(image, magic('PE\0\0'), at);
  if (!isPe) return 'the image is a DOS or Windows executable: build an ELF32 executable or a flat binary';
  const subsystem = view.getUint16(at + PE_SUBSYSTEM, true);
  return subsystem >= EFI_FIRST && subsystem <= EFI_LAST ? 'the image is an EFI program: there is no EFI here; give a kernel with a Multiboot header, a bzImage or a boot disk'
    : 'the image is a Windows executable (PE): build an ELF32 executable or a flat binary';
}

// no code of such length is without a control character
function describeText(image: Uint8Array): string | null {
  const first = image.subarray(0, TEXT_BYTES);
  const text = decodeUtf8(first);
  if (first.length < TEXT_LEAST || NO_TEXT.test(text.slice(0, -LAST_CUT))) return null;
  if (/^#!/.test(text)) return 'the image is a script: give a guest image';
  if (/^:[0-9A-F]{10,}\r?\n/.test(text)) return 'the image is an Intel HEX file: make a binary of it (objcopy -I ihex -O binary)';
  if (/^S[0-9][0-9A-F]{6,}\r?\n/.test(text)) return 'the image is a file of S-records: make a binary of it (objcopy -I srec -O binary)';
  if (/^(Servicing hardware INT|\s*\d+: v=[0-9a-f]{2} e=)/m.test(text)) return 'the image is a log of qemu -d int: ringscope import reads it';
  return 'the image is a text file, not machine code: assemble or compile it first';
}

const isZero = (byte: number): boolean => byte === 0;
function describeBlank(image: Uint8Array): string | null {
  if (image.length === 0) return 'the image is empty: give a file with code in it';
  return image.length >= TEXT_LEAST && image.every(isZero) ? 'the image holds nothing but zeros: give a file with code in it' : null;
}
