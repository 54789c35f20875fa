// INT 16h and 1Ah: the keyboard that is not there, and the time of day, which follows the guest's clock.
// IBM "Personal Computer AT Technical Reference": "Keyboard BIOS", "Time-of-Day BIOS".

import { ECX, EDX } from '../../cpu/state.ts';
import { CMOS_INDEX } from '../devices/cmos.ts';
import type { BiosCall } from './call.ts';
import { MIDNIGHT, TICKS } from './data-area.ts';
import { WAIT_FOR_KEY } from './rom.ts';

const SECONDS = 0, MINUTES = 2, HOURS = 4, DAY = 7, MONTH = 8, YEAR = 9, CENTURY = 0x32;

/** Serves INT 16h: no key is ever there, so waiting for one is waiting for ever: the ROM halts with interrupts off, which ends the run. */
export function serveKeyboard(call: BiosCall): void {
  switch (call.ah) {
    case 0x00: case 0x10: call.cpu.eip = WAIT_FOR_KEY; return;
    case 0x01: case 0x11: call.zero = true; return;
    case 0x02: call.al = 0; return;
  }
  call.refuse();
}

/** Serves INT 1Ah. */
export function serveTime(call: BiosCall): void {
  const { cpu, devices } = call;
  const cmos = (index: number): number => {
    devices.writePort(CMOS_INDEX, 1, index);
    return devices.readPort(CMOS_INDEX + 1, 1);
  };
  switch (call.ah) {
    case 0x00:
      cpu.set16(EDX, call.readWord(TICKS));
      cpu.set16(ECX, call.readWord(TICKS + 2));
      call.al = call.readLinear(MIDNIGHT, 1)[0]!;
      call.writeLinear(MIDNIGHT, Uint8Array.of(0));
      return;
    case 0x02:
      cpu.set16(ECX, (cmos(HOURS) << 8) | cmos(MINUTES));
      cpu.set16(EDX, cmos(SECONDS) << 8);
      call.carry = false;
      return;
    case 0x04:
      cpu.set16(ECX, (cmos(CENTURY) << 8) | cmos(YEAR));
      cpu.set16(EDX, (cmos(MONTH) << 8) | cmos(DAY));
      call.carry = false;
      return;
  }
  call.refuse();
}
