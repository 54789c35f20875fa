// What a VGA shows, worked out from its registers and the memory at A0000 to BFFFF: text, 256 colours, or the two and four colours of a CGA.
// Planar graphics are named and not drawn. A guest that splits or pans the screen sees it whole here.
// IBM "Personal System/2 Hardware Interface Technical Reference": "Video Subsystem".

import type { Screen, TextCursor } from '../../event/screen.ts';
import type { Vga } from './vga.ts';
import { displayedLines } from './vga-timing.ts';

/** Where the memory is seen and how long it is, by bits 3:2 of the graphics controller's miscellaneous register. */
const WINDOWS = [[0xa_0000, 0x2_0000], [0xa_0000, 0x1_0000], [0xb_0000, 0x8000], [0xb_8000, 0x8000]] as const;
const HORIZONTAL_END = 1, MAXIMUM_SCAN = 9, CURSOR_START = 0x0a, CURSOR_END = 0x0b, START_HIGH = 0x0c, CURSOR_HIGH = 0x0e, OFFSET = 0x13, MODE_CONTROL = 0x17;
const SCAN_LINES = 0x1f, DOUBLE_SCAN = 0x80, CURSOR_OFF = 0x20, CGA_ADDRESSES = 0x01;
const CLOCKING = 1, SCREEN_OFF = 0x20, MEMORY_MODE = 4, CHAIN_4 = 0x08;
const GRAPHICS_MODE = 5, SHIFTS_4 = 0x20, SHIFTS_256 = 0x40, GRAPHICS_MISC = 6, IS_GRAPHICS = 0x01;
const ATTRIBUTE_MODE = 0x10, BLINKS = 0x08, PALETTE_SIZE = 0x80, COLOUR_SELECT = 0x14;
const CGA_BANK = 0x2000, PLANES = 'planar graphics are not modelled';

/** What is shown now. `memory`: the machine's, from address 0 on. */
export function screenOf(vga: Vga, memory: Uint8Array): Screen {
  if (!vga.isShown || (vga.sequencer[CLOCKING]! & SCREEN_OFF) !== 0) return { kind: 'absent', reason: vga.crtController[HORIZONTAL_END] === 0 ? 'no video mode has been set' : 'the guest has turned the display off' };
  return (vga.graphics[GRAPHICS_MISC]! & IS_GRAPHICS) === 0 ? textOf(vga, memory) : graphicsOf(vga, memory);
}

/** True when the guest draws in a mode whose memory is not what it writes: planes. */
export function isPlanar(vga: Vga): boolean {
  const isGraphics = (vga.graphics[GRAPHICS_MISC]! & IS_GRAPHICS) !== 0;
  return isGraphics && (vga.sequencer[MEMORY_MODE]! & CHAIN_4) === 0 && (vga.crtController[MODE_CONTROL]! & CGA_ADDRESSES) !== 0;
}

function textOf(vga: Vga, memory: Uint8Array): Screen {
  const crt = vga.crtController;
  const characterLines = (crt[MAXIMUM_SCAN]! & SCAN_LINES) + 1, columns = crt[HORIZONTAL_END]! + 1, rows = Math.floor(rowLines(vga) / characterLines);
  if (rows === 0) return { kind: 'absent', reason: 'the video mode has no rows of text' };
  const start = wordOf(crt, START_HIGH), rowCells = crt[OFFSET]! * 2;
  const cells = new Uint8Array(columns * rows * 2), byteAt = reader(vga, memory);
  for (let row = 0; row < rows; row += 1) {
    for (let at = 0; at < columns * 2; at += 1) cells[row * columns * 2 + at] = byteAt((start + row * rowCells) * 2 + at);
  }
  return {
    kind: 'text', columns, rows, cells, palette: coloursOf(vga, 16, (colour) => attributeColour(vga, colour)), characterLines,
    cursor: cursorOf(crt, { columns, rows, rowCells, start }), blinks: (vga.attribute[ATTRIBUTE_MODE]! & BLINKS) !== 0,
  };
}

