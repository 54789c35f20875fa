// The page walk: which one CR4.PAE asks for, and that of 32-bit paging, its steps labelled as in the manual. It returns an outcome, sets accessed
// and dirty bits on the way (unless it only peeks) and faults nobody: paging.ts turns a refusal into #PF. SDM 3A "32-Bit Paging".

import { HAS_PSE36 } from '../arch/cpu-models.ts';
import { CR4_PAE, CR4_PSE } from '../arch/control-registers.ts';
import {
  ENTRY_BASE, ENTRY_P, ENTRY_PS, ENTRY_RW, ENTRY_US, LARGE_BASE, LARGE_BASE_HIGH, LARGE_BASE_HIGH_BIT, LARGE_RESERVED, LARGE_RESERVED_WITHOUT_PSE36,
} from '../arch/page-entry.ts';
import { registerOffset } from '../arch/register-file.ts';
import { difference } from '../arch/vendor-differences.ts';
import { rule } from '../event/rules.ts';
import { PEEK } from './access.ts';
import { differ } from './differ.ts';
import { skipAll } from './fault.ts';
import { walkPaeTables } from './page-walk-pae.ts';
import { beginWalk, decide, DIRECTORY, finishWalk, leaveDirectory, readEntry, refuse, refuseReserved, skipStep, TABLE, type WalkOutcome } from './page-walk-steps.ts';
import type { Cpu } from './state.ts';

const D_PSE36 = difference('pse36-width');
const R_PDPTE_PRESENT = rule('page-pdpte-present'), R_PDE_PRESENT = rule('page-directory-present'), R_PDE_RESERVED = rule('page-directory-reserved');
const R_PDE_NXE = rule('page-directory-nxe'), R_PTE_PRESENT = rule('page-table-present'), R_PTE_RESERVED = rule('page-table-reserved'), R_PTE_NXE = rule('page-table-nxe');
/** What a TLB hit spares. */
const WALK_RULES = [R_PDPTE_PRESENT, R_PDE_PRESENT, R_PDE_RESERVED, R_PDE_NXE, R_PTE_PRESENT, R_PTE_RESERVED, R_PTE_NXE];
/** What does not apply to a PDE that points to a page table, to that table's entry, and behind a 4-MByte PDE. */
const PDE_RULES = [R_PDE_RESERVED, R_PDE_NXE], PTE_RULES = [R_PTE_RESERVED, R_PTE_NXE], LARGE_RULES = [R_PDE_NXE, R_PTE_PRESENT, ...PTE_RULES];
const CR3 = registerOffset('cr3'), CR4 = registerOffset('cr4');
const FOUR_GIB = 0x1_0000_0000;
/** Bits 20:17 of a 4-MByte entry: reserved with addresses of 36 bits, part of the base with 40. */
const PSE36_WIDER = 0x001e_0000;

/** Walks the tables CR3 points at for one access (access.ts) to a linear address and fills `out`. Returns true when the access is allowed; of a peek, when there is a translation. */
export function walkTables(cpu: Cpu, linear: number, access: number, out: WalkOutcome): boolean {
  return (cpu.register(CR4) & CR4_PAE) === 0 ? walk32BitTables(cpu, linear, access, out) : walkPaeTables(cpu, linear, access, out);
}

/** Says that a translation came from the TLB: nothing was walked. */
export function skipWalk(cpu: Cpu): void {
  skipAll(cpu, WALK_RULES);
}

function walk32BitTables(cpu: Cpu, linear: number, access: number, out: WalkOutcome): boolean {
  beginWalk(out, DIRECTORY);
  skipStep(cpu, access, R_PDPTE_PRESENT);
  // Step 1: the PDE lies at CR3[31:12] + 4 * linear[31:22].
  readEntry(cpu, out, DIRECTORY, ((cpu.register(CR3) & ENTRY_BASE) | ((linear >>> 22) << 2)) >>> 0, access);
  const pde = out.low[DIRECTORY]!;
  // Step 2: a PDE with P = 0 translates nothing.
  if (!decide(cpu, access, R_PDE_PRESENT, (pde & ENTRY_P) !== 0, pde, access)) return refuse(out, R_PDE_PRESENT);

  out.writable = (pde & ENTRY_RW) !== 0;
  out.user = (pde & ENTRY_US) !== 0;
  // Step 3: with CR4.PSE = 1 and PS = 1 the PDE maps a 4-MByte page.
  if ((pde & ENTRY_PS) !== 0 && (cpu.register(CR4) & CR4_PSE) !== 0) return walkLarge(cpu, linear, access, out);
  if (access < PEEK) skipAll(cpu, PDE_RULES);

  // Step 4: otherwise the PTE lies at PDE[31:12] + 4 * linear[21:12].
  readEntry(cpu, out, TABLE, ((pde & ENTRY_BASE) | ((linear >>> 10) & 0xffc)) >>> 0, access);
  const pte = out.low[TABLE]!;
  if (access < PEEK && (pte & ENTRY_P) === 0) leaveDirectory(cpu, out);
  if (!decide(cpu, access, R_PTE_PRESENT, (pte & ENTRY_P) !== 0, pte, access)) return refuse(out, R_PTE_PRESENT);
  if (access < PEEK) skipAll(cpu, PTE_RULES);

  out.writable &&= (pte & ENTRY_RW) !== 0;
  out.user &&= (pte & ENTRY_US) !== 0;
  out.page = (pte & ENTRY_BASE) >>> 0;
  return finishWalk(cpu, access, out);
}

function walkLarge(cpu: Cpu, linear: number, access: number, out: WalkOutcome): boolean {
  out.large = true;
  const pde = out.low[DIRECTORY]!;
  const isPse36 = (cpu.model.features & HAS_PSE36) !== 0;
  const reserved = pde & (isPse36 ? LARGE_RESERVED : LARGE_RESERVED_WITHOUT_PSE36);
  if (access < PEEK && isPse36 && (reserved & PSE36_WIDER) !== 0) differ(cpu, D_PSE36);
  if (!decide(cpu, access, R_PDE_RESERVED, reserved === 0, reserved, 0)) return refuseReserved(out, R_PDE_RESERVED);
  const high = isPse36 ? (pde & LARGE_BASE_HIGH) >>> LARGE_BASE_HIGH_BIT : 0;
  out.page = (((pde & LARGE_BASE) | (linear & 0x003f_f000)) >>> 0) + high * FOUR_GIB;
  if (access < PEEK) skipAll(cpu, LARGE_RULES);
  return finishWalk(cpu, access, out);
}
