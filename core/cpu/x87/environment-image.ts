// The x87 environment in memory: FNSTENV, FLDENV, FNSAVE, FRSTOR. Four layouts, by operand size and by whether the mode is protected; real-address
// and virtual-8086 mode hold linear addresses. SDM 1 "Saving the x87 FPU's State with FSTENV/FNSTENV and FSAVE/FNSAVE".
//
//   32 bits   0 control  4 status  8 tag  12 IP  16 CS and opcode in 26..16  20 operand  24 DS                      28: ST0 … ST7, ten bytes each
//             real: 12 IP 15..0  16 IP 31..16 in 27..12, opcode in 10..0  20 operand 15..0  24 operand 31..16 in 27..12
//   16 bits   0 control  2 status  4 tag  6 IP  8 CS  10 operand  12 DS                                             14: ST0 … ST7
//             real: 6 IP 15..0  8 IP 19..16 in 15..12, opcode in 10..0  10 operand 15..0  12 operand 19..16 in 15..12

import { fullTagWord } from '../../arch/float-file.ts';
import type { Insn } from '../../isa/insn.ts';
import { ALL_EXCEPTIONS } from '../soft-float/environment.ts';
import { isProtectedMode, isVirtual8086 } from '../mode.ts';
import { effectiveAddress } from '../operands.ts';
import type { Cpu } from '../state.ts';
import { begin, beginWithoutWaiting, tellPointers } from './available.ts';
import { initialise } from './control.ts';
import { readImage, writeImage } from './image.ts';
import { physicalOf } from './registers.ts';
import { setControl, setControlAndStatus } from './status.ts';

const REGISTER_BYTES = 10, REGISTERS = 8, EMPTY = 3, UNUSED = 0xffff_0000, OPCODE_BITS = 0x7ff;
const image = new DataView(new ArrayBuffer(28 + REGISTERS * REGISTER_BYTES));

const environmentBytes = (insn: Insn): number => (insn.operandSize === 16 ? 14 : 28);
/** What alignment checking looks at: the fields. */
const unitOf = (insn: Insn): number => (insn.operandSize === 16 ? 2 : 4);
const isProtectedLayout = (cpu: Cpu): boolean => isProtectedMode(cpu) && !isVirtual8086(cpu);

// SDM 2A "FSTENV/FNSTENV—Store x87 FPU Environment": all exceptions are masked behind it
function fnstenv(cpu: Cpu, insn: Insn): void {
  beginWithoutWaiting(cpu);
  putEnvironment(cpu, insn);
  writeImage(cpu, insn.segment, effectiveAddress(cpu, insn), image, environmentBytes(insn), unitOf(insn));
  setControl(cpu, cpu.fpuControl | ALL_EXCEPTIONS);
}

// SDM 2A "FSAVE/FNSAVE—Store x87 FPU State": FNINIT is part of it
function fnsave(cpu: Cpu, insn: Insn): void {
  beginWithoutWaiting(cpu);
  const first = environmentBytes(insn);
  putEnvironment(cpu, insn);
  for (let i = 0; i < REGISTERS; i += 1) putRegister(cpu, i, first + i * REGISTER_BYTES);
  writeImage(cpu, insn.segment, effectiveAddress(cpu, insn), image, first + REGISTERS * REGISTER_BYTES, unitOf(insn));
  initialise(cpu);
}

// SDM 2A "FLDENV—Load x87 FPU Environment"
function fldenv(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  readImage(cpu, insn.segment, effectiveAddress(cpu, insn), image, environmentBytes(insn), unitOf(insn));
  takeEnvironment(cpu, insn);
}

// SDM 2A "FRSTOR—Restore x87 FPU State"
function frstor(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  const first = environmentBytes(insn);
  readImage(cpu, insn.segment, effectiveAddress(cpu, insn), image, first + REGISTERS * REGISTER_BYTES, unitOf(insn));
  takeEnvironment(cpu, insn);
  for (let i = 0; i < REGISTERS; i += 1) takeRegister(cpu, i, first + i * REGISTER_BYTES);
}

