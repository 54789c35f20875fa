// Corners of the integer instructions: string instructions that fault in the middle, encodings at their limits, real-address mode with large
// segments, forms that the manual leaves open. Each assembly line stands beside its bytes.
import { describe, expect, test } from 'vitest';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { NO_LIMITS, run } from '../../../core/cpu/run.ts';
import { loadParagraph } from '../../../core/cpu/real-mode.ts';
import { installSegment, loadSegment } from '../../../core/cpu/segmentation.ts';
import { DS, EAX, EBX, ECX, EDI, EDX, ES, ESI, SS } from '../../../core/cpu/state.ts';
import { bareCpu, CODE as BARE_CODE, EmptyBus, runFor, STACK } from './bare-cpu.ts';
import { enterReal, REAL_CODE, runBytes, vector } from './modes-world.ts';
import { DATA, descriptor, FREE, gate, load32, newWorld, READ_ONLY, store32, type World } from './world.ts';

const CODE = 0x5000, STATUS = 0x8d5;
/** Executes one instruction; the faults it raised since the world began. */
function execute(world: World, bytes: readonly number[]): string[] {
  for (const number of [6, 12, 13, 14]) gate(world, number);
  world.cpu.eip = CODE;
  runBytes(world, CODE, bytes, 1);
  return world.events.flatMap((event) => (event.kind === 'fault' ? [event.mnemonic] : []));
}
/** DS (or another register) with this last valid offset. */
function limited(world: World, segment: number, limit: number): void {
  descriptor(world, FREE, DATA & ~0x8000, { base: 0, limit });
  loadSegment(world.cpu, segment, FREE);
}
const registers = (world: World): readonly number[] => [ECX, ESI, EDI].map((register) => world.cpu.get32(register));
function point(world: World, ecx: number, esi: number, edi: number): void {
  world.cpu.set32(ECX, ecx);
  world.cpu.set32(ESI, esi);
  world.cpu.set32(EDI, edi);
}

describe('string instructions that fault in the middle', () => {
  test('REP MOVSD keeps what it has done; with the fault mended it goes on from there', () => {
    const world = newWorld();
    limited(world, DS, 0x9007);
    for (const [at, value] of [[0x9000, 1], [0x9004, 2], [0x9008, 3]] as const) store32(world, at, value);
    point(world, 3, 0x9000, 0xb000);
    expect(execute(world, [0xf3, 0xa5])).toEqual(['#GP']); // rep movsd
    expect([registers(world), [0xb000, 0xb004, 0xb008].map((at) => load32(world, at))]).toEqual([[1, 0x9008, 0xb008], [1, 2, 0]]);
    limited(world, DS, 0xffff);
    expect(execute(world, [0xf3, 0xa5])).toEqual(['#GP']);
    expect([registers(world), load32(world, 0xb008)]).toEqual([[0, 0x900c, 0xb00c], 3]);
  });

  test.each([['in one piece', Infinity], ['in slices', 1]])('REPE CMPSD has the flags from before the instruction when it faults, %s', (_, slice) => {
    const world = newWorld();
    limited(world, DS, 0x9007);
    point(world, 3, 0x9000, 0x9000);
    writeFlags(world.cpu, 0x893);
    gate(world, 13);
    world.cpu.ram.set([0xf3, 0xa7], CODE); // repe cmpsd
    world.cpu.eip = CODE;
    const pushed = (): number => load32(world, world.cpu.esp + 12) & STATUS;
    for (let iteration = 1; world.events.length === 0; iteration += 1) run(world.cpu, { ...NO_LIMITS, attempts: world.cpu.attempts + 1, ...(slice === 1 ? { icount: 0, iteration } : {}) });
    expect([registers(world), pushed(), readFlags(world.cpu) & STATUS]).toEqual([[1, 0x9008, 0x9008], 0x891, 0x891]);
  });

  test('INS checks its destination before it reads the port, OUTS its source before it writes', () => {
    const bus = new EmptyBus();
    let reads = 0;
    bus.readPort = () => { reads += 1; return 0; };
    for (const code of [[0xf3, 0x6c], [0xf3, 0x6e]]) { // rep insb; rep outsb
      const cpu = bareCpu(code, bus);
      for (const segment of [DS, ES]) installSegment(cpu, segment, 0x10, 0x4093, 0x8fff, 0);
      for (const register of [ESI, EDI]) cpu.set32(register, 0x9000);
      cpu.set32(ECX, 2);
      runFor(cpu, 1);
      expect([reads, bus.written, cpu.get32(ECX), cpu.icount]).toEqual([0, [], 2, 0]);
    }
  });

  test('a count of zero asks nothing: no access, no port', () => {
    const world = newWorld();
    limited(world, ES, 0xf);
    point(world, 0, 0x9000, 0x9000);
    expect(execute(world, [0xf3, 0xaa])).toEqual([]); // rep stosb
    expect(world.cpu.eip).toBe(CODE + 2);
  });
});

