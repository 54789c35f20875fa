// INT 10h AH=10h: the sixteen registers of the attribute controller and the 256 colours behind them, through their ports; AH=0Bh of the CGA.
// IBM "Personal System/2 BIOS Interface Technical Reference": "Interrupt 10H - Video", AH=10H.

import { EBX, ECX, EDX, ES } from '../../cpu/state.ts';
import type { BiosCall } from './call.ts';

const ATTRIBUTE = 0x3c0, ATTRIBUTE_READ = 0x3c1, MASK = 0x3c6, READ_INDEX = 0x3c7, WRITE_INDEX = 0x3c8, DATA = 0x3c9, STATUS = 0x3da;
const ENABLED = 0x20, BORDER = 17, MODE = 16, BLINK = 0x08, ENTRIES = 16, PAGE = 20, PAGES_OF_16 = 0x80;
const BL = 3, BH = 7, CH = 5, CL = 1, DH = 6;
const LEVELS = 3;

/** Serves AH=10h. Functions that are not there change nothing. */
export function servePalette(call: BiosCall): void {
  const { cpu } = call;
  const bl = cpu.get8(BL), bh = cpu.get8(BH);
  switch (call.al) {
    case 0x00: writeAttribute(call, bl, bh); return;
    case 0x01: writeAttribute(call, BORDER, bh); return;
    case 0x02: [...call.read(ES, cpu.get16(EDX), ENTRIES + 1)].forEach((value, index) => { writeAttribute(call, index < ENTRIES ? index : BORDER, value); }); return;
    case 0x03: writeAttribute(call, MODE, (readAttribute(call, MODE) & ~BLINK) | (bl === 0 ? 0 : BLINK)); return;
    case 0x07: cpu.set8(BH, readAttribute(call, bl)); return;
    case 0x08: cpu.set8(BH, readAttribute(call, BORDER)); return;
    case 0x09: call.write(ES, cpu.get16(EDX), Uint8Array.from({ length: ENTRIES + 1 }, (_, index) => readAttribute(call, index < ENTRIES ? index : BORDER))); return;
    case 0x10: writeColours(call, cpu.get16(EBX), [cpu.get8(DH), cpu.get8(CH), cpu.get8(CL)]); return;
    case 0x12: writeColours(call, cpu.get16(EBX), call.read(ES, cpu.get16(EDX), cpu.get16(ECX) * LEVELS)); return;
    case 0x13: selectPage(call, bl, bh); return;
    case 0x15: {
      const [red, green, blue] = readColours(call, cpu.get16(EBX), 1);
      cpu.set8(DH, red!);
      cpu.set16(ECX, (green! << 8) | blue!);
      return;
    }
    case 0x17: call.write(ES, cpu.get16(EDX), readColours(call, cpu.get16(EBX), cpu.get16(ECX))); return;
    case 0x18: call.devices.writePort(MASK, 1, bl); return;
    case 0x19: cpu.set8(BL, call.devices.readPort(MASK, 1)); return;
    case 0x1a: tellPage(call); return;
    case 0x1b: makeGrey(call); return;
  }
}

/** AH=0Bh: the ground of CGA graphics, or which of its two palettes. */
export function serveCgaPalette(call: BiosCall): void {
  const { cpu } = call;
  const value = cpu.get8(BL);
  if (cpu.get8(BH) === 0) {
    for (const register of [0, BORDER]) writeAttribute(call, register, (value & 0x0f) | ((value & 0x08) << 1));
    return;
  }
  for (let register = 1; register < 4; register += 1) writeAttribute(call, register, (readAttribute(call, register) & ~1) | (value & 1));
}

function readAttribute({ devices }: BiosCall, register: number): number {
  devices.readPort(STATUS, 1);
  devices.writePort(ATTRIBUTE, 1, register & 0x1f);
  const value = devices.readPort(ATTRIBUTE_READ, 1);
  devices.readPort(STATUS, 1);
  devices.writePort(ATTRIBUTE, 1, ENABLED);
  return value;
}

function writeAttribute({ devices }: BiosCall, register: number, value: number): void {
  devices.readPort(STATUS, 1);
  devices.writePort(ATTRIBUTE, 1, register & 0x1f);
  devices.writePort(ATTRIBUTE, 1, value);
  devices.readPort(STATUS, 1);
  devices.writePort(ATTRIBUTE, 1, ENABLED);
}

function writeColours({ devices }: BiosCall, first: number, levels: ArrayLike<number>): void {
  devices.writePort(WRITE_INDEX, 1, first & 0xff);
  for (let index = 0; index < levels.length; index += 1) devices.writePort(DATA, 1, levels[index]!);
}

function readColours({ devices }: BiosCall, first: number, count: number): Uint8Array {
  devices.writePort(READ_INDEX, 1, first & 0xff);
  return Uint8Array.from({ length: Math.min(count, 256) * LEVELS }, () => devices.readPort(DATA, 1));
}

// the 256 colours as pages of 64, or of 16
function selectPage(call: BiosCall, what: number, value: number): void {
  const mode = readAttribute(call, MODE);
  if (what === 0) writeAttribute(call, MODE, (mode & ~PAGES_OF_16) | (value === 0 ? 0 : PAGES_OF_16));
  else writeAttribute(call, PAGE, (mode & PAGES_OF_16) === 0 ? value << 2 : value);
}

function tellPage(call: BiosCall): void {
  const isSixteen = (readAttribute(call, MODE) & PAGES_OF_16) !== 0, page = readAttribute(call, PAGE) & 0x0f;
  call.cpu.set16(EBX, ((isSixteen ? page : page >>> 2) << 8) | (isSixteen ? 1 : 0));
}

// thirty, fifty-nine and eleven of a hundred parts
function makeGrey(call: BiosCall): void {
  const first = call.cpu.get16(EBX), levels = readColours(call, first, call.cpu.get16(ECX));
  for (let at = 0; at < levels.length; at += LEVELS) {
    const grey = Math.min(63, Math.round((levels[at]! * 77 + levels[at + 1]! * 151 + levels[at + 2]! * 28) / 256));
    levels.fill(grey, at, at + LEVELS);
  }
  writeColours(call, first, levels);
}
