// PAE paging: PDPTE registers and the table they were loaded from, 2-MByte pages, addresses above 4 GiB, no-execute, what SMEP and SMAP do to
// cached translations, walks in events, writes to tables in use.

import { describe, expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { invalidatePage, movToCr, setControlRegister } from '../../../core/cpu/control-registers.ts';
import { deliverFault } from '../../../core/cpu/delivery.ts';
import type { Fault } from '../../../core/cpu/fault.ts';
import { read32, read8, write32, write8 } from '../../../core/cpu/memory.ts';
import { wrmsr } from '../../../core/cpu/model-specific-registers.ts';
import { fetchPhysical } from '../../../core/cpu/paging.ts';
import { DS, EAX, ECX, EDX } from '../../../core/cpu/state.ts';
import { setQuick } from '../../../core/cpu/tlb.ts';
import { SILENT_PROBE } from '../../../core/event/probe.ts';
import { walkNow } from '../../../core/machine/reexecution/peek.ts';
import { BIT_36, enablePae, mapPaePage, PAE_DIRECTORY, PAE_TABLE, POINTERS, storeEntry, XD } from './pae-world.ts';
import { enablePaging, enterRing3, gate, listen, load32, mapPage, newWorld, outcome, store32, type World } from './world.ts';

const CR0 = registerOffset('cr0'), CR4 = registerOffset('cr4'), PDPTE0 = registerOffset('pdpte0'), EFER = registerOffset('efer');
const PAE = 0x20, PGE = 0x80, SMEP = 0x10_0000, SMAP = 0x20_0000, AC = 0x4_0002, A = 0x20, D = 0x40;
const PTE5 = PAE_TABLE + 5 * 8;

function pae(options: { readonly nxe?: boolean } = {}): World {
  const world = newWorld();
  enablePae(world, options);
  return world;
}
/** Nobody listens: quick ways are taken. */
function quick({ cpu }: World): void {
  cpu.probe = SILENT_PROBE;
  setQuick(cpu, { isQuick: true });
}
/** The `fault` event of an action that faults with #PF. */
function faultOf(world: World, action: () => void): unknown {
  let thrown: unknown;
  try { action(); } catch (caught) { thrown = caught; }
  gate(world, 14);
  listen(world);
  deliverFault(world.cpu, thrown as Fault);
  return world.events[0];
}
const writeEfer = ({ cpu }: World, value: number): void => { cpu.set32(ECX, 0xc000_0080); cpu.set32(EAX, value); cpu.set32(EDX, 0); wrmsr(cpu); };

describe('PDPTE registers', () => {
  test('are loaded when paging is turned on, and hold what was in memory then', () => {
    const world = pae();
    expect([world.cpu.register(PDPTE0), world.cpu.register(PDPTE0 + 2)]).toEqual([PAE_DIRECTORY | 1, 0]);
    storeEntry(world, POINTERS, 0);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); })).toBe('ok');
    invalidatePage(world.cpu, 0x5000);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); })).toBe('ok');
    movToCr(world.cpu, 3, POINTERS);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); })).toBe('#PF(0x0) page-pdpte-present');
  });

  test('a walk says when memory holds something else by now', () => {
    const world = pae();
    expect(walkNow(world.cpu, 0x5000).levels[0]).toMatchObject({ level: 3, physical: POINTERS, flags: 1 | 64 | 256 });
    storeEntry(world, POINTERS, 0);
    expect(walkNow(world.cpu, 0x5000).levels[0]).toMatchObject({ level: 3, entry: BigInt(PAE_DIRECTORY | 1), flags: 1 | 64 | 128 | 256 });
  });

  test.each([['CR0.CD', 0, 0xc000_0011], ['CR4.PGE', 4, PAE | PGE], ['CR3', 3, POINTERS]] as const)('are loaded by a change of %s', (_, cr, value) => {
    const world = pae();
    storeEntry(world, POINTERS + 8, PAE_DIRECTORY | 1);
    movToCr(world.cpu, cr, value);
    expect(world.cpu.register(PDPTE0 + 2)).toBe(PAE_DIRECTORY | 1);
  });

  test.each([['CR0.WP', 0, 0x8001_0011], ['CR4.TSD', 4, PAE | 4], ['CR4.SMAP', 4, PAE | SMAP]] as const)('stay with a change of %s', (_, cr, value) => {
    const world = pae();
    storeEntry(world, POINTERS + 8, PAE_DIRECTORY | 1);
    movToCr(world.cpu, cr, value);
    expect(world.cpu.register(PDPTE0 + 2)).toBe(0);
  });

  test('are not loaded while paging is off, nor in 32-bit paging', () => {
    const world = newWorld();
    storeEntry(world, POINTERS, 0xffff_ffff, 0xffff_ffff);
    expect(outcome(() => { movToCr(world.cpu, 3, POINTERS); movToCr(world.cpu, 4, PAE); })).toBe('ok');
    movToCr(world.cpu, 4, 0);
    enablePaging(world);
    expect(outcome(() => { movToCr(world.cpu, 3, POINTERS); })).toBe('ok');
  });

  test('a refused load changes nothing, also from outside the guest', () => {
    const world = pae();
    storeEntry(world, POINTERS + 0x20, PAE_DIRECTORY | 3);
    expect(outcome(() => { setControlRegister(world.cpu, 3, POINTERS + 0x20); })).toBe('#GP(0x0) pdpte-reserved');
    expect([world.cpu.register(registerOffset('cr3')), world.cpu.register(PDPTE0)]).toEqual([POINTERS, PAE_DIRECTORY | 1]);
  });

  test('lie anywhere in CR3 31:5: bits 4:0 are no part of the address', () => {
    const world = pae();
    storeEntry(world, POINTERS + 0x20, PAE_DIRECTORY | 1);
    movToCr(world.cpu, 3, (POINTERS + 0x20) | 0x1f);
    expect(read8(world.cpu, DS, 0x5000)).toBe(0);
    expect(walkNow(world.cpu, 0x5000).levels[0]).toMatchObject({ physical: POINTERS + 0x20 });
  });
});

