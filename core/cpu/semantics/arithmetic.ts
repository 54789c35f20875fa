// Binary arithmetic: SDM 1 "Binary Arithmetic Instructions". Multiplication and division are in multiply-divide.ts.
import { MEMORY, REGISTER, type Insn } from '../../isa/insn.ts';
import { adc, add, dec, inc, neg, sbb, sub } from '../alu.ts';
import { readForUpdate, readOperand, readOperand16, readOperand32, readOperand8, update16, update32, update8, writeOperand } from '../operands.ts';
import type { Cpu } from '../state.ts';
import type { SemanticsRows } from './execute-type.ts';

function addEb(cpu: Cpu, insn: Insn): void { update8(cpu, insn, add); }
function addEw(cpu: Cpu, insn: Insn): void { update16(cpu, insn, add); }
function addEd(cpu: Cpu, insn: Insn): void { update32(cpu, insn, add); }
function adcEb(cpu: Cpu, insn: Insn): void { update8(cpu, insn, adc); }
function adcEw(cpu: Cpu, insn: Insn): void { update16(cpu, insn, adc); }
function adcEd(cpu: Cpu, insn: Insn): void { update32(cpu, insn, adc); }
function subEb(cpu: Cpu, insn: Insn): void { update8(cpu, insn, sub); }
function subEw(cpu: Cpu, insn: Insn): void { update16(cpu, insn, sub); }
function subEd(cpu: Cpu, insn: Insn): void { update32(cpu, insn, sub); }
function sbbEb(cpu: Cpu, insn: Insn): void { update8(cpu, insn, sbb); }
function sbbEw(cpu: Cpu, insn: Insn): void { update16(cpu, insn, sbb); }
function sbbEd(cpu: Cpu, insn: Insn): void { update32(cpu, insn, sbb); }

function cmpEb(cpu: Cpu, insn: Insn): void { sub(cpu, readOperand8(cpu, insn, insn.destination), readOperand8(cpu, insn, insn.source), 24); }
function cmpEw(cpu: Cpu, insn: Insn): void { sub(cpu, readOperand16(cpu, insn, insn.destination), readOperand16(cpu, insn, insn.source), 16); }
function cmpEd(cpu: Cpu, insn: Insn): void { sub(cpu, readOperand32(cpu, insn, insn.destination), readOperand32(cpu, insn, insn.source), 0); }

/** Left alignment of the destination's size: 0, 16 or 24. */
function shiftOf(insn: Insn): number { return 32 - insn.destination.sizeBits; }

function incE(cpu: Cpu, insn: Insn): void {
  const value = readForUpdate(cpu, insn);
  writeOperand(cpu, insn, insn.destination, inc(cpu, value, shiftOf(insn)));
}
function incEd(cpu: Cpu, insn: Insn): void {
  const { destination } = insn;
  if (destination.kind === REGISTER) cpu.set32(destination.register, inc(cpu, cpu.get32(destination.register), 0));
  else incE(cpu, insn);
}
function decE(cpu: Cpu, insn: Insn): void {
  const value = readForUpdate(cpu, insn);
  writeOperand(cpu, insn, insn.destination, dec(cpu, value, shiftOf(insn)));
}
function decEd(cpu: Cpu, insn: Insn): void {
  const { destination } = insn;
  if (destination.kind === REGISTER) cpu.set32(destination.register, dec(cpu, cpu.get32(destination.register), 0));
  else decE(cpu, insn);
}
function negE(cpu: Cpu, insn: Insn): void {
  const value = readForUpdate(cpu, insn);
  writeOperand(cpu, insn, insn.destination, neg(cpu, value, shiftOf(insn)));
}

// SDM 2 "XADD": TEMP <- SRC + DEST; SRC <- DEST; DEST <- TEMP. Memory is written first: SRC may be part of its address.
function xadd(cpu: Cpu, insn: Insn): void {
  const old = readForUpdate(cpu, insn);
  const result = add(cpu, old, readOperand(cpu, insn, insn.source), shiftOf(insn));

  if (insn.destination.kind === MEMORY) writeOperand(cpu, insn, insn.destination, result);
  writeOperand(cpu, insn, insn.source, old);
  if (insn.destination.kind === REGISTER) writeOperand(cpu, insn, insn.destination, result);
}

// SDM 2 "CMPXCHG": the destination receives a write cycle whatever the comparison gives, so it is always checked for writing.
function cmpxchg(cpu: Cpu, insn: Insn): void {
  const shift = shiftOf(insn);
  const old = readForUpdate(cpu, insn);
  const accumulator = insn.destination.sizeBits === 8 ? cpu.get8(0) : insn.destination.sizeBits === 16 ? cpu.get16(0) : cpu.get32(0);

  const replaces = sub(cpu, accumulator, old, shift) === 0;
  if (replaces) writeOperand(cpu, insn, insn.destination, readOperand(cpu, insn, insn.source));
  else {
    writeOperand(cpu, insn, insn.destination, old);
    if (insn.destination.sizeBits === 8) cpu.set8(0, old);
    else if (insn.destination.sizeBits === 16) cpu.set16(0, old);
    else cpu.set32(0, old);
  }
}

export const ARITHMETIC = {
  add: { byte: addEb, word: addEw, dword: addEd },
  adc: { byte: adcEb, word: adcEw, dword: adcEd },
  sub: { byte: subEb, word: subEw, dword: subEd },
  sbb: { byte: sbbEb, word: sbbEw, dword: sbbEd },
  cmp: { byte: cmpEb, word: cmpEw, dword: cmpEd },
  inc: { byte: incE, word: incE, dword: incEd },
  dec: { byte: decE, word: decE, dword: decEd },
  neg: negE,
  xadd,
  cmpxchg,
} satisfies SemanticsRows<'add' | 'adc' | 'sub' | 'sbb' | 'cmp' | 'inc' | 'dec' | 'neg' | 'xadd' | 'cmpxchg'>;
