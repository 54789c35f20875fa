// Wide operands: across pages, with faults in the second one, and what a listening probe hears of them.

import { describe, expect, it, test } from 'vitest';
import { EBX, EDI } from '../../../core/cpu/state.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { execute, put } from './execute-bytes.ts';
import { setXmm, xmm } from './simd-world.ts';
import { enablePaging, HANDLER, load32, mapPage, newWorld, outcome, store32, listen, type World } from './world.ts';

const CR4 = registerOffset('cr4'), OSFXSR = 0x200;
const MOVUPS_LOAD = [0x0f, 0x10, 0x0b], MOVUPS_STORE = [0x0f, 0x11, 0x0b], MOVAPS_LOAD = [0x0f, 0x28, 0x0b], MOVQ_STORE = [0x66, 0x0f, 0xd6, 0x0b], MASKMOVDQU = [0x66, 0x0f, 0xf7, 0xca];
const PAGE = 0x5000, ENTRY = 7;

/** Paging on, the page behind PAGE with this entry, EBX and EDI at `offset` of PAGE, XMM1 set. */
function across(code: readonly number[], offset: number, second: number): World {
  const world = newWorld();
  enablePaging(world);
  put(world, HANDLER, code);
  mapPage(world, PAGE + 0x1000, second);
  world.cpu.setRegister(CR4, OSFXSR, 0);
  world.cpu.set32(EBX, PAGE + offset);
  world.cpu.set32(EDI, PAGE + offset);
  setXmm(world.cpu, 1, '0f0e0d0c_0b0a0908_07060504_03020100');
  listen(world);
  return world;
}

describe('across pages', () => {
  it('a load takes both pages from where they lie', () => {
    const world = across(MOVUPS_LOAD, 0xff9, 0x3_0000 | ENTRY);
    for (let at = 0; at < 16; at += 4) store32(world, PAGE + 0xff0 + at, 0x1111_1111);
    for (let at = 0; at < 16; at += 4) store32(world, 0x3_0000 + at, 0x2222_2222);
    execute(world);
    expect(xmm(world.cpu, 1)).toBe('22222222222222222211111111111111');
  });

  it('a load whose second page is absent leaves the register', () => {
    const world = across(MOVUPS_LOAD, 0xff8, 0);
    expect(outcome(() => { execute(world); })).toBe('#PF(0x0) page-table-present');
    expect(xmm(world.cpu, 1)).toBe('0f0e0d0c0b0a09080706050403020100');
  });

  it.each([['MOVUPS', MOVUPS_STORE, 0xff8], ['MOVQ', MOVQ_STORE, 0xffc]])('a store of %s whose second page may not be written writes nothing', (_, code, offset) => {
    const world = across(code, offset, 0);
    store32(world, PAGE + 0xff8, 0x1111_1111);
    store32(world, PAGE + 0xffc, 0x1111_1111);
    expect(outcome(() => { execute(world); })).toBe('#PF(0x2) page-table-present');
    expect([load32(world, PAGE + 0xff8), load32(world, PAGE + 0xffc)]).toEqual([0x1111_1111, 0x1111_1111]);
  });

  it('a masked store checks every byte it writes first, and no other', () => {
    const world = across(MASKMOVDQU, 0xff8, 0);
    setXmm(world.cpu, 2, '00000000_00000080_00000000_00000080');
    expect(outcome(() => { execute(world); })).toBe('#PF(0x2) page-table-present');
    expect(load32(world, PAGE + 0xff8)).toBe(0);
    setXmm(world.cpu, 2, '00000000_00000000_00000000_00000080');
    setXmm(world.cpu, 1, 'ff');
    execute(world);
    expect(load32(world, PAGE + 0xff8)).toBe(0xff);
  });

  it('an operand that must be aligned is refused before its page is looked at', () => {
    const world = across(MOVAPS_LOAD, 0x1008, 0);
    expect(outcome(() => { execute(world); })).toBe('#GP(0x0) operand-aligned');
  });
});

test('a listening probe hears sixteen bytes as two accesses', () => {
  const world = across(MOVUPS_STORE, 0x10, ENTRY);
  execute(world);
  const told = world.heard.flatMap((one) => (one.kind === 'access' && one.what === 'operand' ? [[one.linear, one.size, one.value, one.write]] : []));
  expect(told).toEqual([[PAGE + 0x10, 8, 0x0706_0504_0302_0100n, true], [PAGE + 0x18, 8, 0x0f0e_0d0c_0b0a_0908n, true]]);
});
