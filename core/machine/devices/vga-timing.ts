// Where the beam of a VGA is at a moment of the guest's clock: the bits of input status register 1 that programs wait for.
// IBM "Personal System/2 Hardware Interface Technical Reference": "CRT Controller Registers", "Input Status Register 1".

import { CLOCKS_PER_SECOND } from '../clock-rate.ts';

const NOT_DISPLAYING = 0x01, IN_VERTICAL_RETRACE = 0x08;
const HORIZONTAL_TOTAL = 0, HORIZONTAL_END = 1, VERTICAL_TOTAL = 6, OVERFLOW = 7, RETRACE_START = 0x10, RETRACE_END = 0x11, DISPLAY_END = 0x12;
const FAST_CRYSTAL = 28_322_000, SLOW_CRYSTAL = 25_175_000, MISC_CRYSTAL = 0x0c, MISC_FAST = 0x04;
const CLOCKING_8_DOTS = 0x01, CLOCKING_HALF = 0x08;

/** The registers that time a picture. */
interface Timing { readonly crtController: Uint8Array; readonly sequencer: Uint8Array; readonly miscellaneous: number }

/** Lines that are displayed: "Vertical Display Enable End". */
export function displayedLines({ crtController }: Timing): number { return tenBits(crtController, DISPLAY_END, { bit8: 1, bit9: 6 }) + 1; }

/** Bit 0 while nothing is displayed, bit 3 in the vertical retrace. Before a mode is set the beam stands in its retrace. */
export function retraceBits(vga: Timing, clock: number): number {
  const { crtController } = vga;
  const dots = ((vga.sequencer[1]! & CLOCKING_8_DOTS) !== 0 ? 8 : 9) * ((vga.sequencer[1]! & CLOCKING_HALF) !== 0 ? 2 : 1);
  const crystal = (vga.miscellaneous & MISC_CRYSTAL) === MISC_FAST ? FAST_CRYSTAL : SLOW_CRYSTAL;
  const clocksPerCharacter = dots * CLOCKS_PER_SECOND / crystal;
  const characters = crtController[HORIZONTAL_TOTAL]! + 5, lines = tenBits(crtController, VERTICAL_TOTAL, { bit8: 0, bit9: 5 }) + 2;
  const character = Math.floor(clock / clocksPerCharacter) % (characters * lines);
  const line = Math.floor(character / characters);
  const first = tenBits(crtController, RETRACE_START, { bit8: 2, bit9: 7 }), height = (crtController[RETRACE_END]! - first) & 0x0f;
  const isRetracing = line >= first && line < first + Math.max(height, 1);
  const isDisplaying = line < displayedLines(vga) && character % characters <= crtController[HORIZONTAL_END]!;
  return (isDisplaying ? 0 : NOT_DISPLAYING) | (isRetracing ? IN_VERTICAL_RETRACE : 0);
}

// the high bits of vertical counts are in the overflow register
function tenBits(crtController: Uint8Array, index: number, { bit8, bit9 }: { readonly bit8: number; readonly bit9: number }): number {
  const overflow = crtController[OVERFLOW]!;
  return crtController[index]! | (((overflow >>> bit8) & 1) << 8) | (((overflow >>> bit9) & 1) << 9);
}
