// For each row of the vendor differences, what makes a listening processor tell of it.

import { registerOffset, RIGHTS_UNUSABLE } from '../../../core/arch/register-file.ts';
import type { DifferenceId } from '../../../core/arch/vendor-differences.ts';
import { PENDING_NMI } from '../../../core/cpu/attention.ts';
import { cpuid } from '../../../core/cpu/cpuid.ts';
import { movToCr } from '../../../core/cpu/control-registers.ts';
import { movToDr } from '../../../core/cpu/debug-registers.ts';
import { deliverExternal } from '../../../core/cpu/delivery.ts';
import { farCall, farJump } from '../../../core/cpu/far-transfer.ts';
import { writeFlags } from '../../../core/cpu/flags.ts';
import { isRedirected } from '../../../core/cpu/interrupt-redirection.ts';
import { interruptReturn } from '../../../core/cpu/iret.ts';
import { read32 } from '../../../core/cpu/memory.ts';
import { wrmsr } from '../../../core/cpu/model-specific-registers.ts';
import { enterProgramHandler } from '../../../core/cpu/real-mode-interrupt.ts';
import { loadParagraph } from '../../../core/cpu/real-mode.ts';
import { step } from '../../../core/cpu/run.ts';
import { loadSegment } from '../../../core/cpu/segmentation.ts';
import { DS, EAX, EBX, ECX, EDI, EDX, ESI, SHADOW_STI, TR } from '../../../core/cpu/state.ts';
import { demandNoVirtualInterrupt } from '../../../core/cpu/virtual-interrupts.ts';
import { enterReal, REAL_CODE, runBytes, VM } from './modes-world.ts';
import { enablePae, POINTERS } from './pae-world.ts';
import { ACCESS, breakpoints, bytes as debugBytes, enable, EXECUTE, PORTS, WRITE } from './rule-cases-debug.ts';
import { VIF, VIP, virtual8086 } from './rule-cases-virtual.ts';
import { task, task16 } from './task-world.ts';
import { ABSENT, CODE0, CODE3, DATA, DATA0, descriptor, DPL3, enablePaging, enterRing3, FREE, HANDLER, KERNEL_STACK, mapPage, outcome, pushWords, store32, DIRECTORY, TABLE, TSS, TSS_SELECTOR, type World } from './world.ts';

const USER_STACK_SELECTOR = FREE | 3;
/** Executes bytes at CS:EIP of the world, one attempt. */
const execute = (world: World, ...bytes: readonly number[]): void => { runBytes(world, world.cpu.segmentBase(1) === 0 ? HANDLER : REAL_CODE, bytes, 1); };

/** Puts numbers into ST0 and ST1: significand low and high, sign and exponent. */
function fill({ cpu }: World, ...values: readonly (readonly number[])[]): void {
  values.forEach((value, register) => { cpu.x87.set(value, register * 4); });
  cpu.fpuTag = 0;
}

