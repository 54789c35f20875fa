// Executes a record of the host runner on this core: the same instruction from the same registers. The FXSAVE image is read and written here by
// hand, so that the core's own FXSAVE is not what is compared.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { blockCacheOf } from '../../../core/cpu/block-cache.ts';
import { executeBlock } from '../../../core/cpu/execute.ts';
import { Fault, faultVector } from '../../../core/cpu/fault.ts';
import { fetchBlock } from '../../../core/cpu/fetch.ts';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { refreshFlatSegments } from '../../../core/cpu/segmentation.ts';
import { startProtected32 } from '../../../core/cpu/start.ts';
import { Cpu, EAX, ECX, EDX, stateBytes } from '../../../core/cpu/state.ts';
import {
  CODE_BYTES, IMAGE_FCW, IMAGE_FSW, IMAGE_FTW, IMAGE_MXCSR, IMAGE_ST, IMAGE_XMM, OPERAND_BYTES, RECORD_BYTES, RECORD_CODE, RECORD_EAX, RECORD_EDX, RECORD_EFLAGS, RECORD_IMAGE,
  RECORD_OPERAND, RECORD_SIGNAL, SIGBUS, SIGFPE, SIGILL, SIGSEGV,
} from './host-float.ts';

const RAM = 0x1_0000, CODE = 0x1000, OPERAND = 0x5040;
const CR0 = registerOffset('cr0'), CPL = registerOffset('cpl'), CR0_AM = 0x4_0000, EFLAGS_AC = 0x4_0000;
const CR4 = registerOffset('cr4'), OSFXSR_AND_XMM = 0x600, STATUS = 0x8d5;
/** Linux signals by vector. */
const SIGNALS: Readonly<Record<number, number>> = { 6: SIGILL, 13: SIGSEGV, 14: SIGSEGV, 16: SIGFPE, 17: SIGBUS, 19: SIGFPE };

let processor: Cpu | null = null;
function fresh(): Cpu {
  processor ??= new Cpu(new ArrayBuffer(stateBytes(RAM)), RAM, { readPort: () => 0, writePort: () => undefined, readDevice: () => 0, writeDevice: () => undefined, acknowledgeInterrupt: () => 0, willWake: () => false, apicBaseWritten: () => undefined, setFpuError: () => undefined, ignoresFpuError: () => false });
  startProtected32(processor, CODE);
  processor.setRegister(CR4, OSFXSR_AND_XMM, 0);
  // as a program of Linux: ring 3, alignment checked when EFLAGS.AC says so
  processor.setRegister(CR0, processor.register(CR0) | CR0_AM, 0);
  processor.setNarrow(CPL, 3);
  return processor;
}

/** The record as the instruction leaves it here. */
export function runHere(record: Uint8Array): Uint8Array {
  const cpu = fresh(), out = record.slice(), view = new DataView(out.buffer);
  cpu.ram.set(record.subarray(RECORD_CODE, RECORD_CODE + CODE_BYTES), CODE);
  cpu.pageFlags.fill(0);
  cpu.ram.set(record.subarray(RECORD_OPERAND, RECORD_OPERAND + OPERAND_BYTES), OPERAND);
  cpu.set32(EAX, view.getInt32(RECORD_EAX, true));
  cpu.set32(EDX, view.getInt32(RECORD_EDX, true));
  cpu.set32(ECX, OPERAND);
  writeFlags(cpu, view.getUint32(RECORD_EFLAGS, true) & (STATUS | EFLAGS_AC));
  refreshFlatSegments(cpu);
  loadImage(cpu, view);
  const signal = attempt(cpu);

  view.setUint32(RECORD_SIGNAL, signal, true);
  view.setUint32(RECORD_EAX, cpu.get32(EAX) >>> 0, true);
  view.setUint32(RECORD_EDX, cpu.get32(EDX) >>> 0, true);
  view.setUint32(RECORD_EFLAGS, readFlags(cpu), true);
  out.set(cpu.ram.subarray(OPERAND, OPERAND + OPERAND_BYTES), RECORD_OPERAND);
  storeImage(cpu, view);
  return out;
}

function attempt(cpu: Cpu): number {
  cpu.instructionEip = cpu.eip;
  try {
    executeBlock(cpu, fetchBlock(cpu, blockCacheOf(cpu)), 1);
    return 0;
  } catch (thrown) {
    if (thrown instanceof Fault) return SIGNALS[faultVector(thrown.code)] ?? -1;
    throw thrown;
  }
}

