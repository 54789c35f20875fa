// For each rule the nearest state that passes and the nearest that faults: the state is bent by `bend`, then the same action runs.
// `fault` is what the bent state gives; without the bend the action must succeed.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { movToCr } from '../../../core/cpu/control-registers.ts';
import { farReturn } from '../../../core/cpu/far-return.ts';
import { farCall, farJump } from '../../../core/cpu/far-transfer.ts';
import { sysenter, sysexit } from '../../../core/cpu/fast-system-calls.ts';
import { enterHandler } from '../../../core/cpu/interrupt-gate.ts';
import { interruptReturn } from '../../../core/cpu/iret.ts';
import { linearForFetch, prepareWrite, read32, read8, write8 } from '../../../core/cpu/memory.ts';
import { rdmsr, rdtsc, wrmsr } from '../../../core/cpu/model-specific-registers.ts';
import { checkIoPermission } from '../../../core/cpu/ports.ts';
import { demandInterruptFlagRight } from '../../../core/cpu/privilege.ts';
import { installNull, installSegment, loadSegment, refreshFlatSegments } from '../../../core/cpu/segmentation.ts';
import { demandProtectedMode } from '../../../core/cpu/selector-inspection.ts';
import { CS, DS, EAX, ECX, EDX, SS } from '../../../core/cpu/state.ts';
import { lldt, ltr } from '../../../core/cpu/system-tables.ts';
import { clts } from '../../../core/cpu/control-registers.ts';
import type { RuleId } from '../../../core/event/rules.ts';
import { TASK_CASES } from './rule-cases-tasks.ts';
import {
  ABSENT, BEYOND, CODE, CODE0, CODE3, CONFORMING, DATA, DATA0, descriptor, DIRECTORY, DPL3, enablePaging, enterRing3, EXECUTE_ONLY, FREE, FREE2, gate, gateAt, HANDLER,
  KERNEL_STACK, LDT_RIGHTS, LDT_SELECTOR, mapPage, pushWords, READ_ONLY, store32, TSS, TSS32, TSS_SELECTOR, USER_STACK, type World,
} from './world.ts';

export interface RuleCase {
  readonly rule: RuleId;
  /** Tells apart several cases of one rule. */
  readonly name?: string;
  readonly setup?: (world: World) => void;
  readonly bend: (world: World) => void;
  readonly act: (world: World) => void;
  /** `#GP(0x38)`; the rule id is added. */
  readonly fault: string;
  /** A late check of a task switch: it faults inside the new task, whose registers are there then. */
  readonly late?: boolean;
}

const CR0 = registerOffset('cr0'), CR4 = registerOffset('cr4'), CPL = registerOffset('cpl');
const setCpl = (cpl: number) => ({ cpu }: World): void => { cpu.setNarrow(CPL, cpl); };
const describeFree = (rights: number) => (world: World): void => { descriptor(world, FREE, rights); };

// memory

const readData = ({ cpu }: World): void => { read8(cpu, DS, 0x5000); };
const writeData = ({ cpu }: World): void => { write8(cpu, DS, 0x5000, 1); };
const MEMORY: readonly RuleCase[] = [
  { rule: 'fetch-limit', setup: ({ cpu }) => { installSegment(cpu, CS, CODE0, 0x409b, 0x5000, 0); }, bend: ({ cpu }) => { installSegment(cpu, CS, CODE0, 0x409b, 0x4fff, 0); }, act: ({ cpu }) => { linearForFetch(cpu, 0x5000); }, fault: '#GP(0x0)' },
  { rule: 'segment-usable', bend: ({ cpu }) => { installNull(cpu, DS, 0); }, act: readData, fault: '#GP(0x0)' },
  { rule: 'segment-readable', setup: ({ cpu }) => { installSegment(cpu, DS, FREE, CODE | 1, 0xffff_ffff, 0); }, bend: ({ cpu }) => { installSegment(cpu, DS, FREE, EXECUTE_ONLY | 1, 0xffff_ffff, 0); }, act: readData, fault: '#GP(0x0)' },
  { rule: 'segment-writable', bend: ({ cpu }) => { installSegment(cpu, DS, FREE, READ_ONLY | 1, 0xffff_ffff, 0); }, act: writeData, fault: '#GP(0x0)' },
  { rule: 'segment-writable', name: 'code', bend: ({ cpu }) => { installSegment(cpu, DS, FREE, CODE | 1, 0xffff_ffff, 0); }, act: writeData, fault: '#GP(0x0)' },
  { rule: 'segment-limit', setup: ({ cpu }) => { installSegment(cpu, DS, FREE, DATA | 1, 0x5003, 0); }, bend: ({ cpu }) => { installSegment(cpu, DS, FREE, DATA | 1, 0x5002, 0); }, act: ({ cpu }) => { read32(cpu, DS, 0x5000); }, fault: '#GP(0x0)' },
  { rule: 'segment-limit', name: 'stack', setup: ({ cpu }) => { installSegment(cpu, SS, FREE, DATA | 1, 0x5003, 0); }, bend: ({ cpu }) => { installSegment(cpu, SS, FREE, DATA | 1, 0x5002, 0); }, act: ({ cpu }) => { read32(cpu, SS, 0x5000); }, fault: '#SS(0x0)' },
  { rule: 'segment-limit', name: 'past 4 GiB', setup: ({ cpu }) => { cpu.set32(ECX, 0xffff_fffc); }, bend: ({ cpu }) => { cpu.set32(ECX, 0xffff_fffd); }, act: ({ cpu }) => { read32(cpu, DS, cpu.get32(ECX)); }, fault: '#GP(0x0)' },
  { rule: 'segment-expand-down', setup: ({ cpu }) => { installSegment(cpu, DS, FREE, 0xc097, 0x4fff, 0); }, bend: ({ cpu }) => { installSegment(cpu, DS, FREE, 0xc097, 0x5000, 0); }, act: readData, fault: '#GP(0x0)' },
  { rule: 'segment-expand-down', name: '16-bit', setup: ({ cpu }) => { installSegment(cpu, DS, FREE, 0xc097, 0x4fff, 0); }, bend: ({ cpu }) => { installSegment(cpu, DS, FREE, 0x8097, 0x4fff, 0); }, act: ({ cpu }) => { read8(cpu, DS, 0x1_0000); }, fault: '#GP(0x0)' },
];

