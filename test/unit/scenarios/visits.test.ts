// Kernel visits of recorded scenarios: what entered is paired with what left, across threads and inside one another, as the pages say.

import { expect, test } from 'vitest';
import { pairVisits } from '../../../core/replay/visits/scan.ts';
import { failedOutside, findingsOf } from '../../../core/replay/visits/findings.ts';
import { visitAt, type Visits } from '../../../core/replay/visits/table.ts';
import { open, record, scenario } from '../ringscope/recorded.ts';

const MEBIBYTE = 1 << 20;

function pairedIn(name: string): Visits {
  return pairVisits(open(record(scenario(name), { memoryBytes: 64 * MEBIBYTE }).bytes).reader);
}

/** A line a finding: the entry of its visit, where it shows, severity and label. */
function findingsIn(name: string): readonly string[] {
  const visits = pairedIn(name);
  return Array.from({ length: visits.count }, (_, index) => findingsOf(visits, index).map(({ seq, severity, label }) => `${visitAt(visits, index).name} of ${String(visits.entry[index])}, at ${String(seq)}: ${severity}, ${label}`)).flat();
}

/** A line a visit: depth by indentation, how it was entered, thread, faults inside, how it ended. */
function visitsOf(name: string): { readonly lines: readonly string[]; readonly strays: number } {
  const visits = pairedIn(name);
  const lines = Array.from({ length: visits.count }, (_, index) => {
    const { depth, cause, thread, faults, seqEntry, seqExit, reason } = visitAt(visits, index);
    const vector = cause.vector === null ? '' : ` ${cause.vector.toString(16)}`;
    return `${'  '.repeat(depth)}${cause.via}${vector} thread ${String(thread)}${faults === 0 ? '' : `, faults ${String(faults)}`}: ${String(seqEntry)} to ${seqExit === null ? String(reason) : String(seqExit)}`;
  });
  return { lines, strays: visits.strayExits.length };
}

test('two-threads: visits of two threads cross, also where the timer entered', () => {
  expect(visitsOf('two-threads')).toEqual({ strays: 2, lines: [
    'int 80 thread 0: 7 to 10',
    'int 80 thread 0: 11 to 20',
    'int 80 thread 1: 14 to 17',
    'int 80 thread 1: 18 to 27',
    'int 80 thread 0: 21 to 24',
    'int 80 thread 0: 25 to 34',
    'int 80 thread 1: 28 to 31',
    'int 80 thread 1: 32 to 45',
    'int 80 thread 0: 35 to 38',
    'int 80 thread 0: 39 to 40',
    'interrupt 20 thread 0: 43 to 52',
    'int 80 thread 1: 46 to 49',
    'int 80 thread 1: 50 to 61',
    'int 80 thread 0: 53 to 56',
    'int 80 thread 0: 57 to open',
    'int 80 thread 1: 62 to open',
  ] });
});

test('nested-interrupt: three deep, then two deep, all returned but the last call', () => {
  expect(visitsOf('nested-interrupt')).toEqual({ strays: 1, lines: [
    'int 80 thread 0, faults 1: 7 to 27',
    '  interrupt 20 thread 0, faults 1: 13 to 24',
    '    exception e thread 0: 17 to 21',
    'int 80 thread 0: 28 to 42',
    '  interrupt 20 thread 0: 34 to 39',
    'int 80 thread 0: 43 to open',
  ] });
});

test('call-gate: a far call is a visit like any other', () => {
  expect(visitsOf('call-gate')).toEqual({ strays: 1, lines: [
    'exception d thread 0: 8 to 11',
    'call-gate thread 0: 12 to 13',
    'int 80 thread 0: 14 to 17',
    'call-gate thread 0: 18 to 19',
    'int 80 thread 0: 20 to 23',
    'exception d thread 0: 25 to 28',
    'int 80 thread 0: 29 to open',
  ] });
});

test('iret-bad-frame: the fault at an IRET is a visit in ring 0; the one given up stays open', () => {
  expect(visitsOf('iret-bad-frame')).toEqual({ strays: 1, lines: [
    'exception d thread 0: 7 to 10',
    'int 80 thread 0: 12 to 15',
    'int 80 thread 0, faults 1: 16 to open',
    '  exception d thread 0: 18 to open',
  ] });
});

test('error-code-left: the IRET of the page-fault handler finds the stack four bytes off', () => {
  expect(findingsIn('error-code-left')).toEqual(['#PF of 13, at 17: wrong, error code not popped']);
});

test('iret-bad-frame: the stack pointer was right, the frame was not', () => {
  expect(findingsIn('iret-bad-frame')).toEqual(['int 0x80 of 16, at 17: wrong, return faulted']);
});

test('sysenter-msrs: TF and AC of the program are still set in the kernel', () => {
  expect(findingsIn('sysenter-msrs')).toEqual(['sysenter of 10, at 10: look, TF survives', 'sysenter of 10, at 10: look, AC survives']);
});

test('kernel-stack-overflow: the processor shuts down in the visit', () => {
  expect(findingsIn('kernel-stack-overflow')).toEqual(['int 0x80 of 11, at 16: wrong, shut down']);
});

test('unremapped-pic: the handler of #DF takes an error code off that an interrupt has not pushed', () => {
  expect(findingsIn('unremapped-pic')).toContain('IRQ0 of 9, at 12: wrong, stack off by 4');
});

test('stale-ss: the IRET that fails is no return from a visit', () => {
  expect([findingsIn('stale-ss'), Array.from(failedOutside(pairedIn('stale-ss')))]).toEqual([[], [12]]);
});

test('scenarios in which the kernel makes no mistake have no findings', () => {
  for (const name of ['int80-syscall', 'sysenter-sysexit', 'demand-paging', 'two-threads', 'nested-interrupt', 'call-gate', 'int80-vs-sysenter']) expect([name, findingsIn(name)]).toEqual([name, []]);
});

test('task-gate-double-fault: in by the gate, out by the IRET of its task, each time; the system calls around them never return', () => {
  expect(visitsOf('task-gate-double-fault')).toEqual({ strays: 1, lines: [
    'int 80 thread 0: 10 to 13',
    'int 80 thread 0, faults 3: 14 to 31',
    'task-switch 8 thread 1: 18 to 25',
    'int 80 thread 0, faults 3: 32 to open',
    'task-switch 8 thread 1: 36 to 42',
  ] });
});

test('v86-round-trip: every trap is a visit, a redirected INT n is one of the program, and two exits consume frames nobody pushed', () => {
  const { lines, strays } = visitsOf('v86-round-trip');
  expect(strays).toBe(2);
  expect(lines.filter((line) => line.startsWith('exception d'))).toHaveLength(14);
  expect(lines.filter((line) => /: \d+ to \d+$/.test(line))).toHaveLength(14);
  expect(lines.filter((line) => line.startsWith('int 60'))).toEqual(['int 60 thread 1: 75 to 76']);
});

test('tour32: a trap out of virtual-8086 mode, a CALL to a task and its IRET, and #DF by a task gate', () => {
  const { lines } = visitsOf('tour32');
  expect(lines.filter((line) => line.startsWith('  task-switch') || line.startsWith('task-switch'))).toEqual(['task-switch thread 3: 187 to 194', 'task-switch 8 thread 4, faults 5: 251 to shutdown']);
});
