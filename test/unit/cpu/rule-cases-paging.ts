// The rules of PAE paging, NX, SMEP and SMAP: the nearest state that passes and the nearest that faults, as in rule-cases.ts.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { movToCr } from '../../../core/cpu/control-registers.ts';
import { read8, write8 } from '../../../core/cpu/memory.ts';
import { fetchPhysical } from '../../../core/cpu/paging.ts';
import { loadSegment } from '../../../core/cpu/segmentation.ts';
import { SEMANTICS } from '../../../core/cpu/semantics/table.ts';
import { DS } from '../../../core/cpu/state.ts';
import { farJump } from '../../../core/cpu/far-transfer.ts';
import type { RuleId } from '../../../core/event/rules.ts';
import { BIT_36, enablePae, mapPaePage, PAE_DIRECTORY, PAE_TABLE, POINTERS, storeEntry, XD } from './pae-world.ts';
import type { RuleCase } from './rule-cases.ts';
import { task } from './task-world.ts';
import { DATA0, enablePaging, enterRing3, FREE, mapPage, type World } from './world.ts';

const CR0 = registerOffset('cr0'), CR4 = registerOffset('cr4'), CPL = registerOffset('cpl'), PDPTE0 = registerOffset('pdpte0');
const PSE = 0x10, PAE = 0x20, PGE = 0x80, SMEP = 0x10_0000, SMAP = 0x20_0000, AC = 0x4_0002;
const PTE5 = PAE_TABLE + 5 * 8;
const pae = (world: World): void => { enablePae(world); };
const nxe = (world: World): void => { enablePae(world, { nxe: true }); };
const withCr4 = (bit: number) => (world: World): void => { enablePaging(world); world.cpu.setRegister(CR4, bit, 0); };
const large = (world: World): void => { enablePae(world); storeEntry(world, PAE_DIRECTORY, 0x87); };
const readData = ({ cpu }: World): void => { read8(cpu, DS, 0x5000); };
const writeData = ({ cpu }: World): void => { write8(cpu, DS, 0x5000, 1); };
const fetchData = ({ cpu }: World): void => { fetchPhysical(cpu, 0x5000); };
const loadCr3 = ({ cpu }: World): void => { movToCr(cpu, 3, POINTERS); };
const bendPointer = (index: number, low: number, high = 0) => (world: World): void => { storeEntry(world, POINTERS + index * 8, low, high); };

const WALKS: readonly RuleCase[] = [
  { rule: 'page-pdpte-present', setup: pae, bend: ({ cpu }) => { cpu.setRegister(PDPTE0, PAE_DIRECTORY, 0); }, act: readData, fault: '#PF(0x0)' },
  { rule: 'page-directory-present', name: 'PAE', setup: pae, bend: (world) => { storeEntry(world, PAE_DIRECTORY, PAE_TABLE | 6); }, act: writeData, fault: '#PF(0x2)' },
  { rule: 'page-directory-reserved', name: '2-MByte page', setup: large, bend: (world) => { storeEntry(world, PAE_DIRECTORY, 0x2087); }, act: readData, fault: '#PF(0x9)' },
  { rule: 'page-directory-reserved', name: '2-MByte page, bit 20', setup: large, bend: (world) => { storeEntry(world, PAE_DIRECTORY, 0x10_0087); }, act: readData, fault: '#PF(0x9)' },
  { rule: 'page-directory-reserved', name: 'above the physical address', setup: pae, bend: (world) => { storeEntry(world, PAE_DIRECTORY, PAE_TABLE | 7, BIT_36); }, act: readData, fault: '#PF(0x9)' },
  { rule: 'page-directory-nxe', setup: pae, bend: (world) => { storeEntry(world, PAE_DIRECTORY, PAE_TABLE | 7, XD); }, act: writeData, fault: '#PF(0xb)' },
  { rule: 'page-table-present', name: 'PAE', setup: pae, bend: (world) => { mapPaePage(world, 0x5000, 0x5006); }, act: readData, fault: '#PF(0x0)' },
  { rule: 'page-table-reserved', setup: pae, bend: (world) => { storeEntry(world, PTE5, 0x5007, BIT_36); }, act: readData, fault: '#PF(0x9)' },
  { rule: 'page-table-reserved', name: 'bit 62, with NXE', setup: nxe, bend: (world) => { storeEntry(world, PTE5, 0x5007, 0xc000_0000); }, act: readData, fault: '#PF(0x9)' },
  { rule: 'page-table-nxe', setup: pae, bend: (world) => { storeEntry(world, PTE5, 0x5007, XD); }, act: readData, fault: '#PF(0x9)' },
  { rule: 'page-table-nxe', name: 'from ring 3', setup: (world) => { pae(world); enterRing3(world); }, bend: (world) => { storeEntry(world, PTE5, 0x5007, XD); }, act: readData, fault: '#PF(0xd)' },
  { rule: 'page-user', name: 'PAE, in the directory', setup: (world) => { pae(world); enterRing3(world); }, bend: (world) => { storeEntry(world, PAE_DIRECTORY, PAE_TABLE | 3); }, act: readData, fault: '#PF(0x5)' },
  { rule: 'page-supervisor-writable', name: 'PAE', setup: (world) => { pae(world); world.cpu.setRegister(CR0, world.cpu.register(CR0) | 0x1_0000, 0); }, bend: (world) => { mapPaePage(world, 0x5000, 0x5001); }, act: writeData, fault: '#PF(0x3)' },
  { rule: 'page-smap', setup: (world) => { withCr4(SMAP)(world); world.cpu.rawFlags = AC; }, bend: ({ cpu }) => { cpu.rawFlags = 2; }, act: readData, fault: '#PF(0x1)' },
  { rule: 'page-smap', name: 'write', setup: (world) => { withCr4(SMAP)(world); mapPage(world, 0x5000, 0x5003); }, bend: (world) => { mapPage(world, 0x5000, 0x5007); }, act: writeData, fault: '#PF(0x3)' },
  { rule: 'page-smap', name: 'implicit, whatever AC', setup: (world) => { withCr4(SMAP)(world); world.cpu.rawFlags = AC; mapPage(world, 0x1000, 0x1003); }, bend: (world) => { mapPage(world, 0x1000, 0x1007); }, act: ({ cpu }) => { loadSegment(cpu, DS, DATA0); }, fault: '#PF(0x1)' },
  { rule: 'page-smep', setup: (world) => { withCr4(SMEP)(world); mapPage(world, 0x5000, 0x5003); }, bend: (world) => { mapPage(world, 0x5000, 0x5007); }, act: fetchData, fault: '#PF(0x11)' },
  { rule: 'page-nx', setup: nxe, bend: (world) => { mapPaePage(world, 0x5000, 0x5007, XD); }, act: fetchData, fault: '#PF(0x11)' },
  { rule: 'page-nx', name: 'from ring 3, in the directory', setup: (world) => { nxe(world); enterRing3(world); }, bend: (world) => { storeEntry(world, PAE_DIRECTORY, PAE_TABLE | 7, XD); }, act: fetchData, fault: '#PF(0x15)' },
];