describe('entries', () => {
  test('A and D are set in the low half; a PDPTE is never marked', () => {
    const world = pae();
    write8(world.cpu, DS, 0x5000, 1);
    expect([load32(world, POINTERS), load32(world, PAE_DIRECTORY), load32(world, PTE5)]).toEqual([PAE_DIRECTORY | 1, PAE_TABLE | 7 | A, 0x5007 | A | D]);
  });

  test('a 2-MByte page, whatever CR4.PSE says; INVLPG drops all of it and no more', () => {
    const world = pae();
    storeEntry(world, PAE_DIRECTORY + 8, 0x83);
    storeEntry(world, PAE_DIRECTORY + 16, 0x20_0083);
    write32(world.cpu, DS, 0x20_5004, 0x1234_5678);
    expect([load32(world, 0x5004), load32(world, PAE_DIRECTORY + 8)]).toEqual([0x1234_5678, 0x83 | A | D]);
    read8(world.cpu, DS, 0x20_6000);
    read8(world.cpu, DS, 0x40_0000);
    storeEntry(world, PAE_DIRECTORY + 8, 0);
    storeEntry(world, PAE_DIRECTORY + 16, 0);
    invalidatePage(world.cpu, 0x20_8000);
    expect(outcome(() => { read8(world.cpu, DS, 0x20_6000); })).toBe('#PF(0x0) page-directory-present');
    expect(outcome(() => { read8(world.cpu, DS, 0x40_0000); })).toBe('ok');
  });

  test('the four PDPTEs each map 1 GiB', () => {
    const world = pae();
    storeEntry(world, POINTERS + 24, PAE_DIRECTORY | 1);
    movToCr(world.cpu, 3, POINTERS);
    store32(world, 0x5000, 0x77);
    expect(read8(world.cpu, DS, 0xc000_5000)).toBe(0x77);
    expect(outcome(() => { read8(world.cpu, DS, 0x8000_5000); })).toBe('#PF(0x0) page-pdpte-present');
  });

  test('an entry may point above 4 GiB: memory there reads as all ones, and is no other', () => {
    const world = pae();
    mapPaePage(world, 0x5000, 0x6007, 0xf);
    store32(world, 0x6000, 0x66);
    quick(world);
    for (let turn = 0; turn < 2; turn += 1) expect(read32(world.cpu, DS, 0x5000)).toBe(-1);
    write32(world.cpu, DS, 0x5000, 0);
    expect(load32(world, 0x6000)).toBe(0x66);
    expect(walkNow(world.cpu, 0x5010)).toMatchObject({ physical: 0xf_0000_6010, tlb: { physical: 0xf_0000_6010, stale: false } });
  });

  test('a table above 4 GiB reads as all ones: reserved bits', () => {
    const world = pae();
    storeEntry(world, PAE_DIRECTORY, PAE_TABLE | 7, 1);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); })).toBe('#PF(0x9) page-table-reserved');
  });

  test('PSE-36: bits 16:13 of a 4-MByte entry are bits 35:32 of the base', () => {
    const world = newWorld();
    enablePaging(world);
    movToCr(world.cpu, 4, 0x10);
    store32(world, 0x2_0000 + 4, 0x0001_2083);
    expect(walkNow(world.cpu, 0x40_5123).physical).toBe(0x9_0000_5123);
    store32(world, 0x2_0000 + 4, 0x0020_0083);
    expect(walkNow(world.cpu, 0x40_5123)).toMatchObject({ physical: null, rule: 'page-directory-reserved' });
  });
});

