// The modes INT 10h AH=00h sets, and what the data area says of them. Text and the graphics whose pixels lie in memory one behind the other;
// planar modes (0Dh to 12h) and the monochrome mode 7 are refused by name.
// IBM "Personal System/2 BIOS Interface Technical Reference": "Interrupt 10H - Video".

import type { BiosCall } from './call.ts';
import {
  CHARACTER_HEIGHT, COLUMNS, CRT_MODE, CRT_PALETTE, CRT_PORT, CURSORS, CURSOR_SHAPE, LAST_ROW, VIDEO_CONTROL, VIDEO_MODE, VIDEO_PAGE, VIDEO_PAGE_BYTES, VIDEO_PAGE_START,
} from './data-area.ts';

/** `bits` of a pixel; 0: text. `lines`: scan lines or pixels; `answer`: what AL is told. */
export interface ScreenMode {
  readonly bits: 0 | 1 | 2 | 8;
  readonly columns: number;
  readonly characterHeight: number;
  readonly pageBytes: number;
  readonly memory: number;
  readonly memoryBytes: number;
  readonly answer: number;
}

const TEXT_MEMORY = 0xb_8000, PIXEL_MEMORY = 0xa_0000;
const text = (columns: number): ScreenMode => ({ bits: 0, columns, characterHeight: 16, pageBytes: columns === 80 ? 0x1000 : 0x800, memory: TEXT_MEMORY, memoryBytes: 0x8000, answer: 0x30 });
const cga = (bits: 1 | 2): ScreenMode => ({ bits, columns: 80 / bits, characterHeight: 8, pageBytes: 0x4000, memory: TEXT_MEMORY, memoryBytes: 0x8000, answer: bits === 1 ? 0x3f : 0x30 });
const MODES: ReadonlyMap<number, ScreenMode> = new Map([
  [0x00, text(40)], [0x01, text(40)], [0x02, text(80)], [0x03, text(80)], [0x04, cga(2)], [0x05, cga(2)], [0x06, cga(1)],
  [0x13, { bits: 8, columns: 40, characterHeight: 8, pageBytes: 0x2000, memory: PIXEL_MEMORY, memoryBytes: 320 * 200, answer: 0x20 }],
]);
export const ROWS = 25;
const KEEPS_SCREEN = 0x80, CURSOR_LINES = 0x0607, BLANK = 0x0720;
const CRT_START = 0x0c, CRT_CURSOR = 0x0e, CRT_CURSOR_SHAPE = 0x0a, CRT_MAXIMUM_SCAN = 9;
const PAGES = 8;

/** The mode the screen is in. */
export function modeNow(call: BiosCall): ScreenMode {
  return MODES.get(call.readByte(VIDEO_MODE)) ?? text(80);
}

/** AH=00h. */
export function setMode(call: BiosCall): void {
  const number = call.al & ~KEEPS_SCREEN, keeps = call.al & KEEPS_SCREEN;
  const mode = MODES.get(number) ?? call.refuse(`AL=${call.al.toString(16).toUpperCase()}h`);
  call.devices.vga.setMode(number);
  call.writeByte(VIDEO_MODE, number);
  call.writeWord(COLUMNS, mode.columns);
  call.writeWord(VIDEO_PAGE_BYTES, mode.pageBytes);
  call.writeWord(VIDEO_PAGE_START, 0);
  for (let page = 0; page < PAGES; page += 1) call.writeWord(CURSORS + page * 2, 0);
  call.writeWord(CURSOR_SHAPE, mode.bits === 0 ? CURSOR_LINES : 0);
  for (const [at, value] of [[VIDEO_PAGE, 0], [CRT_MODE, 0], [CRT_PALETTE, 0], [LAST_ROW, ROWS - 1], [VIDEO_CONTROL, 0x60 | keeps]] as const) call.writeByte(at, value);
  call.writeWord(CHARACTER_HEIGHT, mode.characterHeight);
  if (keeps === 0) clear(call, mode);
  call.al = mode.answer;
}

function clear(call: BiosCall, mode: ScreenMode): void {
  const cells = new Uint16Array(mode.memoryBytes / 2).fill(mode.bits === 0 ? BLANK : 0);
  call.writeLinear(mode.memory, new Uint8Array(cells.buffer));
}

function writeCrt(call: BiosCall, index: number, value: number): void {
  const port = call.readWord(CRT_PORT);
  call.devices.writePort(port, 1, index);
  call.devices.writePort(port + 1, 1, value & 0xff);
}
// the high byte first
function writeCrtWord(call: BiosCall, index: number, value: number): void {
  writeCrt(call, index, value >>> 8);
  writeCrt(call, index + 1, value);
}

/** AH=01h: the cursor's first and last line in CX's bytes. */
export function setCursorShape(call: BiosCall, shape: number): void {
  call.writeWord(CURSOR_SHAPE, shape);
  const lines = call.readWord(CHARACTER_HEIGHT), first = (shape >>> 8) & 0x3f, last = shape & 0x1f;
  // shapes are told for characters of eight lines
  const stretched = (line: number, below: number): number => (line & 0x20) | (lines > 8 && (line & 0x1f) < 8 ? Math.max(0, Math.floor(((line & 0x1f) + 1) * lines / 8) - below) : line & 0x1f);
  writeCrtWord(call, CRT_CURSOR_SHAPE, (stretched(first, 1 + (lines > 8 ? 1 : 0)) << 8) | stretched(last, 2));
}

/** Places a page's cursor, row in the high byte; the one of the page that is shown is seen. */
export function setCursor(call: BiosCall, page: number, cursor: number): void {
  call.writeWord(CURSORS + (page & 7) * 2, cursor);
  if (page !== call.readByte(VIDEO_PAGE)) return;
  const start = call.readWord(VIDEO_PAGE_START) / 2;
  writeCrtWord(call, CRT_CURSOR, start + (cursor >>> 8) * call.readWord(COLUMNS) + (cursor & 0xff));
}

/** AH=05h: shows a page. */
export function showPage(call: BiosCall, page: number): void {
  const { bits, pageBytes } = modeNow(call);
  if (page >= PAGES || bits !== 0) return;
  call.writeByte(VIDEO_PAGE, page);
  call.writeWord(VIDEO_PAGE_START, page * pageBytes);
  writeCrtWord(call, CRT_START, page * pageBytes / 2);
  setCursor(call, page, call.readWord(CURSORS + page * 2));
}

/** AX=1111h, 1112h and 1114h with text: as many rows as fit characters of this height into 400 lines. */
export function setCharacterHeight(call: BiosCall, height: number): void {
  const rows = Math.floor(400 / height);
  writeCrt(call, CRT_MAXIMUM_SCAN, 0x40 | (height - 1));
  call.writeByte(LAST_ROW, rows - 1);
  call.writeWord(CHARACTER_HEIGHT, height);
  call.writeWord(VIDEO_PAGE_BYTES, Math.ceil(rows * call.readWord(COLUMNS) * 2 / 0x1000) * 0x1000);
  setCursorShape(call, call.readWord(CURSOR_SHAPE));
}
