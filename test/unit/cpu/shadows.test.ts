// What holds interrupts back: the instruction after STI, MOV SS and POP SS; an NMI that is being handled; IF. And what wakes HLT. Guests are bytes with their
// assembly beside them. SDM 3A "Handling Multiple NMIs", "Masking Exceptions and Interrupts When Switching Stacks", SDM 2B "STI—Set Interrupt Flag".

import { describe, expect, test } from 'vitest';
import { PENDING_NMI } from '../../../core/cpu/attention.ts';
import { writeFlags } from '../../../core/cpu/flags.ts';
import { NO_LIMITS, run } from '../../../core/cpu/run.ts';
import { ACTIVE, EAX, HALTED, SHADOW_NMI } from '../../../core/cpu/state.ts';
import { INT_HANDLER, NOP, put } from './debug-world.ts';
import { setTask, task } from './task-world.ts';
import { DATA0, FREE, gate, HANDLER, KERNEL_STACK, listen, newWorld, store32, TSS_SELECTOR, type World } from './world.ts';

const STI = 0xfb, CLI = 0xfa, HLT = 0xf4, IRET = 0xcf, POPF = 0x9d, MOV_SS_AX = [0x8e, 0xd0], POP_SS = 0x17, IF = 0x200, NMI_HANDLER = 0x1_0700;

interface Asked { readonly intr?: boolean; readonly nmi?: boolean; readonly flags?: number }
/** A guest at HANDLER with an interrupt waiting; INTR is answered once. Vectors 2 and 0x20 return at once, #UD and #GP have handlers of NOPs. */
function waiting(code: readonly number[], { intr, nmi, flags }: Asked): World {
  const world = newWorld();
  const { cpu } = world;
  put(world, HANDLER, code);
  put(world, INT_HANDLER, [IRET]);
  put(world, NMI_HANDLER, [IRET]);
  put(world, INT_HANDLER + 0x40, [NOP, NOP, NOP, NOP]);
  gate(world, 2, { offset: NMI_HANDLER });
  gate(world, 0x20, { offset: INT_HANDLER });
  for (const vector of [6, 13]) gate(world, vector, { offset: INT_HANDLER + 0x40 });
  cpu.set32(EAX, DATA0);
  // for POP SS and LSS
  store32(world, KERNEL_STACK, DATA0);
  store32(world, 0x5000, KERNEL_STACK);
  store32(world, 0x5004, DATA0);
  writeFlags(cpu, (flags ?? 0) | 2);
  if (intr === true) {
    cpu.interruptRequest = IF;
    cpu.bus.acknowledgeInterrupt = () => { cpu.interruptRequest = 0; return 0x20; };
  }
  if (nmi === true) cpu.pending |= PENDING_NMI;
  listen(world);
  return world;
}
const go = (world: World, attempts: number): World => { run(world.cpu, { ...NO_LIMITS, attempts: world.cpu.attempts + attempts }); return world; };
/** Where the first interrupt or NMI came, as an offset from HANDLER; null when none did. */
function cameAt(code: readonly number[], asked: Asked): number | null {
  const { events } = go(waiting(code, asked), code.length + 2);
  const found = events.find((event) => event.kind === 'transition' && (event.via === 'interrupt' || event.via === 'nmi'));
  return found?.kind === 'transition' && found.returnIp !== undefined ? Number(found.returnIp) - HANDLER : null;
}
const transitions = ({ events }: World): readonly string[] => events.flatMap((event) => (event.kind === 'transition' ? [event.via] : event.kind === 'fault' ? [event.mnemonic] : []));

describe('the shadow of STI', () => {
  test.each([
    ['sti; nop: after the next instruction', [STI, NOP, NOP], 0, 2],
    ['sti; sti: only the first one delays', [STI, STI, NOP], 0, 2],
    ['sti; cli: never', [STI, CLI, NOP, NOP], 0, null],
    ['nop; sti with IF set already: at once', [STI, NOP], IF, 0],
    ['sti; hlt: wakes it', [STI, HLT, NOP], 0, 2],
    ['sti; mov ss: that one delays, too', [STI, ...MOV_SS_AX, NOP, NOP], 0, 4],
    ['mov ss; sti; nop: STI delays by itself', [...MOV_SS_AX, STI, NOP, NOP], 0, 4],
  ] as const)('%s', (_, code, flags, offset) => { expect(cameAt(code, { intr: true, flags })).toBe(offset); });

  test('POPFD and IRETD that set IF delay nothing', () => {
    expect(cameAt([0x68, 0x02, 0x02, 0x00, 0x00, POPF, NOP], { intr: true })).toBe(6);
  });

  test('a fault ends it: the interrupt comes before the handler\'s first instruction, where IF is still set', () => {
    const world = waiting([STI, 0x0f, 0x0b], { intr: true });
    gate(world, 6, { type: 15, offset: INT_HANDLER + 0x40 });
    expect(transitions(go(world, 3))).toEqual(['#UD', 'exception', 'interrupt']);
  });

  test('an NMI waits for it here', () => {
    expect(cameAt([STI, NOP, NOP], { nmi: true })).toBe(0);
    const world = waiting([STI, NOP, NOP], {});
    go(world, 1);
    world.cpu.pending |= PENDING_NMI;
    expect(transitions(go(world, 2))).toEqual(['nmi']);
    expect(world.cpu.eip).toBe(NMI_HANDLER);
    expect(world.events[0]).toMatchObject({ returnIp: BigInt(HANDLER + 2) });
  });
});

