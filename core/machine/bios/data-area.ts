// The BIOS data area at 0x400: what programs read there without asking, and where services keep what they remember.
// IBM "Personal Computer AT Technical Reference": "System BIOS", "BIOS Data Area".

import type { Drives } from '../disks/drives.ts';

export const DATA_AREA = 0x400, DATA_AREA_BYTES = 0x100;
/** Linear addresses of what services use. */
export const EQUIPMENT = 0x410, BASE_MEMORY = 0x413, DISK_STATUS = 0x441, VIDEO_MODE = 0x449, CURSORS = 0x450, CURSOR_SHAPE = 0x460, TICKS = 0x46c, MIDNIGHT = 0x470;
export const COLUMNS = 80, ROWS = 25, TEXT_MODE = 3, BASE_KIB = 640;
const COM1 = 0x3f8, CRT_CONTROLLER = 0x3d4, PAGE_BYTES = 0x1000, CURSOR_LINES = 0x0607, CHARACTER_HEIGHT = 16;
/** Equipment: 80 by 25 in colour, one serial port; bit 0 when there is a diskette drive. */
const COLOUR_80 = 0x20, ONE_SERIAL_PORT = 0x200, HAS_DISKETTE = 1;

/** The data area after the power-on self-test. */
export function dataArea({ floppy, hardDisks }: Drives): Uint8Array {
  const area = new Uint8Array(DATA_AREA_BYTES);
  const view = new DataView(area.buffer);
  const word = (linear: number, value: number): void => { view.setUint16(linear - DATA_AREA, value, true); };
  word(0x400, COM1);
  word(EQUIPMENT, COLOUR_80 | ONE_SERIAL_PORT | (floppy === null ? 0 : HAS_DISKETTE));
  word(BASE_MEMORY, BASE_KIB);
  area[VIDEO_MODE - DATA_AREA] = TEXT_MODE;
  word(0x44a, COLUMNS);
  word(0x44c, PAGE_BYTES);
  word(CURSOR_SHAPE, CURSOR_LINES);
  word(0x463, CRT_CONTROLLER);
  area[0x475 - DATA_AREA] = hardDisks.length;
  area[0x484 - DATA_AREA] = ROWS - 1;
  word(0x485, CHARACTER_HEIGHT);
  return area;
}