describe('encodings at their limits', () => {
  test('15 bytes are an instruction, 16 are #GP, whatever they would be', () => {
    expect(execute(newWorld(), [...new Array<number>(14).fill(0x66), 0x90])).toEqual([]);
    expect(execute(newWorld(), [...new Array<number>(15).fill(0x66), 0x90])).toEqual(['#GP']);
    expect(execute(newWorld(), [...new Array<number>(15).fill(0xf0), 0x90])).toEqual(['#GP']);
    expect(execute(newWorld(), [...new Array<number>(14).fill(0xf0), 0x90])).toEqual(['#UD']);
  });

  test.each<[string, number[], string[]]>([
    ['add [ebx], al', [0xf0, 0x00, 0x03], []], ['add bl, al', [0xf0, 0x00, 0xc3], ['#UD']], ['cmp [ebx], al', [0xf0, 0x38, 0x03], ['#UD']],
    ['add al, [ebx]', [0xf0, 0x02, 0x03], ['#UD']], ['not byte [ebx]', [0xf0, 0xf6, 0x13], []], ['mul byte [ebx]', [0xf0, 0xf6, 0x23], ['#UD']],
    ['bts [ebx], eax', [0xf0, 0x0f, 0xab, 0x03], []], ['bt [ebx], eax', [0xf0, 0x0f, 0xa3, 0x03], ['#UD']], ['xchg [ebx], al', [0xf0, 0x86, 0x03], []],
    ['cmpxchg8b [ebx]', [0xf0, 0x0f, 0xc7, 0x0b], []], ['xadd [ebx], al', [0xf0, 0x0f, 0xc0, 0x03], []], ['shl byte [ebx], 1', [0xf0, 0xd0, 0x23], ['#UD']],
    ['movsb', [0xf0, 0xa4], ['#UD']], ['mov [ebx], al', [0xf0, 0x88, 0x03], ['#UD']], ['push eax', [0xf0, 0x50], ['#UD']],
  ])('lock %s', (_, bytes, faults) => {
    const world = newWorld();
    for (const register of [EBX, ESI, EDI]) world.cpu.set32(register, 0x9000);
    expect(execute(world, bytes)).toEqual(faults);
  });
});

describe('real-address mode', () => {
  /** A limit of 4 GBytes, as a visit to protected mode leaves it. */
  function enterUnreal(world: World): void {
    enterReal(world);
    installSegment(world.cpu, DS, 0, 0x8093, 0xffff_ffff, 0);
  }
  const run16 = (world: World, bytes: readonly number[]): string[] => {
    for (const number of [12, 13]) vector(world, number, REAL_CODE >>> 4, 0x80);
    runBytes(world, REAL_CODE, bytes, 1);
    return world.events.flatMap((event) => (event.kind === 'fault' ? [event.mnemonic] : []));
  };

  test('a large limit stays when the register is loaded; 32-bit addresses reach beyond 64 KiB, 16-bit ones wrap there', () => {
    const world = newWorld();
    enterUnreal(world);
    loadParagraph(world.cpu, DS, 0x1000);
    store32(world, 0x12_0000, 0x1234_5678);
    world.cpu.set32(EBX, 0x11_0000);
    expect(run16(world, [0x67, 0x66, 0x8b, 0x03])).toEqual([]); // mov eax, [ebx]
    expect(world.cpu.get32(EAX)).toBe(0x1234_5678);
    store32(world, 0x1_fffe, 0xaabb_ccdd);
    world.cpu.set32(EBX, 0xfff0);
    world.cpu.eip = 0;
    expect(run16(world, [0x8b, 0x47, 0x0f])).toEqual([]); // mov ax, [bx + 15]: the word goes on at 64 KiB
    expect(world.cpu.get16(EAX)).toBe(0xbbcc);
  });

  test('the same without it faults: #GP, and #SS through SS', () => {
    for (const [bytes, mnemonic] of [[[0x67, 0x8a, 0x03], '#GP'], [[0x8b, 0x07], '#GP'], [[0x36, 0x8b, 0x07], '#SS']] as const) { // mov al, [ebx]; mov ax, [bx]; mov ax, [ss:bx]
      const world = newWorld();
      enterReal(world);
      world.cpu.set32(EBX, bytes[0] === 0x67 ? 0x1_0000 : 0xffff);
      expect(run16(world, bytes)).toEqual([mnemonic]);
    }
  });
});

