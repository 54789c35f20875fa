// A ROM image: its last byte is the last one below 1 MiB, and it is seen a second time right below 4 GiB, where the processor starts after
// reset. Writes to it are lost. Nothing else is in memory: no BIOS, no devices set up. SDM 3A "First Instruction Executed".

import { BadInput } from '../../base/bad-input.ts';
import type { Guest, LoadPlan } from './load-plan.ts';
import { PAGE_BYTES } from '../options.ts';

const ROM_END = 0x10_0000, ROM_BYTES_MAX = 0x8_0000, RESET_VECTOR = 0xffff_fff0;
/** Sizes a ROM chip has, by which one is recognised. */
const USUAL_BYTES = [0x1_0000, 0x2_0000, 0x4_0000];
const FAR_JUMP = 0xea, NEAR_JUMP = 0xe9, SHORT_JUMP = 0xeb;

/** True when the size is a ROM chip's and the reset vector, 16 bytes before the end, holds a jump. */
export function looksLikeRom(image: Uint8Array): boolean {
  const first = image[image.length - 16];
  return USUAL_BYTES.includes(image.length) && (first === FAR_JUMP || first === NEAR_JUMP || first === SHORT_JUMP);
}

/** Where a ROM lies. Throws BadInput when its size is impossible. */
export function planRom({ image, request }: Guest): LoadPlan {
  if (request.org !== undefined) throw new BadInput('--org is for flat images: a ROM always ends at 1 MiB');
  if (request.entry !== undefined) throw new BadInput('--entry is for flat and ELF images: a ROM starts at the reset vector');
  if (image.length === 0 || image.length % PAGE_BYTES !== 0 || image.length > ROM_BYTES_MAX) {
    throw new BadInput(`a ROM of ${String(image.length)} bytes is not possible: give a multiple of 4096, at most ${String(ROM_BYTES_MAX)}`);
  }
  const part = { physical: ROM_END - image.length, bytes: image, memoryBytes: image.length, isRom: true };
  return { format: 'rom', org: 0, entry: RESET_VECTOR, parts: [part], start: { kind: 'reset' }, hasBios: false, disk: null, notes: [] };
}
