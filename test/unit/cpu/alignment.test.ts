// Alignment checking, instruction by instruction: at ring 3 with CR0.AM and EFLAGS.AC, each memory operand at eight addresses in a row, and whether #AC comes.
// SDM 3A "Interrupt 17—Alignment Check Exception (#AC)", table "Alignment Requirements by Data Type".

import { describe, expect, test } from 'vitest';
import { CR0_AM } from '../../../core/arch/control-registers.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { step } from '../../../core/cpu/run.ts';
import { installSegment, refreshFlatSegments } from '../../../core/cpu/segmentation.ts';
import { CS, DS, EBX, ECX, EDI, ESI, SS } from '../../../core/cpu/state.ts';
import { SILENT_PROBE } from '../../../core/event/probe.ts';
import { put } from './debug-world.ts';
import { enterVirtual8086, REAL_CODE } from './modes-world.ts';
import { CONFORMING, DATA3, descriptor, enablePaging, enterRing3, FREE, gate, listen, mapPage, newWorld, store32, TSS, type World } from './world.ts';

const CR0 = registerOffset('cr0'), CPL = registerOffset('cpl'), CR4 = registerOffset('cr4');
const AC = 0x4_0000, OSFXSR = 0x200, IOPL3 = 0x3000;
const PLACE = 0x5000;

/** Ring 3 with these bytes at EIP; #AC has a gate. EBX, ESI, EDI and ESP point at `address`. */
function ring3(code: readonly number[], address: number, begin?: (world: World) => void): World {
  const world = newWorld();
  begin?.(world);
  const { cpu } = world;
  for (const vector of [13, 17, 6]) gate(world, vector);
  put(world, 0x6000, code);
  enterRing3(world);
  cpu.eip = 0x6000;
  for (const register of [EBX, ESI, EDI]) cpu.set32(register, address);
  cpu.esp = address;
  cpu.set32(ECX, 1);
  cpu.setRegister(CR4, OSFXSR, 0);
  cpu.setRegister(CR0, cpu.register(CR0) | CR0_AM, 0);
  writeFlags(cpu, AC | IOPL3 | 2);
  refreshFlatSegments(cpu);
  // selectors, far pointers, counts and addresses that are read are good ones
  for (let at = PLACE - 0x100; at < PLACE + 0x100; at += 4) store32(world, at, 0);
  listen(world);
  return world;
}
/** The mnemonic of the exception one attempt gives, or ''. */
function raised(world: World): string {
  step(world.cpu);
  return world.events.flatMap((event) => (event.kind === 'fault' ? [event.mnemonic] : []))[0] ?? '';
}

