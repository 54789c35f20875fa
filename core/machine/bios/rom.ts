// The 64 KiB of ROM at F0000: real code for the hardware interrupts and, for every other vector, a stub that traps to the host by a write
// to a private port and returns: `out 0xB1, al / iret`. Which service is asked for is told by the stub's own address (bios.ts).
// IBM "Personal Computer AT Technical Reference": "System BIOS", for the places programs know.

export const ROM_SEGMENT = 0xf000, ROM_LINEAR = 0xf_0000, ROM_BYTES = 0x1_0000;
/** Only the stubs below write to it; from elsewhere it is an absent port. */
export const TRAP_PORT = 0xb1;
/** Stubs by vector, four bytes each. */
export const STUBS = 0x1000;
const STUB = [0xe6, TRAP_PORT, 0xcf, 0x90];
/** Where the traps that are no vector lie: a jump to the reset vector. */
export const RESET_ENTRY = 0xe05b;
const RESET_VECTOR = 0xfff0, MODEL = 0xfffe, DATE = 0xfff5;

/** cli / again: hlt / jmp again: where a program waits for a key that never comes */
export const WAIT_FOR_KEY = 0x1800;
const WAITS = [0xfa, 0xf4, 0xeb, 0xfd];

const TIMER = 0xfea5, RETURNS = 0xff53, MASTER_IRQ = 0x1810, SLAVE_IRQ = 0x1820;
/**
 * push ax / push ds / mov ax, 0x40 / mov ds, ax / inc dword [0x6c] / cmp dword [0x6c], 0x1800b0 / jb tick
 * / mov dword [0x6c], 0 / mov byte [0x70], 1 / tick: int 0x1c / mov al, 0x20 / out 0x20, al / pop ds / pop ax / iret
 */
const COUNTS_TICKS = [
  0x50, 0x1e, 0xb8, 0x40, 0x00, 0x8e, 0xd8, 0x66, 0xff, 0x06, 0x6c, 0x00, 0x66, 0x81, 0x3e, 0x6c, 0x00, 0xb0, 0x00, 0x18, 0x00, 0x72, 0x0e,
  0x66, 0xc7, 0x06, 0x6c, 0x00, 0, 0, 0, 0, 0xc6, 0x06, 0x70, 0x00, 0x01, 0xcd, 0x1c, 0xb0, 0x20, 0xe6, 0x20, 0x1f, 0x58, 0xcf,
];
/** push ax / mov al, 0x20 / out 0x20, al / pop ax / iret */
const ENDS_MASTER = [0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf];
/** push ax / mov al, 0x20 / out 0xa0, al / out 0x20, al / pop ax / iret */
const ENDS_BOTH = [0x50, 0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20, 0x58, 0xcf];

/** What INT 1Eh points to: the parameters of a 1.44 MB diskette. */
export const DISKETTE_PARAMETERS = 0xefc7;
const DISKETTE = [0xdf, 0x02, 0x25, 0x02, 18, 0x1b, 0xff, 0x6c, 0xf6, 0x0f, 0x08];

/** The ROM's bytes. */
export function biosRom(): Uint8Array {
  const rom = new Uint8Array(ROM_BYTES);
  for (let vector = 0; vector < 256; vector += 1) rom.set(STUB, STUBS + vector * STUB.length);
  rom.set(WAITS, WAIT_FOR_KEY);
  rom.set(COUNTS_TICKS, TIMER);
  rom.set([0xcf], RETURNS);
  rom.set(ENDS_MASTER, MASTER_IRQ);
  rom.set(ENDS_BOTH, SLAVE_IRQ);
  rom.set(DISKETTE, DISKETTE_PARAMETERS);
  rom.set(STUB, RESET_ENTRY);
  // jmp 0xf000:RESET_ENTRY
  rom.set([0xea, RESET_ENTRY & 0xff, RESET_ENTRY >>> 8, ROM_SEGMENT & 0xff, ROM_SEGMENT >>> 8], RESET_VECTOR);
  rom.set(Array.from('01/01/00', (character) => character.charCodeAt(0)), DATE);
  rom[MODEL] = 0xfc;
  return rom;
}

/** The interrupt-vector table as the BIOS sets it: 256 far pointers into the ROM. */
export function interruptVectors(): Uint8Array {
  const table = new Uint8Array(1024);
  const view = new DataView(table.buffer);
  for (let vector = 0; vector < 256; vector += 1) {
    view.setUint16(vector * 4, handlerOf(vector), true);
    view.setUint16(vector * 4 + 2, ROM_SEGMENT, true);
  }
  return table;
}

function handlerOf(vector: number): number {
  if (vector === 0x08) return TIMER;
  if (vector > 0x08 && vector < 0x10) return MASTER_IRQ;
  if (vector >= 0x70 && vector < 0x78) return SLAVE_IRQ;
  if (vector === 0x1c) return RETURNS;
  return vector === 0x1e ? DISKETTE_PARAMETERS : STUBS + vector * STUB.length;
}