describe('no-execute', () => {
  test('a page that was read may still not be executed', () => {
    const world = pae({ nxe: true });
    mapPaePage(world, 0x5000, 0x5007, XD);
    quick(world);
    expect(read8(world.cpu, DS, 0x5000)).toBe(0);
    expect(outcome(() => { fetchPhysical(world.cpu, 0x5000); })).toBe('#PF(0x11) page-nx');
    enterRing3(world);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); fetchPhysical(world.cpu, 0x5000); })).toBe('#PF(0x15) page-nx');
  });

  test('a fetch shows in the error code only where pages can forbid it', () => {
    const world = pae();
    mapPaePage(world, 0x5000, 0);
    expect(outcome(() => { fetchPhysical(world.cpu, 0x5000); })).toBe('#PF(0x0) page-table-present');
    writeEfer(world, 0x800);
    expect(outcome(() => { fetchPhysical(world.cpu, 0x5000); })).toBe('#PF(0x10) page-table-present');
    const other = newWorld();
    enablePaging(other);
    other.cpu.setRegister(EFER, 0x800, 0);
    mapPage(other, 0x5000, 0);
    expect(outcome(() => { fetchPhysical(other.cpu, 0x5000); })).toBe('#PF(0x0) page-table-present');
    movToCr(other.cpu, 4, SMEP);
    expect(outcome(() => { fetchPhysical(other.cpu, 0x5000); })).toBe('#PF(0x10) page-table-present');
  });

  test('WRMSR that changes NXE drops translations and says so; one that does not, does not', () => {
    const world = pae({ nxe: true });
    mapPaePage(world, 0x5000, 0x5007, XD);
    read8(world.cpu, DS, 0x5000);
    listen(world);
    writeEfer(world, 0x800);
    expect(world.events.map((one) => one.kind)).toEqual(['msr-write']);
    writeEfer(world, 0);
    expect(world.events.map((one) => one.kind)).toEqual(['msr-write', 'msr-write', 'tlb-flush']);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); })).toBe('#PF(0x9) page-table-nxe');
  });
});

describe('SMAP and SMEP act on cached translations', () => {
  test('SMAP at once, AC at once, user mode never', () => {
    const world = newWorld();
    enablePaging(world);
    quick(world);
    const { cpu } = world;
    expect(read8(cpu, DS, 0x5000)).toBe(0);
    movToCr(cpu, 4, SMAP);
    expect(outcome(() => { read8(cpu, DS, 0x5000); })).toBe('#PF(0x1) page-smap');
    cpu.rawFlags = AC;
    expect(outcome(() => { read8(cpu, DS, 0x5000); write8(cpu, DS, 0x5000, 1); })).toBe('ok');
    cpu.rawFlags = 2;
    expect(outcome(() => { write8(cpu, DS, 0x5000, 1); })).toBe('#PF(0x3) page-smap');
    expect(outcome(() => { fetchPhysical(cpu, 0x5000); })).toBe('ok');
    enterRing3(world);
    expect(outcome(() => { read8(cpu, DS, 0x5000); })).toBe('ok');
    cpu.setNarrow(registerOffset('cpl'), 0);
    movToCr(cpu, 4, 0);
    expect(outcome(() => { read8(cpu, DS, 0x5000); })).toBe('ok');
  });

  test('WP = 0 does not open user pages', () => {
    const world = newWorld();
    enablePaging(world);
    movToCr(world.cpu, 4, SMAP);
    mapPage(world, 0x5000, 0x5005);
    expect(outcome(() => { write8(world.cpu, DS, 0x5000, 1); })).toBe('#PF(0x3) page-smap');
  });

  test('SMEP: what was executed may not be executed any more, and again without it', () => {
    const world = newWorld();
    enablePaging(world);
    quick(world);
    expect(fetchPhysical(world.cpu, 0x5000)).toBe(0x5000);
    movToCr(world.cpu, 4, SMEP);
    expect(outcome(() => { fetchPhysical(world.cpu, 0x5000); })).toBe('#PF(0x11) page-smep');
    expect(read8(world.cpu, DS, 0x5000)).toBe(0);
    movToCr(world.cpu, 4, 0);
    expect(fetchPhysical(world.cpu, 0x5000)).toBe(0x5000);
  });

  test('with paging off neither acts', () => {
    const world = newWorld();
    movToCr(world.cpu, 4, SMEP | SMAP);
    quick(world);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); fetchPhysical(world.cpu, 0x5000); })).toBe('ok');
  });
});