const checkingAlignment = (world: World): void => {
  enterRing3(world);
  world.cpu.setRegister(CR0, world.cpu.register(CR0) | 0x4_0000, 0);
  world.cpu.rawFlags = 0x4_0002;
  refreshFlatSegments(world.cpu);
};
const ALIGNMENT: readonly RuleCase[] = [
  ...[[2, 1], [4, 2], [8, 4]].map(([size, off]): RuleCase => ({
    rule: 'access-aligned', name: `${String(size)} bytes`, setup: (world) => { checkingAlignment(world); world.cpu.set32(ECX, 0x5000); }, bend: ({ cpu }) => { cpu.set32(ECX, 0x5000 + off!); },
    act: ({ cpu }) => { prepareWrite(cpu, DS, cpu.get32(ECX), size!); }, fault: '#AC(0x0)',
  })),
  { rule: 'access-aligned', name: 'by its linear address', setup: checkingAlignment, bend: ({ cpu }) => { installSegment(cpu, DS, FREE | 3, 0xc0f3, 0xffff_ffff, 1); }, act: ({ cpu }) => { read32(cpu, DS, 0x5000); }, fault: '#AC(0x0)' },
];

const PAGING: readonly RuleCase[] = [
  { rule: 'page-directory-present', setup: enablePaging, bend: (world) => { store32(world, DIRECTORY, 0x2_1006); world.cpu.tlb.fill(0); }, act: readData, fault: '#PF(0x0)' },
  { rule: 'page-directory-reserved', setup: (world) => { enablePaging(world); world.cpu.setRegister(CR4, 0x10, 0); store32(world, DIRECTORY, 0x87); world.cpu.tlb.fill(0); }, bend: (world) => { store32(world, DIRECTORY, 0x2_0087); }, act: readData, fault: '#PF(0x9)' },
  { rule: 'page-table-present', setup: enablePaging, bend: (world) => { mapPage(world, 0x5000, 0x5006); }, act: writeData, fault: '#PF(0x2)' },
  { rule: 'page-user', setup: (world) => { enablePaging(world); enterRing3(world); }, bend: (world) => { mapPage(world, 0x5000, 0x5003); }, act: readData, fault: '#PF(0x5)' },
  { rule: 'page-user-writable', setup: (world) => { enablePaging(world); enterRing3(world); }, bend: (world) => { mapPage(world, 0x5000, 0x5005); }, act: writeData, fault: '#PF(0x7)' },
  { rule: 'page-supervisor-writable', setup: (world) => { enablePaging(world); world.cpu.setRegister(CR0, world.cpu.register(CR0) | 0x1_0000, 0); world.cpu.tlb.fill(0); }, bend: (world) => { mapPage(world, 0x5000, 0x5001); }, act: writeData, fault: '#PF(0x3)' },
];

// segment loads