const top = (cpu: Cpu): number => (cpu.fpuStatus >>> 11) & 7;

function loadImage(cpu: Cpu, view: DataView): void {
  const at = RECORD_IMAGE, tags = view.getUint8(at + IMAGE_FTW);
  cpu.fpuControl = view.getUint16(at + IMAGE_FCW, true);
  cpu.fpuStatus = view.getUint16(at + IMAGE_FSW, true);
  cpu.fpuTag = 0;
  for (let register = 0; register < 8; register += 1) if ((tags & (1 << register)) === 0) cpu.fpuTag |= 3 << (register * 2);
  cpu.mxcsr = view.getUint32(at + IMAGE_MXCSR, true);
  for (let index = 0; index < 8; index += 1) {
    const physical = (top(cpu) + index) & 7;
    for (let word = 0; word < 3; word += 1) cpu.x87[physical * 4 + word] = view.getUint32(at + IMAGE_ST + index * 16 + word * 4, true) & (word === 2 ? 0xffff : -1);
  }
  for (let word = 0; word < 32; word += 1) cpu.xmm[word] = view.getUint32(at + IMAGE_XMM + word * 4, true);
}

function storeImage(cpu: Cpu, view: DataView): void {
  const at = RECORD_IMAGE;
  let tags = 0;
  for (let register = 0; register < 8; register += 1) if (((cpu.fpuTag >>> (register * 2)) & 3) !== 3) tags |= 1 << register;
  view.setUint16(at + IMAGE_FSW, cpu.fpuStatus, true);
  view.setUint8(at + IMAGE_FTW, tags);
  view.setUint32(at + IMAGE_MXCSR, cpu.mxcsr, true);
  for (let index = 0; index < 8; index += 1) {
    const physical = (top(cpu) + index) & 7;
    for (let word = 0; word < 3; word += 1) view.setUint32(at + IMAGE_ST + index * 16 + word * 4, cpu.x87[physical * 4 + word]!, true);
  }
  for (let word = 0; word < 32; word += 1) view.setUint32(at + IMAGE_XMM + word * 4, cpu.xmm[word]!, true);
}

/** A part of a record: bits of `mask` in each of its bytes count. */
interface Part { readonly name: string; readonly at: number; readonly bytes: number; readonly mask: number; readonly isX87: boolean }
const part = (name: string, at: number, bytes: number, mask = 0xff): Part => ({ name, at, bytes, mask, isX87: false });
const x87 = (name: string, at: number, bytes: number): Part => ({ name, at: RECORD_IMAGE + at, bytes, mask: 0xff, isX87: true });
const each = (name: string, at: number, bytes: number): readonly Part[] => Array.from({ length: 8 }, (_, index) => x87(`${name}${index}`, at + index * 16, bytes));
const PARTS: readonly Part[] = [
  part('signal', RECORD_SIGNAL, 1), part('eax', RECORD_EAX, 4), part('edx', RECORD_EDX, 4), part('flags', RECORD_EFLAGS, 1, STATUS & 0xff), part('of', RECORD_EFLAGS + 1, 1, STATUS >>> 8),
  part('operand', RECORD_OPERAND, OPERAND_BYTES), part('mxcsr', RECORD_IMAGE + IMAGE_MXCSR, 2), x87('status', IMAGE_FSW, 2), x87('tags', IMAGE_FTW, 1), ...each('st', IMAGE_ST, 10),
  ...each('xmm', IMAGE_XMM, 16).map((one) => ({ ...one, isX87: false })),
];

export interface Difference { readonly text: string; readonly isX87: boolean }

/** What differs between the record here and the host's. */
export function differences(ours: Uint8Array, theirs: Uint8Array): readonly Difference[] {
  if (ours.length !== RECORD_BYTES || theirs.length !== RECORD_BYTES) throw new Error('expected whole records');
  return PARTS.flatMap(({ name, at, bytes, mask, isX87 }) => {
    const show = (from: Uint8Array): string => [...from.subarray(at, at + bytes)].reverse().map((byte) => (byte & mask).toString(16).padStart(2, '0')).join('');
    return show(ours) === show(theirs) ? [] : [{ text: `${name} ${show(ours)}, the host ${show(theirs)}`, isX87 }];
  });
}