function putRegister(cpu: Cpu, i: number, at: number): void {
  const from = physicalOf(cpu, i) << 2;
  image.setUint32(at, cpu.x87[from]!, true);
  image.setUint32(at + 4, cpu.x87[from + 1]!, true);
  image.setUint16(at + 8, cpu.x87[from + 2]!, true);
}

function takeRegister(cpu: Cpu, i: number, at: number): void {
  const to = physicalOf(cpu, i) << 2;
  cpu.x87[to] = image.getUint32(at, true);
  cpu.x87[to + 1] = image.getUint32(at + 4, true);
  cpu.x87[to + 2] = image.getUint16(at + 8, true);
}

function putEnvironment(cpu: Cpu, insn: Insn): void {
  tellPointers(cpu);
  const tag = fullTagWord(cpu.x87, cpu.fpuTag), isWide = insn.operandSize !== 16;
  // the upper halves of 32-bit fields are stored as ones
  const words = [cpu.fpuControl, cpu.fpuStatus, tag, ...pointerFields(cpu, isWide)];
  words.forEach((word, index) => {
    if (isWide) image.setUint32(index * 4, isNarrow(index, isProtectedLayout(cpu)) ? word | UNUSED : word, true);
    else image.setUint16(index * 2, word, true);
  });
}

// control, status and tag are; a selector or the low half of a linear address, too
function isNarrow(index: number, isProtected: boolean): boolean {
  return index < 3 || (isProtected ? index === 6 : index === 3 || index === 5);
}

function pointerFields(cpu: Cpu, isWide: boolean): readonly number[] {
  const opcode = cpu.fpuOpcode & OPCODE_BITS;
  if (isProtectedLayout(cpu)) return [cpu.fpuIp, cpu.fpuCs | (isWide ? opcode << 16 : 0), cpu.fpuDp, cpu.fpuDs];
  const ip = cpu.fpuIp + cpu.fpuCs * 16, operand = cpu.fpuDp + cpu.fpuDs * 16;
  return [ip & 0xffff, ((ip >>> 16) << 12) | opcode, operand & 0xffff, (operand >>> 16) << 12];
}

function takeEnvironment(cpu: Cpu, insn: Insn): void {
  const isWide = insn.operandSize !== 16;
  const field = (index: number): number => (isWide ? image.getUint32(index * 4, true) : image.getUint16(index * 2, true));
  takePointers(cpu, isWide, field);
  cpu.fpuTag = tagsInUse(field(2));
  setControlAndStatus(cpu, field(0), field(1) & 0xffff);
}

// only empty or not counts; the rest follows from the contents
function tagsInUse(tag: number): number {
  let result = 0;
  for (let shift = 0; shift < 16; shift += 2) if (((tag >>> shift) & EMPTY) === EMPTY) result |= EMPTY << shift;
  return result;
}

function takePointers(cpu: Cpu, isWide: boolean, field: (index: number) => number): void {
  if (isProtectedLayout(cpu)) {
    cpu.fpuIp = field(3);
    cpu.fpuCs = field(4) & 0xffff;
    // the 16-bit layout has no opcode: the last one stays
    if (isWide) cpu.fpuOpcode = (field(4) >>> 16) & OPCODE_BITS;
    cpu.fpuDp = field(5);
    cpu.fpuDs = field(6) & 0xffff;
    return;
  }
  cpu.fpuIp = (field(3) & 0xffff) | ((field(4) >>> 12) << 16);
  cpu.fpuCs = 0;
  cpu.fpuOpcode = field(4) & OPCODE_BITS;
  cpu.fpuDp = (field(5) & 0xffff) | ((field(6) >>> 12) << 16);
  cpu.fpuDs = 0;
}

export const X87_ENVIRONMENT = { fnstenv, fldenv, fnsave, frstor };
