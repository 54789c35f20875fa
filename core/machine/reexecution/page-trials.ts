// Pre-flights of PAE paging: an access to a page whose entry has bit 63 set while EFER.NXE is 0, and the load of the PDPTE registers that turning
// paging on would make. No rule is stated here: the access and the load are those of core/cpu.

import { CR0_PG, CR4_PAE, EFER_NXE } from '../../arch/control-registers.ts';
import { ENTRY_P, ENTRY_PS } from '../../arch/page-entry.ts';
import { registerOffset } from '../../arch/register-file.ts';
import { IMPLICIT } from '../../cpu/access.ts';
import { readLinear8 } from '../../cpu/linear-memory.ts';
import { demandPdptes, isPaePaging } from '../../cpu/pdpte.ts';
import { dropPage } from '../../cpu/tlb.ts';
import type { Cpu } from '../../cpu/state.ts';
import type { Trial } from './trial.ts';

const CR0 = registerOffset('cr0'), CR3 = registerOffset('cr3'), CR4 = registerOffset('cr4'), EFER = registerOffset('efer'), PDPTE = registerOffset('pdpte0');
const PDPTES = 4, ENTRIES = 512, ENTRY_BYTES = 8, GIB = 0x4000_0000, LARGE_BYTES = 0x20_0000, PAGE_BYTES = 0x1000;

/** An access to the first page whose entries have bit 63 set, while EFER.NXE is 0. */
export function noExecuteTrials(cpu: Cpu): readonly Trial[] {
  if (!isPaePaging(cpu) || (cpu.register(EFER) & EFER_NXE) !== 0) return [];
  const linear = firstNoExecute(cpu);
  if (linear === null) return [];
  return [{ trial: 'page-entry', vector: null, isUnset: false, prepare: (on) => { dropPage(on, linear); }, run: (on) => { readLinear8(on, linear, IMPLICIT); } }];
}

/** The load of the PDPTE registers, while CR4.PAE is set, CR3 is loaded and paging is still off. */
export function pdpteTrials(cpu: Cpu): readonly Trial[] {
  const cr3 = cpu.register(CR3);
  if ((cpu.register(CR4) & CR4_PAE) === 0 || (cpu.register(CR0) & CR0_PG) !== 0 || cr3 === 0) return [];
  return [{ trial: 'pdptes', vector: null, isUnset: false, prepare: () => undefined, run: (on) => { demandPdptes(on, cr3); } }];
}

function firstNoExecute(cpu: Cpu): number | null {
  for (let index = 0; index < PDPTES; index += 1) {
    if ((cpu.register(PDPTE + index * 2) & ENTRY_P) === 0 || cpu.registerHigh(PDPTE + index * 2) !== 0) continue;
    const found = inDirectory(cpu, tableOf(cpu.register(PDPTE + index * 2)), index * GIB);
    if (found !== null) return found;
  }
  return null;
}

function inDirectory(cpu: Cpu, directory: number, linear: number): number | null {
  for (let index = 0; index < ENTRIES; index += 1) {
    const low = wordAt(cpu, directory + index * ENTRY_BYTES), high = wordAt(cpu, directory + index * ENTRY_BYTES + 4), first = linear + index * LARGE_BYTES;
    if ((low & ENTRY_P) === 0) continue;
    if (high < 0) return first;
    const found = (low & ENTRY_PS) !== 0 || high !== 0 ? null : inTable(cpu, tableOf(low), first);
    if (found !== null) return found;
  }
  return null;
}

function inTable(cpu: Cpu, table: number, linear: number): number | null {
  for (let index = 0; index < ENTRIES; index += 1) {
    if ((wordAt(cpu, table + index * ENTRY_BYTES) & ENTRY_P) !== 0 && wordAt(cpu, table + index * ENTRY_BYTES + 4) < 0) return linear + index * PAGE_BYTES;
  }
  return null;
}

const tableOf = (entry: number): number => (entry & ~(PAGE_BYTES - 1)) >>> 0;
/** A word of RAM, signed: bit 63 of an entry is the sign of its upper half. Outside RAM 0. */
const wordAt = (cpu: Cpu, physical: number): number => (physical + 4 <= cpu.ramBytes ? cpu.ramView.getInt32(physical, true) : 0);
