// Flag control: SDM 1 "EFLAGS Cross-Reference and Condition Codes": CLC … STD, CLI, STI, STAC, CLAC, LAHF, SAHF, SALC.
import { EFLAGS_AC } from '../../arch/flags.ts';
import { rule } from '../../event/rules.ts';
import { demand, UD } from '../fault.ts';
import { carryFlag, FLAG_AF, FLAG_CF, FLAG_DF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF, setCarryFlag, statusFlags, writeStatusFlags } from '../flags.ts';
import type { Cpu } from '../state.ts';
import { clearInterruptFlag, setInterruptFlag } from '../virtual-interrupts.ts';
import type { SemanticsRows } from './execute-type.ts';

const STAC_CPL = rule('stac-cpl');
const AH = 4;
const AH_FLAGS = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF;

function clc(cpu: Cpu): void { setCarryFlag(cpu, 0); }
function stc(cpu: Cpu): void { setCarryFlag(cpu, 1); }
function cmc(cpu: Cpu): void { setCarryFlag(cpu, carryFlag(cpu) ^ 1); }
function cld(cpu: Cpu): void { cpu.rawFlags &= ~FLAG_DF; }
function std(cpu: Cpu): void { cpu.rawFlags |= FLAG_DF; }

function cli(cpu: Cpu): void { clearInterruptFlag(cpu); }
function sti(cpu: Cpu): void { setInterruptFlag(cpu); }

function stac(cpu: Cpu): void {
  demandAccessFlagRight(cpu);
  cpu.rawFlags |= EFLAGS_AC;
}
function clac(cpu: Cpu): void {
  demandAccessFlagRight(cpu);
  cpu.rawFlags &= ~EFLAGS_AC;
}
// SDM 2B "STAC—Set AC Flag in EFLAGS Register": #UD outside ring 0. In ring 0 AC checks no alignment.
function demandAccessFlagRight(cpu: Cpu): void {
  demand(cpu, STAC_CPL, cpu.cpl === 0, UD, cpu.cpl, 0);
}

function lahf(cpu: Cpu): void { cpu.set8(AH, (statusFlags(cpu) & AH_FLAGS) | 2); }
function sahf(cpu: Cpu): void { writeStatusFlags(cpu, (statusFlags(cpu) & FLAG_OF) | (cpu.get8(AH) & AH_FLAGS)); }
// Undocumented: AL <- CF ? FFH : 0.
function salc(cpu: Cpu): void { cpu.set8(0, carryFlag(cpu) !== 0 ? 0xff : 0); }

export const FLAG_CONTROL = { clc, stc, cmc, cld, std, cli, sti, stac, clac, lahf, sahf, salc } satisfies SemanticsRows<
  'clc' | 'stc' | 'cmc' | 'cld' | 'std' | 'cli' | 'sti' | 'stac' | 'clac' | 'lahf' | 'sahf' | 'salc'>;
