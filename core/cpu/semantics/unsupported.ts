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

/** #UD: what the manual reserves to raise it (UD0, UD1, UD2), and instructions this processor's model does not have. */
export function undefinedOpcode(cpu: Cpu): void {
  demand(cpu, OPCODE_DEFINED, false, UD, cpu.instructionEip, 0);
}

/** Operations no model has are undefined before they come here (features.ts). */
export const UNSUPPORTED = {
  ud: undefinedOpcode, movsxd: undefinedOpcode, swapgs: undefinedOpcode, syscall: undefinedOpcode, sysret: undefinedOpcode, rsm: undefinedOpcode, getsec: undefinedOpcode,
  vmcall: undefinedOpcode, vmlaunch: undefinedOpcode, vmresume: undefinedOpcode, vmxoff: undefinedOpcode, monitor: undefinedOpcode, mwait: undefinedOpcode,
  xgetbv: undefinedOpcode, xsetbv: undefinedOpcode, rdrand: undefinedOpcode, rdseed: undefinedOpcode, popcnt: undefinedOpcode,
} satisfies SemanticsRows<
  'ud' | 'movsxd' | 'swapgs' | 'syscall' | 'sysret' | 'rsm' | 'getsec' |
  'vmcall' | 'vmlaunch' | 'vmresume' | 'vmxoff' | 'monitor' | 'mwait' | 'xgetbv' | 'xsetbv' | 'rdrand' | 'rdseed' | 'popcnt'>;
