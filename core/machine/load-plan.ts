// What a loader decides before any memory exists: which bytes go where, and where execution begins.

import { BadInput } from '../base/bad-input.ts';
import { isElf } from '../symbols/elf.ts';
import type { ImageFormat } from './options.ts';

export interface LoadPart {
  readonly physical: number;
  readonly bytes: Uint8Array;
  /** Bytes in memory; what lies behind `bytes` is zero. */
  readonly memoryBytes: number;
}
export interface LoadPlan {
  readonly format: ImageFormat;
  /** Flat images: where they are loaded; ELF: 0. */
  readonly org: number;
  readonly entry: number;
  readonly parts: readonly LoadPart[];
  /** A Multiboot header, when the image has one. `wantsInformation`: it asks a boot loader for more than this machine provides. */
  readonly multiboot: { readonly flags: number; readonly wantsInformation: boolean } | null;
}

/** What the bytes are. Anything without a known magic number is flat. Throws BadInput for formats that are known and not supported. */
export function detectFormat(image: Uint8Array): ImageFormat {
  if (isElf(image)) return 'elf';
  if (startsWith(image, [0x4d, 0x5a])) throw new BadInput('the image is a DOS or Windows executable: build an ELF32 executable or a flat binary');
  if (startsWith(image, TRACE_MAGIC)) throw new BadInput('the image is itself a trace, not a guest: `ringscope info` and `ringscope open` take it');
  return 'flat';
}

// 0x89 "RTRACE": what people pass by mistake
const TRACE_MAGIC = [0x89, 0x52, 0x54, 0x52, 0x41, 0x43, 0x45];

function startsWith(image: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => image[index] === byte);
}
