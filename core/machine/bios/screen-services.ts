// INT 10h by function: modes and cursor (screen-modes.ts), characters (screen-text.ts), pixels (screen-pixels.ts), colours (screen-palette.ts),
// fonts. Functions that a VGA BIOS may lack, VBE among them, are answered as by one that lacks them: nothing changes.
// IBM "Personal System/2 BIOS Interface Technical Reference": "Interrupt 10H - Video".

import { EAX, EBP, EBX, ECX, EDX, ES } from '../../cpu/state.ts';
import { installSegment } from '../../cpu/segmentation.ts';
import type { BiosCall } from './call.ts';
import { CHARACTER_HEIGHT, COLUMNS, CURSOR_SHAPE, CURSORS, LAST_ROW, VIDEO_CONTROL, VIDEO_MODE, VIDEO_PAGE } from './data-area.ts';
import { FONT_14, FONT_16, FONT_8, ROM_SEGMENT } from './rom.ts';
import { modeNow, setCharacterHeight, setCursor, setCursorShape, setMode, showPage } from './screen-modes.ts';
import { serveCgaPalette, servePalette } from './screen-palette.ts';
import { readPixel, writePixel } from './screen-pixels.ts';
import { fillCells, readCell, scroll, teletype, writeString } from './screen-text.ts';

const BH = 7, BL = 3, DL = 2;
const KEEPS_SCREEN = 0x80, COLOUR_VGA = 0x08, ALL_MEMORY = 3, SWITCHES = 9;
/** Fonts by BH of AX=1130h: pointers in vectors 1Fh and 43h, or places in the ROM. */
const FONT_VECTORS = [0x1f, 0x43] as const;
const FONT_PLACES: ReadonlyMap<number, number> = new Map([[2, FONT_14], [3, FONT_8], [4, FONT_8 + 128 * 8], [5, FONT_14], [6, FONT_16], [7, FONT_16]]);
const HEIGHTS: ReadonlyMap<number, number> = new Map([[0x11, 14], [0x12, 8], [0x14, 16]]);

/** Serves INT 10h. */
export function serveScreen(call: BiosCall): void {
  const { cpu } = call;
  switch (call.ah) {
    case 0x00: setMode(call); return;
    case 0x01: setCursorShape(call, cpu.get16(ECX)); return;
    case 0x02: setCursor(call, cpu.get8(BH), cpu.get16(EDX)); return;
    case 0x03:
      cpu.set16(EDX, call.readWord(CURSORS + (cpu.get8(BH) & 7) * 2));
      cpu.set16(ECX, call.readWord(CURSOR_SHAPE));
      return;
    case 0x04: for (const register of [EAX, EBX, ECX, EDX]) cpu.set16(register, 0); return;
    case 0x05: showPage(call, call.al); return;
    case 0x06: scroll(call, { isUp: true }); return;
    case 0x07: scroll(call, { isUp: false }); return;
    case 0x08: readCell(call); return;
    case 0x09: fillCells(call, { hasAttribute: true }); return;
    case 0x0a: fillCells(call, { hasAttribute: false }); return;
    case 0x0b: serveCgaPalette(call); return;
    case 0x0c: case 0x0d: servePixel(call); return;
    case 0x0e: teletype(call); return;
    case 0x0f:
      call.al = call.readByte(VIDEO_MODE) | (call.readByte(VIDEO_CONTROL) & KEEPS_SCREEN);
      call.ah = call.readByte(COLUMNS);
      cpu.set8(BH, call.readByte(VIDEO_PAGE));
      return;
    case 0x10: servePalette(call); return;
    case 0x11: serveFonts(call); return;
    case 0x12: serveAlternatives(call); return;
    case 0x13: writeString(call); return;
    case 0x1a: tellDisplay(call); return;
  }
}

function servePixel(call: BiosCall): void {
  const { cpu } = call;
  const mode = modeNow(call), place = { x: cpu.get16(ECX), y: cpu.get16(EDX) };
  if (mode.bits === 0) return;
  if (call.ah === 0x0d) call.al = readPixel(call, mode, place);
  else writePixel(call, mode, place, call.al);
}

// characters of other heights change the number of rows; their shapes nobody sees in text modes
function serveFonts(call: BiosCall): void {
  const height = HEIGHTS.get(call.al);
  if (height !== undefined && modeNow(call).bits === 0) setCharacterHeight(call, height);
  else if (call.al === 0x30) tellFont(call);
}

function tellFont(call: BiosCall): void {
  const { cpu } = call;
  const which = cpu.get8(BH), vector = FONT_VECTORS[which], place = FONT_PLACES.get(which);
  if (vector === undefined && place === undefined) return;
  const offset = vector === undefined ? place! : call.readWord(vector * 4), segment = vector === undefined ? ROM_SEGMENT : call.readWord(vector * 4 + 2);
  installSegment(cpu, ES, segment, cpu.segmentRights(ES), cpu.segmentLimit(ES), segment << 4);
  cpu.set16(EBP, offset);
  cpu.set16(ECX, call.readWord(CHARACTER_HEIGHT));
  cpu.set8(DL, call.readByte(LAST_ROW));
}

function serveAlternatives(call: BiosCall): void {
  const { cpu } = call;
  const what = cpu.get8(BL);
  if (what === 0x10) {
    cpu.set16(EBX, ALL_MEMORY);
    cpu.set16(ECX, SWITCHES);
  } else if (what >= 0x30 && what <= 0x36) call.al = 0x12;
}

function tellDisplay(call: BiosCall): void {
  if (call.al === 0) call.cpu.set16(EBX, COLOUR_VGA);
  call.al = 0x1a;
}
