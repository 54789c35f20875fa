// Stack instructions: SDM 1 "Procedure Calls, Interrupts, and Exceptions", SDM 2 "PUSH", "POP", "PUSHA", "POPA", "PUSHF", "POPF", "ENTER", "LEAVE".
// Where several slots are written, all are probed before ESP moves.
import { selector } from '../../arch/brands.ts';
import { difference } from '../../arch/vendor-differences.ts';
import type { Insn } from '../../isa/insn.ts';
import { REGISTER } from '../../isa/insn.ts';
import { rule } from '../../event/rules.ts';
import { differ } from '../differ.ts';
import { demand, GP0, skip } from '../fault.ts';
import { FLAG_AC, FLAG_DF, FLAG_ID, FLAG_IF, FLAG_IOPL, FLAG_NT, FLAG_RF, FLAG_TF, FLAG_VM, readFlags, STATUS_FLAGS, writeFlags } from '../flags.ts';
import { isProtectedMode } from '../mode.ts';
import { prepareWrite, read16, read32, write16, write32 } from '../memory.ts';
import { effectiveAddress, readOperand16, readOperand32, writeOperand } from '../operands.ts';
import { loadSegmentRegister } from '../real-mode.ts';
import { refreshFlatSegments } from '../segmentation.ts';
import { pop16, pop32, push16, push32, setStackPointer, stackOffset, stackPointer } from '../stack.ts';
import { EBP, ESP, SS, type Cpu } from '../state.ts';
import { demandFlagsImage, demandVirtualImage, skipVirtualImage, virtualFlags, withVirtualFlag } from '../virtual-interrupts.ts';
import { holdInterrupts } from './data-transfer.ts';
import type { SemanticsRows } from './execute-type.ts';

const PUSHA_POINTER = rule('pusha-pointer');
const D_PUSH_SELECTOR = difference('push-selector-width'), D_PUSHA = difference('pusha-odd-pointer');

function pushEw(cpu: Cpu, insn: Insn): void { push16(cpu, readOperand16(cpu, insn, insn.destination) & 0xffff); }
function pushEd(cpu: Cpu, insn: Insn): void { push32(cpu, readOperand32(cpu, insn, insn.destination)); }

// SDM 2 "POP": the effective address is computed after ESP was incremented; a fault leaves ESP as it was.
function popE(cpu: Cpu, insn: Insn): void {
  const before = cpu.esp;
  const value = insn.operandSize === 32 ? pop32(cpu) : pop16(cpu);
  if (insn.destination.kind === REGISTER) {
    writeOperand(cpu, insn, insn.destination, value);
    return;
  }
  const after = cpu.esp;
  const offset = effectiveAddress(cpu, insn);
  cpu.esp = before;
  if (insn.operandSize === 32) write32(cpu, insn.segment, offset, value);
  else write16(cpu, insn.segment, offset, value);
  cpu.esp = after;
}
function popEd(cpu: Cpu, insn: Insn): void {
  if (insn.destination.kind === REGISTER) cpu.set32(insn.destination.register, pop32(cpu));
  else popE(cpu, insn);
}

// SDM 2B "PUSH": the selector is written with a 16-bit move; the other half of a 32-bit slot stays as it was.
function pushSw(cpu: Cpu, insn: Insn): void {
  if (insn.operandSize === 32) differ(cpu, D_PUSH_SELECTOR);
  const offset = stackOffset(cpu, -(insn.operandSize >>> 3));
  write16(cpu, SS, offset, cpu.segmentSelector(insn.destination.register));
  setStackPointer(cpu, offset);
}

function popSw(cpu: Cpu, insn: Insn): void {
  const before = cpu.esp;
  const value = insn.operandSize === 32 ? pop32(cpu) : pop16(cpu);
  const after = cpu.esp;
  cpu.esp = before;
  loadSegmentRegister(cpu, insn.destination.register, selector(value & 0xffff));
  cpu.esp = after;
  if (insn.destination.register === SS) holdInterrupts(cpu);
}

function moveStackPointer(cpu: Cpu, distance: number): void { setStackPointer(cpu, stackOffset(cpu, distance)); }

/** Stack pointers with which PUSHA is refused outside protected mode: its frame would wrap, that of the exception just fits. */
const PUSHA_REFUSED: ReadonlySet<number> = new Set([7, 9, 11, 13, 15]);

function pusha(cpu: Cpu, insn: Insn): void {
  // SDM 2B "PUSHA/PUSHAD—Push All General-Purpose Registers", "Real-Address Mode Exceptions".
  if (!isProtectedMode(cpu) && PUSHA_REFUSED.has(stackPointer(cpu))) differ(cpu, D_PUSHA);
  if (!isProtectedMode(cpu)) demand(cpu, PUSHA_POINTER, !PUSHA_REFUSED.has(stackPointer(cpu)), GP0, stackPointer(cpu), 0);
  else skip(cpu, PUSHA_POINTER);
  const slot = insn.operandSize >>> 3;
  for (let register = 0; register < 8; register += 1) prepareWrite(cpu, SS, stackOffset(cpu, -slot * (register + 1)), slot);

  for (let register = 0; register < 8; register += 1) {
    const offset = stackOffset(cpu, -slot * (register + 1));
    if (slot === 4) write32(cpu, SS, offset, cpu.get32(register));
    else write16(cpu, SS, offset, cpu.get16(register));
  }
  moveStackPointer(cpu, -8 * slot);
}

