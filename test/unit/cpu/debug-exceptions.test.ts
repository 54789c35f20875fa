// Debug exceptions: what raises #DB, when, what its frame and DR6 hold, and what comes first. Guests are bytes with their assembly beside them.

import { describe, expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { movToDr } from '../../../core/cpu/debug-registers.ts';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { ACTIVE, EAX, EBX, ECX, EDI, ESI, HALTED, type Cpu } from '../../../core/cpu/state.ts';
import { DATA_AT, DB_HANDLER, guest, HLT, INT_HANDLER, linesOf, NOP, put, RESUME, RF, TF } from './debug-world.ts';
import { enterReal, enterVirtual8086, REAL_CODE, vector } from './modes-world.ts';
import { ACCESS, breakpoints, debuggingExtensions, enable, EXECUTE, GD, PORTS, WRITE } from './rule-cases-debug.ts';
import { setTask, task } from './task-world.ts';
import { DATA0, enterRing3, FREE, gate, HANDLER, KERNEL_STACK, load32, store32, TSS, type World } from './world.ts';

const DR6 = registerOffset('dr6'), DR7 = registerOffset('dr7');
const at = (offset: number): string => (HANDLER + offset).toString(16);
const flags = (value: number) => ({ cpu }: World): void => { writeFlags(cpu, value | 2); };
const set = (values: readonly (readonly [register: number, value: number])[]) => ({ cpu }: World): void => { for (const [register, value] of values) cpu.set32(register, value); };
const armed = (n: number, readWrite: number, length: number, address: number) => ({ cpu }: World): void => {
  movToDr(cpu, n, address);
  movToDr(cpu, 7, cpu.register(DR7) | enable(n, readWrite, length));
};
const exceptions = ({ events }: { readonly events: readonly { readonly kind: string }[] }): readonly string[] => events.flatMap((one) => ('mnemonic' in one ? [String(one.mnemonic)] : 'via' in one ? [String(one.via)] : []));
const bit = (cpu: Cpu, flag: number): boolean => (readFlags(cpu) & flag) !== 0;

const STORE = [0xa2, 0x00, 0x50, 0x00, 0x00]; // mov [5000h], al
const LOAD = [0xa0, 0x00, 0x50, 0x00, 0x00]; // mov al, [5000h]
const MOV_SS_MEMORY = [0x8e, 0x15, 0x00, 0x50, 0x00, 0x00]; // mov ss, [5000h]
const MOV_SS_AX = [0x8e, 0xd0];
const stackSelector = (world: World): void => { store32(world, DATA_AT, DATA0); };
const watchData = armed(1, ACCESS, 1, DATA_AT);

describe('instruction breakpoints', () => {
  test('a fault before the instruction; RF in the frame lets it run once', () => {
    const outcome = guest([NOP, NOP, 0x43, 0xeb, 0xfd], 3, armed(0, EXECUTE, 0, HANDLER + 2)); // nop; nop; inc ebx; jmp $-1
    expect(linesOf(outcome)).toEqual([`fault instruction-breakpoint ${at(2)} -> ${at(2)} dr6 1`]);
    expect([outcome.world.cpu.get32(EBX), outcome.world.cpu.eip]).toEqual([0, DB_HANDLER]);
    const loop = guest([NOP, NOP, 0x43, 0xeb, 0xfd], 11, armed(0, EXECUTE, 0, HANDLER + 2));
    expect(linesOf(loop)).toEqual(Array.from({ length: 2 }, () => `fault instruction-breakpoint ${at(2)} -> ${at(2)} dr6 1`));
    expect([loop.world.cpu.get32(EBX), bit(loop.world.cpu, RF)]).toEqual([2, false]);
  });

  test('a handler that leaves RF clear comes back to it', () => {
    const outcome = guest([NOP], 3, (world) => { put(world, DB_HANDLER, [0xcf]); }, armed(3, EXECUTE, 0, HANDLER));
    expect(linesOf(outcome)).toEqual(Array.from({ length: 2 }, () => `fault instruction-breakpoint ${at(0)} -> ${at(0)} dr6 8`));
  });

  test('it comes before every fault of the instruction, which then pushes RF', () => {
    const outcome = guest([0x0f, 0x0b], 4, armed(0, EXECUTE, 0, HANDLER)); // ud2
    expect(exceptions(outcome)).toEqual(['#DB', 'exception', 'iret', '#UD', 'exception']);
    expect(load32(outcome.world, outcome.world.cpu.esp + 8) & RF).toBe(RF);
  });

  test('an interrupt comes before it', () => {
    const outcome = guest([NOP, NOP], 4, armed(0, EXECUTE, 0, HANDLER), flags(0x200), ({ cpu }) => { cpu.interruptRequest = 0x200; cpu.bus.acknowledgeInterrupt = () => { cpu.interruptRequest = 0; return 0x20; }; });
    expect(exceptions(outcome)).toEqual(['interrupt', 'iret', '#DB', 'exception']);
  });

  test('right behind MOV SS it is not looked at', () => {
    expect(linesOf(guest([...MOV_SS_AX, NOP, NOP], 3, set([[EAX, DATA0]]), armed(0, EXECUTE, 0, HANDLER + 2)))).toEqual([]);
    expect(linesOf(guest([...MOV_SS_AX, NOP, NOP], 3, set([[EAX, DATA0]]), armed(0, EXECUTE, 0, HANDLER + 3)))).toHaveLength(1);
  });

  test('two at one address are one exception; one that is not enabled says nothing', () => {
    const outcome = guest([NOP], 1, breakpoints(enable(0, EXECUTE, 0) | enable(2, EXECUTE, 0), HANDLER, HANDLER, HANDLER));
    expect(linesOf(outcome)).toEqual([`fault instruction-breakpoint ${at(0)} -> ${at(0)} dr6 5`]);
  });

  test('a REP is broken once, before its first iteration', () => {
    const outcome = guest([0xf3, 0xaa, NOP], 4, set([[ECX, 3], [EDI, 0x6000]]), armed(0, EXECUTE, 0, HANDLER)); // rep stosb
    expect(linesOf(outcome)).toHaveLength(1);
    expect([outcome.world.cpu.get32(ECX), outcome.world.cpu.eip, bit(outcome.world.cpu, RF)]).toEqual([0, HANDLER + 2, false]);
  });

  test('inside a block that was executed before: the search looks at every address', () => {
    const code = [...Array.from({ length: 20 }, () => NOP), 0xeb, 0xea]; // 20 nops; jmp to the first
    const outcome = guest(code, 60, armed(0, EXECUTE, 0, HANDLER + 7));
    expect(linesOf(outcome)).toEqual(Array.from({ length: 3 }, () => `fault instruction-breakpoint ${at(7)} -> ${at(7)} dr6 1`));
  });

  test('the address is linear: CS.base counts', () => {
    const outcome = guest([NOP, NOP], 1, ({ cpu }) => { cpu.setSegment(1, 8, 0xc09b, 0xffff_ffff, 0x1000); cpu.eip = HANDLER - 0x1000; }, armed(0, EXECUTE, 0, HANDLER));
    expect(linesOf(outcome)).toEqual([`fault instruction-breakpoint ${(HANDLER - 0x1000).toString(16)} -> ${(HANDLER - 0x1000).toString(16)} dr6 1`]);
  });
});

describe('data breakpoints', () => {
  test('a trap behind the instruction', () => {
    const outcome = guest([...STORE, NOP], 1, armed(0, WRITE, 0, DATA_AT));
    expect(linesOf(outcome)).toEqual([`trap data-breakpoint ${at(0)} -> ${at(5)} dr6 1`]);
    expect(outcome.world.cpu.icount).toBe(1);
  });

  test.each([
    ['1 byte', 0, 0x5000, [0x5000]], ['2 bytes', 1, 0x5001, [0x5000, 0x5001]], ['4 bytes', 3, 0x5003, [0x5000, 0x5001, 0x5002, 0x5003]],
    ['8 bytes', 2, 0x5005, [0x5000, 0x5001, 0x5002, 0x5003, 0x5004, 0x5005, 0x5006, 0x5007]],
  ] as const)('%s: the low bits of the address do not count, every byte does', (_, length, address, met) => {
    for (let byte = 0x4ffe; byte < 0x500a; byte += 1) {
      const outcome = guest([0xa2, byte & 0xff, byte >>> 8, 0, 0], 1, armed(2, WRITE, length, address));
      expect(outcome.debug.length, byte.toString(16)).toBe((met as readonly number[]).includes(byte) ? 1 : 0);
    }
  });

  test('an access that only reaches into it, and across a page', () => {
    for (const [byte, isMet] of [[0x5ffb, false], [0x5ffc, false], [0x5ffd, true], [0x6000, true], [0x6001, false]] as const) {
      const outcome = guest([0xa3, byte & 0xff, byte >>> 8, 0, 0], 1, armed(2, WRITE, 0, 0x6000)); // mov [byte], eax
      expect(outcome.debug.length, byte.toString(16)).toBe(isMet ? 1 : 0);
    }
  });

  test('writes only, or reads and writes; never a fetch', () => {
    expect(guest(LOAD, 1, armed(0, WRITE, 0, DATA_AT)).debug).toHaveLength(0);
    expect(guest(LOAD, 1, armed(0, ACCESS, 0, DATA_AT)).debug).toHaveLength(1);
    expect(guest(STORE, 1, armed(0, ACCESS, 0, DATA_AT)).debug).toHaveLength(1);
    expect(guest([NOP, NOP], 2, armed(0, ACCESS, 3, HANDLER)).debug).toHaveLength(0);
  });

  test('pushes and pops are accesses, and so is what INT n pushes; what an exception pushes is not', () => {
    expect(guest([0x50], 1, armed(0, WRITE, 3, KERNEL_STACK - 4)).debug).toHaveLength(1); // push eax
    expect(guest([0x58], 1, armed(0, ACCESS, 3, KERNEL_STACK)).debug).toHaveLength(1); // pop eax
    expect(linesOf(guest([0xcd, 0x80], 1, armed(0, WRITE, 3, KERNEL_STACK - 4)))).toEqual([`trap data-breakpoint ${at(0)} -> ${INT_HANDLER.toString(16)} dr6 1`]);
    expect(guest([0x0f, 0x0b], 1, armed(0, WRITE, 3, KERNEL_STACK - 4)).debug).toHaveLength(0);
  });

  test('the instruction that faults reports nothing; it will when it has run', () => {
    const outcome = guest([0xff, 0x35, 0x00, 0x50, 0x00, 0x00], 1, armed(0, ACCESS, 0, DATA_AT), ({ cpu }) => { cpu.setSegment(2, DATA0, 0xc093, 0xff, 0); }); // push [5000h], no room
    expect(exceptions(outcome)[0]).toBe('#SS');
    expect([outcome.debug.length, outcome.world.cpu.register(DR6)]).toEqual([0, 0xffff_0ff0]);
  });

  test('a REP traps behind the iteration that met it, with RF, and goes on; behind the last one without', () => {
    const rep = [0xf3, 0xaa, NOP]; // rep stosb
    const outcome = guest(rep, 4, set([[ECX, 4], [EDI, 0x5000]]), armed(0, WRITE, 0, 0x5001));
    expect(linesOf(outcome)).toEqual([`trap data-breakpoint ${at(0)} -> ${at(0)} dr6 1 RF`]);
    const [event] = outcome.events;
    expect(event).toMatchObject({ kind: 'fault', icount: 0, iteration: 2 });
    expect([outcome.world.cpu.get32(ECX), outcome.world.cpu.eip]).toEqual([0, HANDLER + 2]);
    expect(linesOf(guest(rep, 1, set([[ECX, 4], [EDI, 0x5000]]), armed(0, WRITE, 0, 0x5003)))).toEqual([`trap data-breakpoint ${at(0)} -> ${at(2)} dr6 1`]);
  });

  test('several in one instruction, and a single step with them, are one exception', () => {
    const outcome = guest([0xa4, NOP], 1, set([[ESI, 0x5000], [EDI, 0x6000]]), armed(0, WRITE, 0, 0x6000), armed(3, ACCESS, 0, 0x5000), flags(TF)); // movsb
    expect(linesOf(outcome)).toEqual([`trap data-breakpoint ${at(0)} -> ${at(1)} dr6 4009`]);
  });

  test('B0 to B3 are of this exception; BS, BD and BT stay until software clears them', () => {
    const outcome = guest(STORE, 1, ({ cpu }) => { movToDr(cpu, 6, 0xe006); }, armed(0, WRITE, 0, DATA_AT));
    expect(outcome.debug[0]!.dr6).toBe(0xe001);
  });

  test('one that MOV to DR7 takes away is gone at once', () => {
    const disarm = [0x31, 0xc0, 0x0f, 0x23, 0xf8]; // xor eax, eax; mov dr7, eax
    expect(guest([...STORE, ...disarm, ...STORE], 6, armed(0, WRITE, 0, DATA_AT)).debug).toHaveLength(1);
  });
});

describe('behind MOV SS and POP SS', () => {
  test('a data breakpoint on the selector waits for the next instruction', () => {
    const outcome = guest([...MOV_SS_MEMORY, NOP, NOP], 2, stackSelector, watchData);
    expect(linesOf(outcome)).toEqual([`trap data-breakpoint ${at(6)} -> ${at(7)} dr6 2`]);
  });

  test('behind INT n and INT3 it comes before the first instruction of the handler', () => {
    for (const [code, transition] of [[[0xcd, 0x80], 'int'], [[0xcc], 'int']] as const) {
      const outcome = guest([...MOV_SS_MEMORY, ...code], 2, stackSelector, watchData);
      expect(exceptions(outcome).filter((one) => one !== '#BP')).toEqual([transition, '#DB', 'exception']);
      expect(outcome.debug[0]).toMatchObject({ returnIp: INT_HANDLER, dr6: 2 });
    }
  });

  test('INT1 reports it along with itself', () => {
    const outcome = guest([...MOV_SS_MEMORY, 0xf1, NOP], 2, stackSelector, watchData);
    expect(linesOf(outcome)).toEqual([`trap icebp-trap ${at(6)} -> ${at(7)} dr6 2`]);
  });

  test('a fault of the next instruction loses it', () => {
    const outcome = guest([...MOV_SS_MEMORY, 0x0f, 0x0b], 2, stackSelector, watchData);
    expect(exceptions(outcome)).toEqual(['#UD', 'exception']);
    expect(outcome.world.cpu.debugCauses).toBe(0);
  });

  test('the single step of MOV SS itself is lost; of two in a row only the first holds back', () => {
    expect(linesOf(guest([...MOV_SS_AX, NOP, NOP], 2, set([[EAX, DATA0]]), flags(TF)))).toEqual([`trap single-step-trap ${at(2)} -> ${at(3)} dr6 4000`]);
    expect(linesOf(guest([...MOV_SS_AX, ...MOV_SS_AX, NOP], 2, set([[EAX, DATA0]]), flags(TF)))).toEqual([`trap single-step-trap ${at(2)} -> ${at(4)} dr6 4000`]);
  });

  test('LSS holds nothing back', () => {
    const far = (world: World): void => { store32(world, 0x5004, KERNEL_STACK); store32(world, 0x5008, DATA0); };
    expect(linesOf(guest([0x0f, 0xb2, 0x25, 0x04, 0x50, 0x00, 0x00, NOP], 1, far, flags(TF)))).toEqual([`trap single-step-trap ${at(0)} -> ${at(7)} dr6 4000`]);
  });
});

describe('I/O breakpoints', () => {
  const out = [0xe6, 0x80], outw = [0x66, 0xe7, 0x7f]; // out 80h, al; out 7fh, ax
  test('behind IN and OUT, with CR4.DE', () => {
    expect(linesOf(guest(out, 1, debuggingExtensions, armed(0, PORTS, 0, 0x80)))).toEqual([`trap io-breakpoint ${at(0)} -> ${at(2)} dr6 1`]);
    expect(guest([0xe4, 0x80], 1, debuggingExtensions, armed(0, PORTS, 0, 0x80)).debug).toHaveLength(1);
    expect(guest(outw, 1, debuggingExtensions, armed(0, PORTS, 0, 0x80)).debug).toHaveLength(1);
    expect(guest(out, 1, debuggingExtensions, armed(0, PORTS, 0, 0x81)).debug).toHaveLength(0);
    expect(guest(out, 1, debuggingExtensions, armed(0, PORTS, 1, 0x81)).debug).toHaveLength(1);
    expect(guest(out, 1, armed(0, PORTS, 0, 0x80)).debug).toHaveLength(0);
  });

  test('memory at the same number is none of its business, nor the port of a data breakpoint', () => {
    expect(guest(STORE, 1, debuggingExtensions, armed(0, PORTS, 0, DATA_AT)).debug).toHaveLength(0);
    expect(guest(out, 1, debuggingExtensions, armed(0, ACCESS, 0, 0x80)).debug).toHaveLength(0);
  });

  test('REP OUTS and REP INS trap behind every iteration', () => {
    const outcome = guest([0xf3, 0x6e, NOP], 5, set([[ECX, 2], [ESI, 0x5000], [2, 0x80]]), debuggingExtensions, armed(0, PORTS, 0, 0x80)); // rep outsb
    expect(linesOf(outcome)).toEqual([`trap io-breakpoint ${at(0)} -> ${at(0)} dr6 1 RF`, `trap io-breakpoint ${at(0)} -> ${at(2)} dr6 1`]);
  });
});

describe('single steps', () => {
  const stepping = (code: readonly number[], attempts: number, ...setups: readonly ((world: World) => void)[]): readonly string[] => linesOf(guest(code, attempts, ...setups));

  test('behind the instruction that follows the one that sets TF: POPF, IRET', () => {
    const popf = [0x68, 0x02, 0x01, 0x00, 0x00, 0x9d, NOP, NOP]; // push 102h; popfd; nop; nop
    expect(stepping(popf, 3)).toEqual([`trap single-step-trap ${at(6)} -> ${at(7)} dr6 4000`]);
    const iret = [0x68, 0x02, 0x01, 0x00, 0x00, 0x6a, 0x08, 0x68, ...[HANDLER + 0x20, 0, 0, 0].map((value, index) => (index === 0 ? value & 0xff : ((HANDLER + 0x20) >>> (index * 8)) & 0xff)), 0xcf];
    expect(stepping(iret, 5, (world) => { put(world, HANDLER + 0x20, [NOP, NOP]); })).toEqual([`trap single-step-trap ${at(0x20)} -> ${at(0x21)} dr6 4000`]);
  });

  test('behind the POPF that clears TF, too', () => {
    expect(stepping([0x6a, 0x02, 0x9d, NOP], 5, flags(TF))).toEqual([`trap single-step-trap ${at(0)} -> ${at(2)} dr6 4000`, `trap single-step-trap ${at(2)} -> ${at(3)} dr6 4000`]);
    expect(stepping([0x9d, NOP], 1, flags(TF), ({ cpu }) => { store32({ cpu, events: [], checks: [], heard: [] }, KERNEL_STACK, 2); })).toEqual([`trap single-step-trap ${at(0)} -> ${at(1)} dr6 4000`]);
  });

  test('not behind INT n, INT3, INTO and INT1, whose handler runs without TF; behind an INTO that does nothing', () => {
    for (const code of [[0xcd, 0x80], [0xcc], [0xf1]]) {
      const outcome = guest(code, 1, flags(TF));
      expect([outcome.debug.filter(({ text }) => text.includes('single-step')).length, bit(outcome.world.cpu, TF), outcome.world.cpu.debugCauses]).toEqual([0, false, 0]);
    }
    expect(stepping([0xce, NOP], 1, flags(TF))).toHaveLength(1);
  });

  test('not behind an instruction that faults; its frame keeps TF', () => {
    const outcome = guest([0x0f, 0x0b], 1, flags(TF));
    expect(exceptions(outcome)).toEqual(['#UD', 'exception']);
    expect(load32(outcome.world, outcome.world.cpu.esp + 8) & (TF | RF)).toBe(TF | RF);
  });

  test('behind every iteration of a REP, with RF in all frames but the last', () => {
    expect(stepping([0xf3, 0xaa, NOP], 5, set([[ECX, 2], [EDI, 0x5000]]), flags(TF))).toEqual([`trap single-step-trap ${at(0)} -> ${at(0)} dr6 4000 RF`, `trap single-step-trap ${at(0)} -> ${at(2)} dr6 4000`]);
  });

  test('HLT is woken by its own', () => {
    const outcome = guest([HLT, NOP], 1, flags(TF));
    expect(linesOf(outcome)).toEqual([`trap single-step-trap ${at(0)} -> ${at(1)} dr6 4000`]);
    expect(outcome.world.cpu.activity).toBe(ACTIVE);
    expect(guest([HLT, NOP], 1).world.cpu.activity).toBe(HALTED);
  });

  test('not in the task that an instruction switches to; T set there traps before its first instruction', () => {
    const jump = [0xea, 0, 0, 0, 0, FREE, 0];
    expect(stepping(jump, 1, (world) => { task(world, { eip: HANDLER + 0x20 }); }, flags(TF))).toEqual([]);
    const outcome = guest(jump, 1, (world) => { task(world, { eip: HANDLER + 0x20 }); setTask(world, { trap: 1 }); }, flags(TF));
    expect(linesOf(outcome)).toEqual([`trap task-switch-trap ${at(0x20)} -> ${at(0x20)} dr6 8000`]);
    expect(outcome.world.cpu.icount).toBe(1);
  });
});

describe('the T flag of a TSS', () => {
  test('through a task gate as well: behind the fault that switched', () => {
    const outcome = guest([0x0f, 0x0b], 1, (world) => { task(world, { eip: HANDLER + 0x20 }); setTask(world, { trap: 1 }); gate(world, 6, { type: 5, selector: FREE, offset: 0 }); });
    expect(exceptions(outcome)).toEqual(['#UD', 'task-switch', '#DB', 'exception']);
    expect(outcome.debug[0]).toMatchObject({ returnIp: HANDLER + 0x20, dr6: 0x8000 });
  });

  test('a task switch disarms what L0..L3 arm, with a dr-write; what G0..G3 arm stays', () => {
    const jump = [0xea, 0, 0, 0, 0, FREE, 0];
    const local = 1 | (WRITE << 16);
    const outcome = guest(jump, 3, (world) => { task(world, { eip: HANDLER + 0x20, ds: DATA0 }); put(world, HANDLER + 0x20, STORE); }, breakpoints(local, DATA_AT));
    expect([outcome.debug.length, outcome.events.some((event) => event.kind === 'dr-write'), outcome.world.cpu.register(DR7)]).toEqual([0, true, 0x1_0400]);
    expect(guest(jump, 2, (world) => { task(world, { eip: HANDLER + 0x20, ds: DATA0 }); put(world, HANDLER + 0x20, STORE); }, armed(0, WRITE, 0, DATA_AT)).debug).toHaveLength(1);
  });
});

describe('general detect', () => {
  test('MOV from and to a debug register faults with BD; the handler finds GD clear, the frame has RF', () => {
    for (const code of [[0x0f, 0x21, 0xc3], [0x0f, 0x23, 0xf8]]) { // mov ebx, dr0; mov dr7, eax
      const outcome = guest(code, 1, breakpoints(GD));
      expect(linesOf(outcome)).toEqual([`fault general-detect ${at(0)} -> ${at(0)} dr6 2000 RF`]);
      expect(outcome.world.cpu.register(DR7)).toBe(0x400);
    }
    expect(guest([0x0f, 0x21, 0xc3], 4, breakpoints(GD, 0x1234)).world.cpu.get32(EBX)).toBe(0x1234);
  });

  test('CPL comes first, and MOV SS does not hold it back', () => {
    expect(exceptions(guest([0x0f, 0x21, 0xc3], 1, breakpoints(GD), enterRing3))[0]).toBe('#GP');
    expect(linesOf(guest([...MOV_SS_AX, 0x0f, 0x21, 0xc3], 2, set([[EAX, DATA0]]), breakpoints(GD), flags(TF)))).toEqual([`fault general-detect ${at(2)} -> ${at(2)} dr6 2000 RF`]);
  });
});

describe('INT1', () => {
  test('a trap: DR6 stays clear, EIP behind it; from ring 3 through a gate with DPL 0, where INT 1 is refused', () => {
    expect(linesOf(guest([0xf1], 1, ({ cpu }) => { movToDr(cpu, 6, 0); }))).toEqual([`trap icebp-trap ${at(0)} -> ${at(1)} dr6 0`]);
    const ring0 = (world: World): void => { gate(world, 1, { offset: DB_HANDLER, dpl: 0 }); enterRing3(world); };
    expect(exceptions(guest([0xf1], 1, ring0))).toEqual(['#DB', 'exception']);
    expect(guest([0xcd, 0x01], 1, ring0).events[0]).toMatchObject({ mnemonic: '#GP', rule: 'gate-dpl', errorCode: 0xa });
  });

  test('a gate that is absent: EXT is 1, and the fault returns to the instruction', () => {
    const outcome = guest([0xf1], 1, (world) => { gate(world, 1, { present: false }); gate(world, 11, { offset: INT_HANDLER }); });
    expect(outcome.events.slice(0, 2)).toMatchObject([{ mnemonic: '#DB', class: 'trap' }, { mnemonic: '#NP', errorCode: 0xb, during: 'delivery', deliveryOf: { source: 'exception', vector: 1, seq: outcome.events[0]!.seq } }]);
    expect(load32(outcome.world, outcome.world.cpu.esp + 4)).toBe(HANDLER);
  });
});

test('real-address mode: breakpoints come through the vector table', () => {
  const real = (world: World): void => {
    enterReal(world);
    vector(world, 1, 0x700, 0x40);
    put(world, REAL_CODE, [NOP, 0xa2, 0x10, 0x00, NOP]); // nop; mov [10h], al
    put(world, 0x7040, RESUME);
  };
  expect(guest([], 2, real, armed(0, EXECUTE, 0, REAL_CODE + 1)).debug.map(({ text, returnIp, dr6 }) => [text, returnIp, dr6])).toEqual([['fault instruction-breakpoint 1', 1, 1]]);
  expect(guest([], 2, real, armed(1, WRITE, 0, 0x9010)).debug.map(({ text, returnIp, dr6 }) => [text, returnIp, dr6])).toEqual([['trap data-breakpoint 1', 4, 2]]);
});

describe('out of virtual-8086 mode', () => {
  const program = (world: World): void => {
    enterVirtual8086(world);
    put(world, REAL_CODE, [NOP, 0xa2, 0x10, 0x00, NOP, NOP]); // nop; mov [10h], al; nop; nop
  };

  test('a breakpoint goes through the IDT to ring 0, with RF in the frame as the handler sets it', () => {
    const outcome = guest([], 6, armed(0, EXECUTE, 0, REAL_CODE + 1), armed(1, WRITE, 0, 0x9010), program);
    expect(linesOf(outcome)).toEqual(['fault instruction-breakpoint 1 -> 1 dr6 1', 'trap data-breakpoint 1 -> 4 dr6 2']);
    expect(outcome.events[0]).toMatchObject({ mode: 'v86', cpl: 3 });
  });

  test('INT1 is not sensitive to IOPL, and TF steps', () => {
    const outcome = guest([], 2, (world) => { program(world); put(world, REAL_CODE, [0xf1, NOP]); writeFlags(world.cpu, 0x2_0002 | TF); });
    expect(linesOf(outcome)).toEqual(['trap icebp-trap 0 -> 1 dr6 0']);
  });
});

describe('through a task gate', () => {
  const taskGate = (world: World): void => {
    task(world, { eip: HANDLER + 0x40, ds: DATA0 });
    put(world, HANDLER + 0x40, [NOP, NOP, NOP]);
    gate(world, 1, { type: 5, selector: FREE, offset: 0 });
  };
  const savedFlags = (world: World): number => load32(world, TSS + 36);

  test('a trap saves EIP behind the instruction, a fault EIP of it; RF is saved for GD alone', () => {
    const trap = guest(STORE, 1, taskGate, armed(0, WRITE, 0, DATA_AT));
    expect([trap.world.cpu.eip, load32(trap.world, TSS + 32), savedFlags(trap.world) & RF]).toEqual([HANDLER + 0x40, HANDLER + 5, 0]);
    const broken = guest(STORE, 1, taskGate, armed(0, EXECUTE, 0, HANDLER));
    expect([load32(broken.world, TSS + 32), savedFlags(broken.world) & RF]).toEqual([HANDLER, 0]);
    const detected = guest([0x0f, 0x21, 0xc3], 1, taskGate, breakpoints(GD));
    expect([load32(detected.world, TSS + 32), savedFlags(detected.world) & RF]).toEqual([HANDLER, RF]);
  });

  test('what L0 arms is disarmed by its own #DB then: a task switch clears it', () => {
    const outcome = guest(STORE, 1, taskGate, breakpoints(1 | (WRITE << 16), DATA_AT));
    expect(outcome.world.cpu.register(DR7)).toBe(0x1_0400);
  });

  test('RF in the TSS of the new task lets its first instruction run', () => {
    const outcome = guest([0xea, 0, 0, 0, 0, FREE, 0], 3, (world) => { task(world, { eip: HANDLER + 0x40, eflags: RF | 2 }); put(world, HANDLER + 0x40, [NOP, 0xeb, 0xfd]); }, armed(0, EXECUTE, 0, HANDLER + 0x40));
    expect(linesOf(outcome)).toEqual([]);
  });
});

test('wide operands of SSE and x87 are looked at like any other', () => {
  const sse = ({ cpu }: World): void => { cpu.setRegister(registerOffset('cr4'), 0x200, 0); };
  const watched = armed(0, ACCESS, 0, DATA_AT + 9);
  expect(guest([0x0f, 0x10, 0x05, 0x00, 0x50, 0x00, 0x00], 1, sse, watched).debug).toHaveLength(1); // movups xmm0, [5000h]
  expect(guest([0x0f, 0x11, 0x05, 0x00, 0x50, 0x00, 0x00], 1, sse, watched).debug).toHaveLength(1); // movups [5000h], xmm0
  expect(guest([0xdb, 0x2d, 0x00, 0x50, 0x00, 0x00], 1, watched).debug).toHaveLength(1); // fld tword [5000h]
  expect(guest([0xdd, 0x05, 0x00, 0x50, 0x00, 0x00], 1, watched).debug).toHaveLength(0); // fld qword [5000h]
  expect(guest([0xd9, 0x35, 0x00, 0x50, 0x00, 0x00], 1, watched).debug).toHaveLength(1); // fnstenv [5000h]
});

test('DR6 and DR7 as #DB leaves them are part of its event', () => {
  const outcome = guest(STORE, 1, armed(0, WRITE, 0, DATA_AT));
  expect(outcome.world.cpu.register(DR6)).toBe(0xffff_0ff1);
  expect(RESUME).toHaveLength(9);
});
