// The BIOS data area at 0x400: what programs read there without asking, and where services keep what they remember; and its extension below
// 640 KiB. IBM "Personal Computer AT Technical Reference": "System BIOS", "BIOS Data Area"; "Personal System/2 BIOS Interface Technical Reference".

import type { Drives } from '../disks/drives.ts';
import { BASE_MEMORY_END, EXTENDED_DATA_AREA, EXTENDED_DATA_BYTES } from '../memory-map.ts';

export const DATA_AREA = 0x400, DATA_AREA_BYTES = 0x100;
/** Linear addresses of what services use. */
export const COM_PORTS = 0x400, EQUIPMENT = 0x410, BASE_MEMORY = 0x413, KEY_FLAGS = 0x417, MORE_KEY_FLAGS = 0x418, KEYPAD_DIGITS = 0x419, KEYS_HEAD = 0x41a, KEYS_TAIL = 0x41c,
  DISKETTE_STATUS = 0x441, VIDEO_MODE = 0x449, COLUMNS = 0x44a, VIDEO_PAGE_BYTES = 0x44c, VIDEO_PAGE_START = 0x44e, CURSORS = 0x450, CURSOR_SHAPE = 0x460, VIDEO_PAGE = 0x462,
  CRT_PORT = 0x463, CRT_MODE = 0x465, CRT_PALETTE = 0x466, TICKS = 0x46c, MIDNIGHT = 0x470, HARD_DISK_STATUS = 0x474, KEYS_FIRST = 0x480, KEYS_END = 0x482, LAST_ROW = 0x484, CHARACTER_HEIGHT = 0x485,
  VIDEO_CONTROL = 0x487, VIDEO_SWITCHES = 0x488, VIDEO_FLAGS = 0x489, EXTENDED_KEY_FLAGS = 0x496;
/** In the extended area: the clock a wait ends at (INT 15h AH=86h), eight bytes nobody else uses. */
export const WAIT_UNTIL = EXTENDED_DATA_AREA + 0x100;
const COM1 = 0x3f8, CRT_CONTROLLER = 0x3d4, TEXT_PAGE_BYTES = 0x1000, CURSOR_LINES = 0x0607, TEXT_HEIGHT = 16, TEXT_COLUMNS = 80, TEXT_ROWS = 25, TEXT_MODE = 3;
/** Equipment: 80 by 25 in colour, an FPU, one serial port; bit 0 when there is a diskette drive. */
const COLOUR_80 = 0x20, HAS_FPU = 0x02, ONE_SERIAL_PORT = 0x200, HAS_DISKETTE = 1;
const KEYS = 0x1e, KEYS_AFTER = 0x3e, ENHANCED_KEYBOARD = 0x10, KIB = 1024;

/** The data area after the power-on self-test. */
export function dataArea({ floppy, hardDisks }: Drives): Uint8Array {
  const area = new Uint8Array(DATA_AREA_BYTES);
  const view = new DataView(area.buffer);
  const byte = (linear: number, value: number): void => { area[linear - DATA_AREA] = value; };
  const word = (linear: number, value: number): void => { view.setUint16(linear - DATA_AREA, value, true); };
  word(COM_PORTS, COM1);
  word(0x40e, EXTENDED_DATA_AREA >>> 4);
  word(EQUIPMENT, COLOUR_80 | HAS_FPU | ONE_SERIAL_PORT | (floppy === null ? 0 : HAS_DISKETTE));
  word(BASE_MEMORY, BASE_MEMORY_END / KIB);
  for (const end of [KEYS_HEAD, KEYS_TAIL, KEYS_FIRST]) word(end, KEYS);
  word(KEYS_END, KEYS_AFTER);
  byte(EXTENDED_KEY_FLAGS, ENHANCED_KEYBOARD);
  byte(VIDEO_MODE, TEXT_MODE);
  word(COLUMNS, TEXT_COLUMNS);
  word(VIDEO_PAGE_BYTES, TEXT_PAGE_BYTES);
  word(CURSOR_SHAPE, CURSOR_LINES);
  word(CRT_PORT, CRT_CONTROLLER);
  byte(0x475, hardDisks.length);
  for (const timeOut of [0x478, 0x479, 0x47a]) byte(timeOut, 0x14);
  for (const timeOut of [0x47c, 0x47d, 0x47e, 0x47f]) byte(timeOut, 0x0a);
  byte(LAST_ROW, TEXT_ROWS - 1);
  word(CHARACTER_HEIGHT, TEXT_HEIGHT);
  byte(VIDEO_CONTROL, 0x60);
  byte(VIDEO_SWITCHES, 0xf9);
  byte(VIDEO_FLAGS, 0x51);
  return area;
}

/** The extended BIOS data area: its size in KiB, then zeros. */
export function extendedDataArea(): Uint8Array {
  const area = new Uint8Array(EXTENDED_DATA_BYTES);
  area[0] = EXTENDED_DATA_BYTES / KIB;
  return area;
}