describe('the shadow of MOV SS and POP SS', () => {
  const behind = (code: readonly number[], asked: Asked): number | null => {
    // the request comes while the instruction that loads SS is executed
    const world = waiting(code, { flags: IF });
    go(world, 1);
    if (asked.intr === true) { world.cpu.interruptRequest = IF; world.cpu.bus.acknowledgeInterrupt = () => { world.cpu.interruptRequest = 0; return 0x20; }; }
    if (asked.nmi === true) world.cpu.pending |= PENDING_NMI;
    go(world, 3);
    const found = world.events.find((event) => event.kind === 'transition' && (event.via === 'interrupt' || event.via === 'nmi'));
    return found?.kind === 'transition' && found.returnIp !== undefined ? Number(found.returnIp) - HANDLER : null;
  };

  test.each([['INTR', { intr: true }], ['NMI', { nmi: true }]] as const)('%s waits for the next instruction', (_, asked) => {
    expect(behind([...MOV_SS_AX, NOP, NOP], asked)).toBe(3);
    expect(behind([POP_SS, NOP, NOP], asked)).toBe(2);
    expect(behind([...MOV_SS_AX, ...MOV_SS_AX, NOP], asked)).toBe(4);
    // lss esp, [5000h]: the pointer changes with SS
    expect(behind([0x0f, 0xb2, 0x25, 0x00, 0x50, 0x00, 0x00, NOP], asked)).toBe(7);
    // mov ds, ax
    expect(behind([0x8e, 0xd8, NOP], asked)).toBe(2);
  });
});

describe('NMI blocking', () => {
  /** In the handler of an NMI, at these bytes, with another NMI waiting. */
  function inHandler(code: readonly number[]): World {
    const world = waiting([NOP, NOP, NOP, NOP], { nmi: true });
    put(world, NMI_HANDLER, code);
    go(world, 1);
    world.cpu.pending |= PENDING_NMI;
    listen(world);
    return world;
  }

  test('a second NMI waits for IRET, and comes right behind it', () => {
    const world = inHandler([NOP, NOP, IRET]);
    expect(transitions(go(world, 2))).toEqual([]);
    expect(transitions(go(world, 1))).toEqual(['iret']);
    expect(world.cpu.shadow & SHADOW_NMI).toBe(0);
    expect(transitions(go(world, 1))).toEqual(['iret', 'nmi']);
    expect(world.cpu.shadow & SHADOW_NMI).toBe(SHADOW_NMI);
  });

  test('an IRET that faults ends it as well: the NMI comes before the handler of the fault begins', () => {
    const world = inHandler([0x83, 0xc4, 0x0c, 0x6a, 0x02, 0x6a, 0x00, 0x6a, 0x00, IRET]); // add esp, 12; push 2; push 0; push 0; iret
    expect(transitions(go(world, 6))).toEqual(['#GP', 'exception', 'nmi']);
  });

  test('the IRET of an exception inside the handler ends it, too', () => {
    const world = inHandler([0x0f, 0x0b, NOP]);
    put(world, INT_HANDLER + 0x40, [0x83, 0x04, 0x24, 0x02, IRET]); // add dword [esp], 2; iret
    expect(transitions(go(world, 4))).toEqual(['#UD', 'exception', 'iret', 'nmi']);
  });

  test('so does the return to the previous task', () => {
    const world = inHandler([IRET]);
    task(world);
    store32(world, 0x3000, FREE);
    setTask(world, { eip: HANDLER });
    writeFlags(world.cpu, 0x4002);
    world.cpu.ramView.setUint8(0x1000 + FREE + 5, 0x8b);
    go(world, 2);
    expect(transitions(world).slice(0, 2)).toEqual(['task-switch', 'nmi']);
    expect(world.cpu.segmentSelector(7)).not.toBe(TSS_SELECTOR);
  });

  test('HLT in the handler is woken by INTR alone', () => {
    const world = inHandler([HLT, NOP]);
    go(world, 2);
    expect(world.cpu.activity).toBe(HALTED);
  });
});

describe('HLT', () => {
  test.each([
    ['nothing waits', {}, HALTED], ['INTR with IF clear', { intr: true }, HALTED], ['NMI with IF clear', { nmi: true }, ACTIVE],
  ] as const)('%s', (_, asked, activity) => {
    const world = waiting([HLT, NOP], { ...asked, nmi: false });
    go(world, 1);
    if ('nmi' in asked) world.cpu.pending |= PENDING_NMI;
    go(world, 2);
    expect(world.cpu.activity).toBe(activity);
  });

  test('the frame of what wakes it returns behind it', () => {
    const world = waiting([HLT, NOP], {});
    go(world, 1);
    world.cpu.pending |= PENDING_NMI;
    go(world, 1);
    expect(world.events.at(-1)).toMatchObject({ via: 'nmi', returnIp: BigInt(HANDLER + 1) });
    expect(world.cpu.esp).toBe(KERNEL_STACK - 12);
  });
});