const loadDs = ({ cpu }: World): void => { loadSegment(cpu, DS, FREE); };
const loadSs = ({ cpu }: World): void => { loadSegment(cpu, SS, FREE); };
const loadSsRing3 = ({ cpu }: World): void => { loadSegment(cpu, SS, FREE | 3); };
const LOADS: readonly RuleCase[] = [
  { rule: 'data-table-limit', setup: describeFree(DATA), bend: ({ cpu }) => { cpu.setNarrow(registerOffset('gdtr.limit'), FREE + 6); }, act: loadDs, fault: '#GP(0x38)' },
  { rule: 'data-table-limit', name: 'LDT', setup: (world) => { lldt(world.cpu, LDT_SELECTOR); descriptor(world, 0xc, DATA); }, bend: ({ cpu }) => { lldt(cpu, 0); }, act: ({ cpu }) => { loadSegment(cpu, DS, 0xc); }, fault: '#GP(0xc)' },
  { rule: 'data-type', setup: describeFree(CODE), bend: describeFree(EXECUTE_ONLY), act: loadDs, fault: '#GP(0x38)' },
  { rule: 'data-type', name: 'system', setup: describeFree(DATA), bend: describeFree(TSS32), act: loadDs, fault: '#GP(0x38)' },
  { rule: 'data-privilege', name: 'CPL', setup: (world) => { describeFree(DATA | DPL3)(world); enterRing3(world); }, bend: describeFree(DATA | 0x40), act: loadDs, fault: '#GP(0x38)' },
  { rule: 'data-privilege', name: 'RPL', setup: describeFree(DATA | DPL3), bend: describeFree(DATA | 0x40), act: ({ cpu }) => { loadSegment(cpu, DS, FREE | 3); }, fault: '#GP(0x38)' },
  { rule: 'data-present', setup: describeFree(DATA), bend: describeFree(DATA & ~ABSENT), act: loadDs, fault: '#NP(0x38)' },
  { rule: 'ss-not-null', setup: describeFree(DATA), bend: (world) => { store32(world, 0x5000, 3); }, act: (world) => { loadSegment(world.cpu, SS, world.cpu.ramView.getUint16(0x5000, true) === 0 ? FREE : 0); }, fault: '#GP(0x0)' },
  { rule: 'ss-table-limit', setup: describeFree(DATA), bend: ({ cpu }) => { cpu.setNarrow(registerOffset('gdtr.limit'), FREE + 6); }, act: loadSs, fault: '#GP(0x38)' },
  { rule: 'ss-rpl', setup: (world) => { describeFree(DATA | DPL3)(world); enterRing3(world); }, bend: setCpl(2), act: loadSsRing3, fault: '#GP(0x38)' },
  { rule: 'ss-type', setup: describeFree(DATA), bend: describeFree(READ_ONLY), act: loadSs, fault: '#GP(0x38)' },
  { rule: 'ss-dpl', setup: describeFree(DATA), bend: describeFree(DATA | 0x20), act: loadSs, fault: '#GP(0x38)' },
  { rule: 'ss-present', setup: describeFree(DATA), bend: describeFree(DATA & ~ABSENT), act: loadSs, fault: '#SS(0x38)' },
];

const jump = ({ cpu }: World): void => { farJump(cpu, FREE, 0x5000); };
const JUMPS: readonly RuleCase[] = [
  { rule: 'jump-not-null', setup: describeFree(CODE), bend: (world) => { store32(world, 0x5000, 1); }, act: (world) => { farJump(world.cpu, world.cpu.ram[0x5000] === 0 ? FREE : 3, 0x5000); }, fault: '#GP(0x0)' },
  { rule: 'jump-table-limit', setup: describeFree(CODE), bend: ({ cpu }) => { cpu.setNarrow(registerOffset('gdtr.limit'), FREE + 6); }, act: jump, fault: '#GP(0x38)' },
  { rule: 'jump-type', setup: describeFree(CODE), bend: describeFree(DATA), act: jump, fault: '#GP(0x38)' },
  { rule: 'jump-type', name: 'interrupt gate', setup: describeFree(CODE), bend: describeFree(0x8e), act: jump, fault: '#GP(0x38)' },
  { rule: 'jump-conforming-dpl', setup: describeFree(CONFORMING), bend: describeFree(CONFORMING | 0x20), act: jump, fault: '#GP(0x38)' },
  { rule: 'jump-rpl', setup: (world) => { describeFree(CODE)(world); }, bend: (world) => { store32(world, 0x5000, 1); }, act: (world) => { farJump(world.cpu, FREE | world.cpu.ram[0x5000]!, 0x5000); }, fault: '#GP(0x38)' },
  { rule: 'jump-dpl', setup: describeFree(CODE), bend: describeFree(CODE | DPL3), act: jump, fault: '#GP(0x38)' },
  { rule: 'jump-present', setup: describeFree(CODE), bend: describeFree(CODE & ~ABSENT), act: jump, fault: '#NP(0x38)' },
  { rule: 'jump-limit', setup: (world) => { descriptor(world, FREE, CODE & ~0x8000, { base: 0, limit: 0x5000 }); }, bend: (world) => { descriptor(world, FREE, CODE & ~0x8000, { base: 0, limit: 0x4fff }); }, act: jump, fault: '#GP(0x0)' },
];

// call gates: the gate is FREE, its code segment FREE2, the stack of ring 0 DATA0

