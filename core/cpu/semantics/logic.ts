// Logical instructions: SDM 1 "Logical Instructions", and TEST.
import type { Insn } from '../../isa/insn.ts';
import { and, not, or, xor } from '../alu.ts';
import { readForUpdate, readOperand16, readOperand32, readOperand8, update16, update32, update8, writeOperand } from '../operands.ts';
import type { Cpu } from '../state.ts';
import type { SemanticsRows } from './execute-type.ts';

function andEb(cpu: Cpu, insn: Insn): void { update8(cpu, insn, and); }
function andEw(cpu: Cpu, insn: Insn): void { update16(cpu, insn, and); }
function andEd(cpu: Cpu, insn: Insn): void { update32(cpu, insn, and); }
function orEb(cpu: Cpu, insn: Insn): void { update8(cpu, insn, or); }
function orEw(cpu: Cpu, insn: Insn): void { update16(cpu, insn, or); }
function orEd(cpu: Cpu, insn: Insn): void { update32(cpu, insn, or); }
function xorEb(cpu: Cpu, insn: Insn): void { update8(cpu, insn, xor); }
function xorEw(cpu: Cpu, insn: Insn): void { update16(cpu, insn, xor); }
function xorEd(cpu: Cpu, insn: Insn): void { update32(cpu, insn, xor); }

function testEb(cpu: Cpu, insn: Insn): void { and(cpu, readOperand8(cpu, insn, insn.destination), readOperand8(cpu, insn, insn.source), 24); }
function testEw(cpu: Cpu, insn: Insn): void { and(cpu, readOperand16(cpu, insn, insn.destination), readOperand16(cpu, insn, insn.source), 16); }
function testEd(cpu: Cpu, insn: Insn): void { and(cpu, readOperand32(cpu, insn, insn.destination), readOperand32(cpu, insn, insn.source), 0); }

function notE(cpu: Cpu, insn: Insn): void {
  const value = readForUpdate(cpu, insn);
  writeOperand(cpu, insn, insn.destination, not(cpu, value, 32 - insn.destination.sizeBits));
}

export const LOGIC = {
  and: { byte: andEb, word: andEw, dword: andEd },
  or: { byte: orEb, word: orEw, dword: orEd },
  xor: { byte: xorEb, word: xorEw, dword: xorEd },
  test: { byte: testEb, word: testEw, dword: testEd },
  not: notE,
} satisfies SemanticsRows<'and' | 'or' | 'xor' | 'test' | 'not'>;
