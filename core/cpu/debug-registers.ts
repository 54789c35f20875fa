// MOV to and from DR0..DR7. Values are kept; arming a breakpoint or general-detect is not there yet and says so.
// SDM 3B "Debug Registers", SDM 2B "MOV—Move to/from Debug Registers".

import { registerOffset } from '../arch/register-file.ts';
import { codeOf, DEBUG_REGISTERS } from '../event/kinds.ts';
import { handleOf } from '../event/schema.ts';
import { beforeEvent, beginEvent, emitEvent, kindCode } from './emit.ts';
import { Unsupported } from './fault.ts';
import { demandPrivileged } from './privilege.ts';
import type { Cpu } from './state.ts';

const K_DR_WRITE = kindCode('dr-write');
const H_REGISTER = handleOf('dr-write', 'register'), H_BEFORE = handleOf('dr-write', 'before'), H_AFTER = handleOf('dr-write', 'after');
const NAMES = ['dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7', 'dr6', 'dr7'] as const;
// With CR4.DE = 0 (this processor has no DE) DR4 and DR5 are other names of DR6 and DR7.
const NAME_OF_NUMBER = [0, 1, 2, 3, 4, 5, 4, 5].map((index) => NAMES[index] ?? 'dr0');
const OFFSETS = NAME_OF_NUMBER.map((name) => registerOffset(name));
const CODES = NAME_OF_NUMBER.map((name) => codeOf(DEBUG_REGISTERS, name));

//  DR6  31..16 1 | 15 BT 14 BS 13 BD | 12 0 | 11..4 1 | 3..0 B3..B0        DR7  13 GD | 10 1 | 9 GE 8 LE | 7..0 enable bits, even ones local
const DR6_FIXED_ONES = 0xffff_0ff0, DR6_WRITABLE = 0xe00f;
const DR7_FIXED_ONES = 0x400, DR7_FIXED_ZEROES = 0xd800, DR7_ENABLES = 0xff, DR7_LOCAL = 0x155, DR7_GD = 0x2000;

/** MOV from DRn (0..7). Faults with #GP(0) outside ring 0. */
export function movFromDr(cpu: Cpu, dr: number): number {
  demandPrivileged(cpu);
  return cpu.register(OFFSETS[dr & 7]!);
}

/** MOV to DRn (0..7), one `dr-write`. Faults with #GP(0) outside ring 0; enabling a breakpoint or GD is unsupported. */
export function movToDr(cpu: Cpu, dr: number, value: number): void {
  demandPrivileged(cpu);
  const name = NAME_OF_NUMBER[dr & 7]!;
  if (name === 'dr7' && (value & (DR7_ENABLES | DR7_GD)) !== 0) throw new Unsupported('hardware breakpoints (an enable bit or GD in DR7)');
  const after = name === 'dr6' ? (value & DR6_WRITABLE) | DR6_FIXED_ONES : name === 'dr7' ? (value & ~DR7_FIXED_ZEROES) | DR7_FIXED_ONES : value;

  writeDr(cpu, dr & 7, after);
}

/** A task switch clears the local enable bits. Breakpoints cannot be armed here, so that is LE. SDM 3B "Debug Control Register (DR7)". */
export function clearLocalEnables(cpu: Cpu): void {
  const before = cpu.register(OFFSETS[7]!);
  if ((before & DR7_LOCAL) !== 0) writeDr(cpu, 7, before & ~DR7_LOCAL);
}

function writeDr(cpu: Cpu, dr: number, after: number): void {
  beforeEvent(cpu);
  const offset = OFFSETS[dr]!;
  const before = cpu.register(offset);
  cpu.setRegister(offset, after, 0);
  const draft = beginEvent(cpu, K_DR_WRITE);
  draft.set(H_REGISTER, CODES[dr]!);
  draft.set64(H_BEFORE, before, 0);
  draft.set64(H_AFTER, after >>> 0, 0);
  emitEvent(cpu);
}
