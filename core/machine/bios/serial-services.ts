// INT 14h: the first serial port, polled. INT 17h: there is no printer.
// IBM "Personal Computer AT Technical Reference": "Asynchronous Communications BIOS".

import { EDX } from '../../cpu/state.ts';
import type { BiosCall } from './call.ts';
import { COM_PORTS } from './data-area.ts';

const DIVISOR_LATCH = 0x80, LINE_CONTROL = 3, MODEM_CONTROL = 4, LINE_STATUS = 5, MODEM_STATUS = 6;
const DATA_READY = 0x01, TIMED_OUT = 0x80, DTR_RTS = 0x03, ERRORS = 0x1e;
/** 115200 by the rate in bits 7:5 of AL: 110 to 9600 baud. */
const DIVISORS = [1047, 768, 384, 192, 96, 48, 24, 12];
const PORTS = 4;

/** Serves INT 14h. A port that is not there leaves AX alone and sets CF, as an unknown function does. */
export function serveSerial(call: BiosCall): void {
  const { cpu, devices } = call;
  const index = cpu.get16(EDX), port = index < PORTS ? call.readWord(COM_PORTS + index * 2) : 0;
  const read = (register: number): number => devices.readPort(port + register, 1);
  const write = (register: number, value: number): void => { devices.writePort(port + register, 1, value); };
  call.carry = port === 0 || call.ah > 0x03;
  if (port === 0) return;
  switch (call.ah) {
    case 0x00: {
      const divisor = DIVISORS[call.al >>> 5]!;
      write(LINE_CONTROL, DIVISOR_LATCH);
      write(0, divisor & 0xff);
      write(1, divisor >>> 8);
      write(LINE_CONTROL, call.al & 0x1f);
      break;
    }
    case 0x01:
      write(MODEM_CONTROL, DTR_RTS);
      write(0, call.al);
      call.ah = read(LINE_STATUS);
      return;
    case 0x02: {
      const status = read(LINE_STATUS);
      if ((status & DATA_READY) !== 0) call.al = read(0);
      call.ah = (status & DATA_READY) !== 0 ? status & ERRORS : TIMED_OUT;
      return;
    }
    case 0x03: break;
    default: return;
  }
  call.ah = read(LINE_STATUS);
  call.al = read(MODEM_STATUS);
}

/** Serves INT 17h. */
export function servePrinter(call: BiosCall): void {
  call.carry = true;
}
