// The 64 KiB of ROM at F0000: real code for the hardware interrupts and, for every service, a stub that traps to the host by a write to a
// private port and returns: `out 0xB1, al / iret`. What is asked for is told by the address of the write (bios.ts).
// IBM "Personal Computer AT Technical Reference": "System BIOS", for the places programs know.

import { fontOf } from './font.ts';

export const ROM_SEGMENT = 0xf000, ROM_LINEAR = 0xf_0000, ROM_BYTES = 0x1_0000;
/** Only code below writes to it; from elsewhere it is an absent port. */
export const TRAP_PORT = 0xb1;
/** Stubs of services by vector, four bytes each. */
export const STUBS = 0x1000;
const STUB = [0xe6, TRAP_PORT, 0xcf, 0x90];
/** The vectors that are services. */
export const SERVICE_VECTORS = [0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x40, 0x42] as const;
/** Where the traps that are no vector lie: a jump to the reset vector, a key's code in AL, and a wait that may be over. */
export const RESET_ENTRY = 0xe05b, KEY_TRAP = 0x182a, DELAY_TRAP = 0x1811;
const RESET_VECTOR = 0xfff0, MODEL = 0xfffe, DATE = 0xfff5;

/** sti / hlt / cli / jmp 0xf000:stub of INT 16h: where a program waits for a key; the processor halts behind the second byte. */
export const WAIT_FOR_KEY = 0x1800, WAITING_EIP = WAIT_FOR_KEY + 2;
const INT16_STUB = STUBS + 0x16 * STUB.length;
const WAITS_FOR_KEY = [0xfb, 0xf4, 0xfa, 0xea, INT16_STUB & 0xff, INT16_STUB >>> 8, 0x00, 0xf0];
/** sti / again: out 0xb1, al / jmp again: where a program waits for a time; the trap advances the clock, and leads to RETURNS when it is over. */
export const WAIT_FOR_TIME = 0x1810;
const WAITS_FOR_TIME = [0xfb, 0xe6, TRAP_PORT, 0xeb, 0xfc];
/** cli / hlt / jmp to it: the end. */
export const STOP = 0x1818;
const STOPS = [0xfa, 0xf4, 0xeb, 0xfd];

/** Fonts of 8, 14 and 16 lines, 256 characters each; below them lie the tables of firmware (../firmware). */
export const FONT_8 = 0x7000, FONT_14 = 0x8000, FONT_16 = 0x9000;
/** The first half of the font of 8 lines, where programs know it to be. */
const FONT_8_KNOWN = 0xfa6e, HALF_FONT_8 = 128 * 8;

export const RETURNS = 0xff53;
const TIMER = 0xfea5, KEYBOARD_IRQ = 0x1820, CLOCK_IRQ = 0x1840, FPU_IRQ = 0x1860, MASTER_IRQ = 0x1870, SLAVE_IRQ = 0x1878;
/**
 * push ax / push ds / mov ax, 0x40 / mov ds, ax / inc dword [0x6c] / cmp dword [0x6c], 0x1800b0 / jb tick
 * / mov dword [0x6c], 0 / mov byte [0x70], 1 / tick: int 0x1c / mov al, 0x20 / out 0x20, al / pop ds / pop ax / iret
 */
const COUNTS_TICKS = [
  0x50, 0x1e, 0xb8, 0x40, 0x00, 0x8e, 0xd8, 0x66, 0xff, 0x06, 0x6c, 0x00, 0x66, 0x81, 0x3e, 0x6c, 0x00, 0xb0, 0x00, 0x18, 0x00, 0x72, 0x0e,
  0x66, 0xc7, 0x06, 0x6c, 0x00, 0, 0, 0, 0, 0xc6, 0x06, 0x70, 0x00, 0x01, 0xcd, 0x1c, 0xb0, 0x20, 0xe6, 0x20, 0x1f, 0x58, 0xcf,
];
/**
 * push ax / in al, 0x60 / mov ah, 0x4f / stc / int 0x15 / jnc skip / KEY_TRAP: out 0xb1, al / skip: mov al, 0x20 / out 0x20, al / pop ax / iret.
 * Whoever takes INT 15h may change the key, or keep it by clearing CF.
 */
