// Rules of x87: what must hold before an instruction of it, or one that waits for it, runs, and where the operand of FXSAVE may lie.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { EBX } from '../../../core/cpu/state.ts';
import { execute, put } from './execute-bytes.ts';
import type { RuleCase } from './rule-cases.ts';
import { HANDLER, type World } from './world.ts';

const CR0 = registerOffset('cr0');
const CR0_MP = 2, CR0_EM = 4, CR0_TS = 8, CR0_NE = 0x20, OPERAND = 0x5000, IE_PENDING = 0x8081, UNMASKED = 0x37e;
const FLD1 = [0xd9, 0xe8], FNINIT = [0xdb, 0xe3], WAIT = [0x9b], FXSAVE = [0x0f, 0xae, 0x03], FXRSTOR = [0x0f, 0xae, 0x0b], EMMS = [0x0f, 0x77], FLDCW = [0xd9, 0x2b];

/** An instruction where the processor stands, CR0.NE and MP set, invalid operations unmasked, EBX at an aligned operand. */
const x87 = (...code: readonly number[]) => (world: World): void => {
  const { cpu } = world;
  put(world, HANDLER, code);
  cpu.setRegister(CR0, cpu.register(CR0) | CR0_NE | CR0_MP, 0);
  cpu.fpuControl = UNMASKED;
  cpu.set32(EBX, OPERAND);
};
const setCr0 = (bits: number) => ({ cpu }: World): void => { cpu.setRegister(CR0, cpu.register(CR0) | bits, 0); };
const pend = ({ cpu }: World): void => { cpu.fpuStatus |= IE_PENDING; };
const misalign = ({ cpu }: World): void => { cpu.set32(EBX, OPERAND + 8); };

export const X87_CASES: readonly RuleCase[] = [
  { rule: 'fpu-available', name: 'TS', setup: x87(...FLD1), bend: setCr0(CR0_TS), act: execute, fault: '#NM' },
  { rule: 'fpu-available', name: 'EM, of an instruction that does not wait', setup: x87(...FNINIT), bend: setCr0(CR0_EM), act: execute, fault: '#NM' },
  { rule: 'fpu-available', name: 'EM of FXSAVE', setup: x87(...FXSAVE), bend: setCr0(CR0_EM), act: execute, fault: '#NM' },
  { rule: 'fpu-no-error', setup: x87(...FLD1), bend: pend, act: execute, fault: '#MF' },
  { rule: 'fpu-no-error', name: 'WAIT', setup: x87(...WAIT), bend: pend, act: execute, fault: '#MF' },
  { rule: 'fpu-no-error', name: 'FLDCW', setup: x87(...FLDCW), bend: pend, act: execute, fault: '#MF' },
  { rule: 'fpu-no-error', name: 'EMMS', setup: x87(...EMMS), bend: pend, act: execute, fault: '#MF' },
  { rule: 'fxsave-aligned', setup: x87(...FXSAVE), bend: misalign, act: execute, fault: '#GP(0x0)' },
  { rule: 'fxsave-aligned', name: 'FXRSTOR', setup: x87(...FXRSTOR), bend: misalign, act: execute, fault: '#GP(0x0)' },
];
