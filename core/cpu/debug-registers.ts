// MOV to and from DR0..DR7: their checks and their one event. What an armed breakpoint does is breakpoints.ts.
// SDM 3B "Debug Registers", SDM 2B "MOV—Move to/from Debug Registers".

import { CR4_DE } from '../arch/control-registers.ts';
import { DR6_BD, DR6_FIXED_ONES, DR6_WRITABLE, DR7_FIXED_ONES, DR7_FIXED_ZEROES, DR7_GD, DR7_LOCAL } from '../arch/debug-registers.ts';
import { registerOffset } from '../arch/register-file.ts';
import { codeOf, DEBUG_REGISTERS } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { handleOf } from '../event/schema.ts';
import { armBreakpoints } from './breakpoints.ts';
import { beforeEvent, beginEvent, emitEvent, kindCode } from './emit.ts';
import { DB, demand, UD } from './fault.ts';
import { demandPrivileged } from './privilege.ts';
import type { Cpu } from './state.ts';

const R_EXISTS = rule('dr-exists'), R_GENERAL = rule('general-detect');
const K_DR_WRITE = kindCode('dr-write');
const H_REGISTER = handleOf('dr-write', 'register'), H_BEFORE = handleOf('dr-write', 'before'), H_AFTER = handleOf('dr-write', 'after');
/** With CR4.DE = 0, DR4 and DR5 are other names of DR6 and DR7. */
const NAME_OF_NUMBER = ['dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7', 'dr6', 'dr7'] as const;
const OFFSETS = NAME_OF_NUMBER.map((name) => registerOffset(name));
const CODES = NAME_OF_NUMBER.map((name) => codeOf(DEBUG_REGISTERS, name));
const CR4 = registerOffset('cr4'), DR7_NUMBER = 7;

/** MOV from DRn (0..7). Faults with #UD (DR4 and DR5 with CR4.DE), #GP(0) outside ring 0, #DB under DR7.GD. */
export function movFromDr(cpu: Cpu, dr: number): number {
  demandDebugRegister(cpu, dr & 7);
  return cpu.register(OFFSETS[dr & 7]!);
}

/** MOV to DRn (0..7), one `dr-write`. Faults as movFromDr does. Reserved bits keep their values. */
export function movToDr(cpu: Cpu, dr: number, value: number): void {
  demandDebugRegister(cpu, dr & 7);
  const name = NAME_OF_NUMBER[dr & 7]!;
  const after = name === 'dr6' ? (value & DR6_WRITABLE) | DR6_FIXED_ONES : name === 'dr7' ? (value & ~DR7_FIXED_ZEROES) | DR7_FIXED_ONES : value;

  writeDr(cpu, dr & 7, after);
}

function demandDebugRegister(cpu: Cpu, dr: number): void {
  const cr4 = cpu.register(CR4);
  demand(cpu, R_EXISTS, (cr4 & CR4_DE) === 0 || (dr !== 4 && dr !== 5), UD, dr, cr4);
  demandPrivileged(cpu);
  const dr7 = cpu.register(OFFSETS[DR7_NUMBER]!);
  // SDM 3B "General-Detect Exception Condition": DR6.BD says so, and the handler finds GD clear.
  if ((dr7 & DR7_GD) !== 0) cpu.debugCauses = DR6_BD;
  demand(cpu, R_GENERAL, (dr7 & DR7_GD) === 0, DB, dr, dr7);
}

/** A task switch clears the local enable bits: a `dr-write` when one was set. SDM 3B "Debug Control Register (DR7)". */
export function clearLocalEnables(cpu: Cpu): void {
  const before = cpu.register(OFFSETS[DR7_NUMBER]!);
  if ((before & DR7_LOCAL) !== 0) writeDr(cpu, DR7_NUMBER, before & ~DR7_LOCAL);
}

function writeDr(cpu: Cpu, dr: number, after: number): void {
  beforeEvent(cpu);
  const offset = OFFSETS[dr]!;
  const before = cpu.register(offset);
  cpu.setRegister(offset, after, 0);
  armBreakpoints(cpu);
  const draft = beginEvent(cpu, K_DR_WRITE);
  draft.set(H_REGISTER, CODES[dr]!);
  draft.set64(H_BEFORE, before, 0);
  draft.set64(H_AFTER, after >>> 0, 0);
  emitEvent(cpu);
}