const callGate = (change: Parameters<typeof gateAt>[2] = {}) => (world: World): void => { gateAt(world, FREE, { selector: FREE2, ...change }); };
const throughGate = (rights: number, change: Parameters<typeof gateAt>[2] = {}) => (world: World): void => { descriptor(world, FREE2, rights); callGate(change)(world); };
const fromRing3ThroughGate = (world: World): void => { throughGate(CODE)(world); enterRing3(world); };
const ring0Stack = (selector: number) => (world: World): void => { store32(world, TSS + 8, selector); };
const dataZero = (rights: number, limit = 0xf_ffff) => (world: World): void => { descriptor(world, DATA0, rights, { base: 0, limit }); };
const call = ({ cpu }: World): void => { farCall(cpu, 32, FREE | 3, 0); };
const jumpGate = ({ cpu }: World): void => { farJump(cpu, FREE, 0); };
const CALL_GATES: readonly RuleCase[] = [
  { rule: 'call-gate-dpl', name: 'CPL', setup: fromRing3ThroughGate, bend: callGate({ dpl: 2 }), act: ({ cpu }) => { farCall(cpu, 32, FREE, 0); }, fault: '#GP(0x38)' },
  { rule: 'call-gate-dpl', name: 'RPL', setup: throughGate(CODE), bend: callGate({ dpl: 2 }), act: call, fault: '#GP(0x38)' },
  { rule: 'call-gate-present', setup: throughGate(CODE), bend: callGate({ present: false }), act: call, fault: '#NP(0x38)' },
  { rule: 'call-gate-code-not-null', setup: throughGate(CODE), bend: callGate({ selector: 2 }), act: call, fault: '#GP(0x0)' },
  { rule: 'call-gate-code-table-limit', setup: throughGate(CODE), bend: callGate({ selector: BEYOND }), act: jumpGate, fault: '#GP(0x48)' },
  { rule: 'call-gate-code-type', setup: throughGate(CODE), bend: throughGate(DATA), act: call, fault: '#GP(0x40)' },
  { rule: 'call-gate-code-type', name: 'another gate', setup: throughGate(CODE), bend: callGate({ selector: FREE }), act: call, fault: '#GP(0x38)' },
  { rule: 'call-gate-code-dpl', setup: throughGate(CODE), bend: throughGate(CODE | 0x20), act: call, fault: '#GP(0x40)' },
  { rule: 'call-gate-code-dpl', name: 'conforming', setup: throughGate(CONFORMING), bend: throughGate(CONFORMING | 0x20), act: call, fault: '#GP(0x40)' },
  { rule: 'call-gate-jump-dpl', setup: (world) => { throughGate(CODE | DPL3)(world); enterRing3(world); }, bend: throughGate(CODE | 0x40), act: jumpGate, fault: '#GP(0x40)' },
  { rule: 'call-gate-code-present', setup: throughGate(CODE), bend: throughGate(CODE & ~ABSENT), act: jumpGate, fault: '#NP(0x40)' },
  { rule: 'call-gate-same-room', setup: (world) => { throughGate(CODE)(world); installSegment(world.cpu, SS, DATA0, 0x4093, KERNEL_STACK - 1, 0); }, bend: ({ cpu }) => { cpu.esp += 1; }, act: call, fault: '#SS(0x0)' },
  { rule: 'call-gate-tss-limit', setup: (world) => { fromRing3ThroughGate(world); world.cpu.setSegment(7, TSS_SELECTOR, 0x8b, 9, TSS); }, bend: ({ cpu }) => { cpu.setSegment(7, TSS_SELECTOR, 0x8b, 8, TSS); }, act: call, fault: '#TS(0x28)' },
  { rule: 'call-gate-ss-not-null', setup: fromRing3ThroughGate, bend: ring0Stack(0), act: call, fault: '#TS(0x0)' },
  { rule: 'call-gate-ss-table-limit', setup: fromRing3ThroughGate, bend: ring0Stack(BEYOND), act: call, fault: '#TS(0x48)' },
  { rule: 'call-gate-ss-rpl', setup: fromRing3ThroughGate, bend: ring0Stack(DATA0 | 1), act: call, fault: '#TS(0x10)' },
  { rule: 'call-gate-ss-dpl', setup: fromRing3ThroughGate, bend: dataZero(DATA | 0x20), act: call, fault: '#TS(0x10)' },
  { rule: 'call-gate-ss-type', setup: fromRing3ThroughGate, bend: dataZero(READ_ONLY), act: call, fault: '#TS(0x10)' },
  { rule: 'call-gate-ss-present', setup: fromRing3ThroughGate, bend: dataZero(DATA & ~ABSENT), act: call, fault: '#SS(0x10)' },
  { rule: 'call-gate-inner-room', setup: (world) => { fromRing3ThroughGate(world); dataZero(0x4092, KERNEL_STACK - 1)(world); }, bend: dataZero(0x4092, KERNEL_STACK - 2), act: call, fault: '#SS(0x10)' },
  { rule: 'call-gate-inner-room', name: 'parameters', setup: (world) => { fromRing3ThroughGate(world); callGate({ parameters: 31 })(world); dataZero(0x4096, KERNEL_STACK - 35 * 4 - 1)(world); }, bend: dataZero(0x4096, KERNEL_STACK - 35 * 4), act: call, fault: '#SS(0x10)' },
  { rule: 'call-gate-limit', setup: (world) => { throughGate(CODE)(world); descriptor(world, FREE2, CODE & ~0x8000, { base: 0, limit: HANDLER }); }, bend: (world) => { descriptor(world, FREE2, CODE & ~0x8000, { base: 0, limit: HANDLER - 1 }); }, act: call, fault: '#GP(0x0)' },
];

