// The rules of the task switch: for each the nearest state that passes and the nearest that faults (rule-cases.ts). `late` ones fault in the new task.

import { enterHandler } from '../../../core/cpu/interrupt-gate.ts';
import { farCall, farJump } from '../../../core/cpu/far-transfer.ts';
import { interruptReturn } from '../../../core/cpu/iret.ts';
import { lldt } from '../../../core/cpu/system-tables.ts';
import type { RuleId } from '../../../core/event/rules.ts';
import { TASK, TASK_ENTRY, TASK_LIMIT, TASK_STACK, setTask, task, task16, type TaskFields } from './task-world.ts';
import type { RuleCase } from './rule-cases.ts';
import {
  ABSENT, BEYOND, CODE, CODE3, CONFORMING, DATA, DATA3, descriptor, DPL3, enterRing3, FREE, FREE2, gate, gateAt, LDT_RIGHTS, LDT_SELECTOR, READ_ONLY,
  store32, TSS, TSS32, TSS_SELECTOR, type World,
} from './world.ts';

const TASK_GATE = 5, BUSY = 2, EXCEPTION = 1;
const taskWith = (fields: TaskFields = {}, rights = TSS32) => (world: World): void => { task(world, fields, rights); };
const jump = ({ cpu }: World): void => { farJump(cpu, FREE, 0); };
const call3 = ({ cpu }: World): void => { farCall(cpu, 32, FREE | 3, 0); };
/** A task gate in FREE2. */
const throughGate = (change: Parameters<typeof gateAt>[2] = {}) => (world: World): void => { task(world); gateAt(world, FREE2, { type: TASK_GATE, selector: FREE, ...change }); };
const jumpGate = ({ cpu }: World): void => { farJump(cpu, FREE2, 0); };
const callGate3 = ({ cpu }: World): void => { farCall(cpu, 32, FREE2 | 3, 0); };
/** An exception 13 with an error code through a task gate of the IDT. */
const interrupted = (selector = FREE) => (world: World): void => { task(world); gate(world, 13, { type: TASK_GATE, selector }); };
const deliver = ({ cpu }: World): void => { enterHandler(cpu, { source: EXCEPTION, vector: 13, errorCode: 0x55, resume: true }); };
/** IRET with NT: the current TSS links to `link`. */
const nested = (link = FREE, rights = TSS32 | BUSY) => (world: World): void => { task(world, {}, rights); store32(world, TSS, link); world.cpu.rawFlags = 0x4002; };
const iret = ({ cpu }: World): void => { interruptReturn(cpu, 32); };

interface Segment { readonly id: string; readonly field: string; readonly setup: TaskFields; readonly rights: number }
/** The segment of FREE2 with other rights, or another selector in its field. */
function segmentCases({ id, field, setup, rights }: Segment, bends: readonly (readonly [rest: string, bend: { readonly rights?: number; readonly selector?: number }, fault: string])[]): RuleCase[] {
  const at = (seen: number, selector: number) => (world: World): void => { descriptor(world, FREE2, seen); task(world, { ...setup, [field]: selector }); };
  const standard = setup[field]!;
  return bends.map(([rest, bend, fault]) => ({ rule: `task-${id}-${rest}` as RuleId, setup: at(rights, standard), bend: at(bend.rights ?? rights, bend.selector ?? standard), act: jump, fault, late: true }));
}

