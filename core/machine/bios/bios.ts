// A BIOS of our own: what lies in memory before the boot sector runs, and what answers the stubs of its ROM (rom.ts). A service is host
// code that reads and writes the caller's registers and memory; what is not there ends the run and is named.

import { isProtectedMode } from '../../cpu/mode.ts';
import { Unsupported } from '../../cpu/fault.ts';
import { CS } from '../../cpu/state.ts';
import type { LoadPart } from '../loaders/load-plan.ts';
import { BiosCall, type BiosWorld } from './call.ts';
import { DATA_AREA, DATA_AREA_BYTES, dataArea } from './data-area.ts';
import type { Drives } from '../disks/drives.ts';
import { serveDisk } from './disk-services.ts';
import { serveBaseMemory, serveEquipment, serveMemory } from './memory-services.ts';
import { biosRom, interruptVectors, RESET_ENTRY, ROM_BYTES, ROM_LINEAR, STUBS } from './rom.ts';
import { serveScreen } from './screen-services.ts';
import { serveKeyboard, serveTime } from './time-services.ts';

const STUB_BYTES = 4, VECTORS = 256;
const BOOT_SERVICE = 0x19;
const SERVICES: ReadonlyMap<number, (call: BiosCall) => void> = new Map([
  [0x10, serveScreen], [0x11, serveEquipment], [0x12, serveBaseMemory], [0x13, serveDisk], [0x15, serveMemory], [0x16, serveKeyboard], [0x1a, serveTime],
]);

/** What the BIOS puts into memory: interrupt vectors, data area, ROM. */
export function biosParts(drives: Drives): readonly LoadPart[] {
  return [
    { physical: 0, bytes: interruptVectors(), memoryBytes: 1024 },
    { physical: DATA_AREA, bytes: dataArea(drives), memoryBytes: DATA_AREA_BYTES },
    { physical: ROM_LINEAR, bytes: biosRom(), memoryBytes: ROM_BYTES, isRom: true },
  ];
}

/** Answers a write to TRAP_PORT: by which stub it was made decides which service is meant. From anywhere else it means nothing. */
export function serveTrap(world: BiosWorld): void {
  const { cpu, devices } = world;
  const offset = ((cpu.segmentBase(CS) + cpu.instructionEip) >>> 0) - ROM_LINEAR;
  if (isProtectedMode(cpu)) return;
  if (offset === RESET_ENTRY) {
    devices.reset('a jump to the reset vector');
    return;
  }
  const vector = (offset - STUBS) / STUB_BYTES;
  if (!Number.isInteger(vector) || vector < 0 || vector >= VECTORS) return;
  if (vector === BOOT_SERVICE) {
    devices.reset('INT 19h');
    return;
  }
  const serve = SERVICES.get(vector);
  if (serve !== undefined) serve(new BiosCall(world, vector));
  else if (vector < 0x08) throw new Unsupported(`interrupt ${String(vector)}, for which neither the guest nor the BIOS has a handler`);
  else new BiosCall(world, vector).refuse();
}
