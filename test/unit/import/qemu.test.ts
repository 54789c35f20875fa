// What records mean: log lines in, event lines out. `@12`: the event stands at line 12 of the log; `(3..5)`: it must lie between events 3 and 5.

import { describe, expect, it } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { joinU64 } from '../../../core/base/u64.ts';
import { classOf, importLog, lineOf, linesOf, type Imported } from './import-log.ts';
import { check, dump, hardware, KERNEL_64, record, reset, smm, USER, USER_64 } from './qemu-lines.ts';

const linesOfEvents = ({ events }: Imported): string[] => events.map(lineOf);
const register = ({ reader }: Imported, seq: number, name: string): bigint => {
  const words = reader.stateBefore(seq), at = registerOffset(name);
  return joinU64(words[at]!, words[at + 1]!);
};

describe('exceptions and interrupts', () => {
  it('gives a fault and its delivery, with the registers of the dump', () => {
    const log = importLog(check(14) + record({ ...USER, count: 0, vector: 14, errorCode: 6, cr2: 0x1234n, rax: 0xdead_beefn }));
    expect(linesOfEvents(log)).toEqual([
      '0 @2 3 fault: #PF (page fault) on user write at 0x1234; error code 0x6: not present, write, user',
      '1 @2 3 transition: #PF is delivered: ring 3 -> ring 0, at 0x1b:0x400000',
    ]);
    expect(register(log, 1, 'rax')).toBe(0xdead_beefn);
    expect(log.events[0]).toMatchObject({ mode: 'protected', icount: null, rule: null, completeness: { rule: 'absent', tlb: 'absent', 'access.type': 'reconstructed' } });
    expect(log.events[1]).toMatchObject({ from: { cpl: 3, cs: 0x1b, ip: 0x40_0000n, ss: 0x23, sp: 0x4000n, flags: 2n, mode: 'protected' }, to: { cpl: 0, cs: null, ip: null }, completeness: { 'to.cpl': 'reconstructed', 'to.cs': 'absent' } });
  });

  it('tells INT n, INT3, external interrupts, NMI and machine checks apart', () => {
    const text = record({ ...USER, count: 0, vector: 0x80, isSoftware: true }) + record({ ...USER, count: 1, vector: 3, isSoftware: true }) + hardware(0x20) + record({ ...USER, count: 2, vector: 0x20 })
      + record({ ...USER, count: 3, vector: 2 }) + record({ ...USER, count: 4, vector: 18 });
    expect(linesOfEvents(importLog(text)).filter((line) => !line.includes('a change of ring'))).toEqual([
      '0 @1 3 transition: INT 0x80: ring 3 -> ring 0, at 0x1b:0x400000',
      '2 @20 3 fault: #BP (breakpoint)',
      '3 @20 3 transition: INT 0x3: ring 3 -> ring 0, at 0x1b:0x400000',
      '5 @40 3 transition: interrupt 0x20 (an external interrupt): ring 3 -> ring 0, at 0x1b:0x400000',
      '7 @59 3 transition: NMI: ring 3 -> ring 0, at 0x1b:0x400000',
      '9 @78 3 fault: #MC (machine check)',
      '10 @78 3 transition: #MC is delivered: ring 3 -> ring 0, at 0x1b:0x400000',
    ]);
  });

  it('has no transition for a software interrupt its gate refuses: the fault tells during what', () => {
    const log = importLog(record({ ...USER, count: 0, vector: 13, isSoftware: true }) + check(13) + record({ ...USER, count: 1, vector: 13, errorCode: 0x6a }));
    expect(linesOfEvents(log)).toEqual([
      '0 @21 3 fault: #GP (general protection); error code 0x6a: IDT gate 0xd; while INT 0xd was delivered',
      '1 @21 3 transition: #GP is delivered: ring 3 -> ring 0, at 0x1b:0x400000',
    ]);
    expect(log.events[0]).toMatchObject({ during: 'delivery', deliveryOf: { source: 'software', vector: 13, seq: null } });
    expect(log.report.vectors).toEqual([{ vector: 13, name: '#GP', title: 'general protection', records: 2 }]);
  });

  it('reads QEMU\'s vector * 16 + 2 in long mode, and keeps the value', () => {
    const log = importLog(record({ ...USER_64, count: 0, vector: 0x30, isSoftware: true }) + check(13) + record({ ...USER_64, count: 1, vector: 13, errorCode: 0x302 }));
    expect(log.events[0]).toMatchObject({ kind: 'fault', mode: 'long', errorCode: 0x302, during: 'delivery', deliveryOf: { vector: 0x30 } });
    expect(lineOf(log.events[0]!)).toContain('error code 0x302: IDT gate 0x30, as QEMU counts');
    expect(log.report.notes.join()).toContain('vector * 16 + 2');
  });

  it('takes a fault at the place of an earlier interrupt for a new one, unless it names that gate', () => {
    const log = importLog(hardware(0x20) + record({ ...USER, count: 0, vector: 0x20 }) + check(14) + record({ ...USER, count: 1, vector: 14, errorCode: 4, cr2: 0x40_0000n }));
    expect(linesOfEvents(log)).toEqual([
      '0 @2 3 transition: interrupt 0x20 (an external interrupt): ring 3 -> ring 0, at 0x1b:0x400000',
      '1 (0..2) - transition: a change of ring the log does not show: ring 0 -> ring 3',
      '2 @22 3 fault: #PF (page fault) on user access at 0x400000; error code 0x4: not present, read, user',
      '3 @22 3 transition: #PF is delivered: ring 3 -> ring 0, at 0x1b:0x400000',
    ]);
  });
});

