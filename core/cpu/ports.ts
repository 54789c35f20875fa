// May this CPL use this port? IOPL first, then the I/O permission bit map in the TSS. SDM 1 "I/O Permission Bit Map".

import { TYPE_TSS32, TYPE_TSS32_BUSY, typeOf } from '../arch/descriptor.ts';
import { ioplOf } from '../arch/flags.ts';
import { RIGHTS_UNUSABLE } from '../arch/register-file.ts';
import { TSS_IO_MAP_BASE } from '../arch/tss.ts';
import { rule } from '../event/rules.ts';
import { IMPLICIT } from './access.ts';
import { IS_READ, NO_PART, partCode, WHAT_IO_MAP, WHAT_TSS } from './access-codes.ts';
import { tellAccess } from './access-report.ts';
import { demand, GP0, skipAll } from './fault.ts';
import { readLinear16 } from './linear-memory.ts';
import { isVirtual8086 } from './mode.ts';
import { TR, type Cpu } from './state.ts';

const R_TSS = rule('io-tss'), R_LIMIT = rule('io-map-limit'), R_BIT = rule('io-map-bit');
const ALL = [R_TSS, R_LIMIT, R_BIT];
const IO_MAP = partCode('io-map');

/** Checks IN, OUT, INS or OUTS of `size` bytes (1, 2, 4) at `port`. Faults with #GP(0), or #PF while the TSS is read. */
export function checkIoPermission(cpu: Cpu, port: number, size: number): void {
  // SDM 3B "Protected-Mode I/O" of virtual-8086 mode: IOPL is not asked there, the bit map alone decides.
  if (cpu.cpl <= ioplOf(cpu.rawFlags) && !isVirtual8086(cpu)) {
    skipAll(cpu, ALL);
    return;
  }
  const rights = cpu.segmentRights(TR), limit = cpu.segmentLimit(TR), base = cpu.segmentBase(TR);
  const is32 = (rights & RIGHTS_UNUSABLE) === 0 && (typeOf(rights) === TYPE_TSS32_BUSY || typeOf(rights) === TYPE_TSS32);
  // A 16-bit TSS has no bit map; without TSS or map every port is refused.
  demand(cpu, R_TSS, is32 && limit >= TSS_IO_MAP_BASE + 1, GP0, rights, limit);
  const map = readLinear16(cpu, base + TSS_IO_MAP_BASE, IMPLICIT);
  tellAccess(cpu, WHAT_TSS, IO_MAP, (base + TSS_IO_MAP_BASE) >>> 0, 2, map, 0, IS_READ);
  const at = map + (port >>> 3);
  // Two bytes are always read, so that an access of four ports can cross a byte of the map.
  demand(cpu, R_LIMIT, at + 1 <= limit, GP0, at + 1, limit);
  const bits = readLinear16(cpu, base + at, IMPLICIT);
  tellAccess(cpu, WHAT_IO_MAP, NO_PART, (base + at) >>> 0, 2, bits, 0, IS_READ);
  demand(cpu, R_BIT, ((bits >>> (port & 7)) & ((1 << size) - 1)) === 0, GP0, port, bits);
}
