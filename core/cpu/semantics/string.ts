// String instructions and REP: SDM 1 "String Instructions", SDM 2 "REP/REPE/REPZ/REPNE/REPNZ". Each iteration commits on its own:
// a fault or a suspension leaves the registers after the last finished one, and EIP at the instruction.
import { difference } from '../../arch/vendor-differences.ts';
import { REPEAT_EQUAL, REPEAT_NONE, type Insn } from '../../isa/insn.ts';
import { sub } from '../alu.ts';
import { PENDING_CLOCK, PENDING_SUSPENDED } from '../attention.ts';
import { differ } from '../differ.ts';
import { FLAG_DF, isZero } from '../flags.ts';
import { meetPorts } from '../breakpoints.ts';
import { prepareWrite, read16, read32, read8, write16, write32, write8 } from '../memory.ts';
import { checkIoPermission } from '../ports.ts';
import { EAX, ECX, EDI, EDX, ES, ESI, type Cpu } from '../state.ts';
import type { Execute, SemanticsRows } from './execute-type.ts';

const D_FAULT_FLAGS = difference('repeat-fault-flags');

/** The pointer in rSI or rDI by address size. */
function pointer(cpu: Cpu, insn: Insn, register: number): number {
  return insn.addressSize === 32 ? cpu.get32(register) >>> 0 : cpu.get16(register);
}
/** Moves rSI or rDI by the element size, down when DF is set. */
function advance(cpu: Cpu, insn: Insn, register: number, bytes: number): void {
  const distance = (cpu.rawFlags & FLAG_DF) !== 0 ? -bytes : bytes;
  if (insn.addressSize === 32) cpu.set32(register, cpu.get32(register) + distance);
  else cpu.set16(register, cpu.get16(register) + distance);
}
function readElement(cpu: Cpu, segment: number, offset: number, bytes: number): number {
  return bytes === 4 ? read32(cpu, segment, offset) : bytes === 1 ? read8(cpu, segment, offset) : read16(cpu, segment, offset);
}
function writeElement(cpu: Cpu, segment: number, offset: number, bytes: number, value: number): void {
  if (bytes === 4) write32(cpu, segment, offset, value);
  else if (bytes === 1) write8(cpu, segment, offset, value);
  else write16(cpu, segment, offset, value);
}
function accumulator(cpu: Cpu, bytes: number): number {
  return bytes === 4 ? cpu.get32(EAX) : bytes === 1 ? cpu.get8(EAX) : cpu.get16(EAX);
}
function setAccumulator(cpu: Cpu, bytes: number, value: number): void {
  if (bytes === 4) cpu.set32(EAX, value);
  else if (bytes === 1) cpu.set8(EAX, value);
  else cpu.set16(EAX, value);
}

function movsOnce(cpu: Cpu, insn: Insn): void {
  const bytes = insn.destination.sizeBits >>> 3;
  writeElement(cpu, ES, pointer(cpu, insn, EDI), bytes, readElement(cpu, insn.segment, pointer(cpu, insn, ESI), bytes));
  advance(cpu, insn, ESI, bytes);
  advance(cpu, insn, EDI, bytes);
}
function stosOnce(cpu: Cpu, insn: Insn): void {
  const bytes = insn.destination.sizeBits >>> 3;
  writeElement(cpu, ES, pointer(cpu, insn, EDI), bytes, accumulator(cpu, bytes));
  advance(cpu, insn, EDI, bytes);
}
function lodsOnce(cpu: Cpu, insn: Insn): void {
  const bytes = insn.destination.sizeBits >>> 3;
  setAccumulator(cpu, bytes, readElement(cpu, insn.segment, pointer(cpu, insn, ESI), bytes));
  advance(cpu, insn, ESI, bytes);
}
function cmpsOnce(cpu: Cpu, insn: Insn): void {
  const bytes = insn.destination.sizeBits >>> 3;
  const first = readElement(cpu, insn.segment, pointer(cpu, insn, ESI), bytes);
  const second = readElement(cpu, ES, pointer(cpu, insn, EDI), bytes);

  sub(cpu, first, second, 32 - insn.destination.sizeBits);
  advance(cpu, insn, ESI, bytes);
  advance(cpu, insn, EDI, bytes);
}
function scasOnce(cpu: Cpu, insn: Insn): void {
  const bytes = insn.destination.sizeBits >>> 3;
  const element = readElement(cpu, ES, pointer(cpu, insn, EDI), bytes);

  sub(cpu, accumulator(cpu, bytes), element, 32 - insn.destination.sizeBits);
  advance(cpu, insn, EDI, bytes);
}
// SDM 2 "INS": the destination is checked before the port is read, as reading a port may change the device.
function insOnce(cpu: Cpu, insn: Insn): void {
  const bytes = insn.destination.sizeBits >>> 3;
  const port = cpu.get16(EDX);
  checkIoPermission(cpu, port, bytes);
  prepareWrite(cpu, ES, pointer(cpu, insn, EDI), bytes);

  writeElement(cpu, ES, pointer(cpu, insn, EDI), bytes, cpu.bus.readPort(port, bytes));
  if (!cpu.isQuick) meetPorts(cpu, port, bytes);
  advance(cpu, insn, EDI, bytes);
}
function outsOnce(cpu: Cpu, insn: Insn): void {
  const bytes = insn.source.sizeBits >>> 3;
  const port = cpu.get16(EDX);
  checkIoPermission(cpu, port, bytes);
  const value = readElement(cpu, insn.segment, pointer(cpu, insn, ESI), bytes);

  cpu.bus.writePort(port, bytes, value);
  if (!cpu.isQuick) meetPorts(cpu, port, bytes);
  advance(cpu, insn, ESI, bytes);
}

