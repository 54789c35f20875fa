// Debug exceptions: sequences of instructions under random breakpoints on code, data and ports, with single steps; DR7.GD before a MOV from or to a
// debug register.

import { baseOf } from '../../../core/arch/descriptor.ts';
import { windowOf, WINDOW_BYTES, type Case } from './case.ts';
import { DATA0 } from './case-world.ts';
import { sequenceCase } from './generate.ts';
import type { Random } from './random.ts';
import { SETTINGS } from './settings.ts';

const DR6_CLEAR = 0xffff_0ff0, DR7_FIXED = 0x400, GENERAL_DETECT = 0x2000, CR4_PSE = 0x10, CR4_DE = 8;
const EXECUTE = 0, WRITE = 1, READ_WRITE = 3;
const ESP = 4, FRAME_BYTES = 64, BIG = 0x40_0000;

/** One random sequence under breakpoints, mostly near what it touches. */
export function debugCase(random: Random): Case {
  const setting = random.pick([SETTINGS.ring3, SETTINGS.ring3, SETTINGS.ring3Code16, SETTINGS.virtual, SETTINGS.ring0]);
  const one = sequenceCase(random, setting);
  const { addresses, dr7 } = breakpoints(random, one);
  const isDetecting = setting === SETTINGS.ring0 && random.oneIn(3);
  const code = isDetecting ? [...one.code, 0x0f, random.pick([0x21, 0x23]), 0xc0 | (random.pick([0, 1, 2, 3, 6, 7]) << 3)] : one.code;
  return { ...one, name: `${one.name}, breakpoints`, code, debug: [...addresses, DR6_CLEAR | (random.oneIn(4) ? random.below(16) | 0x4000 : 0), dr7 | (isDetecting ? GENERAL_DETECT : 0)], cr4: CR4_PSE | (random.oneIn(2) ? CR4_DE : 0) };
}

function breakpoints(random: Random, one: Case): { readonly addresses: number[]; readonly dr7: number } {
  const code = (one.codeBase ?? 0) + one.eip, window = windowOf(one);
  const starts = (one.parts ?? []).map((_, index) => (one.parts ?? []).slice(0, index + 1).flat().length);
  const addresses: number[] = [];
  let dr7 = DR7_FIXED | (random.oneIn(2) ? 0 : 0x300);
  for (let index = 0; index < 4; index += 1) {
    const kind = random.pick([EXECUTE, WRITE, READ_WRITE, READ_WRITE]);
    const length = kind === EXECUTE ? 0 : random.pick([0, 1, 3]);
    const address = kind === EXECUTE ? code + random.pick([0, ...starts, random.below(8)]) : dataAddress(random, one, window);
    addresses.push(random.oneIn(30) ? random.word() : address);
    dr7 |= (random.below(4) << (2 * index)) | (((length << 2) | kind) << (16 + 4 * index));
  }
  return { addresses, dr7 };
}

/** In the window, but in ring 0 not where the runner and the handler put their frames. */
function dataAddress(random: Random, one: Case, window: number): number {
  const [low, high] = one.descriptors.slice(2, 4) as [number, number];
  const stack = one.ss === DATA0 ? one.registers[ESP]! : baseOf(low, high) + ((high & BIG) === 0 ? one.registers[ESP]! & 0xffff : one.registers[ESP]!);
  for (;;) {
    const address = window + random.below(WINDOW_BYTES);
    if (one.entry !== 'ring0' || address < stack - FRAME_BYTES || address >= stack + 8) return address;
  }
}
