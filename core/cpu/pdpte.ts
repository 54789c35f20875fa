// The four PDPTE registers of PAE paging: when they are loaded from memory, what is demanded of what they are loaded with. Between two loads a write
// to the table in memory changes nothing: walks use the registers. SDM 3A "PDPTE Registers".

import { CR0_CD, CR0_NW, CR0_PG, CR3_PAE_BASE, CR4_PAE, CR4_PGE, CR4_PSE, CR4_SMEP } from '../arch/control-registers.ts';
import { ENTRY_P, PDPTE_HIGH_RESERVED, PDPTE_RESERVED } from '../arch/page-entry.ts';
import { registerOffset } from '../arch/register-file.ts';
import { rule } from '../event/rules.ts';
import { IS_READ, partCode, WHAT_PAGE_ENTRY } from './access-codes.ts';
import { demand, GP0, skip } from './fault.ts';
import { flagPage, PAGE_DIRECTORY } from './page-flags.ts';
import { readPhysical32 } from './physical.ts';
import type { Cpu } from './state.ts';

const R_RESERVED = rule('pdpte-reserved');
const POINTER_ENTRY = partCode('pointer-entry');
const CR0 = registerOffset('cr0'), CR3 = registerOffset('cr3'), CR4 = registerOffset('cr4'), PDPTE = registerOffset('pdpte0');
const PDPTES = 4, ENTRY_BYTES = 8, ENTRY_WORDS = 2;

/** True when paging is on and CR4.PAE chooses PAE paging. */
export const isPaePaging = (cpu: Cpu): boolean => isPaeIn(cpu.register(CR0), cpu.register(CR4));
const isPaeIn = (cr0: number, cr4: number): boolean => (cr0 & CR0_PG) !== 0 && (cr4 & CR4_PAE) !== 0;

/** True when a write of CR0 or CR4 loads the PDPTE registers: PAE paging is in use after it, and it changes one of the bits the manual lists. */
export function loadsPdptes(cpu: Cpu, after: { readonly cr0: number; readonly cr4: number }): boolean {
  const isChanged = ((after.cr0 ^ cpu.register(CR0)) & (CR0_PG | CR0_CD | CR0_NW)) !== 0 || ((after.cr4 ^ cpu.register(CR4)) & (CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP)) !== 0;
  return isChanged && isPaeIn(after.cr0, after.cr4);
}

/** Demands that the four PDPTEs a value of CR3 points at may be loaded. Faults with #GP(0): nothing is loaded then. */
export function demandPdptes(cpu: Cpu, cr3: number): void {
  for (let index = 0; index < PDPTES; index += 1) {
    const physical = pdptePlace(cr3, index);
    const low = readPhysical32(cpu, physical), high = readPhysical32(cpu, physical + 4);
    if (cpu.probe.listening) cpu.probe.access(WHAT_PAGE_ENTRY, POINTER_ENTRY, physical, physical, ENTRY_BYTES, low >>> 0, high >>> 0, IS_READ);
    const reserved = (low & PDPTE_RESERVED) >>> 0, reservedHigh = (high & PDPTE_HIGH_RESERVED) >>> 0;
    if ((low & ENTRY_P) === 0) skip(cpu, R_RESERVED);
    else demand(cpu, R_RESERVED, (reserved | reservedHigh) === 0, GP0, reserved, reservedHigh);
  }
}

/** Loads the PDPTE registers through CR3, after `demandPdptes`. From now on writes to the table are told. */
export function loadPdptes(cpu: Cpu): void {
  const cr3 = cpu.register(CR3);
  for (let index = 0; index < PDPTES; index += 1) {
    const physical = pdptePlace(cr3, index);
    cpu.setRegister(PDPTE + index * ENTRY_WORDS, readPhysical32(cpu, physical), readPhysical32(cpu, physical + 4));
  }
  flagPage(cpu, pdptePlace(cr3, 0), PAGE_DIRECTORY);
}

/** True when a PDPTE register holds something else than the table in memory by now. */
export function isPdpteStale(cpu: Cpu, index: number): boolean {
  const physical = pdptePlace(cpu.register(CR3), index), register = PDPTE + index * ENTRY_WORDS;
  return readPhysical32(cpu, physical) >>> 0 !== cpu.register(register) || readPhysical32(cpu, physical + 4) >>> 0 !== cpu.registerHigh(register);
}

const pdptePlace = (cr3: number, index: number): number => ((cr3 & CR3_PAE_BASE) >>> 0) + index * ENTRY_BYTES;
