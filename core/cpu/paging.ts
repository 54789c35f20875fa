// From linear to physical (a number: addresses have 36 bits): TLB, then the walk (page-walk.ts), then the one place that turns a refusal into #PF.
// Not here: MOV CR and INVLPG, which flush (control-registers.ts).

import { CR0_PG } from '../arch/control-registers.ts';
import { registerOffset } from '../arch/register-file.ts';
import { TLB_STALE as STALE_RIGHTS } from '../event/heard.ts';
import { FETCH, PEEK, privilegeOf, READ, TLB_HIT, TLB_MISS, TLB_SHIFT, TLB_STALE, TYPE_MASK, USER, WRITE } from './access.ts';
import { IS_READ, NO_PART, WHAT_TLB } from './access-codes.ts';
import { Fault, PF } from './fault.ts';
import { refusalOf, tellsFetches } from './page-rights.ts';
import { skipWalk, walkTables } from './page-walk.ts';
import { newWalkOutcome, type WalkOutcome } from './page-walk-steps.ts';
import { SUPERVISOR_FETCH, USER_FETCH, cachedPage, cachedRights, cacheIdentity, cacheWalk, dropPage, isCached, isCachedDirty, isHeldBy, rightsHeld, tlbIndex } from './tlb.ts';
import type { Cpu } from './state.ts';

const CR0 = registerOffset('cr0');

//  error code of #PF:   4 I/D   3 RSVD   2 U/S   1 W/R   0 P
const CODE_P = 1, CODE_WRITE = 2, CODE_USER = 4, CODE_RESERVED = 8, CODE_FETCH = 16;

/** The walk of the last #PF, as it was when the fault was raised; its event is made from this before anything else walks. */
export let lastFaultWalk: WalkOutcome = newWalkOutcome();
let current = newWalkOutcome();

/** True when paging is on. */
export const isPaging = (cpu: Cpu): boolean => (cpu.register(CR0) & CR0_PG) !== 0;

/** The physical address for an access (access.ts) to one linear address. Faults with #PF. SDM 3A "Paging". */
export function translate(cpu: Cpu, linear: number, access: number): number {
  const at = tlbIndex(linear);
  const isHit = isCached(cpu, at, linear);
  if (!isPaging(cpu)) {
    if (!isHit) cacheIdentity(cpu, at, linear);
    return cachedPage(cpu, at) + (linear & 0xfff);
  }
  if (isHit) {
    tellHit(cpu, at, linear);
    const refused = refusalOf(cpu, access, rightsHeld(cpu, at));
    if (refused !== 0) refuseHit(cpu, at, linear, access, refused);
    // The first write through an entry cached with D = 0 walks again, to set the bit in memory.
    if ((access & TYPE_MASK) !== WRITE || isCachedDirty(cpu, at)) return cachedPage(cpu, at) + (linear & 0xfff);
  }
  if (walkTables(cpu, linear, access, current)) cacheWalk(cpu, at, linear, current);
  else raisePageFault(cpu, linear, access, TLB_MISS);
  return cachedPage(cpu, at) + (linear & 0xfff);
}

/** The physical address of an instruction byte, fetched at the current CPL. Faults with #PF. */
export function fetchPhysical(cpu: Cpu, linear: number): number {
  const at = tlbIndex(linear);
  const tag = cpu.tlb[at]!;
  if (((tag ^ linear) & 0xffff_f000) === 0 && (tag & (cpu.cpl === 3 ? USER_FETCH : SUPERVISOR_FETCH)) !== 0) return cpu.tlb[at + 1]! + (linear & 0xfff);
  return translate(cpu, linear >>> 0, FETCH | privilegeOf(cpu.cpl));
}

/** Where a linear address lies now according to the tables, without any effect; -1 when they do not map it. */
export function peekPhysical(cpu: Cpu, linear: number): number {
  if (!isPaging(cpu)) return linear >>> 0;
  return walkTables(cpu, linear, READ | PEEK, peeked) ? peeked.page + (linear & 0xfff) : -1;
}
const peeked = newWalkOutcome();

function tellHit(cpu: Cpu, at: number, linear: number): void {
  if (!cpu.probe.listening) return;
  walkTables(cpu, linear, READ | PEEK, peeked);
  const rights = cachedRights(cpu, at) | (isHeldBy(cpu, at, peeked) ? 0 : STALE_RIGHTS);
  cpu.probe.access(WHAT_TLB, NO_PART, (linear & 0xffff_f000) >>> 0, cachedPage(cpu, at), 0, rights, 0, IS_READ);
  skipWalk(cpu);
}

function refuseHit(cpu: Cpu, at: number, linear: number, access: number, refused: number): never {
  walkTables(cpu, linear, access | PEEK, current);
  const isFresh = isHeldBy(cpu, at, current);
  current.refused = refused;
  current.present = true;
  current.reserved = false;
  raisePageFault(cpu, linear, access, isFresh ? TLB_HIT : TLB_STALE);
}

// The one place where a refusal (in `current`) becomes #PF. The page's cached translations go; CR2 is written when the fault is delivered.
// SDM 3A "Page-Fault Exceptions", "Operations that Invalidate TLBs".
function raisePageFault(cpu: Cpu, linear: number, access: number, tlb: number): never {
  const walk = current;
  current = lastFaultWalk;
  lastFaultWalk = walk;
  dropPage(cpu, linear);
  const type = access & TYPE_MASK;
  const code = (walk.present ? CODE_P : 0) | (type === WRITE ? CODE_WRITE : 0) | ((access & USER) !== 0 ? CODE_USER : 0) | (walk.reserved ? CODE_RESERVED : 0)
    | (type === FETCH && tellsFetches(cpu) ? CODE_FETCH : 0);
  throw new Fault(PF(code), walk.refused, linear >>> 0, access | (tlb << TLB_SHIFT));
}