const TAKES_KEY = [0x50, 0xe4, 0x60, 0xb4, 0x4f, 0xf9, 0xcd, 0x15, 0x73, 0x02, 0xe6, TRAP_PORT, 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf];
/** push ax / mov al, 0x0c / out 0x70, al / in al, 0x71 / test al, 0x20 / jz end / int 0x4a / end: mov al, 0x20 / out 0xa0, al / out 0x20, al / pop ax / iret */
const TAKES_ALARM = [0x50, 0xb0, 0x0c, 0xe6, 0x70, 0xe4, 0x71, 0xa8, 0x20, 0x74, 0x02, 0xcd, 0x4a, 0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20, 0x58, 0xcf];
/** push ax / mov al, 0x20 / out 0xf0, al / out 0xa0, al / out 0x20, al / pop ax / int 2 / iret */
const TAKES_FPU_ERROR = [0x50, 0xb0, 0x20, 0xe6, 0xf0, 0xe6, 0xa0, 0xe6, 0x20, 0x58, 0xcd, 0x02, 0xcf];
/** push ax / mov al, 0x20 / out 0x20, al / pop ax / iret */
const ENDS_MASTER = [0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf];
/** push ax / mov al, 0x20 / out 0xa0, al / out 0x20, al / pop ax / iret */
const ENDS_BOTH = [0x50, 0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20, 0x58, 0xcf];

/** What INT 1Eh points to: the parameters of a 1.44 MB diskette. */
export const DISKETTE_PARAMETERS = 0xefc7;
const DISKETTE = [0xdf, 0x02, 0x25, 0x02, 18, 0x1b, 0xff, 0x6c, 0xf6, 0x0f, 0x08];
/** What INT 15h AH=C0h points to: length, model, submodel, revision, and that there are a second 8259, a clock and an extended data area. */
export const CONFIGURATION = 0xe6f5;
const CONFIGURATION_TABLE = [8, 0, 0xfc, 0x00, 0x01, 0x74, 0x40, 0x00, 0x00, 0x00];

const CONTENTS: readonly (readonly [at: number, bytes: readonly number[]])[] = [
  ...SERVICE_VECTORS.map((vector) => [STUBS + vector * STUB.length, STUB] as const), [RESET_ENTRY, STUB],
  [WAIT_FOR_KEY, WAITS_FOR_KEY], [WAIT_FOR_TIME, WAITS_FOR_TIME], [STOP, STOPS], [RETURNS, [0xcf]],
  [TIMER, COUNTS_TICKS], [KEYBOARD_IRQ, TAKES_KEY], [CLOCK_IRQ, TAKES_ALARM], [FPU_IRQ, TAKES_FPU_ERROR], [MASTER_IRQ, ENDS_MASTER], [SLAVE_IRQ, ENDS_BOTH],
  [DISKETTE_PARAMETERS, DISKETTE], [CONFIGURATION, CONFIGURATION_TABLE],
  // jmp 0xf000:RESET_ENTRY
  [RESET_VECTOR, [0xea, RESET_ENTRY & 0xff, RESET_ENTRY >>> 8, ROM_SEGMENT & 0xff, ROM_SEGMENT >>> 8]],
  [DATE, Array.from('01/01/00', (character) => character.charCodeAt(0))], [MODEL, [0xfc]],
];

/** The ROM's bytes. */
export function biosRom(): Uint8Array {
  const rom = new Uint8Array(ROM_BYTES);
  for (const [at, bytes] of CONTENTS) rom.set(bytes, at);
  rom.set(fontOf(8), FONT_8);
  rom.set(fontOf(14), FONT_14);
  rom.set(fontOf(16), FONT_16);
  rom.copyWithin(FONT_8_KNOWN, FONT_8, FONT_8 + HALF_FONT_8);
  return rom;
}

/** The interrupt-vector table as the BIOS sets it: 256 far pointers into the ROM; of vectors that are nobody's to an IRET, 60h to 66h are the user's and zero. */
export function interruptVectors(): Uint8Array {
  const table = new Uint8Array(1024);
  const view = new DataView(table.buffer);
  for (let vector = 0; vector < 256; vector += 1) {
    if (vector >= 0x60 && vector <= 0x66) continue;
    view.setUint16(vector * 4, handlerOf(vector), true);
    view.setUint16(vector * 4 + 2, ROM_SEGMENT, true);
  }
  return table;
}

const HANDLERS: ReadonlyMap<number, number> = new Map([
  [0x08, TIMER], [0x09, KEYBOARD_IRQ], [0x1e, DISKETTE_PARAMETERS], [0x1f, FONT_8 + HALF_FONT_8], [0x43, FONT_16], [0x70, CLOCK_IRQ], [0x75, FPU_IRQ],
  ...SERVICE_VECTORS.map((vector) => [vector, STUBS + vector * STUB.length] as const),
]);

function handlerOf(vector: number): number {
  const known = HANDLERS.get(vector);
  if (known !== undefined) return known;
  if (vector > 0x08 && vector < 0x10) return MASTER_IRQ;
  return vector >= 0x70 && vector < 0x78 ? SLAVE_IRQ : RETURNS;
}
