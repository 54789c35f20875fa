// Control transfer: SDM 1 "Control Transfer Instructions". Far transfers, interrupts and returns from them are protection's work; here are the near ones.
import { rule } from '../../event/rules.ts';
import { selector } from '../../arch/brands.ts';
import { MEMORY, REGISTER, type Insn } from '../../isa/insn.ts';
import { demand, GP0 } from '../fault.ts';
import { isCondition, isZero } from '../flags.ts';
import { read16, read32 } from '../memory.ts';
import { effectiveAddress, readOperand16, readOperand32 } from '../operands.ts';
import { farReturn } from '../far-return.ts';
import { farCall, farJump } from '../far-transfer.ts';
import { isProtectedMode } from '../mode.ts';
import { callParagraph, jumpToParagraph, returnToParagraph } from '../real-mode.ts';
import { pop16, pop32, push16, push32, setStackPointer, stackOffset } from '../stack.ts';
import { CS, ECX, type Cpu } from '../state.ts';
import type { SemanticsRows } from './execute-type.ts';

const FETCH_LIMIT = rule('fetch-limit');

/** Checks that a near target lies in the code segment. SDM 2 "JMP": #GP(0) if the offset is beyond the CS limit. */
function checkTarget(cpu: Cpu, target: number): void {
  if (target > cpu.segmentLimit(CS) || cpu.probe.listening) demand(cpu, FETCH_LIMIT, target <= cpu.segmentLimit(CS), GP0, target, cpu.segmentLimit(CS));
}

function jumpTo(cpu: Cpu, target: number): void {
  checkTarget(cpu, target);
  cpu.eip = target;
}

/** The target of a relative branch: next EIP plus displacement, cut to the operand size. */
function relativeTarget(cpu: Cpu, insn: Insn): number {
  const target = cpu.eip + insn.immediate;
  return insn.operandSize === 32 ? target >>> 0 : target & 0xffff;
}

/** The target of JMP or CALL: relative, or absolute from a register or memory. */
function nearTarget(cpu: Cpu, insn: Insn): number {
  if (insn.destination.kind !== REGISTER && insn.destination.kind !== MEMORY) return relativeTarget(cpu, insn);
  return insn.operandSize === 32 ? readOperand32(cpu, insn, insn.destination) >>> 0 : readOperand16(cpu, insn, insn.destination);
}

function jmp(cpu: Cpu, insn: Insn): void { jumpTo(cpu, nearTarget(cpu, insn)); }

function jcc(cpu: Cpu, insn: Insn): void {
  if (isCondition(cpu, insn.opcode & 15)) jumpTo(cpu, relativeTarget(cpu, insn));
}

function call(cpu: Cpu, insn: Insn): void {
  const target = nearTarget(cpu, insn);
  checkTarget(cpu, target);
  if (insn.operandSize === 32) push32(cpu, cpu.eip);
  else push16(cpu, cpu.eip & 0xffff);
  cpu.eip = target;
}

// SDM 2 "RET": a target beyond the limit faults before ESP moves.
function ret(cpu: Cpu, insn: Insn): void {
  const before = cpu.esp;
  const target = insn.operandSize === 32 ? pop32(cpu) >>> 0 : pop16(cpu);
  const after = cpu.esp;
  cpu.esp = before;
  checkTarget(cpu, target);

  cpu.esp = after;
  if (insn.immediate !== 0) setStackPointer(cpu, stackOffset(cpu, insn.immediate));
  cpu.eip = target;
}

/** The count after one turn, CX or ECX by address size. */
function nextCount(cpu: Cpu, insn: Insn): number {
  return insn.addressSize === 32 ? (cpu.get32(ECX) - 1) >>> 0 : (cpu.get16(ECX) - 1) & 0xffff;
}
function setCount(cpu: Cpu, insn: Insn, count: number): void {
  if (insn.addressSize === 32) cpu.set32(ECX, count);
  else cpu.set16(ECX, count);
}
function loopWhile(cpu: Cpu, insn: Insn, condition: boolean): void {
  const count = nextCount(cpu, insn);
  const target = relativeTarget(cpu, insn);
  const taken = count !== 0 && condition;
  if (taken) checkTarget(cpu, target);

  setCount(cpu, insn, count);
  if (taken) cpu.eip = target;
}
function loop(cpu: Cpu, insn: Insn): void { loopWhile(cpu, insn, true); }
function loope(cpu: Cpu, insn: Insn): void { loopWhile(cpu, insn, isZero(cpu)); }
function loopne(cpu: Cpu, insn: Insn): void { loopWhile(cpu, insn, !isZero(cpu)); }

function jcxz(cpu: Cpu, insn: Insn): void {
  const count = insn.addressSize === 32 ? cpu.get32(ECX) : cpu.get16(ECX);
  if (count === 0) jumpTo(cpu, relativeTarget(cpu, insn));
}

interface FarTarget { readonly selector: number; readonly offset: number }

function farTarget(cpu: Cpu, insn: Insn): FarTarget {
  if (insn.destination.kind !== MEMORY) return { selector: insn.secondImmediate, offset: insn.operandSize === 32 ? insn.immediate >>> 0 : insn.immediate & 0xffff };
  const at = effectiveAddress(cpu, insn);
  const size = insn.operandSize >>> 3;
  const offset = size === 4 ? read32(cpu, insn.segment, at) >>> 0 : read16(cpu, insn.segment, at);
  const next = insn.addressSize === 32 ? (at + size) >>> 0 : (at + size) & 0xffff;
  return { selector: read16(cpu, insn.segment, next), offset };
}

function jmpFar(cpu: Cpu, insn: Insn): void {
  const target = farTarget(cpu, insn);
  if (isProtectedMode(cpu)) farJump(cpu, selector(target.selector), target.offset);
  else jumpToParagraph(cpu, selector(target.selector), target.offset);
}

function callFar(cpu: Cpu, insn: Insn): void {
  const target = farTarget(cpu, insn);
  if (isProtectedMode(cpu)) farCall(cpu, insn.operandSize, selector(target.selector), target.offset);
  else callParagraph(cpu, insn.operandSize, selector(target.selector), target.offset);
}

function retFar(cpu: Cpu, insn: Insn): void {
  if (isProtectedMode(cpu)) farReturn(cpu, insn.operandSize, insn.immediate);
  else returnToParagraph(cpu, insn.operandSize, insn.immediate);
}

export const CONTROL_FLOW = { jmp, jcc, call, ret, loop, loope, loopne, jcxz, jmpFar, callFar, retFar } satisfies SemanticsRows<
  'jmp' | 'jcc' | 'call' | 'ret' | 'loop' | 'loope' | 'loopne' | 'jcxz' | 'jmpFar' | 'callFar' | 'retFar'>;