describe('changes of the mode', () => {
  test('CR4.PAE drops everything and the other tables are walked', () => {
    const world = pae();
    read8(world.cpu, DS, 0x5000);
    listen(world);
    movToCr(world.cpu, 4, 0);
    expect(world.events.map((one) => one.kind)).toEqual(['cr-write', 'tlb-flush']);
    // PDPTE 0 as a page-directory entry: its R/W and U/S are clear, and PAE_DIRECTORY is a page table
    expect(walkNow(world.cpu, 0x5000).levels.map((one) => [one.level, one.physical])).toEqual([[2, POINTERS], [1, PAE_DIRECTORY + 5 * 4]]);
  });

  test.each([['CR0.PG', () => [0, 0x11]], ['CR4.SMEP', () => [4, PAE | SMEP]]] as const)('%s drops global pages, too', (_, change) => {
    const world = pae();
    movToCr(world.cpu, 4, PAE | PGE);
    mapPaePage(world, 0x5000, 0x5107);
    read8(world.cpu, DS, 0x5000);
    const [cr, value] = change();
    movToCr(world.cpu, cr!, value! | (cr === 4 ? PGE : 0));
    movToCr(world.cpu, 0, 0x8000_0011);
    storeEntry(world, PTE5, 0);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); })).toBe('#PF(0x0) page-table-present');
  });
});

describe('events', () => {
  test('a #PF carries three levels: the register without rights, entries of 64 bits with nx', () => {
    const world = pae({ nxe: true });
    mapPaePage(world, 0x5000, 0x5007, XD);
    expect(faultOf(world, () => { fetchPhysical(world.cpu, 0x5010); })).toMatchObject({
      errorCode: 0x11, cr2: 0x5010n, tlb: 'miss',
      walk: {
        levels: [
          { level: 3, physical: POINTERS, entry: BigInt(PAE_DIRECTORY | 1), paging: 'pae', register: { name: 'pdpte0', stale: false }, present: true, writable: true, user: true, pageSize: 0, rightsSoFar: 'urwx' },
          { level: 2, physical: PAE_DIRECTORY, entry: BigInt(PAE_TABLE | 7), nx: false, pageSize: 0, rightsSoFar: 'urwx' },
          { level: 1, physical: PTE5, entry: 0x8000_0000_0000_5007n, nx: true, pageSize: 0x1000, rightsSoFar: 'urw-' },
        ],
        verdict: { rights: 'urw-', rule: 'page-nx' },
      },
    });
  });

  test('a 2-MByte leaf and a stale register', () => {
    const world = pae();
    storeEntry(world, PAE_DIRECTORY, 0x2087);
    storeEntry(world, POINTERS, 0);
    expect(faultOf(world, () => { read8(world.cpu, DS, 0x5000); })).toMatchObject({
      errorCode: 9, walk: { levels: [{ register: { name: 'pdpte0', stale: true } }, { level: 2, pageSize: 0x20_0000 }], verdict: { rule: 'page-directory-reserved' } },
    });
  });

  test('writes to the PDPTEs, a directory and a table in use, each with all 8 bytes', () => {
    const world = pae();
    read8(world.cpu, DS, 0x5000);
    listen(world);
    write32(world.cpu, DS, POINTERS + 12, BIT_36);
    write32(world.cpu, DS, PAE_DIRECTORY + 0xffc, 1);
    write8(world.cpu, DS, PTE5 + 7, 0x80);
    write32(world.cpu, DS, POINTERS + 32, 1);
    expect(world.events).toMatchObject([
      { kind: 'table-write', table: 'pdpt', index: 1, physical: BigInt(POINTERS + 8), before: 0n, after: 0x10_0000_0000n },
      { kind: 'table-write', table: 'page-directory', index: 511, physical: BigInt(PAE_DIRECTORY + 0xff8), after: 0x1_0000_0000n },
      { kind: 'table-write', table: 'page-table', index: 5, physical: BigInt(PTE5), before: 0x5027n, after: 0x8000_0000_0000_5027n },
    ]);
  });

  test('loading CR3 is one event whose state holds the new registers', () => {
    const world = pae();
    listen(world);
    movToCr(world.cpu, 3, POINTERS);
    expect(world.events.map((one) => one.kind)).toEqual(['cr-write', 'tlb-flush']);
    expect(world.heard.filter((one) => one.kind === 'access')).toHaveLength(4);
  });
});

test('CR0 and CR4 stay as they were when a load is refused', () => {
  const world = pae();
  movToCr(world.cpu, 0, 0x11);
  storeEntry(world, POINTERS + 16, 7);
  expect(outcome(() => { movToCr(world.cpu, 0, 0x8000_0011); })).toBe('#GP(0x0) pdpte-reserved');
  expect([world.cpu.register(CR0), world.cpu.register(CR4)]).toEqual([0x11, PAE]);
});
