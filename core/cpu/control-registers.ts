// MOV to and from CR0, CR2, CR3, CR4, CLTS, LMSW, INVLPG: their checks, what they flush, their events.
// Setting and clearing PE changes the mode and nothing else: hidden parts of segment registers stay. SDM 2B "MOV—Move to/from Control Registers".

import {
  CR0_AM, CR0_CD, CR0_DEFINED, CR0_EM, CR0_ET, CR0_MP, CR0_NW, CR0_PE, CR0_PG, CR0_TS, CR0_WP, CR4_DE, CR4_PAE, CR4_PGE, CR4_PSE, CR4_SMAP, CR4_SMEP, EFER_NXE,
} from '../arch/control-registers.ts';
import { registerOffset } from '../arch/register-file.ts';
import { difference } from '../arch/vendor-differences.ts';
import type { EventDraft } from '../event/draft.ts';
import { codeOf, CONTROL_REGISTERS, FLUSH_SCOPES } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { handleOf } from '../event/schema.ts';
import { beforeEvent, beginEvent, emitEvent, emitModeChange, kindCode, placeOf } from './emit.ts';
import { armBreakpoints } from './breakpoints.ts';
import { differ } from './differ.ts';
import { demand, GP0, UD } from './fault.ts';
import { cr4Bits } from './features.ts';
import { isPaging } from './paging.ts';
import { demandPdptes, isPaePaging, loadPdptes, loadsPdptes } from './pdpte.ts';
import { demandPrivileged } from './privilege.ts';
import { refreshFlatSegments } from './segmentation.ts';
import type { Cpu } from './state.ts';
import { watchSystemTables } from './table-watch.ts';
import { dropAll, dropNonGlobal, dropPage, refreshQuickBits } from './tlb.ts';

const R_EXISTS = rule('cr-exists'), R_PAGING = rule('cr0-paging-protected'), R_CACHE = rule('cr0-cache-bits'), R_CR4 = rule('cr4-reserved');
const D_NXE = difference('nxe-change-flushes'), D_TASK_PDPTES = difference('task-switch-pdptes');
const K_CR_WRITE = kindCode('cr-write'), K_FLUSH = kindCode('tlb-flush');
const H_REGISTER = handleOf('cr-write', 'register'), H_BEFORE = handleOf('cr-write', 'before'), H_AFTER = handleOf('cr-write', 'after');
const H_SCOPE = handleOf('tlb-flush', 'scope'), H_LINEAR = handleOf('tlb-flush', 'linear');
const FLUSH_ALL = codeOf(FLUSH_SCOPES, 'all'), FLUSH_NON_GLOBAL = codeOf(FLUSH_SCOPES, 'non-global'), FLUSH_PAGE = codeOf(FLUSH_SCOPES, 'page');
const CR0 = registerOffset('cr0'), CR2 = registerOffset('cr2'), CR3 = registerOffset('cr3'), CR4 = registerOffset('cr4'), EFER = registerOffset('efer');
const CODES = new Map([[CR0, codeOf(CONTROL_REGISTERS, 'cr0')], [CR2, codeOf(CONTROL_REGISTERS, 'cr2')], [CR3, codeOf(CONTROL_REGISTERS, 'cr3')], [CR4, codeOf(CONTROL_REGISTERS, 'cr4')]]);
const LMSW_BITS = CR0_PE | CR0_MP | CR0_EM | CR0_TS;

/** MOV from CRn: the register's low 32 bits, signed or unsigned as stored. Faults with #UD (no such register), #GP(0). */
export function movFromCr(cpu: Cpu, cr: number): number {
  const offset = existing(cpu, cr);
  demandPrivileged(cpu);
  return cpu.register(offset);
}

/** MOV to CRn with the events that follow: `cr-write`, then `tlb-flush` when translations were dropped. Faults with #UD, #GP(0). */
export function movToCr(cpu: Cpu, cr: number, value: number): void {
  existing(cpu, cr);
  demandPrivileged(cpu);
  if (cr === 0) writeCr0(cpu, value >>> 0);
  else if (cr === 2) writeCr(cpu, CR2, value >>> 0);
  else if (cr === 3) writeCr3(cpu, value >>> 0);
  else writeCr4(cpu, value >>> 0);
}

/** CLTS: clears CR0.TS. */
export function clts(cpu: Cpu): void {
  demandPrivileged(cpu);
  writeCr(cpu, CR0, (cpu.register(CR0) & ~CR0_TS) >>> 0);
}

/** LMSW: PE, MP, EM and TS from the low four bits; PE cannot be cleared. SDM 2A "LMSW—Load Machine Status Word". */
export function lmsw(cpu: Cpu, value: number): void {
  demandPrivileged(cpu);
  const before = cpu.register(CR0);
  writeCr0(cpu, ((before & ~LMSW_BITS) | (value & LMSW_BITS) | (before & CR0_PE)) >>> 0);
}