describe('double faults and shutdowns', () => {
  const page = { ip: 0x82a0n, cr2: 0x80_0000n };
  const double = check(14) + record({ ...page, count: 0, vector: 14 }) + check(11, 14) + record({ ...page, count: 1, vector: 8 });

  it('names both causes of a double fault, of which one has no record', () => {
    const log = importLog(double);
    expect(linesOfEvents(log)).toEqual([
      '0 @2 0 fault: #PF (page fault) on supervisor read at 0x800000; error code 0x0: not present, read, supervisor',
      '1 @21 0 fault: #NP (segment not present); while #PF was delivered (event 0)',
      '2 @22 0 fault: #DF (double fault); error code 0x0: always 0; caused by event 0 and event 1; while #PF was delivered (event 0)',
      '3 @22 0 transition: #DF is delivered in ring 0, at 0x8:0x82a0',
    ]);
    expect(log.events[1]).toMatchObject({ errorCode: null, completeness: { errorCode: 'absent', cs: 'reconstructed' } });
    expect(log.report.vectors.map(({ vector, records }) => [vector, records])).toEqual([[8, 1], [14, 1]]);
  });

  it.each([['with the Triple fault line', 'Triple fault\n'], ['without it, as -d int alone logs', '']])('shuts down once, %s', (_, tail) => {
    const log = importLog(double + check(13, 8) + tail);
    expect(linesOfEvents(log).slice(3)).toEqual([
      '3 @41 0 fault: #GP (general protection); while #DF was delivered (event 2)',
      '4 @41 0 shutdown: the processor shuts down after event 0, event 1, event 2, event 3',
    ]);
  });

  it('infers nothing across a shutdown', () => {
    const log = importLog(`${double}${check(13, 8)}Triple fault\n${record({ ...USER, count: 2, vector: 0x80, isSoftware: true, cr0: 0x8000_0011 })}`);
    expect(log.events.filter(({ inferred }) => inferred !== undefined)).toEqual([]);
  });
});

describe('what must have happened in between', () => {
  it('infers a return only where a processor that was entered is seen in ring 3', () => {
    const kernel = check(14) + record({ count: 1, vector: 14 });
    const log = importLog(record({ ...USER, count: 0, vector: 0x80, isSoftware: true }) + kernel + record({ ...USER, count: 2, vector: 0x80, isSoftware: true }));
    expect(log.events.filter(({ inferred }) => inferred !== undefined).map(lineOf)).toEqual(['3 (2..4) - transition: a change of ring the log does not show: ring 0 -> ring 3']);
    expect(log.events[3]).toMatchObject({ via: 'unknown', from: { cpl: 0, cs: null }, to: { cpl: 3, cs: null }, completeness: { 'from.cpl': 'reconstructed', 'to.cpl': 'reconstructed', via: 'absent' } });
  });

  it('infers register writes from the differences of dumps, in the order of the table', () => {
    const first = record({ count: 0, vector: 0x80, isSoftware: true });
    const log = importLog(first + record({ count: 1, vector: 0x80, isSoftware: true, cr0: 0x8001_0011, cr3: 0x9000n, gdt: 0x5000n, flags: 0x2_0002, cpl: 3, cs: 0x2200 }));
    expect(linesOfEvents(log).slice(1, -1)).toEqual([
      '1 (0..6) - cr-write: CR0 has changed: 0x11 -> 0x80010011, sets PG WP',
      '2 (0..6) - cr-write: CR3 has changed: 0x0 -> 0x9000',
      '3 (0..6) - mode-change: the processor has gone from protected mode to v86 mode',
      '4 (0..6) - table-load: GDTR has changed: base 0x1000, limit 0x3f -> base 0x5000, limit 0x3f',
      '5 (0..6) - transition: a change of ring the log does not show: ring 0 -> ring 3',
    ]);
    expect(register(log, 2, 'cr3')).toBe(0n);
    expect(register(log, 6, 'cr3')).toBe(0x9000n);
  });

  it('sees the return and the unlogged entry around a dump of ring 3 that is no record\'s', () => {
    const user = dump(USER);
    const log = importLog(`${record({ ...USER, count: 0, vector: 0x80, isSoftware: true })}SMM: enter\n${user}SMM: after RSM\n${user}${check(14)}${record({ count: 1, vector: 14 })}`);
    expect(linesOfEvents(log).slice(1, 4)).toEqual([
      '1 @20 3 snapshot: the log shows 67 registers: system management mode entered once, left once',
      '2 (0..4) - transition: a change of ring the log does not show: ring 0 -> ring 3',
      '3 (0..4) - transition: a change of ring the log does not show: ring 3 -> ring 0',
    ]);
  });
});

