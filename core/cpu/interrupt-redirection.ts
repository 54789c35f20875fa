// INT n in virtual-8086 mode under CR4.VME: a bit map in the TSS says, vector by vector, whether the 8086 program's own handler is called.
// The bit map's 32 bytes end where the I/O permission bit map begins. Entering the handler: real-mode-interrupt.ts; all other ways: interrupt-gate.ts.
// SDM 3B "Class 3—Software Interrupt Handling in Virtual-8086 Mode", table "Software Interrupt Handling Methods While in Virtual-8086 Mode".
//
//   method   VME  IOPL  bit   INT n is
//      1      0     3    -    taken through the IDT
//      2      0    <3    -    refused with #GP(0)
//      3      1    <3    1    refused with #GP(0)
//      4      1     3    1    taken through the IDT
//      5      1     3    0    taken by the program's handler; IF is pushed and cleared
//      6      1    <3    0    taken by the program's handler; VIF is pushed (as IF, with IOPL 3) and cleared

import { TYPE_TSS32, TYPE_TSS32_BUSY, typeOf } from '../arch/descriptor.ts';
import { RIGHTS_UNUSABLE } from '../arch/register-file.ts';
import { TSS_IO_MAP_BASE } from '../arch/tss.ts';
import { difference } from '../arch/vendor-differences.ts';
import { rule } from '../event/rules.ts';
import { IMPLICIT } from './access.ts';
import { IS_READ, NO_PART, partCode, WHAT_REDIRECTION_MAP, WHAT_TSS } from './access-codes.ts';
import { tellAccess } from './access-report.ts';
import { differ } from './differ.ts';
import { demand, GP0, skipAll } from './fault.ts';
import { readLinear16, readLinear8 } from './linear-memory.ts';
import { TR, type Cpu } from './state.ts';
import { hasVirtual8086Extensions } from './virtual-interrupts.ts';

const R_TSS = rule('redirection-tss'), R_LIMIT = rule('redirection-map-limit');
const D_ABSENT = difference('redirection-map-absent');
const IO_MAP = partCode('io-map');
const MAP_BYTES = 32, ALL = [R_TSS, R_LIMIT];

/** Says that the checks of the bit map do not apply. */
export function skipRedirection(cpu: Cpu): void {
  skipAll(cpu, ALL);
}

/** True when INT n is the 8086 program's own affair (methods 5 and 6). Faults with #GP(0), or #PF while the TSS is read. */
export function isRedirected(cpu: Cpu, vector: number): boolean {
  if (!hasVirtual8086Extensions(cpu)) {
    skipRedirection(cpu);
    return false;
  }
  const rights = cpu.segmentRights(TR), limit = cpu.segmentLimit(TR), base = cpu.segmentBase(TR);
  const is32 = (rights & RIGHTS_UNUSABLE) === 0 && (typeOf(rights) === TYPE_TSS32_BUSY || typeOf(rights) === TYPE_TSS32);
  const hasBase = is32 && limit >= TSS_IO_MAP_BASE + 1;
  if (!hasBase) differ(cpu, D_ABSENT);
  demand(cpu, R_TSS, hasBase, GP0, rights, limit);
  const map = readLinear16(cpu, base + TSS_IO_MAP_BASE, IMPLICIT);
  tellAccess(cpu, WHAT_TSS, IO_MAP, (base + TSS_IO_MAP_BASE) >>> 0, 2, map, 0, IS_READ);
  const at = map - MAP_BYTES + (vector >>> 3);
  if (at < 0 || at > limit) differ(cpu, D_ABSENT);
  demand(cpu, R_LIMIT, at >= 0 && at <= limit, GP0, at, limit);
  const bits = readLinear8(cpu, base + at, IMPLICIT);
  tellAccess(cpu, WHAT_REDIRECTION_MAP, NO_PART, (base + at) >>> 0, 1, bits, 0, IS_READ);
  return ((bits >>> (vector & 7)) & 1) === 0;
}