// returns: IRET and RETF state the same checks under their own ids

interface ReturnKind { readonly prefix: 'iret' | 'return'; readonly act: (world: World) => void; readonly same: (world: World, cs: number) => void; readonly outer: (world: World, cs: number, ss: number) => void }
const IRET: ReturnKind = {
  prefix: 'iret',
  act: ({ cpu }) => { interruptReturn(cpu, 32); },
  same: (world, cs) => { world.cpu.esp = KERNEL_STACK; pushWords(world, 2, cs, 0x5000); },
  outer: (world, cs, ss) => { world.cpu.esp = KERNEL_STACK; pushWords(world, ss, USER_STACK, 2, cs, 0x5000); },
};
const RETF: ReturnKind = {
  prefix: 'return',
  act: ({ cpu }) => { farReturn(cpu, 32, 0); },
  same: (world, cs) => { world.cpu.esp = KERNEL_STACK; pushWords(world, cs, 0x5000); },
  outer: (world, cs, ss) => { world.cpu.esp = KERNEL_STACK; pushWords(world, ss, USER_STACK, cs, 0x5000); },
};
function returns({ prefix, act, same, outer }: ReturnKind): readonly RuleCase[] {
  const id = (rest: string): RuleId => `${prefix}-${rest}` as RuleId;
  const sameTo = (cs: number, rights: number) => (world: World): void => { descriptor(world, FREE, rights); same(world, cs); };
  const outerTo = (ss: number, rights: number) => (world: World): void => { descriptor(world, FREE, rights); outer(world, CODE3, ss); };
  return [
    { rule: id('cs-not-null'), setup: sameTo(FREE, CODE), bend: sameTo(2, CODE), act, fault: '#GP(0x0)' },
    { rule: id('cs-table-limit'), setup: sameTo(FREE, CODE), bend: sameTo(BEYOND, CODE), act, fault: '#GP(0x48)' },
    { rule: id('cs-type'), setup: sameTo(FREE, CODE), bend: sameTo(FREE, DATA), act, fault: '#GP(0x38)' },
    { rule: id('cs-rpl'), setup: (world) => { descriptor(world, FREE, CODE | DPL3); enterRing3(world); same(world, FREE | 3); }, bend: (world) => { same(world, FREE | 2); }, act, fault: '#GP(0x38)' },
    { rule: id('cs-conforming-dpl'), setup: sameTo(FREE, CONFORMING), bend: sameTo(FREE, CONFORMING | 0x20), act, fault: '#GP(0x38)' },
    { rule: id('cs-dpl'), setup: sameTo(FREE, CODE), bend: sameTo(FREE, CODE | DPL3), act, fault: '#GP(0x38)' },
    { rule: id('cs-present'), setup: sameTo(FREE, CODE), bend: sameTo(FREE, CODE & ~ABSENT), act, fault: '#NP(0x38)' },
    { rule: id('ss-not-null'), setup: outerTo(FREE | 3, DATA | DPL3), bend: outerTo(3, DATA), act, fault: '#GP(0x0)' },
    { rule: id('ss-table-limit'), setup: outerTo(FREE | 3, DATA | DPL3), bend: outerTo(BEYOND | 3, DATA), act, fault: '#GP(0x48)' },
    { rule: id('ss-rpl'), setup: outerTo(FREE | 3, DATA | DPL3), bend: outerTo(FREE | 2, DATA | DPL3), act, fault: '#GP(0x38)' },
    { rule: id('ss-type'), setup: outerTo(FREE | 3, DATA | DPL3), bend: outerTo(FREE | 3, READ_ONLY | DPL3), act, fault: '#GP(0x38)' },
    { rule: id('ss-dpl'), setup: outerTo(FREE | 3, DATA | DPL3), bend: outerTo(FREE | 3, DATA), act, fault: '#GP(0x38)' },
    { rule: id('ss-present'), setup: outerTo(FREE | 3, DATA | DPL3), bend: outerTo(FREE | 3, (DATA | DPL3) & ~ABSENT), act, fault: prefix === 'iret' ? '#NP(0x38)' : '#SS(0x38)' },
    { rule: id('limit'), setup: (world) => { descriptor(world, FREE, CODE & ~0x8000, { base: 0, limit: 0x5000 }); same(world, FREE); }, bend: (world) => { descriptor(world, FREE, CODE & ~0x8000, { base: 0, limit: 0x4fff }); }, act, fault: '#GP(0x0)' },
  ];
}

