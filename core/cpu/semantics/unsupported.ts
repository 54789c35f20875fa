// Operations of the table that do not execute yet. They end the run by name (EVENTS.md `unsupported`): never a guess, never a no-op.
import { rule } from '../../event/rules.ts';
import { disassemble } from '../../isa/disassembler.ts';
import type { Insn } from '../../isa/insn.ts';
import { demand, UD, Unsupported } from '../fault.ts';
import type { Cpu } from '../state.ts';
import type { SemanticsRows } from './execute-type.ts';

const OPCODE_DEFINED = rule('opcode-defined');

/** Throws Unsupported with the instruction's text. */
export function unsupported(cpu: Cpu, insn: Insn): never {
  throw new Unsupported(disassemble(insn, { ip: cpu.instructionEip }));
}

/** #UD: what the manual reserves to raise it (UD2), and instructions of features that CPUID does not report. */
export function undefinedOpcode(cpu: Cpu): void {
  demand(cpu, OPCODE_DEFINED, false, UD, cpu.instructionEip, 0);
}

export const UNSUPPORTED = {
  ud: undefinedOpcode,
  movsxd: unsupported, swapgs: unsupported,
  syscall: unsupported, sysret: unsupported, rdpmc: unsupported, rsm: unsupported, getsec: unsupported,
  vmcall: unsupported, vmlaunch: unsupported, vmresume: unsupported, vmxoff: unsupported, monitor: unsupported, mwait: unsupported,
  clac: unsupported, stac: unsupported, xgetbv: unsupported, xsetbv: unsupported, rdtscp: unsupported, rdrand: unsupported, rdseed: unsupported, popcnt: unsupported,
} satisfies SemanticsRows<
  'ud' | 'movsxd' | 'swapgs' | 'syscall' | 'sysret' | 'rdpmc' | 'rsm' | 'getsec' |
  'vmcall' | 'vmlaunch' | 'vmresume' | 'vmxoff' | 'monitor' | 'mwait' | 'clac' | 'stac' | 'xgetbv' | 'xsetbv' | 'rdtscp' | 'rdrand' | 'rdseed' | 'popcnt'>;
