// The page walk of PAE paging: a PDPTE register, then two levels of 8-byte entries. The registers are loaded elsewhere (pdpte.ts) and may differ from
// what memory holds by now. SDM 3A "PAE Paging".

import { CR3_PAE_BASE } from '../arch/control-registers.ts';
import { ENTRY_P, ENTRY_PS, ENTRY_RW, ENTRY_US, HIGH_BASE, HIGH_RESERVED, HIGH_XD, PAE_LARGE_BASE, PAE_LARGE_RESERVED } from '../arch/page-entry.ts';
import { registerOffset } from '../arch/register-file.ts';
import { rule } from '../event/rules.ts';
import { PEEK } from './access.ts';
import { skipAll } from './fault.ts';
import { isNxe } from './page-rights.ts';
import {
  baseOf, beginWalk, decide, DIRECTORY, finishWalk, leaveDirectory, POINTER, readWideEntry, refuse, refuseReserved, skipStep, TABLE, tellPointerEntry, type WalkOutcome,
} from './page-walk-steps.ts';
import type { Cpu } from './state.ts';

const R_PDPTE_PRESENT = rule('page-pdpte-present');
// by level
const R_PRESENT = [0, rule('page-table-present'), rule('page-directory-present')];
const R_RESERVED = [0, rule('page-table-reserved'), rule('page-directory-reserved')];
const R_NXE = [0, rule('page-table-nxe'), rule('page-directory-nxe')];
/** What does not apply behind a 2-MByte PDE. */
const LARGE_RULES = [R_PRESENT[TABLE]!, R_RESERVED[TABLE]!, R_NXE[TABLE]!];
const CR3 = registerOffset('cr3'), EFER = registerOffset('efer'), PDPTE = registerOffset('pdpte0');
const FOUR_GIB = 0x1_0000_0000;

/** Walks for one access (access.ts) to a linear address and fills `out`, as `walkTables` of page-walk.ts says. */
export function walkPaeTables(cpu: Cpu, linear: number, access: number, out: WalkOutcome): boolean {
  beginWalk(out, POINTER);
  // Step 1: linear[31:30] choose the PDPTE register. With P = 0 it translates nothing. It carries no rights and is not marked accessed.
  const index = linear >>> 30;
  out.physical[POINTER] = ((cpu.register(CR3) & CR3_PAE_BASE) >>> 0) + index * 8;
  out.low[POINTER] = cpu.register(PDPTE + index * 2);
  out.high[POINTER] = cpu.registerHigh(PDPTE + index * 2);
  if (access < PEEK) tellPointerEntry(cpu, out);
  if (!decide(cpu, access, R_PDPTE_PRESENT, (out.low[POINTER] & ENTRY_P) !== 0, out.low[POINTER], access)) return refuse(out, R_PDPTE_PRESENT);

  // Step 2: the PDE lies at PDPTE[35:12] + 8 * linear[29:21].
  readWideEntry(cpu, out, DIRECTORY, baseOf(out, POINTER) + ((linear >>> 18) & 0xff8), access);
  if (!isUsable(cpu, access, out)) return false;
  out.writable = (out.low[DIRECTORY]! & ENTRY_RW) !== 0;
  out.user = (out.low[DIRECTORY]! & ENTRY_US) !== 0;
  out.noExecute = (out.high[DIRECTORY]! & HIGH_XD) !== 0;
  // Step 3: with PS = 1 it maps a 2-MByte page, whatever CR4.PSE says.
  if (out.large) return walkLarge(cpu, linear, access, out);

  // Step 4: otherwise the PTE lies at PDE[35:12] + 8 * linear[20:12].
  readWideEntry(cpu, out, TABLE, baseOf(out, DIRECTORY) + ((linear >>> 9) & 0xff8), access);
  if (!isUsable(cpu, access, out)) {
    if (access < PEEK) leaveDirectory(cpu, out);
    return false;
  }
  out.writable &&= (out.low[TABLE]! & ENTRY_RW) !== 0;
  out.user &&= (out.low[TABLE]! & ENTRY_US) !== 0;
  out.noExecute ||= (out.high[TABLE]! & HIGH_XD) !== 0;
  out.page = baseOf(out, TABLE);
  return finishWalk(cpu, access, out);
}

function walkLarge(cpu: Cpu, linear: number, access: number, out: WalkOutcome): boolean {
  out.page = (((out.low[DIRECTORY]! & PAE_LARGE_BASE) | (linear & 0x001f_f000)) >>> 0) + (out.high[DIRECTORY]! & HIGH_BASE) * FOUR_GIB;
  if (access < PEEK) skipAll(cpu, LARGE_RULES);
  return finishWalk(cpu, access, out);
}

/** Judges the entry just read: present, and no bit set that must be 0. Bit 63 is one of those while EFER.NXE is 0. */
function isUsable(cpu: Cpu, access: number, out: WalkOutcome): boolean {
  const level = out.last;
  const low = out.low[level]!, high = out.high[level]!;
  if (!decide(cpu, access, R_PRESENT[level]!, (low & ENTRY_P) !== 0, low, access)) return refuse(out, R_PRESENT[level]!);
  out.large = level === DIRECTORY && (low & ENTRY_PS) !== 0;
  const reserved = out.large ? low & PAE_LARGE_RESERVED : 0, reservedHigh = high & HIGH_RESERVED;
  if (!decide(cpu, access, R_RESERVED[level]!, (reserved | reservedHigh) === 0, reserved, reservedHigh)) return refuseReserved(out, R_RESERVED[level]!);
  if (isNxe(cpu)) skipStep(cpu, access, R_NXE[level]!);
  else if (!decide(cpu, access, R_NXE[level]!, (high & HIGH_XD) === 0, high, cpu.register(EFER))) return refuseReserved(out, R_NXE[level]!);
  return true;
}
