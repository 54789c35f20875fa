// INT 10h: an 80 by 25 text screen at B8000. What teletype output and strings print goes to the console device `screen`, too.
// IBM "Personal Computer AT Technical Reference": "Video BIOS".

import { EBP, EBX, ECX, EDX, ES } from '../../cpu/state.ts';
import type { BiosCall } from './call.ts';
import { COLUMNS, CURSORS, CURSOR_SHAPE, ROWS, VIDEO_MODE } from './data-area.ts';

const SCREEN = 0xb_8000, CELL_BYTES = 2, ROW_BYTES = COLUMNS * CELL_BYTES, SPACE = 0x20, GREY = 0x07;
const BELL = 7, BACKSPACE = 8, LINE_FEED = 10, CARRIAGE_RETURN = 13;
const BH = 7, BL = 3;
/** Modes 0 to 3 and 7 are text; the others draw. */
const TEXT_MODES = [0, 1, 2, 3, 7];
const KEEPS_SCREEN = 0x80;
const MOVES_CURSOR = 1, HAS_ATTRIBUTES = 2;

/** Serves INT 10h. */
export function serveScreen(call: BiosCall): void {
  const { cpu } = call;
  switch (call.ah) {
    case 0x00: setMode(call); return;
    case 0x01: call.writeWord(CURSOR_SHAPE, cpu.get16(ECX)); return;
    case 0x02: call.writeWord(cursorOf(cpu.get8(BH)), cpu.get16(EDX)); return;
    case 0x03:
      cpu.set16(EDX, call.readWord(cursorOf(cpu.get8(BH))));
      cpu.set16(ECX, call.readWord(CURSOR_SHAPE));
      return;
    case 0x05: if (call.al !== 0) call.refuse('AL<>0'); return;
    case 0x06: scroll(call, { isUp: true }); return;
    case 0x07: scroll(call, { isUp: false }); return;
    case 0x08: [call.al, call.ah] = call.readLinear(cellAt(call.readWord(CURSORS)), CELL_BYTES) as unknown as [number, number]; return;
    case 0x09: fillCells(call, { hasAttribute: true }); return;
    case 0x0a: fillCells(call, { hasAttribute: false }); return;
    case 0x0e: teletype(call, call.al); return;
    case 0x0f:
      call.al = call.readLinear(VIDEO_MODE, 1)[0]!;
      call.ah = COLUMNS;
      cpu.set8(BH, 0);
      return;
    case 0x13: writeString(call); return;
  }
  call.refuse();
}

const cursorOf = (page: number): number => CURSORS + (page & 7) * 2;
/** The linear address of the cell a cursor (row in the high byte) stands at. */
const cellAt = (cursor: number): number => SCREEN + (cursor >>> 8) * ROW_BYTES + (cursor & 0xff) * CELL_BYTES;

function setMode(call: BiosCall): void {
  const mode = call.al & ~KEEPS_SCREEN;
  if (!TEXT_MODES.includes(mode)) call.refuse(`AL=${call.al.toString(16)}h`);
  call.writeLinear(VIDEO_MODE, Uint8Array.of(mode));
  for (let page = 0; page < 8; page += 1) call.writeWord(cursorOf(page), 0);
  if ((call.al & KEEPS_SCREEN) === 0) clear(call, { top: 0, bottom: ROWS - 1, left: 0, right: COLUMNS - 1, attribute: GREY });
}

interface Window { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number; readonly attribute: number }

function clear(call: BiosCall, window: Window): void {
  const cells = (window.right - window.left + 1) * CELL_BYTES;
  const blank = Uint8Array.from({ length: Math.max(0, cells) }, (_, index) => (index % CELL_BYTES === 0 ? SPACE : window.attribute));
  for (let row = window.top; row <= window.bottom; row += 1) call.writeLinear(cellAt((row << 8) | window.left), blank);
}

// CX and DX are the corners, AL lines; 0 clears the window
function scroll(call: BiosCall, { isUp }: { readonly isUp: boolean }): void {
  const { cpu } = call;
  const [first, last] = [cpu.get16(ECX), cpu.get16(EDX)];
  scrollWindow(call, {
    top: first >>> 8, left: first & 0xff, bottom: Math.min(last >>> 8, ROWS - 1), right: Math.min(last & 0xff, COLUMNS - 1), attribute: cpu.get8(BH),
  }, { lines: call.al, isUp });
}

function scrollWindow(call: BiosCall, window: Window, { lines, isUp }: { readonly lines: number; readonly isUp: boolean }): void {
  const { top, bottom, left, right } = window;
  const height = bottom - top + 1, kept = lines === 0 || lines >= height ? 0 : height - lines;
  for (let index = 0; index < kept; index += 1) {
    const row = isUp ? top + index : bottom - index, from = isUp ? row + lines : row - lines;
    call.writeLinear(cellAt((row << 8) | left), call.readLinear(cellAt((from << 8) | left), (right - left + 1) * CELL_BYTES));
  }
  clear(call, isUp ? { ...window, top: top + kept } : { ...window, bottom: bottom - kept });
}

function fillCells(call: BiosCall, { hasAttribute }: { readonly hasAttribute: boolean }): void {
  const { cpu } = call;
  const at = cellAt(call.readWord(CURSORS));
  const count = Math.min(cpu.get16(ECX), (SCREEN + ROWS * ROW_BYTES - at) / CELL_BYTES);
  for (let index = 0; index < count; index += 1) {
    call.writeLinear(at + index * CELL_BYTES, hasAttribute ? Uint8Array.of(call.al, cpu.get8(BL)) : Uint8Array.of(call.al));
  }
}

function teletype(call: BiosCall, character: number, attribute: number | null = null): void {
  call.devices.console.print('screen', character);
  let cursor = call.readWord(CURSORS);
  if (character === CARRIAGE_RETURN) cursor &= 0xff00;
  else if (character === LINE_FEED) cursor += 0x100;
  else if (character === BACKSPACE) cursor -= (cursor & 0xff) > 0 ? 1 : 0;
  else if (character !== BELL) {
    call.writeLinear(cellAt(cursor), attribute === null ? Uint8Array.of(character) : Uint8Array.of(character, attribute));
    cursor = (cursor & 0xff) + 1 < COLUMNS ? cursor + 1 : (cursor & 0xff00) + 0x100;
  }
  if (cursor >>> 8 >= ROWS) {
    scrollWindow(call, { top: 0, bottom: ROWS - 1, left: 0, right: COLUMNS - 1, attribute: GREY }, { lines: 1, isUp: true });
    cursor = ((ROWS - 1) << 8) | (cursor & 0xff);
  }
  call.writeWord(CURSORS, cursor);
}

function writeString(call: BiosCall): void {
  const { cpu } = call;
  if (call.al > (MOVES_CURSOR | HAS_ATTRIBUTES)) call.refuse(`AL=${call.al.toString(16)}h`);
  const step = (call.al & HAS_ATTRIBUTES) !== 0 ? 2 : 1;
  const text = call.read(ES, cpu.get16(EBP), cpu.get16(ECX) * step);
  const before = call.readWord(CURSORS), attribute = cpu.get16(EBX) & 0xff;
  call.writeWord(CURSORS, cpu.get16(EDX));
  for (let at = 0; at < text.length; at += step) teletype(call, text[at]!, step === 2 ? text[at + 1]! : attribute);
  if ((call.al & MOVES_CURSOR) === 0) call.writeWord(CURSORS, before);
}
