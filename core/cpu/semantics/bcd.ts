// Decimal arithmetic: SDM 1 "Decimal Arithmetic Instructions"; the pseudo-code of SDM 2 "DAA", "DAS", "AAA", "AAS", "AAM", "AAD".
// Flags the manual leaves undefined are those of the addition or subtraction at 8 bits that makes the result, as recordings
// of an 80286 have them and a Zen 4 has, too; only the OF of AAD differs on the 80286.
import { rule } from '../../event/rules.ts';
import type { Insn } from '../../isa/insn.ts';
import { add, sub } from '../alu.ts';
import { DE, demand } from '../fault.ts';
import { adjustFlag, carryFlag, FLAG_AF, FLAG_CF, setLogicResult, statusFlags, writeStatusFlags } from '../flags.ts';
import { EAX, type Cpu } from '../state.ts';
import type { SemanticsRows } from './execute-type.ts';

const AL = 0, AH = 4;
/** The left alignment of a byte (alu.ts). */
const BYTE = 24;
const DIVISOR_ZERO = rule('divisor-not-zero');

/** The flags of the addition or subtraction just made, but CF and AF as given. */
function setCarryAndAdjust(cpu: Cpu, flags: { readonly carry: boolean; readonly adjust: boolean }): void {
  writeStatusFlags(cpu, (statusFlags(cpu) & ~(FLAG_CF | FLAG_AF)) | (flags.carry ? FLAG_CF : 0) | (flags.adjust ? FLAG_AF : 0));
}

function daa(cpu: Cpu): void {
  const old = cpu.get8(AL);
  const adjust = (old & 15) > 9 || adjustFlag(cpu) !== 0;
  const carry = old > 0x99 || carryFlag(cpu) !== 0;
  cpu.set8(AL, add(cpu, old, (adjust ? 6 : 0) + (carry ? 0x60 : 0), BYTE));
  setCarryAndAdjust(cpu, { carry, adjust });
}

function das(cpu: Cpu): void {
  const old = cpu.get8(AL);
  const adjust = (old & 15) > 9 || adjustFlag(cpu) !== 0;
  const sixty = old > 0x99 || carryFlag(cpu) !== 0;
  // SDM 2 "DAS": the borrow of the subtraction of 6 counts as well.
  const carry = sixty || (adjust && old < 6);
  cpu.set8(AL, sub(cpu, old, (adjust ? 6 : 0) + (sixty ? 0x60 : 0), BYTE));
  setCarryAndAdjust(cpu, { carry, adjust });
}

function aaa(cpu: Cpu): void {
  const adjust = (cpu.get8(AL) & 15) > 9 || adjustFlag(cpu) !== 0;
  add(cpu, cpu.get8(AL), adjust ? 6 : 0, BYTE);
  setCarryAndAdjust(cpu, { carry: adjust, adjust });
  if (adjust) cpu.set16(EAX, cpu.get16(EAX) + 0x106);
  cpu.set8(AL, cpu.get8(AL) & 15);
}

function aas(cpu: Cpu): void {
  const adjust = (cpu.get8(AL) & 15) > 9 || adjustFlag(cpu) !== 0;
  sub(cpu, cpu.get8(AL), adjust ? 6 : 0, BYTE);
  setCarryAndAdjust(cpu, { carry: adjust, adjust });
  if (adjust) cpu.set16(EAX, cpu.get16(EAX) - 0x106);
  cpu.set8(AL, cpu.get8(AL) & 15);
}

function aam(cpu: Cpu, insn: Insn): void {
  // SDM 2 "AAM": #DE if an immediate value of 0 is used.
  demand(cpu, DIVISOR_ZERO, insn.immediate !== 0, DE, cpu.get8(AL), insn.immediate);

  const al = cpu.get8(AL);
  cpu.set8(AH, Math.floor(al / insn.immediate));
  cpu.set8(AL, al % insn.immediate);
  setLogicResult(cpu, (cpu.get8(AL) << BYTE) >> BYTE);
}

function aad(cpu: Cpu, insn: Insn): void {
  cpu.set16(EAX, add(cpu, cpu.get8(AL), cpu.get8(AH) * insn.immediate, BYTE) & 0xff);
}

export const BCD = { daa, das, aaa, aas, aam, aad } satisfies SemanticsRows<'daa' | 'das' | 'aaa' | 'aas' | 'aam' | 'aad'>;
