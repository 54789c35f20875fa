// Single instructions and short programs, as bytes with their assembly beside them: stack, strings, control flow, bits, decimals, flags.
import { describe, expect, it, vi } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { encodeUtf8 } from '../../../core/base/utf8.ts';
import { FLAG_AF, FLAG_CF, FLAG_DF, FLAG_ID, FLAG_IF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF, readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { NO_LIMITS, run } from '../../../core/cpu/run.ts';
import { EAX, EBP, EBX, ECX, EDI, EDX, ESI, type Cpu } from '../../../core/cpu/state.ts';
import { refuseA20 } from '../../../core/machine/devices/system-control.ts';
import { bareCpu, CODE, DATA, EmptyBus, execute, restart, runFor, STACK } from './bare-cpu.ts';

vi.setConfig({ testTimeout: 30_000 });

const STATUS = [FLAG_CF, FLAG_PF, FLAG_AF, FLAG_ZF, FLAG_SF, FLAG_OF];
const everyStatus = Array.from({ length: 64 }, (_, bits) => STATUS.reduce((flags, flag, at) => flags | ((bits >> at) & 1 ? flag : 0), 2));
const u32 = (cpu: Cpu, register: number): number => cpu.get32(register) >>> 0;
const word = (cpu: Cpu, at: number): number => cpu.ramView.getUint32(at, true);

/** Executes every instruction of the bytes up to a final HLT. */
function toHalt(code: readonly number[], prepare: (cpu: Cpu) => void = () => undefined): Cpu {
  const cpu = bareCpu([...code, 0xf4]);
  prepare(cpu);
  expect(runFor(cpu, 10_000)).toEqual({ kind: 'halted' });
  return cpu;
}

describe('flags', () => {
  it('all 64 combinations survive POPF, PUSHF, SAHF and LAHF', () => {
    const cpu = bareCpu([]);
    for (const flags of everyStatus) {
      restart(cpu, [0x9d, 0x9c], 2); // popf; pushf
      cpu.esp = STACK;
      cpu.ramView.setUint32(STACK, flags, true);
      expect(execute(cpu)).toBe(flags);
      execute(cpu);
      expect(word(cpu, STACK)).toBe(flags);
      restart(cpu, [0x9f, 0x9e], flags); // lahf; sahf
      execute(cpu);
      expect(cpu.get8(4)).toBe((flags & 0xff) | 2);
      writeFlags(cpu, 2 | (flags & FLAG_OF));
      expect(execute(cpu)).toBe(flags);
    }
  });

  it('the sixteen conditions follow the manual\'s table for SETcc, Jcc and CMOVcc', () => {
    const has = (flags: number, flag: number): boolean => (flags & flag) !== 0;
    const table: ((flags: number) => boolean)[] = [
      (f) => has(f, FLAG_OF), (f) => has(f, FLAG_CF), (f) => has(f, FLAG_ZF), (f) => has(f, FLAG_CF) || has(f, FLAG_ZF),
      (f) => has(f, FLAG_SF), (f) => has(f, FLAG_PF), (f) => has(f, FLAG_SF) !== has(f, FLAG_OF), (f) => has(f, FLAG_ZF) || has(f, FLAG_SF) !== has(f, FLAG_OF),
    ];
    const cpu = bareCpu([]);
    for (const flags of everyStatus) for (let condition = 0; condition < 16; condition += 1) {
      const expected = table[condition >> 1]!(flags) !== ((condition & 1) !== 0);
      restart(cpu, [0x0f, 0x90 | condition, 0xc0, 0x0f, 0x40 | condition, 0xd3, 0x70 | condition, 0x10], flags); // setcc al; cmovcc edx, ebx; jcc +0x10
      cpu.set32(EAX, 0x55);
      cpu.set32(EBX, 7);
      cpu.set32(EDX, 0);
      execute(cpu);
      execute(cpu);
      expect(execute(cpu)).toBe(flags);
      expect([cpu.get8(EAX), u32(cpu, EDX), cpu.eip]).toEqual([expected ? 1 : 0, expected ? 7 : 0, CODE + 8 + (expected ? 0x10 : 0)]);
    }
  });

  it('CLC STC CMC change CF alone', () => {
    const cpu = bareCpu([]);
    for (const flags of everyStatus) for (const [opcode, carry] of [[0xf8, 0], [0xf9, 1], [0xf5, (flags & 1) ^ 1]] as const) {
      restart(cpu, [opcode], flags);
      expect(execute(cpu)).toBe((flags & ~1) | carry);
    }
  });

  it('POPF at ring 0 changes IF and ID, never VM; STI holds interrupts for one instruction', () => {
    const cpu = bareCpu([0x9d, 0xfb, 0x90]); // popf; sti; nop
    cpu.ramView.setUint32(STACK, 0xffff_feff & ~FLAG_IF, true);
    expect(execute(cpu) & (FLAG_IF | FLAG_ID | 0x2_0000)).toBe(FLAG_ID);
    execute(cpu);
    expect(cpu.shadow & 1).toBe(1);
    execute(cpu);
    expect(cpu.shadow & 1).toBe(0);
  });
});

describe('stack', () => {
  it('PUSH ESP stores the value before, POP ESP the value read', () => {
    const cpu = toHalt([0x54, 0x8b, 0x04, 0x24, 0x5c]); // push esp; mov eax, [esp]; pop esp
    expect([u32(cpu, EAX), cpu.esp]).toEqual([STACK, STACK]);
  });

  it('POP to memory addresses with ESP already moved', () => {
    const cpu = toHalt([0x6a, 0x11, 0x6a, 0x22, 0x8f, 0x04, 0x24]); // push 0x11; push 0x22; pop dword [esp]
    expect([word(cpu, STACK - 4), cpu.esp]).toEqual([0x22, STACK - 4]);
  });

  it('PUSHA and POPA keep all registers but ESP\'s slot', () => {
    const cpu = toHalt([0x60, 0x31, 0xc0, 0x31, 0xff, 0x61], (one) => { one.set32(EAX, 0x1234_5678); one.set32(EDI, -1); }); // pusha; xor eax, eax; xor edi, edi; popa
    expect([u32(cpu, EAX), u32(cpu, EDI), cpu.esp, word(cpu, STACK - 20)]).toEqual([0x1234_5678, 0xffff_ffff, STACK, STACK]);
  });

  it('PUSHA that would fault leaves memory and ESP alone', () => {
    const cpu = bareCpu([0x60]);
    cpu.setSegment(2, 0x10, 0xc093, 0x7fef, 0); // the last three slots lie above the limit
    cpu.flatSegments &= ~0x404;
    cpu.esp = 0x7ff8;
    runFor(cpu, 1);
    expect([cpu.esp, word(cpu, 0x7ff4), cpu.icount]).toEqual([0x7ff8, 0, 0]);
  });

  it('ENTER builds nested frames, LEAVE undoes them', () => {
    const cpu = toHalt([0xc8, 0x10, 0x00, 0x02, 0x89, 0xe0, 0xc9], (one) => { // enter 16, 2; mov eax, esp; leave
      one.set32(EBP, STACK - 0x100);
      one.ramView.setUint32(STACK - 0x104, 0xabcd, true);
    });
    expect([word(cpu, STACK - 4), word(cpu, STACK - 8), word(cpu, STACK - 12)]).toEqual([STACK - 0x100, 0xabcd, STACK - 4]);
    expect([u32(cpu, EAX), u32(cpu, EBP), cpu.esp]).toEqual([STACK - 12 - 16, STACK - 0x100, STACK]);
  });

  it('ENTER copies the display one by one: what it pushed may be what it copies next', () => {
    const cpu = toHalt([0xc8, 0x00, 0x00, 0x03], (one) => { one.set32(EBP, STACK); }); // enter 0, 3, the old frame right above the new one
    expect([4, 8, 12, 16].map((down) => word(cpu, STACK - down))).toEqual([STACK, STACK, STACK, STACK - 4]);
  });

  it('CALL and RET n meet again', () => {
    const cpu = toHalt([0x6a, 0x05, 0xe8, 0x03, 0, 0, 0, 0x90, 0xeb, 0x04, 0x40, 0xc2, 0x04, 0x00]); // push 5; call f; nop; jmp end; f: inc eax; ret 4
    expect([u32(cpu, EAX), cpu.esp]).toEqual([1, STACK]);
  });
});

describe('string instructions', () => {
  const fill = (cpu: Cpu, text: string): void => {
    cpu.ram.set(encodeUtf8(text), DATA);
    cpu.set32(ESI, DATA);
    cpu.set32(EDI, DATA + 0x100);
    cpu.set32(ECX, text.length);
  };
  it('REP MOVSB copies upwards, with STD downwards', () => {
    const up = toHalt([0xf3, 0xa4], (cpu) => { fill(cpu, 'ringscope'); });
    expect(String.fromCharCode(...up.ram.subarray(DATA + 0x100, DATA + 0x109))).toBe('ringscope');
    expect([u32(up, ECX), u32(up, ESI), up.icount, up.clock]).toEqual([0, DATA + 9, 2, 10]);
    const down = toHalt([0xfd, 0xf3, 0xa4], (cpu) => { fill(cpu, 'abc'); cpu.set32(ESI, DATA + 2); cpu.set32(EDI, DATA + 0x102); });
    expect(String.fromCharCode(...down.ram.subarray(DATA + 0x100, DATA + 0x103))).toBe('abc');
    expect([u32(down, ESI), readFlags(down) & FLAG_DF]).toEqual([DATA - 1, FLAG_DF]);
  });

  it('a count of zero does nothing and keeps the flags', () => {
    const cpu = toHalt([0xf3, 0xa6], (one) => { one.set32(ECX, 0); writeFlags(one, FLAG_ZF | FLAG_CF | 2); });
    expect([u32(cpu, ESI), readFlags(cpu) & (FLAG_ZF | FLAG_CF), cpu.clock]).toEqual([0, FLAG_ZF | FLAG_CF, 2]);
  });

  it('REPE CMPSB stops behind the first difference, REPNE SCASB behind the first match', () => {
    const compare = toHalt([0xf3, 0xa6], (cpu) => { fill(cpu, 'abcd'); cpu.ram.set([97, 98, 120, 100], DATA + 0x100); });
    expect([u32(compare, ECX), u32(compare, ESI), readFlags(compare) & FLAG_CF]).toEqual([1, DATA + 3, FLAG_CF]);
    const scan = toHalt([0xf2, 0xae], (cpu) => { fill(cpu, 'abcd'); cpu.set32(EDI, DATA); cpu.set8(EAX, 99); });
    expect([u32(scan, ECX), u32(scan, EDI), readFlags(scan) & FLAG_ZF]).toEqual([1, DATA + 3, FLAG_ZF]);
  });

  it('stops between iterations at an exact point, and goes on as if it had not', () => {
    const code = [0x40, 0xf3, 0xa4, 0x40, 0xf4]; // inc eax; rep movsb; inc eax; hlt
    const whole = bareCpu(code);
    fill(whole, 'abcdefgh');
    run(whole, NO_LIMITS);
    const sliced = bareCpu(code);
    fill(sliced, 'abcdefgh');
    expect(run(sliced, { ...NO_LIMITS, icount: 1, iteration: 3 })).toEqual({ kind: 'limit' });
    expect([sliced.icount, sliced.iteration, u32(sliced, ECX), sliced.eip, sliced.clock]).toEqual([1, 3, 5, CODE + 1, 3]);
    // The first iteration costs no tick of its own, the last one its own and the retirement's.
    for (const [clock, reached] of [[4, 4], [5, 5], [6, 6], [7, 7], [8, 9]] as const) {
      expect(run(sliced, { ...NO_LIMITS, clock })).toEqual({ kind: 'limit' });
      expect(sliced.clock).toBe(reached);
    }
    run(sliced, NO_LIMITS);
    expect([sliced.icount, sliced.clock, sliced.attempts, sliced.iteration]).toEqual([whole.icount, whole.clock, whole.attempts, 0]);
    expect(sliced.registerFile).toEqual(whole.registerFile);
  });
});

describe('bits and bytes', () => {
  it('BT with a register reaches memory outside the operand, signed', () => {
    const cpu = toHalt([0x0f, 0xab, 0x03], (one) => { one.set32(EBX, DATA); one.set32(EAX, -33); }); // bts [ebx], eax
    expect(word(cpu, DATA - 8)).toBe(0x8000_0000);
    const other = toHalt([0x0f, 0xbb, 0x03], (one) => { one.set32(EBX, DATA); one.set32(EAX, 70); }); // btc [ebx], eax
    expect(word(other, DATA + 8)).toBe(0x40);
  });

  it('BT with an immediate stays inside', () => {
    const cpu = toHalt([0x0f, 0xba, 0x2b, 0x21], (one) => { one.set32(EBX, DATA); }); // bts dword [ebx], 33
    expect(word(cpu, DATA)).toBe(2);
  });

  it('BSF and BSR find the ends; zero sets ZF and keeps the destination', () => {
    const cpu = toHalt([0x0f, 0xbc, 0xc3, 0x0f, 0xbd, 0xcb], (one) => { one.set32(EBX, 0x0002_0100); }); // bsf eax, ebx; bsr ecx, ebx
    expect([u32(cpu, EAX), u32(cpu, ECX)]).toEqual([8, 17]);
    const zero = toHalt([0x0f, 0xbc, 0xc3], (one) => { one.set32(EAX, 99); });
    expect([u32(zero, EAX), readFlags(zero) & FLAG_ZF]).toEqual([99, FLAG_ZF]);
  });

  it('XADD, CMPXCHG, CMPXCHG8B and BSWAP', () => {
    const xadd = toHalt([0x0f, 0xc1, 0xd8], (one) => { one.set32(EAX, 5); one.set32(EBX, 7); });
    expect([u32(xadd, EAX), u32(xadd, EBX)]).toEqual([12, 5]);
    const based = toHalt([0x0f, 0xc0, 0x00], (one) => { one.set32(EAX, DATA + 5); one.ram[DATA + 5] = 0x42; }); // xadd [eax], al: the address is that of the old al
    expect([u32(based, EAX), based.ram[DATA + 5]]).toEqual([DATA + 0x42, 0x47]);
    const equal = toHalt([0x0f, 0xb1, 0x0b], (one) => { one.set32(EBX, DATA); one.set32(ECX, 42); }); // cmpxchg [ebx], ecx
    expect([word(equal, DATA), readFlags(equal) & FLAG_ZF]).toEqual([42, FLAG_ZF]);
    const other = toHalt([0x0f, 0xc7, 0x0e], (one) => { one.set32(ESI, DATA); one.set32(EAX, 1); one.ramView.setUint32(DATA + 4, 9, true); }); // cmpxchg8b [esi]
    expect([u32(other, EAX), u32(other, EDX), readFlags(other) & FLAG_ZF]).toEqual([0, 9, 0]);
    expect(u32(toHalt([0x0f, 0xc8], (one) => { one.set32(EAX, 0x1122_3344); }), EAX)).toBe(0x4433_2211);
  });

  it('MOVSX, MOVZX, CBW, CWDE, CWD, CDQ extend', () => {
    const cpu = toHalt([0x0f, 0xbe, 0xcb, 0x0f, 0xb6, 0xd3, 0x0f, 0xbf, 0xf3], (one) => { one.set32(EBX, 0x80f0); }); // movsx ecx, bl; movzx edx, bl; movsx esi, bx
    expect([u32(cpu, ECX), u32(cpu, EDX), u32(cpu, ESI)]).toEqual([0xffff_fff0, 0xf0, 0xffff_80f0]);
    const wide = toHalt([0x66, 0x98, 0x98, 0x99], (one) => { one.set32(EAX, 0x80); }); // cbw; cwde; cdq
    expect([u32(wide, EAX), u32(wide, EDX)]).toEqual([0xffff_ff80, 0xffff_ffff]);
  });
});

describe('decimal arithmetic', () => {
  const bcd = (value: number): number => Math.floor(value / 10) * 16 + (value % 10);
  it('DAA and DAS correct every sum and difference of two-digit numbers', () => {
    const cpu = bareCpu([]);
    for (let a = 0; a < 100; a += 11) for (let b = 0; b < 100; b += 3) {
      restart(cpu, [0x00, 0xd8, 0x27], 2); // add al, bl; daa
      cpu.set8(EAX, bcd(a));
      cpu.set8(EBX, bcd(b));
      execute(cpu);
      expect([execute(cpu) & 1, cpu.get8(EAX)]).toEqual([a + b > 99 ? 1 : 0, bcd((a + b) % 100)]);
      restart(cpu, [0x28, 0xd8, 0x2f], 2); // sub al, bl; das
      cpu.set8(EAX, bcd(a));
      cpu.set8(EBX, bcd(b));
      execute(cpu);
      expect([execute(cpu) & 1, cpu.get8(EAX)]).toEqual([a < b ? 1 : 0, bcd((a - b + 100) % 100)]);
    }
  });

  it('AAM and AAD are inverse; AAA and AAS carry into AH', () => {
    const cpu = toHalt([0xd4, 0x0a, 0xd5, 0x0a], (one) => { one.set32(EAX, 73); });
    expect(cpu.get16(EAX)).toBe(73);
    expect(toHalt([0x04, 0x05, 0x37], (one) => { one.set32(EAX, 0x0108); }).get16(EAX)).toBe(0x0203); // add al, 5; aaa
    expect(toHalt([0x2c, 0x05, 0x3f], (one) => { one.set32(EAX, 0x0103); }).get16(EAX)).toBe(0x0008); // sub al, 5; aas
  });
});

describe('the engine', () => {
  it('sees a write to the next instruction of the same block', () => {
    const at = CODE + 7 + 1;
    const cpu = toHalt([0xc6, 0x05, at & 0xff, at >> 8, 0, 0, 0x2a, 0xb0, 0x01]); // mov byte [next + 1], 42; next: mov al, 1
    expect(cpu.get8(EAX)).toBe(42);
  });

  it('executes an instruction that lies across two pages, also after its second half changed', () => {
    const cpu = bareCpu([0xe9, 0xf8, 0x0f, 0, 0]); // jmp 0x1ffd
    cpu.ram.set([0xb8, 1, 0, 0, 0, 0xf4], 0x1ffd); // mov eax, 1; hlt
    runFor(cpu, 10);
    expect(u32(cpu, EAX)).toBe(1);
    cpu.ram[0x2000] = 5;
    cpu.eip = 0x1ffd;
    cpu.setNarrow(registerOffset('activity'), 0);
    runFor(cpu, 1);
    expect(u32(cpu, EAX)).toBe(0x0005_0001);
  });

  it('stops exactly after any number of instructions', () => {
    const code = [0x40, 0x40, 0x40, 0xeb, 0xfb]; // inc eax x 3; jmp start
    for (let count = 0; count < 12; count += 1) {
      const cpu = bareCpu(code);
      run(cpu, { ...NO_LIMITS, icount: count });
      expect([cpu.icount, cpu.attempts, u32(cpu, EAX)]).toEqual([count, count, Math.floor(count / 4) * 3 + Math.min(count % 4, 3)]);
    }
  });

  it('undoes an instruction that faults, and shuts down when nothing can handle it', () => {
    const cpu = bareCpu([0xb8, 7, 0, 0, 0, 0xf7, 0xf1]); // mov eax, 7; div ecx
    expect(runFor(cpu, 10)).toEqual({ kind: 'shutdown' });
    expect([cpu.eip, u32(cpu, EAX), cpu.icount, cpu.attempts]).toEqual([CODE + 5, 7, 1, 2]);
    expect(runFor(cpu, 10)).toEqual({ kind: 'shutdown' });
  });

  it('names what it does not support and leaves EIP there', () => {
    const bus = new EmptyBus();
    bus.writePort = () => refuseA20('a test');
    const cpu = bareCpu([0x90, 0xe6, 0x10], bus); // nop; out 0x10, al
    expect(runFor(cpu, 10)).toEqual({ kind: 'unsupported', instruction: 'out 0x10, al', detail: 'closing the A20 gate by a test' });
    expect(cpu.eip).toBe(CODE + 1);
  });

  it('writes ports in the operand\'s size', () => {
    const bus = new EmptyBus();
    const cpu = bareCpu([0xb8, 0x44, 0x33, 0x22, 0x11, 0xe6, 0xe9, 0x66, 0xe7, 0x10, 0xe7, 0x10], bus); // mov eax, …; out 0xe9, al; out 0x10, ax; out 0x10, eax
    runFor(cpu, 4);
    expect(bus.written).toEqual([{ port: 0xe9, size: 1, value: 0x44 }, { port: 0x10, size: 2, value: 0x3344 }, { port: 0x10, size: 4, value: 0x1122_3344 }]);
  });

  it('does not fault on LEA outside any segment, and cuts 16-bit addresses', () => {
    const cpu = toHalt([0x67, 0x8d, 0x42, 0xff], (one) => { one.set32(EBP, 1); one.set32(ESI, 0xffff); }); // lea eax, [bp+si-1]
    expect(u32(cpu, EAX)).toBe(0xffff);
  });
});