// delivery: INT 0x80 gives EXT = 0, an external interrupt 0x20 gives EXT = 1

const SOFTWARE = 0, EXTERNAL = 2;
const int80 = ({ cpu }: World): void => { enterHandler(cpu, { source: SOFTWARE, vector: 0x80, errorCode: -1, resume: false }); };
const irq20 = ({ cpu }: World): void => { enterHandler(cpu, { source: EXTERNAL, vector: 0x20, errorCode: -1, resume: false }); };
const gates = (change: Parameters<typeof gate>[2] = {}) => (world: World): void => { gate(world, 0x80, change); gate(world, 0x20, change); };
const innerStack = (selector: number, rights: number) => (world: World): void => { descriptor(world, FREE2, rights); store32(world, TSS + 8, selector); };
const fromRing3 = (world: World): void => { gates()(world); innerStack(FREE2, DATA)(world); enterRing3(world); };
const handlerIs = (rights: number) => (world: World): void => { descriptor(world, FREE, rights); gates({ selector: FREE })(world); };
const DELIVERY: readonly RuleCase[] = [
  { rule: 'idt-limit', setup: gates(), bend: ({ cpu }) => { cpu.setNarrow(registerOffset('idtr.limit'), 0x80 * 8 + 6); }, act: int80, fault: '#GP(0x402)' },
  { rule: 'idt-limit', name: 'external', setup: gates(), bend: ({ cpu }) => { cpu.setNarrow(registerOffset('idtr.limit'), 0x20 * 8 + 6); }, act: irq20, fault: '#GP(0x103)' },
  { rule: 'gate-type', setup: gates(), bend: gates({ type: 12 }), act: int80, fault: '#GP(0x402)' },
  { rule: 'gate-type', name: 'S bit', setup: gates(), bend: gates({ type: 0x1e }), act: irq20, fault: '#GP(0x103)' },
  { rule: 'gate-dpl', setup: (world) => { gates()(world); enterRing3(world); }, bend: gates({ dpl: 2 }), act: int80, fault: '#GP(0x402)' },
  { rule: 'gate-present', setup: gates(), bend: gates({ present: false }), act: int80, fault: '#NP(0x402)' },
  { rule: 'gate-present', name: 'external', setup: gates(), bend: gates({ present: false }), act: irq20, fault: '#NP(0x103)' },
  { rule: 'handler-not-null', setup: gates(), bend: gates({ selector: 3 }), act: int80, fault: '#GP(0x0)' },
  { rule: 'handler-not-null', name: 'external', setup: gates(), bend: gates({ selector: 0 }), act: irq20, fault: '#GP(0x1)' },
  { rule: 'handler-table-limit', setup: gates(), bend: gates({ selector: BEYOND }), act: irq20, fault: '#GP(0x49)' },
  { rule: 'handler-type', setup: handlerIs(CODE), bend: handlerIs(DATA), act: int80, fault: '#GP(0x38)' },
  { rule: 'handler-dpl', setup: handlerIs(CODE), bend: handlerIs(CODE | DPL3), act: irq20, fault: '#GP(0x39)' },
  { rule: 'handler-present', setup: handlerIs(CODE), bend: handlerIs(CODE & ~ABSENT), act: irq20, fault: '#NP(0x39)' },
  { rule: 'tss-stack-limit', setup: (world) => { fromRing3(world); world.cpu.setSegment(7, TSS_SELECTOR, 0x8b, 9, TSS); }, bend: ({ cpu }) => { cpu.setSegment(7, TSS_SELECTOR, 0x8b, 8, TSS); }, act: irq20, fault: '#TS(0x29)' },
  { rule: 'tss-stack-limit', name: '16-bit TSS', setup: (world) => { fromRing3(world); store32(world, TSS, KERNEL_STACK << 16); store32(world, TSS + 4, FREE2); world.cpu.setSegment(7, TSS_SELECTOR, 0x83, 5, TSS); }, bend: ({ cpu }) => { cpu.setSegment(7, TSS_SELECTOR, 0x83, 4, TSS); }, act: int80, fault: '#TS(0x28)' },
  { rule: 'inner-ss-not-null', setup: fromRing3, bend: innerStack(0, DATA), act: int80, fault: '#TS(0x0)' },
  { rule: 'inner-ss-table-limit', setup: fromRing3, bend: innerStack(BEYOND, DATA), act: int80, fault: '#TS(0x48)' },
  { rule: 'inner-ss-rpl', setup: fromRing3, bend: innerStack(FREE2 | 1, DATA), act: irq20, fault: '#TS(0x41)' },
  { rule: 'inner-ss-dpl', setup: fromRing3, bend: innerStack(FREE2, DATA | 0x20), act: int80, fault: '#TS(0x40)' },
  { rule: 'inner-ss-type', setup: fromRing3, bend: innerStack(FREE2, READ_ONLY), act: int80, fault: '#TS(0x40)' },
  { rule: 'inner-ss-present', setup: fromRing3, bend: innerStack(FREE2, DATA & ~ABSENT), act: irq20, fault: '#SS(0x41)' },
  { rule: 'inner-frame-room', setup: (world) => { fromRing3(world); descriptor(world, FREE2, DATA & ~0x8000, { base: 0, limit: KERNEL_STACK - 1 }); }, bend: (world) => { descriptor(world, FREE2, DATA & ~0x8000, { base: 0, limit: KERNEL_STACK - 2 }); }, act: irq20, fault: '#SS(0x41)' },
  { rule: 'same-frame-room', setup: ({ cpu }) => { installSegment(cpu, SS, DATA0, 0x4093, KERNEL_STACK - 1, 0); }, bend: ({ cpu }) => { cpu.esp += 1; }, act: (world) => { gates()(world); irq20(world); }, fault: '#SS(0x1)' },
  { rule: 'handler-limit', setup: (world) => { descriptor(world, FREE, CODE & ~0x8000, { base: 0, limit: HANDLER }); gates({ selector: FREE })(world); }, bend: (world) => { descriptor(world, FREE, CODE & ~0x8000, { base: 0, limit: HANDLER - 1 }); }, act: irq20, fault: '#GP(0x1)' },
];

