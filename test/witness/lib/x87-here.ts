// Float cases on the core, as host-float.asm runs them on the host. Layout of a record: float-case.ts.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { blockCacheOf } from '../../../core/cpu/block-cache.ts';
import type { Bus } from '../../../core/cpu/bus.ts';
import { executeBlock } from '../../../core/cpu/execute.ts';
import { Fault, faultVector } from '../../../core/cpu/fault.ts';
import { fetchBlock } from '../../../core/cpu/fetch.ts';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { startProtected32 } from '../../../core/cpu/start.ts';
import { Cpu, EAX, ECX, EDX, stateBytes } from '../../../core/cpu/state.ts';
import { CODE_AT, CODE_BYTES, CONTROL, EAX_AT, EDX_AT, EFLAGS_AT, IMAGE_AT, MXCSR, OPERAND_AT, OPERAND_BYTES, REGISTERS, SIGNAL_AT, STATUS, TAG, viewOf, XMM, type FloatCase, type Record } from './float-case.ts';

const RAM_BYTES = 0x1_0000, CODE = 0x1000, OPERAND = 0x4000;
/** What Linux makes of exceptions. */
const SIGNALS: Readonly<{ [vector: number]: number }> = { 0: 8, 6: 4, 13: 11, 14: 11, 16: 8, 19: 8 };
const NOP = 0x90;
const CR0_PE_ET_NE = 0x31, OSFXSR_OSXMMEXCPT = 0x600;

const BUS: Bus = {
  readPort: () => 0xff, writePort: () => undefined, readDevice: () => -1, writeDevice: () => undefined, acknowledgeInterrupt: () => 0, willWake: () => false, apicBaseWritten: () => undefined,
  setFpuError: () => undefined, ignoresFpuError: () => false,
};

/** Runs cases on the core: flat ring 0 with CR0.NE and CR4.OSFXSR set, ECX at the operand. */
export function runFloatOnCore(cases: readonly FloatCase[]): readonly Record[] {
  const cpu = new Cpu(new ArrayBuffer(stateBytes(RAM_BYTES)), RAM_BYTES, BUS);
  startProtected32(cpu, CODE);
  cpu.setRegister(registerOffset('cr0'), CR0_PE_ET_NE, 0);
  cpu.setRegister(registerOffset('cr4'), OSFXSR_OSXMMEXCPT, 0);
  return cases.map(({ record }) => runOne(cpu, record));
}

function runOne(cpu: Cpu, record: Record): Record {
  const view = viewOf(record);
  cpu.ram.set(record.subarray(CODE_AT, CODE_AT + CODE_BYTES), CODE);
  cpu.ram.set(record.subarray(OPERAND_AT, OPERAND_AT + OPERAND_BYTES), OPERAND);
  cpu.pageFlags.fill(0);
  cpu.set32(EAX, view.getInt32(EAX_AT, true));
  cpu.set32(EDX, view.getInt32(EDX_AT, true));
  cpu.set32(ECX, OPERAND);
  writeFlags(cpu, view.getUint32(EFLAGS_AT, true));
  takeImage(cpu, view);
  cpu.eip = CODE;
  let signal = 0, end = CODE + CODE_BYTES;
  // the NOPs that fill the record on the host do nothing
  while (end > CODE && cpu.ram[end - 1] === NOP) end -= 1;
  while (signal === 0 && cpu.eip < end) signal = attempt(cpu);
  return outcome(cpu, record, signal);
}

function attempt(cpu: Cpu): number {
  cpu.instructionEip = cpu.eip;
  try {
    executeBlock(cpu, fetchBlock(cpu, blockCacheOf(cpu)), 1);
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return SIGNALS[faultVector(thrown.code)] ?? -1;
  }
}

function takeImage(cpu: Cpu, view: DataView): void {
  cpu.fpuControl = view.getUint16(IMAGE_AT + CONTROL, true);
  const status = view.getUint16(IMAGE_AT + STATUS, true);
  cpu.fpuStatus = (status & ~0x8080) | ((status & ~cpu.fpuControl & 0x3f) === 0 ? 0 : 0x8080);
  cpu.fpuTag = 0;
  for (let register = 0; register < 8; register += 1) {
    if (((view.getUint8(IMAGE_AT + TAG) >>> register) & 1) === 0) cpu.fpuTag |= 3 << (register * 2);
    for (let word = 0; word < 3; word += 1) {
      const value = view.getUint32(IMAGE_AT + REGISTERS + register * 16 + word * 4, true);
      cpu.x87[((((status >>> 11) + register) & 7) << 2) + word] = word === 2 ? value & 0xffff : value;
    }
  }
  for (let word = 0; word < 32; word += 1) cpu.xmm[word] = view.getUint32(IMAGE_AT + XMM + word * 4, true);
  cpu.mxcsr = view.getUint32(IMAGE_AT + MXCSR, true);
}

function outcome(cpu: Cpu, before: Record, signal: number): Record {
  const record = before.slice(), view = viewOf(record);
  view.setUint32(SIGNAL_AT, signal, true);
  // the host takes no registers of an instruction that ended in a signal
  if (signal === 0) {
    view.setInt32(EAX_AT, cpu.get32(EAX), true);
    view.setInt32(EDX_AT, cpu.get32(EDX), true);
    view.setUint32(EFLAGS_AT, readFlags(cpu), true);
  }
  record.set(cpu.ram.subarray(OPERAND, OPERAND + OPERAND_BYTES), OPERAND_AT);
  view.setUint16(IMAGE_AT + CONTROL, cpu.fpuControl, true);
  view.setUint16(IMAGE_AT + STATUS, cpu.fpuStatus, true);
  let tags = 0;
  for (let register = 0; register < 8; register += 1) {
    if (((cpu.fpuTag >>> (register * 2)) & 3) !== 3) tags |= 1 << register;
    for (let word = 0; word < 3; word += 1) view.setUint32(IMAGE_AT + REGISTERS + register * 16 + word * 4, cpu.x87[((((cpu.fpuStatus >>> 11) + register) & 7) << 2) + word]!, true);
  }
  view.setUint8(IMAGE_AT + TAG, tags);
  for (let word = 0; word < 32; word += 1) view.setUint32(IMAGE_AT + XMM + word * 4, cpu.xmm[word]!, true);
  view.setUint32(IMAGE_AT + MXCSR, cpu.mxcsr, true);
  return record;
}

