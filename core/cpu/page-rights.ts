// What a page's rights allow: the same for walks and TLB hits, 32-bit and PAE paging. SDM 3A "Determination of Access Rights".

import { CR0_WP, CR4_PAE, CR4_SMAP, CR4_SMEP, EFER_NXE } from '../arch/control-registers.ts';
import { EFLAGS_AC } from '../arch/flags.ts';
import { ENTRY_RW, ENTRY_US, HIGH_XD } from '../arch/page-entry.ts';
import { registerOffset } from '../arch/register-file.ts';
import { rule } from '../event/rules.ts';
import { FETCH, IMPLICIT, TYPE_MASK, USER, WRITE } from './access.ts';
import { judge, skip, skipAll } from './fault.ts';
import type { Cpu } from './state.ts';

const R_USER = rule('page-user'), R_USER_WRITE = rule('page-user-writable'), R_SUPERVISOR_WRITE = rule('page-supervisor-writable');
const R_SMAP = rule('page-smap'), R_SMEP = rule('page-smep'), R_NX = rule('page-nx');
const USER_RULES = [R_USER, R_USER_WRITE], SUPERVISOR_RULES = [R_SUPERVISOR_WRITE, R_SMAP, R_SMEP];
const CR0 = registerOffset('cr0'), CR4 = registerOffset('cr4'), EFER = registerOffset('efer');

/** Rights of all levels of a translation together. */
export interface PageRights { readonly user: boolean; readonly writable: boolean; readonly noExecute: boolean }

/** True when EFER.NXE is set: bit 63 of a PAE entry forbids execution then, and is reserved otherwise. */
export const isNxe = (cpu: Cpu): boolean => (cpu.register(EFER) & EFER_NXE) !== 0;

/** True when the error code of a #PF tells fetches apart (bit I/D): with SMEP, or where pages can forbid execution. SDM 3A "Page-Fault Exceptions". */
export function tellsFetches(cpu: Cpu): boolean {
  const cr4 = cpu.register(CR4);
  return (cr4 & CR4_SMEP) !== 0 || ((cr4 & CR4_PAE) !== 0 && isNxe(cpu));
}

/** The rule that refuses an access (access.ts) to a page with these rights, 0 when none does. */
export function refusalOf(cpu: Cpu, access: number, rights: PageRights): number {
  const refused = (access & USER) !== 0 ? userRefusal(cpu, access, rights) : supervisorRefusal(cpu, access, rights);
  if (refused !== 0) return refused;
  if ((access & TYPE_MASK) !== FETCH || (cpu.register(CR4) & CR4_PAE) === 0 || !isNxe(cpu)) skip(cpu, R_NX);
  else if (!judge(cpu, R_NX, !rights.noExecute, packed(rights), access)) return R_NX;
  return 0;
}

function userRefusal(cpu: Cpu, access: number, rights: PageRights): number {
  if (!judge(cpu, R_USER, rights.user, packed(rights), access)) return R_USER;
  if ((access & TYPE_MASK) !== WRITE) skip(cpu, R_USER_WRITE);
  else if (!judge(cpu, R_USER_WRITE, rights.writable, packed(rights), access)) return R_USER_WRITE;
  skipAll(cpu, SUPERVISOR_RULES);
  return 0;
}

function supervisorRefusal(cpu: Cpu, access: number, rights: PageRights): number {
  const type = access & TYPE_MASK;
  skipAll(cpu, USER_RULES);
  if (type !== WRITE || (cpu.register(CR0) & CR0_WP) === 0) skip(cpu, R_SUPERVISOR_WRITE);
  else if (!judge(cpu, R_SUPERVISOR_WRITE, rights.writable, packed(rights), access)) return R_SUPERVISOR_WRITE;
  if (type === FETCH || (cpu.register(CR4) & CR4_SMAP) === 0) skip(cpu, R_SMAP);
  else if (!judge(cpu, R_SMAP, !rights.user || opensUserPages(cpu, access), (cpu.rawFlags & EFLAGS_AC) === 0 ? 0 : 1, access)) return R_SMAP;
  if (type !== FETCH || (cpu.register(CR4) & CR4_SMEP) === 0) skip(cpu, R_SMEP);
  else if (!judge(cpu, R_SMEP, !rights.user, packed(rights), access)) return R_SMEP;
  return 0;
}

// EFLAGS.AC counts for explicit accesses alone
const opensUserPages = (cpu: Cpu, access: number): boolean => (access & IMPLICIT) === 0 && (cpu.rawFlags & EFLAGS_AC) !== 0;

// U/S and R/W in the places of a page entry's bits, XD in bit 31
const packed = ({ user, writable, noExecute }: PageRights): number => ((user ? ENTRY_US : 0) | (writable ? ENTRY_RW : 0) | (noExecute ? HIGH_XD : 0)) >>> 0;
