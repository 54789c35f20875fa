// Characters on the screen of INT 10h: cells of text modes, drawn ones in graphics; teletype output, strings, scrolling. What teletype output
// and strings print goes to the console device `screen`, too.
// IBM "Personal System/2 BIOS Interface Technical Reference": "Interrupt 10H - Video".

import { EBP, ECX, EDX, ES } from '../../cpu/state.ts';
import type { BiosCall } from './call.ts';
import { COLUMNS, CURSORS, LAST_ROW, VIDEO_PAGE } from './data-area.ts';
import { modeNow, setCursor } from './screen-modes.ts';
import { drawCharacter, scrollPixels } from './screen-pixels.ts';

const CELL_BYTES = 2, SPACE = 0x20, GREY = 0x07;
const BELL = 7, BACKSPACE = 8, LINE_FEED = 10, CARRIAGE_RETURN = 13;
const BH = 7, BL = 3;
const MOVES_CURSOR = 1, HAS_ATTRIBUTES = 2;

const cursorOf = (call: BiosCall, page: number): number => call.readWord(CURSORS + (page & 7) * 2);
const rowsOf = (call: BiosCall): number => call.readByte(LAST_ROW) + 1;

/** The linear address of the cell a cursor (row in the high byte) of a page stands at; of one beyond the memory of the screen the first cell's. */
function cellAt(call: BiosCall, page: number, cursor: number): number {
  const { memory, memoryBytes, pageBytes } = modeNow(call);
  const offset = (page & 7) * pageBytes + ((cursor >>> 8) * call.readWord(COLUMNS) + (cursor & 0xff)) * CELL_BYTES;
  return memory + (offset + CELL_BYTES <= memoryBytes ? offset : 0);
}

/** AH=08h: the character in AL, its attribute in AH. Drawn ones are not recognised. */
export function readCell(call: BiosCall): void {
  const page = call.cpu.get8(BH);
  const [character, attribute] = modeNow(call).bits === 0 ? call.readLinear(cellAt(call, page, cursorOf(call, page)), CELL_BYTES) : [0, 0];
  call.al = character!;
  call.ah = attribute!;
}

/** AH=09h and 0Ah: a character CX times from the cursor on, with the attribute (in graphics the colour) in BL, or with those that are there. */
export function fillCells(call: BiosCall, { hasAttribute }: { readonly hasAttribute: boolean }): void {
  const { cpu } = call;
  const mode = modeNow(call), page = mode.bits === 0 ? cpu.get8(BH) : 0, columns = call.readWord(COLUMNS);
  let cursor = cursorOf(call, page);
  for (let left = cpu.get16(ECX); left > 0 && cursor >>> 8 < rowsOf(call); left -= 1) {
    put(call, page, { code: call.al, cursor, attribute: hasAttribute || mode.bits !== 0 ? cpu.get8(BL) : null });
    cursor = (cursor & 0xff) + 1 < columns ? cursor + 1 : (cursor & 0xff00) + 0x100;
  }
}

function put(call: BiosCall, page: number, { code, cursor, attribute }: { readonly code: number; readonly cursor: number; readonly attribute: number | null }): void {
  const mode = modeNow(call);
  if (mode.bits !== 0) drawCharacter(call, mode, { code, cursor, colour: attribute ?? GREY });
  else call.writeLinear(cellAt(call, page, cursor), attribute === null ? Uint8Array.of(code) : Uint8Array.of(code, attribute));
}

/** AH=06h and 07h: scrolls the window from CX to DX by AL lines; 0 clears it. */
export function scroll(call: BiosCall, { isUp }: { readonly isUp: boolean }): void {
  const { cpu } = call;
  const [first, last] = [cpu.get16(ECX), cpu.get16(EDX)];
  scrollWindow(call, call.readByte(VIDEO_PAGE), {
    top: first >>> 8, left: first & 0xff, bottom: Math.min(last >>> 8, rowsOf(call) - 1), right: Math.min(last & 0xff, call.readWord(COLUMNS) - 1), attribute: cpu.get8(BH),
  }, { lines: call.al, isUp });
}

interface Window { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number; readonly attribute: number }

function scrollWindow(call: BiosCall, page: number, window: Window, motion: { readonly lines: number; readonly isUp: boolean }): void {
  const mode = modeNow(call);
  if (mode.bits !== 0) {
    scrollPixels(call, mode, window, motion);
    return;
  }
  const { top, bottom, left, right, attribute } = window, { lines, isUp } = motion;
  const height = bottom - top + 1, kept = lines === 0 || lines >= height ? 0 : height - lines, bytes = Math.max(0, right - left + 1) * CELL_BYTES;
  const blank = Uint8Array.from({ length: bytes }, (_, index) => (index % CELL_BYTES === 0 ? SPACE : attribute));
  for (let index = 0; index < height; index += 1) {
    const row = isUp ? top + index : bottom - index, from = isUp ? row + lines : row - lines;
    call.writeLinear(cellAt(call, page, (row << 8) | left), index < kept ? call.readLinear(cellAt(call, page, (from << 8) | left), bytes) : blank);
  }
}

/** AH=0Eh: prints AL on the page that is shown. */
export function teletype(call: BiosCall): void {
  print(call, call.readByte(VIDEO_PAGE), { code: call.al, attribute: modeNow(call).bits === 0 ? null : call.cpu.get8(BL) });
}

/** Prints text of the BIOS's own. */
export function printText(call: BiosCall, text: string): void {
  for (const character of text) print(call, call.readByte(VIDEO_PAGE), { code: character.charCodeAt(0), attribute: GREY });
}

function print(call: BiosCall, page: number, { code, attribute }: { readonly code: number; readonly attribute: number | null }): void {
  const columns = call.readWord(COLUMNS), rows = rowsOf(call);
  let cursor = cursorOf(call, page);
  call.devices.console.print('screen', code);
  if (code === CARRIAGE_RETURN) cursor &= 0xff00;
  else if (code === LINE_FEED) cursor += 0x100;
  else if (code === BACKSPACE) cursor -= (cursor & 0xff) > 0 ? 1 : 0;
  else if (code !== BELL) {
    put(call, page, { code, cursor, attribute });
    cursor = (cursor & 0xff) + 1 < columns ? cursor + 1 : (cursor & 0xff00) + 0x100;
  }
  if (cursor >>> 8 >= rows) {
    scrollWindow(call, page, { top: 0, bottom: rows - 1, left: 0, right: columns - 1, attribute: modeNow(call).bits === 0 ? GREY : 0 }, { lines: 1, isUp: true });
    cursor = ((rows - 1) << 8) | (cursor & 0xff);
  }
  setCursor(call, page, cursor);
}

/** AH=13h: a string of CX characters at ES:BP, from DX on. */
export function writeString(call: BiosCall): void {
  const { cpu } = call;
  const page = cpu.get8(BH), step = (call.al & HAS_ATTRIBUTES) !== 0 ? 2 : 1;
  const text = call.read(ES, cpu.get16(EBP), cpu.get16(ECX) * step);
  const before = cursorOf(call, page);
  setCursor(call, page, cpu.get16(EDX));
  for (let at = 0; at < text.length; at += step) print(call, page, { code: text[at]!, attribute: step === 2 ? text[at + 1]! : cpu.get8(BL) });
  if ((call.al & MOVES_CURSOR) === 0) setCursor(call, page, before);
}