const LOADS: readonly RuleCase[] = [
  { rule: 'pdpte-reserved', name: 'R/W', setup: pae, bend: bendPointer(0, PAE_DIRECTORY | 3), act: loadCr3, fault: '#GP(0x0)' },
  { rule: 'pdpte-reserved', name: 'bit 8 of the last one', setup: (world) => { pae(world); bendPointer(3, 0x1fe)(world); }, bend: bendPointer(3, 0x101), act: loadCr3, fault: '#GP(0x0)' },
  { rule: 'pdpte-reserved', name: 'bit 36', setup: pae, bend: bendPointer(1, 1, BIT_36), act: loadCr3, fault: '#GP(0x0)' },
  { rule: 'pdpte-reserved', name: 'bit 63, whatever NXE', setup: nxe, bend: bendPointer(1, 1, XD), act: loadCr3, fault: '#GP(0x0)' },
  ...[PGE, PSE, SMEP].map((bit): RuleCase => ({ rule: 'pdpte-reserved', name: `CR4 bit ${bit.toString(16)}H`, setup: pae, bend: bendPointer(2, 5), act: ({ cpu }) => { movToCr(cpu, 4, PAE | bit); }, fault: '#GP(0x0)' })),
  { rule: 'pdpte-reserved', name: 'PAE turned on under paging', setup: (world) => { pae(world); world.cpu.setRegister(CR4, 0, 0); }, bend: bendPointer(2, 5), act: ({ cpu }) => { movToCr(cpu, 4, PAE); }, fault: '#GP(0x0)' },
  { rule: 'pdpte-reserved', name: 'paging turned on', setup: (world) => { pae(world); movToCr(world.cpu, 0, 0x11); }, bend: bendPointer(2, 5), act: ({ cpu }) => { movToCr(cpu, 0, 0x8000_0011); }, fault: '#GP(0x0)' },
  { rule: 'pdpte-reserved', name: 'CR0.CD', setup: pae, bend: bendPointer(2, 5), act: ({ cpu }) => { movToCr(cpu, 0, 0xc000_0011); }, fault: '#GP(0x0)' },
  { rule: 'pdpte-reserved', name: 'task switch', setup: (world) => { pae(world); task(world, { cr3: POINTERS + 0x20 }); storeEntry(world, POINTERS + 0x20, PAE_DIRECTORY | 1); }, bend: bendPointer(5, 5), act: ({ cpu }) => { farJump(cpu, FREE, 0); }, fault: '#GP(0x0)' },
];

const changeAc = (op: 'stac' | 'clac') => ({ cpu }: World): void => { (SEMANTICS[op] as (cpu: World['cpu']) => void)(cpu); };
const ACCESS_FLAG: readonly RuleCase[] = (['stac', 'clac'] as const).map((op) => ({ rule: 'stac-cpl', name: op, bend: ({ cpu }) => { cpu.setNarrow(CPL, 1); }, act: changeAc(op), fault: '#UD' }));

export const PAGING_CASES: readonly RuleCase[] = [...WALKS, ...LOADS, ...ACCESS_FLAG];

/** What PAE paging and cached translations leave out. */
export const PAGING_SKIPPING: readonly { readonly rules: readonly RuleId[]; readonly act: (world: World) => void }[] = [
  { rules: ['page-pdpte-present', 'page-directory-nxe', 'page-table-reserved', 'page-table-nxe', 'page-smap', 'page-smep', 'page-nx'], act: (world) => { enablePaging(world); readData(world); } },
  { rules: ['page-table-present', 'page-table-reserved', 'page-table-nxe'], act: (world) => { large(world); readData(world); } },
  { rules: ['pdpte-reserved'], act: (world) => { pae(world); loadCr3(world); } },
];
