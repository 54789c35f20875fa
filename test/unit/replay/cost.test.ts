// The cost anatomy: what is counted as work, how calls are chosen and summed, and that the sample says what the manual says.

import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import type { Heard } from '../../../core/event/heard.ts';
import type { Reexecutor } from '../../../core/event/reexecutor.ts';
import { rule, type RuleId } from '../../../core/event/rules.ts';
import { costAnatomy, ratios, type CostAnatomy, type MechanismCost } from '../../../core/replay/cost/anatomy.ts';
import { accessesOf, workOf, type Work } from '../../../core/replay/cost/work.ts';
import { pairVisits } from '../../../core/replay/visits/scan.ts';
import { open } from '../ringscope/recorded.ts';
import { row, traceOf, transition } from './synthetic.ts';
import { enter, leave, TOP_A } from './visit-rows.ts';

const check = (id: RuleId, outcome = 0): Heard => ({ kind: 'check', rule: rule(id), outcome, a: 0, b: 0 });
const access = (what: 'gate' | 'descriptor' | 'tss' | 'frame' | 'page-entry' | 'operand', write = false): Heard => ({ kind: 'access', what, part: null, linear: 0, physical: 0, size: 4, value: 0n, write });
const event = (seq: number, kind: 'fault' | 'transition' | 'table-write' = 'transition'): Heard => ({ kind: 'event', seq, event: kind });

test('work is what is heard between the event before and the event; fetching and what is skipped is none', () => {
  const heard = [
    check('fetch-limit'), check('page-user', 2), check('data-type'), access('descriptor'), check('data-present', 1), event(4, 'fault'),
    check('idt-limit'), access('gate'), access('descriptor'), check('handler-v86', 2), check('segment-limit'), check('page-user'), access('page-entry'), access('page-entry', true), event(5, 'table-write'), access('frame', true), access('frame', true), event(6),
    check('single-step-trap'),
  ];
  expect(workOf(heard, 6)).toEqual({ checks: 1, gates: 1, descriptors: 1, tss: 0, pushes: 2, pops: 0, others: 1, accessChecks: 1, pageChecks: 1, pageEntries: 1 });
  expect(workOf(heard, 4)).toMatchObject({ checks: 2, descriptors: 1 });
  expect(workOf(heard, 7)).toBeNull();
});

/** A re-executor that hears `pushes(seq)` pushes at each event. */
const hearing = (pushes: (seq: number) => number, asked: number[] = []): Reexecutor => ({
  ask: (request) => {
    const seq = request.kind === 'listen' ? request.at.seq : -1;
    asked.push(seq);
    return Promise.resolve({ kind: 'heard', cut: false, heard: [...Array.from({ length: pushes(seq) }, () => access('frame', true)), event(seq)] });
  },
});
const rows = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? enter(TOP_A, 'int', { icount: at }) : leave(TOP_A, { icount: at })));

test('calls are spread over the recording, the commonest is typical, the total says what it is', async () => {
  const trace = traceOf(rows);
  const asked: number[] = [];
  const source = { trace, visits: pairVisits(trace), reexecutor: hearing((seq) => (seq === 0 ? 9 : seq % 2 === 0 ? 5 : 0), asked), absent: null };
  const { mechanisms, roundTrips, basis } = await costAnatomy(source, { representatives: 4 });
  expect(basis).toEqual({ kind: 're-execution' });
  expect(asked).toEqual([0, 6, 12, 18, 1, 7, 13, 19]);
  expect(mechanisms.map(({ name, rings, slots, count }) => [name, rings.from, rings.to, slots, count])).toEqual([['int 0x80', 3, 0, 5, 10], ['iret', 0, 3, 5, 10]]);
  expect(mechanisms[0]?.work).toMatchObject({ typical: { pushes: 5 }, least: { pushes: 5 }, most: { pushes: 9 } });
  expect(mechanisms[0]?.total).toMatchObject({ isExact: false, work: { pushes: 50 } });
  expect(roundTrips).toMatchObject([{ name: 'int 0x80 + iret', count: 10, fromRing: 3, work: { pushes: 5 } }]);
  const all = await costAnatomy(source, { representatives: 10 });
  expect(all.mechanisms[0]?.total).toMatchObject({ isExact: true, work: { pushes: 54 } });
});

test('without re-execution the uses are counted and the reason is given', async () => {
  const trace = traceOf(rows);
  const { basis, mechanisms, roundTrips } = await costAnatomy({ trace, visits: pairVisits(trace), reexecutor: null, absent: 'imported' });
  expect(basis).toEqual({ kind: 'absent', reason: 'imported' });
  expect(mechanisms.map(({ count, work, total }) => [count, work, total])).toEqual([[10, null, null], [10, null, null]]);
  expect(roundTrips[0]?.work).toBeNull();
  const refusing: Reexecutor = { ask: () => Promise.resolve({ kind: 'absent', reason: 'differs at event 3', differsAt: 3 }) };
  expect((await costAnatomy({ trace, visits: pairVisits(trace), reexecutor: refusing, absent: null })).basis).toEqual({ kind: 'absent', reason: 'differs at event 3' });
});

test('vectors tell software interrupts apart, not external ones; rings and frames tell all', async () => {
  const trace = traceOf([
    enter(TOP_A, 'int'), enter(TOP_A, 'int', { vector: 0x81 }), enter(TOP_A, 'interrupt', { vector: 32 }), enter(TOP_A, 'interrupt', { vector: 33 }), transition(0, 0, 'interrupt', { vector: 32 }), row('marker'),
    enter(TOP_A, 'exception', { vector: 14 }, true),
  ]);
  const { mechanisms } = await costAnatomy({ trace, visits: pairVisits(trace), reexecutor: null, absent: null });
  expect(mechanisms.map(({ name, slots, count }) => `${name} ${String(slots)} x${String(count)}`)).toEqual(['interrupt 5 x2', 'int 0x80 5 x1', 'int 0x81 5 x1', 'interrupt 0 x1', '#PF 6 x1']);
});