// system instructions

const MSR_CS = registerOffset('sysenter_cs');
const setMsrCs = (value: number) => ({ cpu }: World): void => { cpu.setRegister(MSR_CS, value, 0); };
const clearPe = ({ cpu }: World): void => { cpu.setRegister(CR0, 0x10, 0); };
const useMsr = (number: number, lo = 0, hi = 0) => ({ cpu }: World): void => { cpu.set32(ECX, number); cpu.set32(EAX, lo); cpu.set32(EDX, hi); };
const inPort = ({ cpu }: World): void => { checkIoPermission(cpu, 0x10, 1); };
const withIoMap = (world: World): void => {
  enterRing3(world);
  world.cpu.setSegment(7, TSS_SELECTOR, 0x8b, 104 + 3, TSS);
  store32(world, TSS + 104, 0xff00_ffff);
};
const SYSTEM: readonly RuleCase[] = [
  { rule: 'sysenter-protected', setup: setMsrCs(8), bend: clearPe, act: ({ cpu }) => { sysenter(cpu); }, fault: '#GP(0x0)' },
  { rule: 'sysenter-cs-set', setup: setMsrCs(4), bend: setMsrCs(0x1_0003), act: ({ cpu }) => { sysenter(cpu); }, fault: '#GP(0x0)' },
  { rule: 'sysexit-protected', setup: setMsrCs(8), bend: clearPe, act: ({ cpu }) => { sysexit(cpu); }, fault: '#GP(0x0)' },
  { rule: 'sysexit-cs-set', setup: setMsrCs(8), bend: setMsrCs(3), act: ({ cpu }) => { sysexit(cpu); }, fault: '#GP(0x0)' },
  { rule: 'sysexit-cpl', setup: setMsrCs(8), bend: setCpl(1), act: ({ cpu }) => { sysexit(cpu); }, fault: '#GP(0x0)' },
  { rule: 'privileged-cpl', bend: setCpl(1), act: ({ cpu }) => { clts(cpu); }, fault: '#GP(0x0)' },
  { rule: 'msr-exists', setup: useMsr(0x174), bend: useMsr(0x1c), act: ({ cpu }) => { rdmsr(cpu); }, fault: '#GP(0x0)' },
  { rule: 'msr-value', setup: useMsr(0x277, 0x0007_0406, 0x0007_0406), bend: useMsr(0x277, 0x0007_0406, 0x0207_0406), act: ({ cpu }) => { wrmsr(cpu); }, fault: '#GP(0x0)' },
  { rule: 'tsc-cpl', setup: (world) => { enterRing3(world); }, bend: ({ cpu }) => { cpu.setRegister(CR4, 4, 0); }, act: ({ cpu }) => { rdtsc(cpu); }, fault: '#GP(0x0)' },
  { rule: 'cr-exists', setup: useMsr(2), bend: useMsr(1), act: ({ cpu }) => { movToCr(cpu, cpu.get32(ECX), 0); }, fault: '#UD' },
  { rule: 'cr0-paging-protected', setup: useMsr(0x8000_0011 | 0), bend: useMsr(0x8000_0010 | 0), act: ({ cpu }) => { movToCr(cpu, 0, cpu.get32(ECX)); }, fault: '#GP(0x0)' },
  { rule: 'cr0-cache-bits', setup: useMsr(0x6000_0011), bend: useMsr(0x2000_0011), act: ({ cpu }) => { movToCr(cpu, 0, cpu.get32(ECX)); }, fault: '#GP(0x0)' },
  { rule: 'cr4-reserved', setup: useMsr(0x14), bend: useMsr(0x4000), act: ({ cpu }) => { movToCr(cpu, 4, cpu.get32(ECX)); }, fault: '#GP(0x0)' },
  { rule: 'protected-mode-only', bend: clearPe, act: ({ cpu }) => { demandProtectedMode(cpu); }, fault: '#UD' },
  { rule: 'protected-mode-only', name: 'virtual-8086', bend: ({ cpu }) => { cpu.rawFlags = 0x2_0002; }, act: ({ cpu }) => { demandProtectedMode(cpu); }, fault: '#UD' },
  { rule: 'lldt-in-gdt', setup: (world) => { describeFree(LDT_RIGHTS)(world); useMsr(FREE)(world); }, bend: useMsr(FREE | 4), act: ({ cpu }) => { lldt(cpu, cpu.get32(ECX)); }, fault: '#GP(0x3c)' },
  { rule: 'lldt-table-limit', setup: (world) => { describeFree(LDT_RIGHTS)(world); useMsr(FREE)(world); }, bend: useMsr(BEYOND), act: ({ cpu }) => { lldt(cpu, cpu.get32(ECX)); }, fault: '#GP(0x48)' },
  { rule: 'lldt-type', setup: describeFree(LDT_RIGHTS), bend: describeFree(DATA), act: ({ cpu }) => { lldt(cpu, FREE); }, fault: '#GP(0x38)' },
  { rule: 'lldt-present', setup: describeFree(LDT_RIGHTS), bend: describeFree(LDT_RIGHTS & ~ABSENT), act: ({ cpu }) => { lldt(cpu, FREE); }, fault: '#NP(0x38)' },
  { rule: 'ltr-not-null', setup: (world) => { describeFree(TSS32)(world); useMsr(FREE)(world); }, bend: useMsr(1), act: ({ cpu }) => { ltr(cpu, cpu.get32(ECX)); }, fault: '#GP(0x0)' },
  { rule: 'ltr-in-gdt', setup: (world) => { describeFree(TSS32)(world); useMsr(FREE)(world); }, bend: useMsr(FREE | 4), act: ({ cpu }) => { ltr(cpu, cpu.get32(ECX)); }, fault: '#GP(0x3c)' },
  { rule: 'ltr-table-limit', setup: (world) => { describeFree(TSS32)(world); useMsr(FREE)(world); }, bend: useMsr(BEYOND), act: ({ cpu }) => { ltr(cpu, cpu.get32(ECX)); }, fault: '#GP(0x48)' },
  { rule: 'ltr-type', name: 'busy', setup: describeFree(TSS32), bend: describeFree(TSS32 | 2), act: ({ cpu }) => { ltr(cpu, FREE); }, fault: '#GP(0x38)' },
  { rule: 'ltr-present', setup: describeFree(TSS32), bend: describeFree(TSS32 & ~ABSENT), act: ({ cpu }) => { ltr(cpu, FREE); }, fault: '#NP(0x38)' },
  { rule: 'iopl-interrupt-flag', setup: (world) => { enterRing3(world); world.cpu.rawFlags = 0x3002; }, bend: ({ cpu }) => { cpu.rawFlags = 0x2002; }, act: ({ cpu }) => { demandInterruptFlagRight(cpu); }, fault: '#GP(0x0)' },
  { rule: 'io-tss', setup: withIoMap, bend: ({ cpu }) => { cpu.setSegment(7, TSS_SELECTOR, 0x8b, 102, TSS); }, act: inPort, fault: '#GP(0x0)' },
  { rule: 'io-tss', name: '16-bit TSS', setup: withIoMap, bend: ({ cpu }) => { cpu.setSegment(7, TSS_SELECTOR, 0x83, 104 + 3, TSS); }, act: inPort, fault: '#GP(0x0)' },
  { rule: 'io-map-limit', setup: withIoMap, bend: ({ cpu }) => { cpu.setSegment(7, TSS_SELECTOR, 0x8b, 104 + 2, TSS); }, act: inPort, fault: '#GP(0x0)' },
  { rule: 'io-map-bit', setup: withIoMap, bend: (world) => { store32(world, TSS + 104, 0x0001_0000); }, act: inPort, fault: '#GP(0x0)' },
];

export const RULE_CASES: readonly RuleCase[] = [...MEMORY, ...ALIGNMENT, ...PAGING, ...LOADS, ...JUMPS, ...CALL_GATES, ...returns(IRET), ...returns(RETF), ...TASK_CASES, ...DELIVERY, ...SYSTEM];
