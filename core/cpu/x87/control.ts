// Instructions of the x87 environment: control and status words, FNINIT, FNCLEX, WAIT. SDM 1 "x87 FPU Control Instructions".

import { REGISTER, type Insn } from '../../isa/insn.ts';
import { prepareWrite, read16, write16 } from '../memory.ts';
import { effectiveAddress } from '../operands.ts';
import { EAX, type Cpu } from '../state.ts';
import { begin, beginWithoutWaiting, demandAvailableToWait, isErrorFree, noteInstruction } from './available.ts';
import { CONDITION_CODES, setControl, setControlAndStatus, setStatus, TOP_MASK } from './status.ts';

const CONTROL_INITIAL = 0x37f, ALL_EMPTY = 0xffff;

/** The state FNINIT makes. SDM 2A "FINIT/FNINIT—Initialize Floating-Point Unit". */
export function initialise(cpu: Cpu): void {
  setControlAndStatus(cpu, CONTROL_INITIAL, 0);
  cpu.fpuTag = ALL_EMPTY;
  cpu.fpuOpcode = 0;
  cpu.fpuIp = 0;
  cpu.fpuCs = 0;
  cpu.fpuDp = 0;
  cpu.fpuDs = 0;
}

/** The state after reset: registers of +0 that are in use, all exceptions unmasked. SDM 3A "Processor State After Reset". */
export function resetFpu(cpu: Cpu): void {
  initialise(cpu);
  setControl(cpu, 0);
  cpu.fpuTag = 0;
}

function fninit(cpu: Cpu): void {
  beginWithoutWaiting(cpu);
  initialise(cpu);
}

// SDM 2A "FCLEX/FNCLEX—Clear Exceptions": exceptions, SF, ES and B go; TOP and the condition codes stay
function fnclex(cpu: Cpu): void {
  beginWithoutWaiting(cpu);
  setStatus(cpu, cpu.fpuStatus & (TOP_MASK | CONDITION_CODES));
}

// SDM 2A "FLDCW—Load x87 FPU Control Word": waits, and a pending exception that it unmasks is told by the next instruction that waits
function fldcw(cpu: Cpu, insn: Insn): void {
  if (!begin(cpu)) return;
  setControl(cpu, read16(cpu, insn.segment, effectiveAddress(cpu, insn)));
}

function fnstcw(cpu: Cpu, insn: Insn): void {
  beginWithoutWaiting(cpu);
  storeWord(cpu, insn, cpu.fpuControl);
}

function fnstsw(cpu: Cpu, insn: Insn): void {
  beginWithoutWaiting(cpu);
  if (insn.destination.kind === REGISTER) cpu.set16(EAX, cpu.fpuStatus);
  else storeWord(cpu, insn, cpu.fpuStatus);
}

function storeWord(cpu: Cpu, insn: Insn, value: number): void {
  const offset = effectiveAddress(cpu, insn);
  prepareWrite(cpu, insn.segment, offset, 2);
  write16(cpu, insn.segment, offset, value);
}

// SDM 2D "WAIT/FWAIT—Wait"
function fwait(cpu: Cpu): void {
  demandAvailableToWait(cpu);
  isErrorFree(cpu);
}

function fnop(cpu: Cpu, insn: Insn): void {
  if (begin(cpu)) noteInstruction(cpu, insn);
}

// FENI and FDISI of the 8087 and FSETPM of the 287 do nothing. SDM 3B "Obsolete and Undefined Instructions" of the FPU.
function nothing(cpu: Cpu): void {
  beginWithoutWaiting(cpu);
}

export const X87_CONTROL = { fninit, fnclex, fldcw, fnstcw, fnstsw, fwait, fnop, fneni: nothing, fndisi: nothing, fnsetpm: nothing };
