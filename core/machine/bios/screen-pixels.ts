// Pixels, and characters drawn with them: CGA graphics, whose even and odd lines lie 8 KiB apart, and mode 13h, a byte a pixel.
// IBM "Personal System/2 BIOS Interface Technical Reference": "Interrupt 10H - Video".

import type { BiosCall } from './call.ts';
import { FONT_8, ROM_LINEAR } from './rom.ts';
import type { ScreenMode } from './screen-modes.ts';

const WIDTH = 320, HEIGHT = 200, LINE_BYTES = 80, BANK_BYTES = 0x2000, GLYPH_LINES = 8, GLYPH_DOTS = 8;
/** In CGA graphics: the colour is combined with what is there by exclusive or. */
const COMBINES = 0x80;

interface Place { readonly x: number; readonly y: number }

/** Where a pixel lies: its byte, and its lowest bit in it. */
function placeOf({ bits, memory }: ScreenMode, { x, y }: Place): { readonly at: number; readonly shift: number } {
  if (bits === 8) return { at: memory + y * WIDTH + x, shift: 0 };
  const perByte = 8 / bits;
  return { at: memory + (y & 1) * BANK_BYTES + (y >>> 1) * LINE_BYTES + Math.floor(x / perByte), shift: (perByte - 1 - x % perByte) * bits };
}

const widthOf = ({ bits }: ScreenMode): number => (bits === 1 ? WIDTH * 2 : WIDTH);
const isOutside = (mode: ScreenMode, { x, y }: Place): boolean => x >= widthOf(mode) || y >= HEIGHT;

/** AH=0Ch: writes one pixel; outside of the screen nothing. */
export function writePixel(call: BiosCall, mode: ScreenMode, place: Place, colour: number): void {
  if (isOutside(mode, place)) return;
  const { at, shift } = placeOf(mode, place), mask = ((1 << mode.bits) - 1) << shift, before = call.readByte(at);
  const bits = (colour << shift) & mask;
  const isCombined = mode.bits < 8 && (colour & COMBINES) !== 0;
  call.writeByte(at, isCombined ? before ^ bits : (before & ~mask) | bits);
}

/** AH=0Dh. */
export function readPixel(call: BiosCall, mode: ScreenMode, place: Place): number {
  if (isOutside(mode, place)) return 0;
  const { at, shift } = placeOf(mode, place);
  return (call.readByte(at) >>> shift) & ((1 << mode.bits) - 1);
}

/** Draws a character at a row and column of eight by eight dots; of 256 colours its ground is black. */
export function drawCharacter(call: BiosCall, mode: ScreenMode, { code, cursor, colour }: { readonly code: number; readonly cursor: number; readonly colour: number }): void {
  const glyph = call.readLinear(ROM_LINEAR + FONT_8 + code * GLYPH_LINES, GLYPH_LINES);
  const left = (cursor & 0xff) * GLYPH_DOTS, top = (cursor >>> 8) * GLYPH_LINES;
  const isCombined = mode.bits < 8 && (colour & COMBINES) !== 0;
  for (let line = 0; line < GLYPH_LINES; line += 1) {
    for (let dot = 0; dot < GLYPH_DOTS; dot += 1) {
      const isSet = ((glyph[line]! >>> (GLYPH_DOTS - 1 - dot)) & 1) !== 0;
      if (isSet || !isCombined) writePixel(call, mode, { x: left + dot, y: top + line }, isSet ? colour : 0);
    }
  }
}

/** Moves lines of characters inside a window up, or down, and fills those that become free. */
export function scrollPixels(call: BiosCall, mode: ScreenMode, window: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number; readonly attribute: number }, { lines, isUp }: { readonly lines: number; readonly isUp: boolean }): void {
  const first = window.top * GLYPH_LINES, end = (window.bottom + 1) * GLYPH_LINES, height = end - first;
  const kept = lines === 0 || lines * GLYPH_LINES >= height ? 0 : height - lines * GLYPH_LINES;
  for (let index = 0; index < height; index += 1) {
    const y = isUp ? first + index : end - 1 - index, from = isUp ? y + lines * GLYPH_LINES : y - lines * GLYPH_LINES;
    moveLine(call, mode, window, { y, from: index < kept ? from : -1 });
  }
}

// whole bytes: a character is a whole number of them
function moveLine(call: BiosCall, mode: ScreenMode, { left, right, attribute }: { readonly left: number; readonly right: number; readonly attribute: number }, { y, from }: { readonly y: number; readonly from: number }): void {
  const bytes = (right - left + 1) * mode.bits, x = left * GLYPH_DOTS;
  if (bytes <= 0) return;
  const line = from < 0 ? new Uint8Array(bytes).fill(mode.bits === 8 ? attribute : 0) : call.readLinear(placeOf(mode, { x, y: from }).at, bytes);
  call.writeLinear(placeOf(mode, { x, y }).at, line);
}
