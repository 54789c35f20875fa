// INT 11h and 12h, which answer from the data area, and of INT 15h what is about memory: sizes, the map, the A20 gate, copies beyond 1 MiB.
// "Advanced Configuration and Power Interface Specification": "INT 15H, E820H - Query System Address Map"; for the rest Ralf Brown's list.

import { EAX, EBX, ECX, EDI, EDX, ES, ESI } from '../../cpu/state.ts';
import { memoryMap, MEMORY_USABLE } from '../memory-map.ts';
import { CONTROL_A_PORT } from '../devices/system-control.ts';
import type { BiosCall } from './call.ts';
import { BASE_MEMORY, EQUIPMENT } from './data-area.ts';

const KIB = 1024, MIB = 1024 * KIB, SIXTEEN_MIB = 16 * MIB, HIGH_UNIT = 64 * KIB;
const SMAP = 0x534d_4150, ENTRY_BYTES = 20;
const A20_BIT = 2, A20_WAYS = 3;
/** The table INT 15h AH=87h is given: the third descriptor is the source, the fourth the destination. */
const COPY_TABLE_BYTES = 32, SOURCE = 16, DESTINATION = 24, COPY_WORDS_MAX = 0x8000;

/** Serves INT 11h: the equipment word. */
export function serveEquipment(call: BiosCall): void { call.cpu.set16(EAX, call.readWord(EQUIPMENT)); }

/** Serves INT 12h: KiB of memory below 640 KiB. */
export function serveBaseMemory(call: BiosCall): void { call.cpu.set16(EAX, call.readWord(BASE_MEMORY)); }

/** Serves INT 15h AX = 2400 to 2403; false for another AL. */
export function serveA20(call: BiosCall): boolean {
  const { devices } = call;
  const control = devices.readPort(CONTROL_A_PORT, 1);
  switch (call.al) {
    case 0x00: devices.writePort(CONTROL_A_PORT, 1, control & ~A20_BIT); break;
    case 0x01: devices.writePort(CONTROL_A_PORT, 1, control | A20_BIT); break;
    case 0x02: call.al = (control & A20_BIT) === 0 ? 0 : 1; break;
    case 0x03: call.cpu.set16(EBX, A20_WAYS); break;
    default: return false;
  }
  call.ah = 0;
  call.carry = false;
  return true;
}

/** Bytes of usable memory from 1 MiB on. */
function extendedBytes(call: BiosCall): number {
  return memoryMap(call.cpu.ramBytes).find(({ base, type }) => base === MIB && type === MEMORY_USABLE)?.length ?? 0;
}

/** INT 15h AH=88h: KiB above 1 MiB. */
export function tellExtended(call: BiosCall): void {
  call.cpu.set16(EAX, Math.min(extendedBytes(call) / KIB, 0xffff));
  call.carry = false;
}

/** AX=E801h: KiB from 1 to 16 MiB in AX and CX, 64 KiB units above in BX and DX. */
export function tellTwoSizes(call: BiosCall): void {
  const { cpu } = call;
  const bytes = extendedBytes(call), low = Math.min(bytes, SIXTEEN_MIB - MIB) / KIB, high = Math.floor(Math.max(0, bytes - (SIXTEEN_MIB - MIB)) / HIGH_UNIT);
  for (const register of [EAX, ECX]) cpu.set16(register, low);
  for (const register of [EBX, EDX]) cpu.set16(register, high);
  call.carry = false;
}

/** AX=E820h: one entry of the memory map; false when it is asked wrongly, or for one that is not there. */
export function tellMap(call: BiosCall): boolean {
  const { cpu } = call;
  const map = memoryMap(cpu.ramBytes);
  const index = cpu.get32(EBX);
  const entry = map[index];
  if (entry === undefined || cpu.get32(EDX) !== SMAP || cpu.get32(ECX) >>> 0 < ENTRY_BYTES) return false;
  const bytes = new Uint8Array(ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, entry.base, true);
  view.setUint32(8, entry.length, true);
  view.setUint32(16, entry.type, true);
  call.write(ES, cpu.get16(EDI), bytes);
  cpu.set32(EAX, SMAP);
  cpu.set32(ECX, ENTRY_BYTES);
  cpu.set32(EBX, index + 1 < map.length ? index + 1 : 0);
  call.carry = false;
  return true;
}

/** AH=87h: copies CX words between the 24-bit (with their high bytes: 32-bit) bases of two descriptors. */
export function copyMemory(call: BiosCall): void {
  const { cpu } = call;
  const table = call.read(ES, cpu.get16(ESI), COPY_TABLE_BYTES);
  const base = (at: number): number => (table[at + 2]! | (table[at + 3]! << 8) | (table[at + 4]! << 16) | (table[at + 7]! << 24)) >>> 0;
  const bytes = Math.min(cpu.get16(ECX), COPY_WORDS_MAX) * 2;
  call.writePhysical(base(DESTINATION), call.readPhysical(base(SOURCE), bytes));
  call.ah = 0;
  call.carry = false;
}
