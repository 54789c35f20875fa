// The layer of an operating system: which transitions are Linux's system calls, what they are called, and address spaces.

import { describe, expect, it } from 'vitest';
import { addressSpaces } from '../../../core/replay/os/address-spaces.ts';
import { callSummary } from '../../../core/replay/os/call-summary.ts';
import { linuxCallName } from '../../../core/replay/os/linux-calls.ts';
import { callNumberAt, callOf, callText, NO_CALL, systemIn } from '../../../core/replay/os/system-call.ts';
import { SystemView } from '../../../core/replay/os/system-view.ts';
import { visitFacts } from '../../../core/replay/visits/facts.ts';
import { pairVisits } from '../../../core/replay/visits/scan.ts';
import { registers, row, traceOf, transition } from './synthetic.ts';

const int80 = (from = 3, vector = 0x80): ReturnType<typeof row> => transition(from, 0, 'int', { vector });
const numberOf = (one: ReturnType<typeof row>, state: Uint32Array): number => callNumberAt(traceOf([one], [state]), 0);
const cr3 = (before: number | null, after: number): ReturnType<typeof row> => row('cr-write', { register: 'cr3', before, after, cpl: 0 });

describe('numbers and names', () => {
  it('are those of the i386 table, holes included', () => {
    expect([0, 1, 4, 20, 88, 119, 192, 243, 265, 403, 449].map(linuxCallName)).toEqual(['restart_syscall', 'exit', 'write', 'getpid', 'reboot', 'sigreturn', 'mmap2', 'set_thread_area', 'clock_gettime', 'clock_gettime64', 'futex_waitv']);
    expect([17, 222, 223, 251, 285, 415, 9999, -1].map(linuxCallName)).toEqual(['break', null, null, null, null, null, null, null]);
    expect([4, 9999].map((number) => callText(callOf(number)!))).toEqual(['write (4)', 'call 9999']);
  });
});

describe('a system call', () => {
  const state = registers({ rax: 4 });

  it('is INT 80h or SYSENTER from ring 3, its number in EAX', () => {
    expect(numberOf(int80(), state)).toBe(4);
    expect(numberOf(transition(3, 0, 'sysenter'), state)).toBe(4);
  });

  it('is nothing else', () => {
    for (const other of [int80(0), int80(3, 0x81), transition(3, 0, 'exception', { vector: 0x80 }), transition(3, 0, 'interrupt', { vector: 0x80 }), transition(0, 3, 'iret'), transition(3, 0, 'sysenter', { 'inferred.after': 1 })]) {
      expect(numberOf(other, state)).toBe(NO_CALL);
    }
    expect(numberOf(int80(), registers({ rax: 4, efer: 0x400 }))).toBe(NO_CALL);
    expect(numberOf(int80(), registers({ rax: 4, rflags: 0x2_0002 }))).toBe(NO_CALL);
    expect(callNumberAt({ ...traceOf([int80()], [state]), hasState: false }, 0)).toBe(NO_CALL);
  });

  it('is known by itself only below a kernel that was started as Linux', () => {
    expect(['linux', 'elf', 'multiboot'].map((format) => systemIn({ image: { format } }))).toEqual(['linux', null, null]);
    expect(systemIn({ image: null })).toBeNull();
  });
});

describe('kernel visits', () => {
  const frame = { 'frame.linear': 0x9000n, 'frame.width': 4 };
  const trace = traceOf([int80(), transition(0, 3, 'iret', frame), transition(3, 0, 'sysenter', { 'to.sp': 0x8000 }), transition(0, 3, 'sysexit', { 'from.sp': 0x8000 })]
    .map((one, seq) => (seq === 0 ? transition(3, 0, 'int', { vector: 0x80, ...frame }) : one)), [registers({ rax: 4 }), registers({ rax: 0xffff_fff2 }), registers({ rax: 20 }), registers({ rax: 1 })]);

  it('carry number, name and result when the system is asked for, and nothing when it is not', () => {
    const visits = pairVisits(trace, { system: 'linux' });
    expect([0, 1].map((index) => visitFacts(trace, visits, index)).map(({ visit, result }) => [visit.name, visit.call, result])).toEqual([['int 0x80', { number: 4, name: 'write' }, -14], ['sysenter', { number: 20, name: 'getpid' }, 1]]);
    const plain = pairVisits(trace);
    expect([0, 1].map((index) => visitFacts(trace, plain, index)).map(({ visit, result }) => [visit.call, result])).toEqual([[null, null], [null, null]]);
  });

  it('are counted by number and way of calling', () => {
    expect(callSummary(trace, pairVisits(trace, { system: 'linux' }))).toEqual([
      { call: { number: 4, name: 'write' }, byInterrupt: 1, bySysenter: 0, returned: 1, median: 1 }, { call: { number: 20, name: 'getpid' }, byInterrupt: 0, bySysenter: 1, returned: 1, median: 1 },
    ]);
    expect(callSummary(trace, pairVisits(trace))).toEqual([]);
  });
});

describe('address spaces', () => {
  const fault = (cpl: number): ReturnType<typeof row> => row('fault', { vector: 14, cpl });
  const trace = traceOf([cr3(0, 0x1000), cr3(0x1000, 0x1000), int80(), fault(3), cr3(0x1000, 0x2000), fault(0), fault(3), cr3(0x2000, 0x1000), row('cr-write', { register: 'cr4', before: 0, after: 16 }), cr3(null, 0x1000)], Array.from({ length: 11 }, () => registers({ rax: 20 })));

  it('are entered by writes of CR3 that leave another value, and counted', () => {
    expect(addressSpaces(trace)).toEqual([
      { number: 1, cr3: 0x1000n, seqFirst: 0, switches: 3, calls: 1, faults: 1 }, { number: 2, cr3: 0x2000n, seqFirst: 4, switches: 1, calls: 0, faults: 1 },
    ]);
  });

  it('include the one a recording begins in', () => {
    expect(addressSpaces(traceOf([int80(), cr3(0x5000, 0x6000)], [registers({ cr3: 0x5000 }), registers({ cr3: 0x5000 })])).map(({ number, cr3: value, switches }) => [number, value, switches])).toEqual([[1, 0x5000n, 0], [2, 0x6000n, 1]]);
  });

  it('and calls are told behind an event\'s own words', () => {
    const view = new SystemView(trace, 'linux');
    expect([0, 1, 2, 4, 5, 7].map((seq) => view.wordsAt(seq))).toEqual(['Linux goes to address space 1', '', 'Linux system call getpid (20)', 'Linux goes to address space 2', '', 'Linux goes to address space 1']);
    expect([2, 3, 4].map((seq) => view.jsonAt(seq))).toEqual([{ system: 'linux', call: { number: 20, name: 'getpid' } }, null, { system: 'linux', addressSpace: { number: 2, cr3: '0x2000' } }]);
  });
});