export const TASK_CASES: readonly RuleCase[] = [
  { rule: 'task-dpl', name: 'TSS', setup: taskWith({}, TSS32 | DPL3), bend: taskWith({}, TSS32 | 0x40), act: call3, fault: '#GP(0x38)' },
  { rule: 'task-dpl', name: 'gate', setup: (world) => { throughGate()(world); enterRing3(world); }, bend: throughGate({ dpl: 2 }), act: callGate3, fault: '#GP(0x40)' },
  { rule: 'task-gate-present', setup: throughGate(), bend: throughGate({ present: false }), act: jumpGate, fault: '#NP(0x40)' },
  { rule: 'task-tss-in-gdt', setup: throughGate(), bend: throughGate({ selector: FREE | 4 }), act: jumpGate, fault: '#GP(0x3c)' },
  { rule: 'task-tss-in-gdt', name: 'interrupt', setup: interrupted(), bend: interrupted(FREE | 4), act: deliver, fault: '#GP(0x3d)' },
  { rule: 'task-tss-in-gdt', name: 'IRET', setup: nested(), bend: nested(FREE | 4), act: iret, fault: '#TS(0x3c)' },
  { rule: 'task-tss-table-limit', setup: throughGate(), bend: throughGate({ selector: BEYOND }), act: jumpGate, fault: '#GP(0x48)' },
  { rule: 'task-tss-table-limit', name: 'IRET', setup: nested(), bend: nested(BEYOND), act: iret, fault: '#TS(0x48)' },
  { rule: 'task-tss-type', name: 'busy', setup: throughGate(), bend: (world) => { task(world, {}, TSS32 | BUSY); }, act: jumpGate, fault: '#GP(0x38)' },
  { rule: 'task-tss-type', name: 'interrupt', setup: interrupted(), bend: interrupted(TSS_SELECTOR), act: deliver, fault: '#GP(0x29)' },
  { rule: 'task-tss-type', name: 'IRET to an available one', setup: nested(), bend: nested(FREE, TSS32), act: iret, fault: '#TS(0x38)' },
  { rule: 'task-tss-present', setup: taskWith(), bend: taskWith({}, TSS32 & ~ABSENT), act: jump, fault: '#NP(0x38)' },
  { rule: 'task-tss-present', name: 'IRET', setup: nested(), bend: nested(FREE, (TSS32 | BUSY) & ~ABSENT), act: iret, fault: '#NP(0x38)' },
  { rule: 'task-tss-limit', setup: taskWith(), bend: (world) => { descriptor(world, FREE, TSS32, { base: TASK, limit: TASK_LIMIT - 1 }); }, act: jump, fault: '#TS(0x38)' },
  { rule: 'task-tss-limit', name: '16-bit', setup: (world) => { task16(world, { ax: 0, di: 0 }); }, bend: (world) => { descriptor(world, FREE, 0x81, { base: TASK, limit: 0x2a }); }, act: jump, fault: '#TS(0x38)' },
  { rule: 'task-old-tss-limit', setup: (world) => { task(world); world.cpu.setSegment(7, TSS_SELECTOR, 0x8b, 0x5f, TSS); }, bend: ({ cpu }) => { cpu.setSegment(7, TSS_SELECTOR, 0x8b, 0x5e, TSS); }, act: jump, fault: '#TS(0x28)' },

  ...ldtCases(),
  ...segmentCases({ id: 'cs', field: 'cs', setup: { cs: FREE2 }, rights: CODE }, [
    ['not-null', { selector: 3 }, '#TS(0x0)'], ['table-limit', { selector: BEYOND }, '#TS(0x48)'], ['type', { rights: DATA }, '#TS(0x40)'], ['dpl', { rights: CODE | 0x20 }, '#TS(0x40)'],
    ['present', { rights: CODE & ~ABSENT }, '#NP(0x40)'],
  ]),
  ...segmentCases({ id: 'cs', field: 'cs', setup: { cs: FREE2 | 3, ss: DATA3 }, rights: CONFORMING }, [['type', { rights: TSS32 }, '#TS(0x40)']]).map((one) => ({ ...one, name: 'conforming in ring 3' })),
  { rule: 'task-cs-dpl', name: 'conforming', setup: (world) => { descriptor(world, FREE2, CONFORMING); task(world, { cs: FREE2 }); }, bend: (world) => { descriptor(world, FREE2, CONFORMING | 0x20); }, act: jump, fault: '#TS(0x40)', late: true },
  ...segmentCases({ id: 'ss', field: 'ss', setup: { ss: FREE2 }, rights: DATA }, [
    ['not-null', { selector: 0 }, '#TS(0x0)'], ['table-limit', { selector: BEYOND }, '#TS(0x48)'], ['type', { rights: READ_ONLY }, '#TS(0x40)'], ['present', { rights: DATA & ~ABSENT }, '#SS(0x40)'],
    ['dpl', { rights: DATA | DPL3 }, '#TS(0x40)'], ['rpl', { selector: FREE2 | 1 }, '#TS(0x40)'],
  ]),
  ...segmentCases({ id: 'data', field: 'es', setup: { es: FREE2, cs: CODE3, ss: DATA3 }, rights: DATA | DPL3 }, [
    ['table-limit', { selector: BEYOND }, '#TS(0x48)'], ['type', { rights: TSS32 }, '#TS(0x40)'], ['present', { rights: (DATA | DPL3) & ~ABSENT }, '#NP(0x40)'], ['privilege', { rights: DATA | 0x40 }, '#TS(0x40)'],
  ]),
  { rule: 'task-error-code-room', setup: (world) => { interrupted()(world); descriptor(world, FREE2, 0x4092, { base: 0, limit: TASK_STACK - 1 }); setTask(world, { ss: FREE2 }); }, bend: (world) => { descriptor(world, FREE2, 0x4092, { base: 0, limit: TASK_STACK - 2 }); }, act: deliver, fault: '#SS(0x1)', late: true },
  { rule: 'task-limit', setup: (world) => { descriptor(world, FREE2, 0x409a, { base: 0, limit: TASK_ENTRY }); task(world, { cs: FREE2 }); }, bend: (world) => { descriptor(world, FREE2, 0x409a, { base: 0, limit: TASK_ENTRY - 1 }); }, act: jump, fault: '#GP(0x0)', late: true },
];

function ldtCases(): RuleCase[] {
  const setup = (world: World): void => { descriptor(world, FREE2, LDT_RIGHTS); task(world, { ldtr: FREE2 }); };
  const bends: readonly (readonly [string, (world: World) => void, string])[] = [
    ['in-gdt', (world) => { lldt(world.cpu, LDT_SELECTOR); setTask(world, { ldtr: FREE2 | 4 }); }, '#TS(0x44)'], ['table-limit', (world) => { setTask(world, { ldtr: BEYOND }); }, '#TS(0x48)'],
    ['type', (world) => { descriptor(world, FREE2, DATA); }, '#TS(0x40)'], ['present', (world) => { descriptor(world, FREE2, LDT_RIGHTS & ~ABSENT); }, '#TS(0x40)'],
  ];
  return bends.map(([rest, bend, fault]) => ({ rule: `task-ldt-${rest}` as RuleId, setup, bend, act: jump, fault, late: true }));
}