type Row = readonly [name: string, code: readonly number[], alignment: number, remainder?: number];
const ROWS = ([
  ['mov al, [ebx]', [0x8a, 0x03], 1], ['mov ax, [ebx]', [0x66, 0x8b, 0x03], 2], ['mov eax, [ebx]', [0x8b, 0x03], 4], ['mov [ebx], ax', [0x66, 0x89, 0x03], 2], ['mov [ebx], eax', [0x89, 0x03], 4],
  ['add [ebx], eax', [0x01, 0x03], 4], ['xchg [ebx], eax', [0x87, 0x03], 4], ['movzx eax, word [ebx]', [0x0f, 0xb7, 0x03], 2], ['xlat', [0xd7], 1], ['lea eax, [ebx+1]', [0x8d, 0x43, 0x01], 1],
  ['cmpxchg8b [ebx]', [0x0f, 0xc7, 0x0b], 8], ['bt [ebx], eax', [0x0f, 0xa3, 0x03], 4], ['bt [ebx], ax', [0x66, 0x0f, 0xa3, 0x03], 2], ['bound eax, [ebx]', [0x62, 0x03], 4],
  ['mov es, [ebx]', [0x8e, 0x03], 2], ['mov [ebx], es', [0x8c, 0x03], 2], ['lds eax, [ebx]: 48-bit far pointer', [0xc5, 0x03], 4], ['lds ax, [ebx]: 32-bit far pointer', [0x66, 0xc5, 0x03], 2],
  ['sldt [ebx]', [0x0f, 0x00, 0x03], 2], ['sgdt [ebx]: a word, then a doubleword', [0x0f, 0x01, 0x03], 4, 2], ['sidt [ebx]', [0x0f, 0x01, 0x0b], 4, 2],
  ['push eax', [0x50], 4], ['push ax', [0x66, 0x50], 2], ['push dword [ebx]', [0xff, 0x33], 4], ['pop eax', [0x58], 4], ['pop dword [ebx]', [0x8f, 0x03], 4], ['pushf', [0x9c], 4], ['popa', [0x61], 4],
  ['pusha', [0x60], 4], ['enter 8, 0', [0xc8, 8, 0, 0], 4], ['call $+5', [0xe8, 0, 0, 0, 0], 4], ['ret', [0xc3], 4],
  ['movsb', [0xa4], 1], ['movsw', [0x66, 0xa5], 2], ['movsd', [0xa5], 4], ['rep stosd', [0xf3, 0xab], 4], ['lodsw', [0x66, 0xad], 2], ['scasd', [0xaf], 4], ['cmpsd', [0xa7], 4], ['insd', [0x6d], 4], ['outsw', [0x66, 0x6f], 2],
  ['invlpg is refused first', [0x0f, 0x01, 0x3b], 0], ['nop [ebx]', [0x0f, 0x1f, 0x03], 1],
  ['movups xmm0, [ebx]', [0x0f, 0x10, 0x03], 16], ['movsd xmm0, [ebx]', [0xf2, 0x0f, 0x10, 0x03], 8], ['movss xmm0, [ebx]', [0xf3, 0x0f, 0x10, 0x03], 4], ['movq mm0, [ebx]', [0x0f, 0x6f, 0x03], 8],
  ['fld dword [ebx]', [0xd9, 0x03], 4], ['fld qword [ebx]', [0xdd, 0x03], 8], ['fld tword [ebx]: 8 for 10 bytes', [0xdb, 0x2b], 8], ['fstp tword [ebx]', [0xdb, 0x3b], 8], ['fild word [ebx]', [0xdf, 0x03], 2],
  ['fild qword [ebx]', [0xdf, 0x2b], 8], ['fnstcw [ebx]', [0xd9, 0x3b], 2], ['fnstenv [ebx]', [0xd9, 0x33], 4], ['fnstenv [ebx], 16-bit', [0x66, 0xd9, 0x33], 2], ['fnsave [ebx]', [0xdd, 0x33], 4],
  ['movaps xmm0, [ebx]: #GP instead', [0x0f, 0x28, 0x03], 0],
] satisfies readonly Row[]).map(([name, code, alignment, remainder]: Row) => ({ name, code, alignment, remainder: remainder ?? 0 }));

describe.each(ROWS)('$name', ({ name, code, alignment, remainder }) => {
  test(alignment === 0 ? 'has another exception' : `lies at a multiple of ${String(alignment)}${remainder === 0 ? '' : ` and ${String(remainder)}`}`, () => {
    for (let offset = 0; offset < 8; offset += 1) {
      const isMisaligned = alignment !== 0 && offset % alignment !== remainder;
      const mnemonic = raised(ring3(code, PLACE + offset));
      expect(mnemonic === '#AC', `${name} at ${String(offset)}: ${mnemonic}`).toBe(isMisaligned);
    }
  });

  test('is not checked with AC or AM clear, nor at ring 0', () => {
    const offs: readonly ((world: World) => void)[] = [
      ({ cpu }) => { writeFlags(cpu, readFlags(cpu) & ~AC); }, ({ cpu }) => { cpu.setRegister(CR0, cpu.register(CR0) & ~CR0_AM, 0); }, ({ cpu }) => { cpu.setNarrow(CPL, 0); },
    ];
    for (const off of offs) {
      const world = ring3(code, PLACE + 1);
      off(world);
      refreshFlatSegments(world.cpu);
      expect(raised(world)).not.toBe('#AC');
    }
  });
});