/** Each bends a new world and does one thing. A fault is no failure here. */
export const DIFFERENCE_CASES: Readonly<Record<DifferenceId, (world: World) => void>> = {
  'bit-scan-of-zero': (world) => { execute(world, 0x0f, 0xbc, 0xc3); },
  'double-shift-count': (world) => { execute(world, 0x66, 0x0f, 0xa4, 0xd8, 17); },
  'push-selector-width': (world) => { execute(world, 0x1e); },
  'pusha-odd-pointer': (world) => {
    enterReal(world);
    world.cpu.esp = 7;
    execute(world, 0x60);
  },
  'arpl-unchanged': (world) => { execute(world, 0x63, 0x1d, 0, 0x50, 0, 0); },
  'repeat-fault-flags': (world) => {
    // two equal doublewords below the end of memory that can be reached, and a third beyond it
    descriptor(world, FREE, DATA & ~0x8000, { base: 0, limit: 0x9fff });
    loadSegment(world.cpu, DS, FREE);
    world.cpu.set32(ESI, 0x9ff8);
    world.cpu.set32(EDI, 0x9ff8);
    world.cpu.set32(ECX, 3);
    execute(world, 0xf3, 0xa7);
  },
  'byte-swap-16': (world) => { execute(world, 0x66, 0x0f, 0xc8); },
  'ud0-modrm': (world) => { execute(world, 0x0f, 0xff, 0xc0); },
  'smsw-high-half': (world) => { execute(world, 0x0f, 0x01, 0xe0); },
  'selector-store-high-half': (world) => { execute(world, 0x0f, 0x00, 0xc8); },
  'table-store-16-bit': (world) => { execute(world, 0x66, 0x0f, 0x01, 0x05, 0, 0x40, 0, 0); },
  'access-across-4-gib': (world) => { outcome(() => { read32(world.cpu, DS, 0xffff_fffe); }); },
  'return-stack-pointer': (world) => {
    descriptor(world, FREE, (DATA & ~0xc000) | DPL3, { base: 0, limit: 0xffff });
    pushWords(world, USER_STACK_SELECTOR, 0xa000, 2, CODE3, 0x5000);
    interruptReturn(world.cpu, 32);
  },
  'return-stack-absent': (world) => {
    descriptor(world, FREE, (DATA & ~ABSENT) | DPL3);
    pushWords(world, USER_STACK_SELECTOR, 0xa000, 2, CODE3, 0x5000);
    outcome(() => { interruptReturn(world.cpu, 32); });
  },
  'null-segment-in-real-mode': (world) => {
    enterReal(world);
    world.cpu.setSegment(DS, 0, RIGHTS_UNUSABLE, 0, 0);
    loadParagraph(world.cpu, DS, 0x900);
  },
  'virtual-8086-eip': (world) => {
    pushWords(world, 0, 0, 0, 0, 0x900, 0x100, VM | 2, 0x500, 0x1_0000);
    outcome(() => { interruptReturn(world.cpu, 32); });
  },
  'task16-upper-halves': (world) => {
    task16(world, { ax: 1, di: 2 });
    farCall(world.cpu, 32, FREE, 0);
  },
  'task-check-order': (world) => {
    task(world, { cs: DATA0, ss: CODE0 });
    outcome(() => { farJump(world.cpu, FREE, 0); });
  },
  'redirection-map-absent': (world) => {
    virtual8086(0)(world);
    world.cpu.setSegment(TR, TSS_SELECTOR, 0x8b, 66, TSS);
    outcome(() => { isRedirected(world.cpu, 0x21); });
  },
  'program-vector-privilege': (world) => {
    virtual8086(0)(world);
    enterProgramHandler(world.cpu, { source: 0, vector: 0x21, errorCode: -1, resume: false });
  },
  'virtual-interrupt-boundary': (world) => {
    virtual8086(VIF | VIP)(world);
    outcome(() => { demandNoVirtualInterrupt(world.cpu); });
  },
  'accessed-before-refusal': (world) => {
    enablePaging(world);
    mapPage(world, 0x5000, 0);
    store32(world, DIRECTORY, TABLE | 7);
    outcome(() => { read32(world.cpu, DS, 0x5000); });
  },
  'debug-status-conditions': (world) => { debugBytes(0xf1)(world); movToDr(world.cpu, 6, 1); step(world.cpu); },
  'instruction-breakpoint-length': (world) => { debugBytes(0x90)(world); breakpoints(enable(0, EXECUTE, 1), HANDLER)(world); step(world.cpu); },
  'breakpoint-of-8-bytes': (world) => { debugBytes(0xa2, 0, 0x50, 0, 0)(world); breakpoints(enable(0, ACCESS, 2), 0x5000)(world); step(world.cpu); },
  'io-breakpoint-without-de': (world) => { breakpoints(enable(0, PORTS, 0), 0x80)(world); },
  'breakpoint-on-delivery': (world) => { debugBytes(0xf1)(world); breakpoints(enable(0, WRITE, 3), KERNEL_STACK - 4)(world); deliverExternal(world.cpu, 1); },
  'nmi-behind-sti': (world) => { debugBytes(0xfb, 0x90)(world); world.cpu.pending |= PENDING_NMI; world.cpu.shadow |= SHADOW_STI; step(world.cpu); },
  'pse36-width': (world) => {
    enablePaging(world);
    movToCr(world.cpu, 4, 0x10);
    store32(world, DIRECTORY, 0x2_0087);
    outcome(() => { read32(world.cpu, DS, 0x5000); });
  },
  'nxe-change-flushes': (world) => {
    enablePaging(world);
    world.cpu.set32(ECX, 0xc000_0080);
    world.cpu.set32(EAX, 0x800);
    world.cpu.set32(EDX, 0);
    wrmsr(world.cpu);
  },
  'task-switch-pdptes': (world) => {
    enablePae(world);
    task(world, { cr3: POINTERS + 0x20 });
    outcome(() => { farJump(world.cpu, FREE, 0); });
  },
  'cpuid-beyond-highest': (world) => {
    world.cpu.set32(EAX, 0x100);
    cpuid(world.cpu);
  },
  'error-code-ext': ({ cpu }) => { deliverExternal(cpu, 0x90); },
  'single-step-into-task': (world) => {
    task(world);
    writeFlags(world.cpu, 0x102);
    execute(world, 0xea, 0, 0, 0, 0, FREE, 0);
  },
  'unknown-msr': (world) => {
    world.cpu.set32(ECX, 0x1234);
    outcome(() => { wrmsr(world.cpu); });
  },
  'tsc-write-width': (world) => {
    world.cpu.set32(ECX, 0x10);
    world.cpu.set32(EDX, 1);
    wrmsr(world.cpu);
  },
  'sysenter-msr-width': (world) => {
    world.cpu.set32(ECX, 0x175);
    world.cpu.set32(EDX, 1);
    wrmsr(world.cpu);
    if (world.cpu.registerHigh(registerOffset('sysenter_esp')) !== 0) throw new Error('kept 64 bits');
  },
  'x87-denormal-load': (world) => {
    world.cpu.fpuControl = 0x37d;
    store32(world, 0x5000, 1);
    execute(world, 0xd9, 0x05, 0, 0x50, 0, 0);
  },
  'x87-compare-direction': (world) => {
    world.cpu.fpuStatus = 0x200;
    execute(world, 0xdb, 0xf1);
  },
  'x87-store-alias': (world) => { execute(world, 0xd9, 0xd9); },
  'x87-packed-digits': (world) => {
    store32(world, 0x5000, 0xa);
    execute(world, 0xdf, 0x25, 0, 0x50, 0, 0);
  },
  'x87-remainder-step': (world) => {
    fill(world, [0, 0x8000_0000, 0x4fff], [0, 0xc000_0000, 0x3fff]);
    execute(world, 0xd9, 0xf8);
  },
  'x87-function-range': (world) => {
    fill(world, [0, 0x8000_0000, 0x4000], [0, 0x8000_0000, 0x3fff]);
    execute(world, 0xd9, 0xf0);
  },
  'x87-pointers': (world) => { execute(world, 0xd9, 0x35, 0, 0x50, 0, 0); },
  'fxsave-without-os-support': (world) => { execute(world, 0x0f, 0xae, 0x05, 0, 0x50, 0, 0); },
  'fxsave-alignment-check': (world) => {
    enterRing3(world);
    world.cpu.setRegister(registerOffset('cr0'), world.cpu.register(registerOffset('cr0')) | 0x4_0000, 0);
    writeFlags(world.cpu, 0x4_0002);
    execute(world, 0x0f, 0xae, 0x05, 2, 0x50, 0, 0);
  },
  'x87-error-line': (world) => {
    world.cpu.fpuControl = 0x37e;
    execute(world, 0xd8, 0xc1);
  },
  'wide-alignment-check': (world) => {
    enterRing3(world);
    world.cpu.setRegister(registerOffset('cr0'), world.cpu.register(registerOffset('cr0')) | 0x4_0000, 0);
    writeFlags(world.cpu, 0x4_0002);
    world.cpu.setRegister(registerOffset('cr4'), 0x200, 0);
    world.cpu.set32(EBX, 0x5008);
    outcome(() => { execute(world, 0x0f, 0x10, 0x03); });
  },
  'masked-store-checks': (world) => { execute(world, 0x0f, 0xf7, 0xc1); },
  'mmx-transition-before-exception': (world) => {
    world.cpu.setRegister(registerOffset('cr4'), 0x600, 0);
    world.cpu.mxcsr = 0;
    world.cpu.xmm[4] = 0x3fc0_0000;
    execute(world, 0x0f, 0x2d, 0xc1);
  },
  'reciprocal-approximation': (world) => {
    world.cpu.setRegister(registerOffset('cr4'), 0x200, 0);
    execute(world, 0x0f, 0x53, 0xc1);
  },
};
