// TLB and walk: what is cached, what is dropped, when a hit is stale, accessed and dirty bits, accesses across pages.

import { describe, expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { invalidatePage, movToCr } from '../../../core/cpu/control-registers.ts';
import { deliverFault } from '../../../core/cpu/delivery.ts';
import type { Fault } from '../../../core/cpu/fault.ts';
import { writeFlags } from '../../../core/cpu/flags.ts';
import { prepareWrite, read16, read32, read8, write16, write32, write8 } from '../../../core/cpu/memory.ts';
import { markCode, PAGE_CODE, PAGE_DIRTY, restoreWatchedPages, watchedPages } from '../../../core/cpu/page-flags.ts';
import { fetchPhysical } from '../../../core/cpu/paging.ts';
import { pop16, pop32, push16, push32 } from '../../../core/cpu/stack.ts';
import { installSegment } from '../../../core/cpu/segmentation.ts';
import { DS, ES, SS } from '../../../core/cpu/state.ts';
import { CODE0, DIRECTORY, enablePaging, enterRing3, GDT, IDT, load32, mapPage, newWorld, outcome, store32, TABLE, TSS, type World } from './world.ts';

const CR0 = registerOffset('cr0');
const PTE5 = TABLE + 5 * 4;
const A = 0x20, D = 0x40;
function paged(): World {
  const world = newWorld();
  enablePaging(world);
  return world;
}
/** Changes an entry behind the processor's back: nothing is flushed. */
const setEntry = (world: World, entry: number): void => { store32(world, PTE5, entry); };

describe('accessed and dirty bits', () => {
  test('a read sets A in both entries, a write D in the leaf', () => {
    const world = paged();
    read8(world.cpu, DS, 0x5000);
    expect([load32(world, DIRECTORY), load32(world, PTE5)]).toEqual([TABLE | 7 | A, 0x5007 | A]);
    write8(world.cpu, DS, 0x5000, 1);
    expect([load32(world, DIRECTORY), load32(world, PTE5)]).toEqual([TABLE | 7 | A, 0x5007 | A | D]);
  });

  test('an access that is refused marks neither the directory entry nor the leaf', () => {
    const world = paged();
    mapPage(world, 0x5000, 0x5005);
    store32(world, DIRECTORY, TABLE | 7);
    enterRing3(world);
    expect(outcome(() => { write8(world.cpu, DS, 0x5000, 1); })).toBe('#PF(0x7) page-user-writable');
    expect([load32(world, DIRECTORY), load32(world, PTE5)]).toEqual([TABLE | 7, 0x5005]);
    mapPage(world, 0x5000, 0x5004);
    expect(outcome(() => { write8(world.cpu, DS, 0x5000, 1); })).toBe('#PF(0x6) page-table-present');
    expect(load32(world, DIRECTORY)).toBe(TABLE | 7);
    mapPage(world, 0x5000, 0x5007);
    write8(world.cpu, DS, 0x5000, 1);
    expect([load32(world, DIRECTORY), load32(world, PTE5)]).toEqual([TABLE | 7 | A, 0x5007 | A | D]);
  });

  test('a 4-MByte page has its bits in the directory entry', () => {
    const world = paged();
    movToCr(world.cpu, 4, 0x10);
    store32(world, DIRECTORY + 4, 0x0000_0083);
    write32(world.cpu, DS, 0x40_5004, 0x1234_5678);
    expect([load32(world, 0x5004), load32(world, DIRECTORY + 4)]).toEqual([0x1234_5678, 0x83 | A | D]);
  });
});

describe('the TLB', () => {
  test('keeps a translation when the table changes, until INVLPG', () => {
    const world = paged();
    store32(world, 0x6000, 0x66);
    store32(world, 0x5000, 0x55);
    expect(read8(world.cpu, DS, 0x5000)).toBe(0x55);
    setEntry(world, 0x6007);
    expect(read8(world.cpu, DS, 0x5000)).toBe(0x55);
    invalidatePage(world.cpu, 0x5fff);
    expect(read8(world.cpu, DS, 0x5000)).toBe(0x66);
  });

  test.each([['stays', 0x80, 0x55], ['goes', 0, 0x66]] as const)('a global page %s when CR3 is loaded with CR4.PGE = %i', (_, cr4, expected) => {
    const world = paged();
    store32(world, 0x6000, 0x66);
    store32(world, 0x5000, 0x55);
    movToCr(world.cpu, 4, cr4);
    setEntry(world, 0x5107);
    expect(read8(world.cpu, DS, 0x5000)).toBe(0x55);
    setEntry(world, 0x6107);
    movToCr(world.cpu, 3, DIRECTORY);
    expect(read8(world.cpu, DS, 0x5000)).toBe(expected);
    // a change of CR4.PGE drops it in any case
    movToCr(world.cpu, 4, cr4 ^ 0x80);
    expect(read8(world.cpu, DS, 0x5000)).toBe(0x66);
  });

  test('never caches absent entries', () => {
    const world = paged();
    mapPage(world, 0x5000, 0);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); })).toBe('#PF(0x0) page-table-present');
    setEntry(world, 0x5007);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); })).toBe('ok');
  });

  test('a #PF drops the page: rights granted afterwards are seen without INVLPG', () => {
    const world = paged();
    mapPage(world, 0x5000, 0x5005);
    enterRing3(world);
    read8(world.cpu, DS, 0x5000);
    setEntry(world, 0x5007);
    expect(outcome(() => { write8(world.cpu, DS, 0x5000, 1); })).toBe('#PF(0x7) page-user-writable');
    expect(outcome(() => { write8(world.cpu, DS, 0x5000, 1); })).toBe('ok');
  });

  test.each([['hit', 0x5005], ['stale', 0x5007]] as const)('a refusal by a cached translation is a %s', (tlb, entry) => {
    const world = paged();
    mapPage(world, 0x5000, 0x5005);
    enterRing3(world);
    read8(world.cpu, DS, 0x5000);
    setEntry(world, entry | A);
    let thrown: unknown;
    try { write8(world.cpu, DS, 0x5000, 1); } catch (caught) { thrown = caught; }
    store32(world, IDT + 14 * 8, 0x8_0000);
    store32(world, IDT + 14 * 8 + 4, 0x1_8e00);
    deliverFault(world.cpu, thrown as Fault);
    expect(world.events[0]).toMatchObject({ errorCode: 7, tlb, walk: { verdict: { rule: 'page-user-writable' } } });
  });

  test('the first write through an entry cached with D = 0 walks again', () => {
    const world = paged();
    read8(world.cpu, DS, 0x5000);
    setEntry(world, 0);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); })).toBe('ok');
    expect(outcome(() => { write8(world.cpu, DS, 0x5000, 1); })).toBe('#PF(0x2) page-table-present');
  });

  test('CR0.WP takes effect on cached translations at once', () => {
    const world = paged();
    mapPage(world, 0x5000, 0x5001 | A | D);
    write8(world.cpu, DS, 0x5000, 1);
    movToCr(world.cpu, 0, world.cpu.register(CR0) | 0x1_0000);
    expect(outcome(() => { write8(world.cpu, DS, 0x5000, 1); })).toBe('#PF(0x3) page-supervisor-writable');
    movToCr(world.cpu, 0, world.cpu.register(CR0) & ~0x1_0000);
    expect(outcome(() => { write8(world.cpu, DS, 0x5000, 1); })).toBe('ok');
  });

  test('INVLPG of one address drops all of a 4-MByte page, MOV CR3 drops everything', () => {
    const world = paged();
    movToCr(world.cpu, 4, 0x10);
    store32(world, DIRECTORY + 4, 0x83);
    read8(world.cpu, DS, 0x40_8000);
    read8(world.cpu, DS, 0x40_9000);
    read8(world.cpu, DS, 0x5000);
    store32(world, DIRECTORY + 4, 0);
    expect(outcome(() => { read8(world.cpu, DS, 0x40_8000); })).toBe('ok');
    invalidatePage(world.cpu, 0x40_9123);
    expect(outcome(() => { read8(world.cpu, DS, 0x40_8000); })).toBe('#PF(0x0) page-directory-present');
    setEntry(world, 0);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); })).toBe('ok');
    movToCr(world.cpu, 3, DIRECTORY);
    expect(outcome(() => { read8(world.cpu, DS, 0x5000); })).toBe('#PF(0x0) page-table-present');
  });

  test('without CR4.PSE a PS bit means nothing: the entry points to a page table', () => {
    const world = paged();
    store32(world, DIRECTORY + 4, TABLE | 0x87);
    store32(world, 0x5000, 0x77);
    expect(read8(world.cpu, DS, 0x40_5000)).toBe(0x77);
  });

  test('a fetch at CPL 3 from a supervisor page is refused as a user read', () => {
    const world = paged();
    mapPage(world, 0x5000, 0x5003);
    expect(fetchPhysical(world.cpu, 0x5010)).toBe(0x5010);
    enterRing3(world);
    expect(outcome(() => { fetchPhysical(world.cpu, 0x5010); })).toBe('#PF(0x5) page-user');
  });

  test('descriptor tables are read as supervisor even at CPL 3', () => {
    const world = paged();
    mapPage(world, 0x1000, 0x1003);
    enterRing3(world);
    expect(outcome(() => { installSegment(world.cpu, ES, 0, 0, 0, 0); })).toBe('ok');
    writeFlags(world.cpu, 2);
    expect(outcome(() => { read8(world.cpu, DS, GDT); })).toBe('#PF(0x5) page-user');
  });
});

