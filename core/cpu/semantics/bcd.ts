// Decimal arithmetic: SDM 1 "Decimal Arithmetic Instructions"; the pseudo-code of SDM 2 "DAA", "DAS", "AAA", "AAS", "AAM", "AAD".
import { rule } from '../../event/rules.ts';
import type { Insn } from '../../isa/insn.ts';
import { DE, demand } from '../fault.ts';
import { adjustFlag, carryFlag, FLAG_AF, FLAG_CF, setLogicResult, statusFlags, writeStatusFlags } from '../flags.ts';
import { EAX, type Cpu } from '../state.ts';
import type { SemanticsRows } from './execute-type.ts';

const AL = 0, AH = 4;
const DIVISOR_ZERO = rule('divisor-not-zero');

/** SF, ZF, PF from AL; CF and AF as given; OF (undefined) clear. */
function setDecimalFlags(cpu: Cpu, al: number, flags: { readonly carry: boolean; readonly adjust: boolean }): void {
  setLogicResult(cpu, (al << 24) >> 24);
  writeStatusFlags(cpu, statusFlags(cpu) | (flags.carry ? FLAG_CF : 0) | (flags.adjust ? FLAG_AF : 0));
}

function daa(cpu: Cpu): void {
  const old = cpu.get8(AL);
  const adjust = (old & 15) > 9 || adjustFlag(cpu) !== 0;
  const carry = old > 0x99 || carryFlag(cpu) !== 0;
  const al = (old + (adjust ? 6 : 0) + (carry ? 0x60 : 0)) & 0xff;
  cpu.set8(AL, al);
  setDecimalFlags(cpu, al, { carry, adjust });
}

function das(cpu: Cpu): void {
  const old = cpu.get8(AL);
  const adjust = (old & 15) > 9 || adjustFlag(cpu) !== 0;
  const sixty = old > 0x99 || carryFlag(cpu) !== 0;
  // SDM 2 "DAS": the borrow of the subtraction of 6 counts as well.
  const carry = sixty || (adjust && old < 6);
  const al = (old - (adjust ? 6 : 0) - (sixty ? 0x60 : 0)) & 0xff;
  cpu.set8(AL, al);
  setDecimalFlags(cpu, al, { carry, adjust });
}

function aaa(cpu: Cpu): void {
  const adjust = (cpu.get8(AL) & 15) > 9 || adjustFlag(cpu) !== 0;
  if (adjust) cpu.set16(EAX, cpu.get16(EAX) + 0x106);
  cpu.set8(AL, cpu.get8(AL) & 15);
  setDecimalFlags(cpu, cpu.get8(AL), { carry: adjust, adjust });
}

function aas(cpu: Cpu): void {
  const adjust = (cpu.get8(AL) & 15) > 9 || adjustFlag(cpu) !== 0;
  if (adjust) cpu.set16(EAX, cpu.get16(EAX) - 0x106);
  cpu.set8(AL, cpu.get8(AL) & 15);
  setDecimalFlags(cpu, cpu.get8(AL), { carry: adjust, adjust });
}

function aam(cpu: Cpu, insn: Insn): void {
  // SDM 2 "AAM": #DE if an immediate value of 0 is used.
  demand(cpu, DIVISOR_ZERO, insn.immediate !== 0, DE, cpu.get8(AL), insn.immediate);

  const al = cpu.get8(AL);
  cpu.set8(AH, Math.floor(al / insn.immediate));
  cpu.set8(AL, al % insn.immediate);
  setDecimalFlags(cpu, cpu.get8(AL), { carry: false, adjust: false });
}

function aad(cpu: Cpu, insn: Insn): void {
  const al = (cpu.get8(AL) + cpu.get8(AH) * insn.immediate) & 0xff;
  cpu.set16(EAX, al);
  setDecimalFlags(cpu, al, { carry: false, adjust: false });
}

export const BCD = { daa, das, aaa, aas, aam, aad } satisfies SemanticsRows<'daa' | 'das' | 'aaa' | 'aas' | 'aam' | 'aad'>;