describe('forms the manual leaves open, and operands that meet themselves', () => {
  test('a 32-bit PUSH of a segment register leaves the high half of its slot', () => {
    const world = newWorld();
    store32(world, world.cpu.esp - 4, 0xdead_beef);
    execute(world, [0x1e]); // push ds
    expect(load32(world, world.cpu.esp) >>> 16).toBe(0xdead);
    expect(load32(world, world.cpu.esp) & 0xffff).toBe(world.cpu.segmentSelector(DS));
  });

  test('BSWAP of a 16-bit register clears it', () => {
    const cpu = bareCpu([0x66, 0x0f, 0xc8]); // bswap ax
    cpu.set32(EAX, 0x1234_5678);
    runFor(cpu, 1);
    expect(cpu.get32(EAX)).toBe(0x1234_0000);
  });

  test('XADD of a register with itself doubles it; XCHG of memory with a register of its address takes the old one', () => {
    const cpu = bareCpu([0x0f, 0xc1, 0xc0, 0x87, 0x1b]); // xadd eax, eax; xchg [ebx], ebx
    cpu.set32(EAX, 21);
    cpu.set32(EBX, STACK);
    cpu.ramView.setUint32(STACK, 5, true);
    runFor(cpu, 2);
    expect([cpu.get32(EAX), cpu.get32(EBX), cpu.ramView.getUint32(STACK, true)]).toEqual([42, 5, STACK]);
  });

  test('CMPXCHG and CMPXCHG8B write in any case: a destination that cannot be written faults, and no flag or register changes', () => {
    for (const bytes of [[0x0f, 0xb1, 0x0b], [0x0f, 0xc7, 0x0b]]) { // cmpxchg [ebx], ecx; cmpxchg8b [ebx]
      const world = newWorld();
      descriptor(world, FREE, READ_ONLY);
      loadSegment(world.cpu, DS, FREE);
      world.cpu.set32(EBX, 0x9000);
      world.cpu.set32(EAX, 7);
      world.cpu.set32(EDX, 8);
      writeFlags(world.cpu, 0x2);
      expect(execute(world, bytes)).toEqual(['#GP']);
      expect([world.cpu.get32(EAX), world.cpu.get32(EDX), readFlags(world.cpu) & STATUS]).toEqual([7, 8, 0]);
    }
  });

  test('a PUSHA that wraps at 64 KiB goes to both ends of the stack segment; POPA reads it back', () => {
    const cpu = bareCpu([0x66, 0x60, 0x66, 0x61]); // pushaw; popaw
    installSegment(cpu, SS, 0x10, 0x0093, 0xffff, 0x8000);
    cpu.esp = 0xabcd_0006;
    cpu.set32(EAX, 0x1111);
    cpu.set32(EDI, 0x2222);
    runFor(cpu, 1);
    expect([cpu.esp >>> 0, cpu.ramView.getUint16(0x8004, true), cpu.ramView.getUint16(0x8000 + 0xfff6, true)]).toEqual([0xabcd_fff6, 0x1111, 0x2222]);
    cpu.set32(EAX, 0);
    runFor(cpu, 1);
    expect([cpu.esp >>> 0, cpu.get32(EAX), cpu.eip]).toEqual([0xabcd_0006, 0x1111, BARE_CODE + 4]);
  });
});