describe('firmware', () => {
  it('folds resets and system management mode with their counts, and keeps both states of a reset', () => {
    const log = importLog(reset() + reset() + smm() + smm() + hardware(8) + hardware(8) + record({ count: 0, vector: 0x20 }));
    expect(linesOfEvents(log).filter((line) => !line.includes('(0..')).slice(0, 4)).toEqual([
      '0 @1 - reset: the machine is reset: CPU 0 reset 2 times',
      '1 @39 0 snapshot: the log shows 67 registers: system management mode entered 2 times, left 2 times',
      '2 @115 - transition: interrupt 0x8 (an external interrupt)',
      '3 @116 - transition: interrupt 0x8 (an external interrupt)',
    ]);
    expect(log.events[2]).toMatchObject({ mode: 'real', completeness: { mode: 'reconstructed', ip: 'absent' } });
    expect([linesOf(log.report, 'smm-enter'), linesOf(log.report, 'smm-leave'), linesOf(log.report, 'reset')]).toEqual([2, 2, 2]);
  });

  it('says what a log without records is', () => {
    const { report, events } = importLog(reset() + reset());
    expect(events.map(({ kind }) => kind)).toEqual(['reset']);
    expect(report.notes.join()).toContain('KVM');
    expect(report.advice.join()).toContain('-accel tcg');
  });
});

describe('processors, modes and builds', () => {
  it('keeps 64-bit values exact, and reads the 32-bit form of a 64-bit build', () => {
    const log = importLog(check(14) + record({ ...KERNEL_64, count: 0, vector: 14, cr2: 0xffff_8880_0440_1008n, rax: 0xfedc_ba98_7654_3210n }) + record({ ...USER, count: 1, vector: 0x80, isSoftware: true, isWide: true, efer: 0xd01 }));
    expect(log.events[0]).toMatchObject({ mode: 'long', ip: 0xffff_ffff_8100_0000n, cr2: 0xffff_8880_0440_1008n });
    expect(register(log, 0, 'rax')).toBe(0xfedc_ba98_7654_3210n);
    expect(register(log, 0, 'r15')).toBe(0x1234_5678_9abc_def0n);
    const last = log.events.at(-1)!;
    expect(last).toMatchObject({ mode: 'compat', cpl: 3 });
    expect(register(log, last.seq, 'r15')).toBe(0n);
    expect(log.report.notes.join()).toContain('compatibility mode');
  });

  it('reads the old spelling of records', () => {
    expect(linesOfEvents(importLog(record({ ...USER, count: 0, vector: 0x80, isSoftware: true, tail: 'EAX' })))).toEqual(['0 @1 3 transition: INT 0x80: ring 3 -> ring 0, at 0x1b:0x400000']);
  });

  it('tells processors apart by TR when resets name several, and infers nothing from one to the other', () => {
    const on = (tr: bigint, count: number, facts: object): string => hardware(0x30) + record({ ...facts, count, vector: 0x30, tr });
    const log = importLog(reset(0) + reset(1) + on(0x3000n, 0, { cr3: 0x1000n }) + on(0x7000n, 1, { ...USER, cr3: 0x2000n }) + on(0x3000n, 2, { cr3: 0x1000n }) + on(0x7000n, 3, { ...USER, cr3: 0x2000n }));
    expect(log.events.filter(({ kind, inferred }) => kind === 'transition' && inferred === undefined).map(({ cpu }) => cpu)).toEqual([0, 1, 0, 1]);
    const late = log.events.slice(log.events.findIndex(({ kind, cpu }) => kind === 'transition' && cpu === 1) + 1);
    expect(late.filter(({ inferred }) => inferred !== undefined).map(lineOf)).toEqual([expect.stringContaining('ring 0 -> ring 3')]);
    expect(log.events.at(-1)).toMatchObject({ completeness: { cpu: 'reconstructed' } });
  });

  it('sees several runs in one file, a missing beginning, and missing records', () => {
    const int = (count: number): string => record({ ...USER, count, vector: 0x80, isSoftware: true });
    const { report, events } = importLog(int(5) + int(8) + int(0) + int(1));
    expect(report.notes.join('\n')).toMatch(/begins with record 5[\s\S]*2 records missing[\s\S]*2 runs/);
    expect(events.filter(({ inferred }) => inferred !== undefined)).toHaveLength(2);
  });

  it('makes a snapshot of a dump that belongs to nothing, and leaves those of -d exec for later', () => {
    const { events, report } = importLog(`${dump()}Trace 0: 0x7f0000000100 [00000000/00007c00/00000040/ff020000] main\n${dump()}`);
    expect(events.map(lineOf)).toEqual(['0 @1 0 snapshot: the log shows 67 registers']);
    expect(classOf(report, 'ignored')).toBe(3);
    expect(report.notes.join()).toContain('-d exec');
  });
});