describe('across a page', () => {
  test('bytes come from and go to both pages', () => {
    const world = paged();
    mapPage(world, 0x6000, 0x8007);
    write32(world.cpu, DS, 0x5ffd, 0x4433_2211);
    expect([world.cpu.ram[0x5ffd], world.cpu.ram[0x5fff], world.cpu.ram[0x8000]]).toEqual([0x11, 0x33, 0x44]);
    expect(read32(world.cpu, DS, 0x5ffd)).toBe(0x4433_2211);
    write16(world.cpu, DS, 0x5fff, 0xbbaa);
    expect([read16(world.cpu, DS, 0x5fff), world.cpu.ram[0x8000]]).toEqual([0xbbaa, 0xbb]);
  });

  test('nothing is written when the second page refuses; CR2 is its first byte', () => {
    const world = paged();
    mapPage(world, 0x6000, 0);
    store32(world, 0x5ffc, 0x0101_0101);
    for (const act of [() => { write32(world.cpu, DS, 0x5ffe, -1); }, () => { prepareWrite(world.cpu, DS, 0x5ffe, 4); }]) {
      let thrown: unknown;
      try { act(); } catch (caught) { thrown = caught; }
      expect((thrown as Fault).linear).toBe(0x6000);
    }
    expect(load32(world, 0x5ffc)).toBe(0x0101_0101);
  });
});