const poppedAll = new Int32Array(8);
// SDM 2 "POPA": the slot of ESP is skipped. Slots hold EDI first, EAX last.
function popa(cpu: Cpu, insn: Insn): void {
  const slot = insn.operandSize >>> 3;
  for (let index = 0; index < 8; index += 1) {
    const offset = stackOffset(cpu, slot * index);
    poppedAll[index] = slot === 4 ? read32(cpu, SS, offset) : read16(cpu, SS, offset);
  }

  for (let index = 0; index < 8; index += 1) {
    const register = 7 - index;
    if (register === ESP) continue;
    if (slot === 4) cpu.set32(register, poppedAll[index]!);
    else cpu.set16(register, poppedAll[index]!);
  }
  moveStackPointer(cpu, 8 * slot);
}

// SDM 2 "PUSHF/PUSHFD": the image shows VM and RF clear.
function pushfw(cpu: Cpu): void {
  push16(cpu, demandFlagsImage(cpu, 16) ? virtualFlags(cpu) : readFlags(cpu) & 0xffff);
}
function pushfd(cpu: Cpu): void {
  demandFlagsImage(cpu, 32);
  push32(cpu, readFlags(cpu) & ~(FLAG_VM | FLAG_RF));
}

const POPF_ALWAYS = STATUS_FLAGS | FLAG_TF | FLAG_DF | FLAG_NT;
// SDM 2 "POPF/POPFD", table "Effect of POPF/POPFD on the EFLAGS Register".
function popf(cpu: Cpu, value: number, changeable: number): void {
  const old = readFlags(cpu);
  const iopl = (old & FLAG_IOPL) >>> 12;
  let mask = changeable;
  if (cpu.cpl === 0) mask |= FLAG_IOPL;
  if (cpu.cpl <= iopl) mask |= FLAG_IF;
  writeFlags(cpu, ((old & ~mask) | (value & mask)) & ~FLAG_RF);
  if (((old ^ value) & mask & FLAG_AC) !== 0) refreshFlatSegments(cpu);
}
function popfw(cpu: Cpu): void {
  if (demandFlagsImage(cpu, 16)) {
    popVirtualFlags(cpu);
    return;
  }
  skipVirtualImage(cpu);
  popf(cpu, pop16(cpu), POPF_ALWAYS);
}
// IF and IOPL stay, VIF is what the image has as IF. A fault leaves the stack pointer as it was.
function popVirtualFlags(cpu: Cpu): void {
  const before = cpu.esp;
  const image = pop16(cpu);
  const after = cpu.esp;
  cpu.esp = before;
  demandVirtualImage(cpu, image);

  cpu.esp = after;
  const old = withVirtualFlag(readFlags(cpu), image);
  writeFlags(cpu, ((old & ~POPF_ALWAYS) | (image & POPF_ALWAYS)) & ~FLAG_RF);
}
function popfd(cpu: Cpu): void {
  demandFlagsImage(cpu, 32);
  skipVirtualImage(cpu);
  popf(cpu, pop32(cpu), POPF_ALWAYS | FLAG_AC | FLAG_ID);
}

// SDM 2 "ENTER": all slots are probed in the order of the pseudo-code, the new frame's end as well; then the frame is built. The display
// is copied one by one, so where old and new frame overlap a later entry is read after an earlier one was pushed.
function enter(cpu: Cpu, insn: Insn): void {
  const level = insn.secondImmediate & 31;
  const slot = insn.operandSize >>> 3;
  const isWide = slot === 4;
  const prepare = (index: number): void => { prepareWrite(cpu, SS, stackOffset(cpu, -slot * index), slot); };
  const frameOffset = (distance: number): number => cpu.stack32 !== 0 ? (cpu.get32(EBP) + distance) >>> 0 : (cpu.get32(EBP) + distance) & 0xffff;
  const display = (index: number): number => isWide ? read32(cpu, SS, frameOffset(-slot * index)) : read16(cpu, SS, frameOffset(-slot * index));
  prepare(1);
  for (let index = 1; index < level; index += 1) {
    display(index);
    prepare(index + 1);
  }
  if (level > 0) prepare(level + 1);
  const used = slot * (1 + (level > 0 ? level : 0));
  prepareWrite(cpu, SS, stackOffset(cpu, -used - insn.immediate), slot);

  const push = (value: number): void => { if (isWide) push32(cpu, value); else push16(cpu, value & 0xffff); };
  push(isWide ? cpu.get32(EBP) : cpu.get16(EBP));
  const frame = cpu.esp;
  for (let index = 1; index < level; index += 1) push(display(index));
  if (level > 0) push(frame);
  // The operand size alone says how much of EBP is written; with a 16-bit stack its upper half becomes that of ESP.
  if (isWide) cpu.set32(EBP, frame);
  else cpu.set16(EBP, frame);
  moveStackPointer(cpu, -insn.immediate);
}

// SDM 2 "LEAVE": the stack pointer takes EBP, then EBP is popped.
function leave(cpu: Cpu, insn: Insn): void {
  const frame = cpu.stack32 !== 0 ? cpu.get32(EBP) >>> 0 : cpu.get16(EBP);
  const slot = insn.operandSize >>> 3;
  const saved = slot === 4 ? read32(cpu, SS, frame) : read16(cpu, SS, frame);

  setStackPointer(cpu, frame + slot);
  if (slot === 4) cpu.set32(EBP, saved);
  else cpu.set16(EBP, saved);
}

export const STACK = {
  push: { word: pushEw, dword: pushEd },
  pop: { word: popE, dword: popEd },
  pushSw, popSw, pusha, popa,
  pushf: { word: pushfw, dword: pushfd },
  popf: { word: popfw, dword: popfd },
  enter, leave,
} satisfies SemanticsRows<'push' | 'pop' | 'pushSw' | 'popSw' | 'pusha' | 'popa' | 'pushf' | 'popf' | 'enter' | 'leave'>;
