// A BIOS of our own: what lies in memory before the boot sector runs, and what answers the traps of its ROM (rom.ts). A service is host
// code that reads and writes the caller's registers and memory. A function that a BIOS may lack is answered as by one that lacks it; what
// every BIOS has and this one has not ends the run and is named.

import { isProtectedMode } from '../../cpu/mode.ts';
import { CS, HALTED, type Cpu } from '../../cpu/state.ts';
import { EXTENDED_DATA_AREA } from '../memory-map.ts';
import type { LoadPart } from '../loaders/load-plan.ts';
import { BiosCall, type BiosWorld } from './call.ts';
import { DATA_AREA, DATA_AREA_BYTES, dataArea, extendedDataArea } from './data-area.ts';
import type { Drives } from '../disks/drives.ts';
import { serveDisk } from './disk-services.ts';
import { serveKeyboard, takeKey } from './keyboard-services.ts';
import { serveBaseMemory, serveEquipment } from './memory-services.ts';
import { biosRom, DELAY_TRAP, interruptVectors, KEY_TRAP, RESET_ENTRY, ROM_BYTES, ROM_LINEAR, ROM_SEGMENT, STOP, STUBS, WAITING_EIP } from './rom.ts';
import { serveScreen } from './screen-services.ts';
import { printText } from './screen-text.ts';
import { servePrinter, serveSerial } from './serial-services.ts';
import { serveSystem } from './system-services.ts';
import { serveTime, waitOn } from './time-services.ts';

const STUB_BYTES = 4;
const SERVICES: ReadonlyMap<number, (call: BiosCall) => void> = new Map([
  [0x10, serveScreen], [0x11, serveEquipment], [0x12, serveBaseMemory], [0x13, serveDisk], [0x14, serveSerial], [0x15, serveSystem], [0x16, serveKeyboard], [0x17, servePrinter],
  [0x18, failToBoot], [0x19, (call) => { call.devices.reset('INT 19h'); }], [0x1a, serveTime], [0x40, serveDisk], [0x42, serveScreen],
]);
const KEY_VECTOR = 0x09, DELAY_VECTOR = 0x15;

/** What the BIOS puts into memory: interrupt vectors, data areas, ROM. */
export function biosParts(drives: Drives): readonly LoadPart[] {
  const extended = extendedDataArea();
  return [
    { physical: 0, bytes: interruptVectors(), memoryBytes: 1024 },
    { physical: DATA_AREA, bytes: dataArea(drives), memoryBytes: DATA_AREA_BYTES },
    { physical: EXTENDED_DATA_AREA, bytes: extended, memoryBytes: extended.length },
    { physical: ROM_LINEAR, bytes: biosRom(), memoryBytes: ROM_BYTES, isRom: true },
  ];
}

/** Answers a write to TRAP_PORT: from where it was made decides what is meant. From anywhere else it means nothing. */
export function serveTrap(world: BiosWorld): void {
  const { cpu, devices } = world;
  const offset = ((cpu.segmentBase(CS) + cpu.instructionEip) >>> 0) - ROM_LINEAR;
  if (isProtectedMode(cpu)) return;
  switch (offset) {
    case RESET_ENTRY: devices.reset('a jump to the reset vector'); return;
    case KEY_TRAP: takeKey(new BiosCall(world, KEY_VECTOR)); return;
    case DELAY_TRAP: waitOn(new BiosCall(world, DELAY_VECTOR)); return;
  }
  const vector = (offset - STUBS) / STUB_BYTES;
  SERVICES.get(vector)?.(new BiosCall(world, vector));
}

/**
 * True while the processor halts in the BIOS because a program asked for a key and none is there, and nobody but the BIOS hears the timer: until
 * a key comes nothing but the count of ticks would happen.
 */
export function isWaitingForKey(cpu: Cpu): boolean {
  if (cpu.activity !== HALTED || ((cpu.segmentBase(CS) + cpu.eip) >>> 0) !== ROM_LINEAR + WAITING_EIP || cpu.romBytes !== ROM_BYTES) return false;
  return TIMER_VECTORS.every((vector) => cpu.ramView.getUint16(vector * 4 + 2, true) === ROM_SEGMENT);
}
const TIMER_VECTORS = [0x08, 0x1c];

// INT 18h: nothing more to boot from
function failToBoot(call: BiosCall): void {
  printText(call, 'No bootable device.\r\n');
  call.cpu.eip = STOP;
}