function count(cpu: Cpu, insn: Insn): number {
  return insn.addressSize === 32 ? cpu.get32(ECX) >>> 0 : cpu.get16(ECX);
}
function setCount(cpu: Cpu, insn: Insn, value: number): void {
  if (insn.addressSize === 32) cpu.set32(ECX, value);
  else cpu.set16(ECX, value);
}

/** Counts a finished iteration: `iteration` of this instruction, and `clock` beyond the first. */
function finishIteration(cpu: Cpu): void {
  if (cpu.iteration > 0) cpu.extraIterations += 1;
  cpu.iteration += 1;
}

/** True when the instruction must stop between iterations: something is pending, or a device deadline or stop point is reached. */
function mustSuspend(cpu: Cpu): boolean {
  return cpu.pending !== 0 || (cpu.interruptRequest & cpu.rawFlags) !== 0 || cpu.iteration >= cpu.iterationLimit || cpu.clock >= cpu.clockLimit;
}

/** The instruction is done: its iterations are in `clock` already. */
function retire(cpu: Cpu): void {
  cpu.iteration = 0;
  if (cpu.clockLimit !== Infinity) cpu.pending |= PENDING_CLOCK;
}

/** Leaves the instruction unfinished: run.ts sees the bit and does not count it as retired. */
function suspend(cpu: Cpu): void {
  cpu.eip = cpu.instructionEip;
  cpu.pending |= PENDING_SUSPENDED;
}

function repeat(cpu: Cpu, insn: Insn, once: Execute): void {
  if (insn.repeat === REPEAT_NONE) {
    once(cpu, insn);
    return;
  }
  let left = count(cpu, insn);
  while (left !== 0) {
    once(cpu, insn);
    left -= 1;
    setCount(cpu, insn, left);
    finishIteration(cpu);
    if (left !== 0 && mustSuspend(cpu)) {
      suspend(cpu);
      return;
    }
  }
  retire(cpu);
}

// SDM 2B "REP/REPE/REPZ/REPNE/REPNZ": when CMPS or SCAS faults, the flags are again what they were before the instruction; pointers and count
// stay behind the last finished iteration, so that it can go on.
function repeatWhile(cpu: Cpu, insn: Insn, once: Execute): void {
  if (insn.repeat === REPEAT_NONE) {
    once(cpu, insn);
    return;
  }
  if (cpu.iteration === 0) {
    cpu.repeatResult = cpu.lazyResult;
    cpu.repeatCarries = cpu.lazyCarries;
  }
  try {
    compareWhile(cpu, insn, once);
  } catch (thrown) {
    if (cpu.iteration > 0) differ(cpu, D_FAULT_FLAGS);
    cpu.lazyResult = cpu.repeatResult;
    cpu.lazyCarries = cpu.repeatCarries;
    throw thrown;
  }
}

// They end as well when ZF disagrees with the prefix: REPE while equal, REPNE while not.
function compareWhile(cpu: Cpu, insn: Insn, once: Execute): void {
  const whileZero = insn.repeat === REPEAT_EQUAL;
  let left = count(cpu, insn);
  while (left !== 0) {
    once(cpu, insn);
    left -= 1;
    setCount(cpu, insn, left);
    finishIteration(cpu);
    if (isZero(cpu) !== whileZero) break;
    if (left !== 0 && mustSuspend(cpu)) {
      suspend(cpu);
      return;
    }
  }
  retire(cpu);
}

function movs(cpu: Cpu, insn: Insn): void { repeat(cpu, insn, movsOnce); }
function stos(cpu: Cpu, insn: Insn): void { repeat(cpu, insn, stosOnce); }
function lods(cpu: Cpu, insn: Insn): void { repeat(cpu, insn, lodsOnce); }
function cmps(cpu: Cpu, insn: Insn): void { repeatWhile(cpu, insn, cmpsOnce); }
function scas(cpu: Cpu, insn: Insn): void { repeatWhile(cpu, insn, scasOnce); }
function ins(cpu: Cpu, insn: Insn): void { repeat(cpu, insn, insOnce); }
function outs(cpu: Cpu, insn: Insn): void { repeat(cpu, insn, outsOnce); }

export const STRING = { movs, stos, lods, cmps, scas, ins, outs } satisfies SemanticsRows<'movs' | 'stos' | 'lods' | 'cmps' | 'scas' | 'ins' | 'outs'>;
