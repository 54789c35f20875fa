// INT 15h: how much memory there is, and the A20 gate. INT 11h and 12h, which answer from the data area.
// "Advanced Configuration and Power Interface Specification": "INT 15H, E820H - Query System Address Map"; for the rest Ralf Brown's list.

import { EAX, EBX, ECX, EDI, EDX, ES } from '../../cpu/state.ts';
import { refuseA20 } from '../devices/system-control.ts';
import type { BiosCall } from './call.ts';
import { BASE_KIB, BASE_MEMORY, EQUIPMENT } from './data-area.ts';
import { ROM_BYTES, ROM_LINEAR } from './rom.ts';

const KIB = 1024, MIB = 1024 * KIB, SIXTEEN_MIB = 16 * MIB, HIGH_UNIT = 64 * KIB;
const SMAP = 0x534d_4150, ENTRY_BYTES = 20, USABLE = 1, RESERVED = 2;
const NOT_SUPPORTED = 0x86, A20_OPEN = 1, A20_WAYS = 3;

/** Serves INT 11h: the equipment word. */
export function serveEquipment(call: BiosCall): void { call.cpu.set16(EAX, call.readWord(EQUIPMENT)); }

/** Serves INT 12h: KiB of memory below 640 KiB. */
export function serveBaseMemory(call: BiosCall): void { call.cpu.set16(EAX, call.readWord(BASE_MEMORY)); }

/** Serves INT 15h. */
export function serveMemory(call: BiosCall): void {
  const { cpu } = call;
  switch (cpu.get16(EAX)) {
    case 0x2400: refuseA20('INT 15h AX=2400h'); return;
    case 0x2401: succeed(call); return;
    case 0x2402: succeed(call); call.al = A20_OPEN; return;
    case 0x2403: succeed(call); cpu.set16(EBX, A20_WAYS); return;
    case 0xe801: tellTwoSizes(call); return;
    case 0xe820: tellMap(call); return;
  }
  if (call.ah === 0x88) {
    cpu.set16(EAX, Math.min(cpu.ramBytes / KIB - KIB, 0xffff));
    call.carry = false;
    return;
  }
  call.refuse(`AL=${call.al.toString(16)}h`);
}

function succeed(call: BiosCall): void {
  call.ah = 0;
  call.carry = false;
}

// KiB from 1 to 16 MiB in AX and CX, 64 KiB units above in BX and DX
function tellTwoSizes(call: BiosCall): void {
  const { cpu } = call;
  const low = (Math.min(cpu.ramBytes, SIXTEEN_MIB) - MIB) / KIB, high = Math.max(0, cpu.ramBytes - SIXTEEN_MIB) / HIGH_UNIT;
  for (const register of [EAX, ECX]) cpu.set16(register, low);
  for (const register of [EBX, EDX]) cpu.set16(register, high);
  call.carry = false;
}

function tellMap(call: BiosCall): void {
  const { cpu } = call;
  const map = [[0, BASE_KIB * KIB, USABLE], [ROM_LINEAR, ROM_BYTES, RESERVED], [MIB, cpu.ramBytes - MIB, USABLE]] as const;
  const index = cpu.get32(EBX);
  const entry = map[index];
  if (entry === undefined || cpu.get32(EDX) !== SMAP || cpu.get32(ECX) >>> 0 < ENTRY_BYTES) {
    call.ah = NOT_SUPPORTED;
    call.carry = true;
    return;
  }
  const bytes = new Uint8Array(ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, entry[0], true);
  view.setUint32(8, entry[1], true);
  view.setUint32(16, entry[2], true);
  call.write(ES, cpu.get16(EDI), bytes);
  cpu.set32(EAX, SMAP);
  cpu.set32(ECX, ENTRY_BYTES);
  cpu.set32(EBX, index + 1 < map.length ? index + 1 : 0);
  call.carry = false;
}