describe('the stack', () => {
  test('a faulting push leaves ESP alone', () => {
    const world = paged();
    mapPage(world, 0x5000, 0);
    world.cpu.esp = 0x6000;
    expect(outcome(() => { push32(world.cpu, 1); })).toBe('#PF(0x2) page-table-present');
    expect(world.cpu.esp).toBe(0x6000);
  });

  test('SS.B = 0 uses SP and wraps it, keeping the high half of ESP', () => {
    const world = newWorld();
    installSegment(world.cpu, SS, 0x10, 0x93, 0xffff, 0x10_0000);
    world.cpu.esp = 0xabcd_0000;
    push16(world.cpu, 0x1234);
    expect([world.cpu.esp, world.cpu.ramView.getUint16(0x10_fffe, true)]).toEqual([0xabcd_fffe, 0x1234]);
    expect(pop16(world.cpu)).toBe(0x1234);
    push32(world.cpu, -2);
    expect([pop32(world.cpu), world.cpu.esp]).toEqual([-2, 0xabcd_0000]);
  });
});

describe('table-write', () => {
  const events = (world: World): readonly unknown[] => world.events.filter((one) => one.kind === 'table-write');

  test('a guest write to the GDT, IDT or TSS in use is reported with the whole entry', () => {
    const world = newWorld();
    write32(world.cpu, DS, IDT + 0x80 * 8, 0x8_1234);
    write8(world.cpu, DS, GDT + CODE0 + 5, 0x9b);
    write32(world.cpu, DS, TSS + 4, 0x9000);
    expect(events(world)).toMatchObject([
      { table: 'idt', index: 0x80, physical: BigInt(IDT + 0x400), before: 0n, after: 0x8_1234n },
      { table: 'gdt', index: 1, physical: BigInt(GDT + 8), before: 0x00cf_9a00_0000_ffffn, after: 0x00cf_9b00_0000_ffffn },
      { table: 'tss', index: 1, physical: BigInt(TSS + 4), before: 0x8000n, after: 0x9000n },
    ]);
  });

  test('a write across two entries is two events, beside a table none', () => {
    const world = newWorld();
    write32(world.cpu, DS, GDT + 14, 0);
    write32(world.cpu, DS, GDT + 0x48, 1);
    write32(world.cpu, DS, GDT - 4, 1);
    expect(events(world)).toMatchObject([{ table: 'gdt', index: 1 }, { table: 'gdt', index: 2 }]);
  });

  test('the IDT is found through paging, by its physical place', () => {
    const world = paged();
    mapPage(world, 0x7000, 0x2007);
    write32(world.cpu, DS, 0x7008, 0xffff);
    expect(events(world)).toMatchObject([{ table: 'idt', index: 1, physical: BigInt(IDT + 8) }]);
  });

  test('page tables: the directory, and tables a walk has read; the processor\'s own A and D are not writes', () => {
    const world = paged();
    read8(world.cpu, DS, 0x5000);
    expect(events(world)).toEqual([]);
    write32(world.cpu, DS, PTE5, 0x9007);
    write32(world.cpu, DS, DIRECTORY + 8, 0x1_1007);
    write32(world.cpu, DS, 0x1_1000, 1);
    expect(events(world)).toMatchObject([
      { table: 'page-table', index: 5, physical: BigInt(PTE5), before: BigInt(0x5007 | A), after: 0x9007n },
      { table: 'page-directory', index: 2, physical: BigInt(DIRECTORY + 8), before: 0n, after: 0x1_1007n },
    ]);
  });

  test('the watch survives being saved and restored', () => {
    const world = paged();
    read8(world.cpu, DS, 0x5000);
    write32(world.cpu, DS, TABLE + 0xffc, 0);
    world.events.length = 0;
    const saved = watchedPages(world.cpu);
    restoreWatchedPages(world.cpu, new Uint32Array(0));
    write32(world.cpu, DS, PTE5, 0x5007);
    expect(events(world)).toEqual([]);
    restoreWatchedPages(world.cpu, saved);
    write32(world.cpu, DS, PTE5, 0x5007);
    expect(events(world)).toHaveLength(1);
  });
});

test('a write into decoded code tells the block cache once and marks the page dirty; data beside code does not', () => {
  const { cpu } = newWorld();
  const written: number[] = [];
  cpu.onCodeWritten = (page) => { written.push(page); };
  markCode(cpu, 5, 0x100, 0x141);
  write8(cpu, DS, 0x50ff, 1);
  write8(cpu, DS, 0x5180, 1);
  expect([written, cpu.pageFlags[5]]).toEqual([[], PAGE_DIRTY | PAGE_CODE]);
  write32(cpu, DS, 0x50fd, 1);
  write8(cpu, DS, 0x5140, 1);
  expect([written, cpu.pageFlags[5]]).toEqual([[5], PAGE_DIRTY]);
});
