// INT 1Ah: the time of day and the real-time clock. INT 15h AH=86h: a wait, for which the guest's clock is advanced as far as nothing else happens.
// IBM "Personal Computer AT Technical Reference": "Time-of-Day BIOS", "System Services".

import { PENDING_CLOCK } from '../../cpu/attention.ts';
import { ECX, EDX } from '../../cpu/state.ts';
import { CLOCKS_PER_SECOND } from '../clock-rate.ts';
import { CMOS_INDEX } from '../devices/cmos.ts';
import type { BiosCall } from './call.ts';
import { MIDNIGHT, TICKS, WAIT_UNTIL } from './data-area.ts';
import { RETURNS, WAIT_FOR_TIME } from './rom.ts';

const SECONDS = 0, SECONDS_ALARM = 1, MINUTES = 2, MINUTES_ALARM = 3, HOURS = 4, HOURS_ALARM = 5, DAY = 7, MONTH = 8, YEAR = 9, STATUS_B = 11, CENTURY = 0x32;
const B_SET = 0x80, B_ALARM = 0x20;
const CH = 5, CL = 1, DH = 6, DL = 2;
const MICROSECONDS = 1_000_000, WAIT_MAX = 0x1_0000_0000 / MICROSECONDS * CLOCKS_PER_SECOND;

/** Serves INT 1Ah. Functions that are not there set CF. */
export function serveTime(call: BiosCall): void {
  call.carry = !serve(call);
}

function serve(call: BiosCall): boolean {
  switch (call.ah) {
    case 0x00: tellTicks(call); return true;
    case 0x01: setTicks(call); return true;
    case 0x02: tellTime(call); return true;
    case 0x03: setRegisters(call, [[SECONDS, DH], [MINUTES, CL], [HOURS, CH]]); return true;
    case 0x04: tellDate(call); return true;
    case 0x05: setRegisters(call, [[DAY, DL], [MONTH, DH], [YEAR, CL], [CENTURY, CH]]); return true;
    case 0x06: return setAlarm(call);
    case 0x07: writeCmos(call, STATUS_B, readCmos(call, STATUS_B) & ~B_ALARM); call.ah = 0; return true;
  }
  return false;
}

function tellTicks(call: BiosCall): void {
  call.cpu.set16(EDX, call.readWord(TICKS));
  call.cpu.set16(ECX, call.readWord(TICKS + 2));
  call.al = call.readByte(MIDNIGHT);
  call.writeByte(MIDNIGHT, 0);
}

function setTicks(call: BiosCall): void {
  call.writeWord(TICKS, call.cpu.get16(EDX));
  call.writeWord(TICKS + 2, call.cpu.get16(ECX));
  call.writeByte(MIDNIGHT, 0);
  call.ah = 0;
}

function tellTime(call: BiosCall): void {
  call.cpu.set16(ECX, (readCmos(call, HOURS) << 8) | readCmos(call, MINUTES));
  call.cpu.set16(EDX, readCmos(call, SECONDS) << 8);
  call.ah = 0;
  call.al = call.cpu.get8(CH);
}

function tellDate(call: BiosCall): void {
  call.cpu.set16(ECX, (readCmos(call, CENTURY) << 8) | readCmos(call, YEAR));
  call.cpu.set16(EDX, (readCmos(call, MONTH) << 8) | readCmos(call, DAY));
  call.ah = 0;
  call.al = call.cpu.get8(CH);
}

function readCmos({ devices }: BiosCall, index: number): number {
  devices.writePort(CMOS_INDEX, 1, index);
  return devices.readPort(CMOS_INDEX + 1, 1);
}

function writeCmos({ devices }: BiosCall, index: number, value: number): void {
  devices.writePort(CMOS_INDEX, 1, index);
  devices.writePort(CMOS_INDEX + 1, 1, value);
}

// the clock stands still while its registers are written
function setRegisters(call: BiosCall, places: readonly (readonly [index: number, register: number])[]): void {
  const status = readCmos(call, STATUS_B);
  writeCmos(call, STATUS_B, status | B_SET);
  for (const [index, register] of places) writeCmos(call, index, call.cpu.get8(register));
  writeCmos(call, STATUS_B, status & ~B_SET);
  call.ah = 0;
}

/** False while an alarm is set already. */
function setAlarm(call: BiosCall): boolean {
  if ((readCmos(call, STATUS_B) & B_ALARM) !== 0) return false;
  setRegisters(call, [[SECONDS_ALARM, DH], [MINUTES_ALARM, CL], [HOURS_ALARM, CH]]);
  writeCmos(call, STATUS_B, readCmos(call, STATUS_B) | B_ALARM);
  // the line of the clock is open from now on
  call.devices.writePort(0xa1, 1, call.devices.readPort(0xa1, 1) & 0xfe);
  return true;
}

/** INT 15h AH=86h: CX:DX microseconds from now on, with interrupts on. */
export function startWait(call: BiosCall): void {
  const { cpu } = call;
  const ticks = Math.ceil((cpu.get16(ECX) * 0x1_0000 + cpu.get16(EDX)) * CLOCKS_PER_SECOND / MICROSECONDS);
  const until = new Uint8Array(8);
  new DataView(until.buffer).setFloat64(0, cpu.clock + ticks, true);
  call.writeLinear(WAIT_UNTIL, until);
  call.carry = false;
  cpu.eip = WAIT_FOR_TIME;
}

/** The wait goes on: to its end, or to what happens before that. */
export function waitOn(call: BiosCall): void {
  const { cpu, devices } = call;
  const until = new DataView(call.readLinear(WAIT_UNTIL, 8).buffer).getFloat64(0, true);
  const left = until - cpu.clock;
  // the place is the guest's to write: what no wait can have left is none
  if (!(left > 0 && left <= WAIT_MAX)) {
    cpu.eip = RETURNS;
    return;
  }
  cpu.idleTicks += Math.max(0, Math.min(Math.ceil(left), devices.deadline - cpu.clock));
  cpu.pending |= PENDING_CLOCK;
}