test('ratios are by counter, and null where the other needs none', () => {
  const some = workOf([access('frame', true), access('frame', true), check('idt-limit'), event(0)], 0), one = workOf([access('frame', true), event(0)], 0);
  expect(some === null || one === null ? null : ratios(some, one)).toMatchObject({ pushes: 2, checks: null });
});

async function costOfSample(name: string): Promise<CostAnatomy> {
  const { reader, reexecutor, absent } = open(readFileSync(new URL(`../../../traces/${name}.rtrace`, import.meta.url)));
  return costAnatomy({ trace: reader, visits: pairVisits(reader), reexecutor, absent }, { representatives: 3 });
}
const named = ({ mechanisms }: CostAnatomy, name: string): MechanismCost => mechanisms.find((one) => one.name === name)!;
const workIn = (cost: CostAnatomy, name: string): Work => named(cost, name).work!.typical;

// SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure", PROTECTED-MODE and INTER-PRIVILEGE-LEVEL-INTERRUPT, from ring 3 through a 32-bit
// interrupt gate. Read: the gate (1); the descriptor of its code segment, and of the stack segment (2); ESP0 and SS0 in the TSS (2). Pushed:
// SS, ESP, EFLAGS, CS, EIP (5). Checked, in the manual's order:
//   gate: within the IDT, its type, its DPL against CPL, present                                            4
//   code: selector not null, within the table, a code segment, DPL not above CPL, present                   5
//   TSS: the stack pointer of ring 0 within its limit                                                       1
//   stack: selector not null, within the table, RPL, DPL, writable data, present                            6
//   room for the frame on the new stack, EIP within the code segment                                        2
const INT_CHECKS = 4 + 5 + 1 + 6 + 2;
// SDM 2A "IRET/IRETD/IRETQ—Interrupt Return", RETURN-TO-OUTER-PRIVILEGE-LEVEL. Read: the descriptors of CS and SS (2). Checked:
//   CS: not null, within the table, a code segment, RPL not below CPL, DPL equal to RPL (nonconforming), present   6
//   SS: not null, within the table, RPL, writable data, DPL, present                                               6
//   EIP within the limit of CS                                                                                     1
// Popped: EIP, CS, EFLAGS, ESP, SS (5), each held against SS: usable, readable, within its limit                      5 * 3
const IRET_CHECKS = 6 + 6 + 1, POP_CHECKS = 5 * 3;
// SDM 2B "SYSENTER—Fast System Call": CR0.PE = 1, IA32_SYSENTER_CS not zero; everything else comes from MSRs and is fixed. SDM 2B "SYSEXIT": the
// same two, and CPL = 0. Neither looks at a table or a stack.
const SYSENTER_CHECKS = 2, SYSEXIT_CHECKS = 3;

test('int80-vs-sysenter: the table says what the manual says', async () => {
  const cost = await costOfSample('int80-vs-sysenter');
  expect(workIn(cost, 'int 0x80')).toMatchObject({ gates: 1, descriptors: 2, tss: 2, pushes: 5, pops: 0, checks: INT_CHECKS });
  expect(workIn(cost, 'iret')).toMatchObject({ gates: 0, descriptors: 2, tss: 0, pushes: 0, pops: 5, checks: IRET_CHECKS, accessChecks: POP_CHECKS });
  for (const [name, checks] of [['sysenter', SYSENTER_CHECKS], ['sysexit', SYSEXIT_CHECKS]] as const) {
    const work = workIn(cost, name);
    expect([name, work.checks, accessesOf(work)]).toEqual([name, checks, 0]);
  }
  const [slow, fast] = ['int 0x80 + iret', 'sysenter + sysexit'].map((name) => cost.roundTrips.find((one) => one.name === name));
  expect([slow?.count, fast?.count]).toEqual([1000, 1000]);
  expect([slow?.work?.checks, fast?.work?.checks]).toEqual([INT_CHECKS + IRET_CHECKS, SYSENTER_CHECKS + SYSEXIT_CHECKS]);
  expect(named(cost, 'int 0x80').total).toMatchObject({ isExact: false, work: { pushes: 5000 } });
});

// Within one ring no stack is switched: three values are pushed (EFLAGS, CS, EIP), a #PF pushes its error code besides; no TSS, no SS.
test('nested-interrupt: within a ring no stack is switched, and an error code is one more push', async () => {
  const cost = await costOfSample('nested-interrupt');
  expect(workIn(cost, 'interrupt')).toMatchObject({ gates: 1, descriptors: 1, tss: 0, pushes: 3 });
  expect(workIn(cost, '#PF')).toMatchObject({ gates: 1, descriptors: 1, tss: 0, pushes: 4 });
});

// SDM 3A "Accessing a Code Segment Through a Call Gate": the gate is a descriptor in the GDT, then the code and the stack segment; ESP0 and SS0; and
// the frame of an inter-ring call has no EFLAGS: SS, ESP, the two parameters this gate copies, CS, EIP.
test('call-gate: the gate, two descriptors, the TSS, four pushes and two parameters', async () => {
  const work = workIn(await costOfSample('call-gate'), 'call gate');
  expect([work.gates + work.descriptors, work.tss, work.pushes]).toEqual([3, 2, 4 + 2]);
});