/** INVLPG: drops what is cached for one page, of a 4-MByte page all of it. Faults with #GP(0). */
export function invalidatePage(cpu: Cpu, linear: number): void {
  demandPrivileged(cpu);
  dropPage(cpu, linear >>> 0);
  emitFlush(cpu, FLUSH_PAGE, linear >>> 0);
}

function existing(cpu: Cpu, cr: number): number {
  // SDM 2B "MOV—Move to/from Control Registers": CR1, CR5, CR6, CR7 (and CR8 outside 64-bit mode) raise #UD.
  demand(cpu, R_EXISTS, cr === 0 || cr === 2 || cr === 3 || cr === 4, UD, cr, 0);
  return cr === 0 ? CR0 : cr === 2 ? CR2 : cr === 3 ? CR3 : CR4;
}

function writeCr0(cpu: Cpu, wanted: number): void {
  const before = cpu.register(CR0);
  const value = demandCr0(cpu, wanted, before);
  const load = demandLoad(cpu, { cr0: value, cr4: cpu.register(CR4) });

  writeCr(cpu, CR0, value, load);
  if (followCr0(cpu, before, value)) emitFlush(cpu, FLUSH_ALL, -1);
}

/** Checks a value for CR0; what the register will hold. */
function demandCr0(cpu: Cpu, wanted: number, before: number): number {
  // Writes to bits that do not exist are ignored; ET is always 1.
  const value = ((wanted & CR0_DEFINED) | CR0_ET) >>> 0;
  demand(cpu, R_PAGING, (value & CR0_PG) === 0 || (value & CR0_PE) !== 0, GP0, value, before);
  demand(cpu, R_CACHE, (value & CR0_NW) === 0 || (value & CR0_CD) !== 0, GP0, value, before);
  return value;
}

/** What a change of CR0 brings with it. True when the TLB was emptied. SDM 3A "Operations that Invalidate TLBs": changing PG drops everything; WP only changes what cached rights allow. */
function followCr0(cpu: Cpu, before: number, after: number): boolean {
  const changed = before ^ after;
  if ((changed & CR0_PG) !== 0) dropAll(cpu);
  else if ((changed & CR0_WP) !== 0) refreshQuickBits(cpu);
  if ((changed & CR0_AM) !== 0) refreshFlatSegments(cpu);
  if ((changed & (CR0_PG | CR0_PE)) !== 0) watchSystemTables(cpu);
  return (changed & CR0_PG) !== 0;
}

/** What else a write of CR0, CR3 or CR4 brings: the PDPTE registers are loaded, or stay. */
interface Load { readonly pdptes: boolean }
const LOAD: Load = { pdptes: true }, NO_LOAD: Load = { pdptes: false };

/** Checks what a write of CR0 or CR4 loads with it. */
function demandLoad(cpu: Cpu, after: { readonly cr0: number; readonly cr4: number }): Load {
  if (!loadsPdptes(cpu, after)) return NO_LOAD;
  demandPdptes(cpu, cpu.register(CR3));
  return LOAD;
}

function writeCr3(cpu: Cpu, value: number): void {
  const load = demandCr3(cpu, value);

  writeCr(cpu, CR3, value, load);
  if (followCr3(cpu)) emitFlush(cpu, FLUSH_NON_GLOBAL, -1);
}

function demandCr3(cpu: Cpu, value: number): Load {
  if (!isPaePaging(cpu)) return NO_LOAD;
  demandPdptes(cpu, value);
  return LOAD;
}

/** What a write of CR3 brings with it. True when translations were dropped. */
function followCr3(cpu: Cpu): boolean {
  if (!isPaging(cpu)) return false;
  dropNonGlobal(cpu);
  watchSystemTables(cpu);
  return true;
}

function writeCr4(cpu: Cpu, value: number): void {
  const before = cpu.register(CR4);
  demandCr4(cpu, value);
  const load = demandLoad(cpu, { cr0: cpu.register(CR0), cr4: value });

  writeCr(cpu, CR4, value, load);
  if (followCr4(cpu, before, value)) emitFlush(cpu, FLUSH_ALL, -1);
}

function demandCr4(cpu: Cpu, value: number): void {
  const has = cr4Bits(cpu);
  demand(cpu, R_CR4, (value & ~has) === 0, GP0, value, has);
}

/** What a change of CR4 brings with it. True when the TLB was emptied. SDM 3A "Operations that Invalidate TLBs": PAE, PGE, and SMEP when it is set; of PSE the manual says nothing. */
function followCr4(cpu: Cpu, before: number, after: number): boolean {
  const changed = before ^ after;
  if ((changed & CR4_DE) !== 0) armBreakpoints(cpu);
  if (!isPaging(cpu)) return false;
  if ((changed & (CR4_PSE | CR4_PAE | CR4_PGE | (after & CR4_SMEP))) === 0) {
    if ((changed & (CR4_SMEP | CR4_SMAP)) !== 0) refreshQuickBits(cpu);
    return false;
  }
  dropAll(cpu);
  if ((changed & CR4_PAE) !== 0) watchSystemTables(cpu);
  return true;
}

