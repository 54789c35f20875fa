// LAR, LSL, VERR, VERW and ARPL: which selectors they accept at which privilege, and what they leave in ZF and the destination.

import { describe, expect, test } from 'vitest';
import { readFlags } from '../../../core/cpu/flags.ts';
import { step } from '../../../core/cpu/run.ts';
import { isReadableFor, isWritableFor, visibleLimit, visibleRights } from '../../../core/cpu/selector-inspection.ts';
import { EAX, EBX } from '../../../core/cpu/state.ts';
import { lldt } from '../../../core/cpu/system-tables.ts';
import { ABSENT, BEYOND, CODE, CONFORMING, DATA, descriptor, DPL3, enterRing3, EXECUTE_ONLY, FREE, LDT_SELECTOR, newWorld, READ_ONLY, type World } from './world.ts';

/** `rwal`: readable, writable, access rights and limit visible; `-` where not. */
function seen(world: World, selector: number): string {
  const { cpu } = world;
  return [isReadableFor(cpu, selector) ? 'r' : '-', isWritableFor(cpu, selector) ? 'w' : '-', visibleRights(cpu, selector) >= 0 ? 'a' : '-', visibleLimit(cpu, selector) >= 0 ? 'l' : '-'].join('');
}
function worldWith(rights: number, ring: 0 | 3): World {
  const world = newWorld();
  descriptor(world, FREE, rights);
  if (ring === 3) enterRing3(world);
  return world;
}

const CASES: readonly (readonly [name: string, rights: number, inRing0: string, inRing3: string])[] = [
  ['data', DATA, 'rwal', '----'], ['data of ring 3', DATA | DPL3, 'rwal', 'rwal'], ['read-only data', READ_ONLY | DPL3, 'r-al', 'r-al'],
  ['code', CODE, 'r-al', '----'], ['execute-only code', EXECUTE_ONLY | DPL3, '--al', '--al'], ['conforming code', CONFORMING, 'r-al', 'r-al'],
  ['absent data', (DATA | DPL3) & ~ABSENT, 'rwal', 'rwal'],
  ...[1, 2, 3, 9, 11].map((type) => [`system type ${String(type)}`, 0x80 | type, '--al', '----'] as const),
  ...[4, 5, 12].map((type) => [`system type ${String(type)}`, 0xe0 | type, '--a-', '--a-'] as const),
  ...[0, 6, 7, 8, 10, 13, 14, 15].map((type) => [`system type ${String(type)}`, 0xe0 | type, '----', '----'] as const),
];
test.each(CASES)('%s', (_, rights, inRing0, inRing3) => {
  expect([seen(worldWith(rights, 0), FREE), seen(worldWith(rights, 3), FREE | 3)]).toEqual([inRing0, inRing3]);
});

test('RPL counts like CPL', () => {
  expect([0, 1, 2, 3].map((rpl) => seen(worldWith(DATA | 0x40, 0), FREE | rpl))).toEqual(['rwal', 'rwal', 'rwal', '----']);
});

test('null, beyond the table, an empty and a loaded LDT', () => {
  const world = newWorld();
  expect([0, 3, BEYOND, 0xc].map((selector) => seen(world, selector))).toEqual(['----', '----', '----', '----']);
  lldt(world.cpu, LDT_SELECTOR);
  descriptor(world, 0xc, DATA, { base: 0x1234, limit: 0x5678 });
  expect(seen(world, 0xc)).toBe('rwal');
  expect(visibleLimit(world.cpu, 0xc)).toBe(0x567_8fff);
});

describe('as instructions', () => {
  function run(code: readonly number[], registers: { readonly eax: number; readonly ebx: number }): { eax: number; ebx: number; zero: boolean; event: string | undefined } {
    const world = newWorld();
    world.cpu.ram.set(code, 0x5000);
    world.cpu.eip = 0x5000;
    world.cpu.set32(EAX, registers.eax);
    world.cpu.set32(EBX, registers.ebx);
    step(world.cpu);
    const [first] = world.events;
    return { eax: world.cpu.get32(EAX) >>> 0, ebx: world.cpu.get32(EBX) >>> 0, zero: (readFlags(world.cpu) & 0x40) !== 0, event: first?.kind === 'fault' ? first.mnemonic : first?.kind };
  }

  test.each([
    ['lar eax, ebx', [0x0f, 0x02, 0xc3], 8, 0x00cf_9a00], ['lar ax, bx', [0x66, 0x0f, 0x02, 0xc3], 8, 0x1111_9a00],
    ['lsl eax, ebx', [0x0f, 0x03, 0xc3], 8, 0xffff_ffff], ['lsl ax, bx', [0x66, 0x0f, 0x03, 0xc3], 0x28, 0x1111_0087],
  ] as const)('%s', (_, code, ebx, eax) => {
    expect(run(code, { eax: 0x1111_1111, ebx })).toEqual({ eax, ebx, zero: true, event: undefined });
    expect(run(code, { eax: 0x1111_1111, ebx: 0 })).toEqual({ eax: 0x1111_1111, ebx: 0, zero: false, event: undefined });
  });

  test('arpl raises the RPL of its destination, and says so', () => {
    const arpl = [0x63, 0xc3]; // arpl bx, ax
    expect(run(arpl, { eax: 3, ebx: 0xabcd_0009 })).toMatchObject({ ebx: 0xabcd_000b, zero: true });
    expect(run(arpl, { eax: 1, ebx: 0x000a })).toMatchObject({ ebx: 0x000a, zero: false });
  });

  test('arpl writes memory only when the RPL changes', () => {
    // arpl [cs:0x5000], ax: a code segment cannot be written; the word there is 0x632e, RPL 2
    const arpl = [0x2e, 0x63, 0x05, 0, 0x50, 0, 0];
    expect(run(arpl, { eax: 2, ebx: 0 })).toMatchObject({ zero: false, event: undefined });
    expect(run(arpl, { eax: 3, ebx: 0 })).toMatchObject({ event: '#GP' });
  });
});