function cursorOf(crt: Uint8Array, text: { readonly columns: number; readonly rows: number; readonly rowCells: number; readonly start: number }): TextCursor | null {
  const first = crt[CURSOR_START]! & SCAN_LINES, last = crt[CURSOR_END]! & SCAN_LINES, at = wordOf(crt, CURSOR_HIGH) - text.start;
  if ((crt[CURSOR_START]! & CURSOR_OFF) !== 0 || first > last || at < 0 || text.rowCells === 0) return null;
  const row = Math.floor(at / text.rowCells), column = at % text.rowCells;
  return row < text.rows && column < text.columns ? { column, row, first, last } : null;
}

function graphicsOf(vga: Vga, memory: Uint8Array): Screen {
  const mode = vga.graphics[GRAPHICS_MODE]!;
  if (isPlanar(vga)) return { kind: 'absent', reason: PLANES };
  if ((mode & SHIFTS_256) !== 0) return picture(vga, { dots: 4, banks: 1 }, memory);
  return picture(vga, { dots: 8, banks: 2, bits: (mode & SHIFTS_4) !== 0 ? 2 : 1 }, memory);
}

// `dots`: pixels in a character's width; `banks`: lines lie in so many banks in turn; `bits` a pixel, 8 unless given
function picture(vga: Vga, { dots, banks, bits = 8 }: { readonly dots: number; readonly banks: number; readonly bits?: number }, memory: Uint8Array): Screen {
  const crt = vga.crtController, byteAt = reader(vga, memory);
  const width = (crt[HORIZONTAL_END]! + 1) * dots, height = Math.floor(rowLines(vga) * banks / ((crt[MAXIMUM_SCAN]! & SCAN_LINES) + 1));
  if (height === 0) return { kind: 'absent', reason: 'the video mode has no lines' };
  const start = wordOf(crt, START_HIGH) * (bits === 8 ? 4 : 1), lineBytes = bits === 8 ? crt[OFFSET]! * 8 : Math.ceil(width * bits / 8);
  const pixels = new Uint8Array(width * height), perByte = 8 / bits;
  for (let y = 0; y < height; y += 1) {
    const line = start + Math.floor(y / banks) * lineBytes + (y % banks) * CGA_BANK;
    for (let x = 0; x < width; x += 1) pixels[y * width + x] = (byteAt(line + Math.floor(x / perByte)) >>> (8 - bits - (x % perByte) * bits)) & ((1 << bits) - 1);
  }
  return { kind: 'graphics', width, height, pixels, palette: coloursOf(vga, 256, (index) => (bits === 8 ? index & vga.pixelMask : attributeColour(vga, index & 15))) };
}

/** Scan lines with each line that is shown twice counted once. */
const rowLines = (vga: Vga): number => Math.floor(displayedLines(vga) / ((vga.crtController[MAXIMUM_SCAN]! & DOUBLE_SCAN) !== 0 ? 2 : 1));

const wordOf = (registers: Uint8Array, at: number): number => (registers[at]! << 8) | registers[at + 1]!;

// the window wraps; what lies beyond the machine's memory reads as ones
function reader(vga: Vga, memory: Uint8Array): (offset: number) => number {
  const [base, length] = WINDOWS[(vga.graphics[GRAPHICS_MISC]! >>> 2) & 3]!;
  return (offset) => memory[base + offset % length] ?? 0xff;
}

// "Attribute Controller": one of sixteen colours to the palette's index, its high bits from the colour-select register
function attributeColour(vga: Vga, colour: number): number {
  const select = vga.attribute[COLOUR_SELECT]!, inner = vga.attribute[colour]!;
  const low = (vga.attribute[ATTRIBUTE_MODE]! & PALETTE_SIZE) !== 0 ? (inner & 0x0f) | ((select & 3) << 4) : inner & 0x3f;
  return (low | ((select & 0x0c) << 4)) & vga.pixelMask;
}

// 6 bits of a colour to 8, so that the brightest is 255; `place`: where in the palette each one is
function coloursOf(vga: Vga, count: number, place: (index: number) => number): Uint8Array {
  const colours = new Uint8Array(count * 3);
  for (let at = 0; at < count * 3; at += 1) {
    const level = vga.palette[place(Math.floor(at / 3)) * 3 + at % 3]!;
    colours[at] = (level << 2) | (level >>> 4);
  }
  return colours;
}