test('nothing has changed when it comes, and its error code is 0', () => {
  const world = ring3([0xa5], PLACE); // movsd
  world.cpu.set32(EDI, PLACE + 6);
  world.cpu.probe = { ...world.cpu.probe, listening: false };
  raised(world);
  expect(world.events[0]).toMatchObject({ mnemonic: '#AC', errorCode: 0, class: 'fault', rule: 'access-aligned' });
  expect([world.cpu.get32(ESI), world.cpu.get32(EDI)]).toEqual([PLACE, PLACE + 6]);
});

test('the short path is not taken while it is on, with nobody listening', () => {
  for (const [offset, mnemonic] of [[0, ''], [2, '#AC']] as const) {
    const world = ring3([0x8b, 0x03], PLACE + offset);
    const heard = world.cpu.probe;
    world.cpu.probe = { ...SILENT_PROBE, emit: (seq, draft) => { heard.emit(seq, draft); } };
    // once without AC, so that the translation is cached with all its rights
    writeFlags(world.cpu, 2);
    refreshFlatSegments(world.cpu);
    step(world.cpu);
    world.cpu.eip = 0x6000;
    writeFlags(world.cpu, AC | 2);
    refreshFlatSegments(world.cpu);
    expect(raised(world)).toBe(mnemonic);
  }
});

test('POPFD and IRETD turn it on and off', () => {
  const world = ring3([0x9d, 0x8b, 0x03], PLACE); // popfd; mov eax, [ebx]
  writeFlags(world.cpu, 2);
  refreshFlatSegments(world.cpu);
  store32(world, PLACE, AC | 2);
  world.cpu.set32(EBX, PLACE + 1);
  step(world.cpu);
  expect(raised(world)).toBe('#AC');
});

test('the linear address counts, not the offset', () => {
  const world = ring3([0x8b, 0x03], PLACE + 1);
  installSegment(world.cpu, DS, DATA3, 0xc0f3, 0xffff_ffff, 3);
  expect(raised(world)).toBe('');
});

test('tables and stacks of inner rings are read and written by the processor: they may lie anywhere', () => {
  const world = ring3([0xcd, 0x80], PLACE);
  gate(world, 0x80);
  store32(world, TSS + 4, 0x7ffd);
  expect(raised(world)).toBe('');
  expect([world.cpu.cpl, world.cpu.esp]).toEqual([0, 0x7ffd - 20]);
});

test('a frame on the stack of ring 3 itself, through a gate to conforming code: EXT says whether the program asked for it', () => {
  for (const [code, errorCode] of [[[0xcd, 0x80], 0], [[0xf1], 1]] as const) {
    const world = ring3(code, PLACE + 2);
    descriptor(world, FREE, CONFORMING | 0x60);
    for (const vector of [0x80, 1]) gate(world, vector, { selector: FREE, dpl: 3 });
    raised(world);
    const fault = world.events.find((event) => event.kind === 'fault' && event.mnemonic === '#AC');
    expect(fault).toMatchObject({ errorCode, during: 'delivery', rule: 'access-aligned' });
  }
  const aligned = ring3([0xcd, 0x80], PLACE);
  descriptor(aligned, FREE, CONFORMING | 0x60);
  gate(aligned, 0x80, { selector: FREE, dpl: 3 });
  expect([raised(aligned), aligned.cpu.segmentSelector(CS), aligned.cpu.segmentSelector(SS)]).toEqual(['', FREE | 3, DATA3]);
});

test('virtual-8086 mode runs at ring 3: it is checked there', () => {
  for (const [offset, mnemonic] of [[0x10, ''], [0x11, '#AC']] as const) {
    const world = newWorld();
    gate(world, 17);
    enterVirtual8086(world, AC | IOPL3);
    world.cpu.setRegister(CR0, world.cpu.register(CR0) | CR0_AM, 0);
    put(world, REAL_CODE, [0xa1, offset, 0x00]); // mov ax, [offset]
    expect(raised(world)).toBe(mnemonic);
  }
});

test('it comes before the page is looked at', () => {
  for (const [offset, mnemonic] of [[0, '#PF'], [1, '#AC']] as const) {
    const world = ring3([0x8b, 0x03], PLACE + offset, enablePaging); // mov eax, [ebx]
    gate(world, 14);
    mapPage(world, PLACE, 0);
    expect(raised(world)).toBe(mnemonic);
  }
});