/** What a write of EFER brings with it: a change of NXE drops what is cached. `tellEfer` tells it afterwards. */
export function followEfer(cpu: Cpu, before: number): void {
  if (!changesNxe(cpu, before)) return;
  differ(cpu, D_NXE);
  dropAll(cpu);
}

/** The `tlb-flush` of `followEfer`, behind the `msr-write`. */
export function tellEfer(cpu: Cpu, before: number): void {
  if (changesNxe(cpu, before)) emitFlush(cpu, FLUSH_ALL, -1);
}

const changesNxe = (cpu: Cpu, before: number): boolean => ((cpu.register(EFER) ^ before) & EFER_NXE) !== 0 && isPaging(cpu);

/**
 * Sets CR0, CR2, CR3 or CR4 (`cr`) from outside the guest, at whatever CPL: values are checked and take effect as with MOV to CRn, and there is
 * no event. Faults with #GP(0) for a value that MOV refuses.
 */
export function setControlRegister(cpu: Cpu, cr: 0 | 2 | 3 | 4, wanted: number): void {
  const before = cpu.register(existing(cpu, cr));
  const value = cr === 0 ? demandCr0(cpu, wanted, before) : wanted >>> 0;
  if (cr === 4) demandCr4(cpu, value);
  const cr0 = cr === 0 ? value : cpu.register(CR0), cr4 = cr === 4 ? value : cpu.register(CR4);
  const load = cr === 3 ? demandCr3(cpu, value) : demandLoad(cpu, { cr0, cr4 });

  cpu.setRegister(existing(cpu, cr), value, 0);
  if (load.pdptes) loadPdptes(cpu);
  if (cr === 0) followCr0(cpu, before, value);
  else if (cr === 3) followCr3(cpu);
  else if (cr === 4) followCr4(cpu, before, value);
}

/** The one writer of control registers for the guest (CR2 is also written by #PF): one `cr-write` for every write, changed or not. */
function writeCr(cpu: Cpu, offset: number, value: number, load: Load = NO_LOAD): void {
  beforeEvent(cpu);
  const before = cpu.register(offset);
  const draft = beginEvent(cpu, K_CR_WRITE);
  const began = placeOf(cpu);
  cpu.setRegister(offset, value, 0);
  if (load.pdptes) loadPdptes(cpu);
  fillCrWrite(draft, offset, before, value);
  emitEvent(cpu);
  emitModeChange(cpu, began);
}

function fillCrWrite(draft: EventDraft, offset: number, before: number, after: number): void {
  draft.set(H_REGISTER, CODES.get(offset) ?? 0);
  draft.set64(H_BEFORE, before, 0);
  draft.set64(H_AFTER, after, 0);
}

/** Checks what a task switch that changes CR3 loads with it under PAE paging. Faults with #GP(0) in the old task, nothing changed. */
export function demandTaskPdptes(cpu: Cpu, cr3: number): void {
  if (cr3 === cpu.register(CR3)) return;
  differ(cpu, D_TASK_PDPTES);
  demandPdptes(cpu, cr3);
}

/**
 * CR3 and CR0.TS as a task switch sets them, at once and without an event: the new task's descriptors are read with the new page tables, while
 * the transition is still open. Without paging CR3 stays; null: the TSS has none. `tellTaskRegisters` says afterwards what changed from the values returned here.
 */
export function setTaskRegisters(cpu: Cpu, cr3: number | null): { readonly cr0: number; readonly cr3: number | null } {
  const before = { cr0: cpu.register(CR0), cr3: cr3 !== null && isPaging(cpu) ? cpu.register(CR3) : null };
  cpu.setRegister(CR0, before.cr0 | CR0_TS, 0);
  if (before.cr3 !== null) {
    cpu.setRegister(CR3, cr3!, 0);
    if (cr3 !== before.cr3 && isPaePaging(cpu)) loadPdptes(cpu);
    dropNonGlobal(cpu);
    watchSystemTables(cpu);
  }
  return before;
}

/** The events of `setTaskRegisters`: `cr-write` and `tlb-flush` for CR3 when it was loaded, `cr-write` for CR0 when TS was clear. */
export function tellTaskRegisters(cpu: Cpu, before: { readonly cr0: number; readonly cr3: number | null }): void {
  if (before.cr3 !== null) {
    tellCr(cpu, CR3, before.cr3);
    emitFlush(cpu, FLUSH_NON_GLOBAL, -1);
  }
  if (before.cr0 !== cpu.register(CR0)) tellCr(cpu, CR0, before.cr0);
}

function tellCr(cpu: Cpu, offset: number, before: number): void {
  beforeEvent(cpu);
  fillCrWrite(beginEvent(cpu, K_CR_WRITE), offset, before, cpu.register(offset));
  emitEvent(cpu);
}

function emitFlush(cpu: Cpu, scope: number, linear: number): void {
  beforeEvent(cpu);
  const draft = beginEvent(cpu, K_FLUSH);
  draft.set(H_SCOPE, scope);
  if (linear >= 0) draft.set64(H_LINEAR, linear, 0);
  emitEvent(cpu);
}
