// The witnesses' log readers and the comparison, on lines as the programs print them. The programs themselves: test/witness.

import { describe, expect, it } from 'vitest';
import { isOver, parseBochsLog } from '../../witness/lib/bochs-log.ts';
import { parseQemuLog } from '../../witness/lib/qemu-log.ts';
import { parseRingscopeLines } from '../../witness/lib/ringscope.ts';
import { differences, lineOf, textOf, type WitnessEvent, type WitnessRun } from '../../witness/lib/witness-event.ts';

const IMAGE = [{ first: 0x100000, end: 0x107000 }, { first: 0x400000, end: 0x404000 }];
const record = (fields: string, where = '001b:00400000 pc=00400000', cpl = 3): string => `     0: ${fields} cpl=${cpl} IP=${where} SP=0023:00404000 `;
const qemu = (...lines: string[]): string[] => parseQemuLog(lines.join('\n'), IMAGE).events.map(lineOf);
const CPU = '00000079296d[CPU0  ] ';
const bochs = (...lines: string[]): string[] => parseBochsLog(['protected mode activated', ...lines].map((line) => CPU + line).join('\n')).events.map(lineOf);

describe('QEMU', () => {
  it('reads a page fault with error code and CR2', () => {
    expect(qemu('check_exception old: 0xffffffff new 0xe', `${record('v=0e e=0006 i=0')}CR2=00409010`)).toEqual(['#14 error=0006 cr2=00409010']);
  });
  it('drops what the firmware did before the image, keeps what comes after', () => {
    const firmware = record('v=0d e=0010 i=0', '0008:000f1234 pc=000f1234', 0);
    expect(qemu(firmware, record('v=80 e=0000 i=1'), firmware)).toEqual(['int 80', '#13 error=0010']);
    const virtual8086 = record('v=0d e=0000 i=0', '1000:00000000 pc=00010000');
    expect(qemu(firmware, virtual8086, firmware)).toEqual(['#13 error=0000', '#13 error=0010']);
  });
  it('prints no error code for a vector that has none', () => {
    expect(qemu('check_exception old: 0xffffffff new 0x6', record('v=06 e=0000 i=0'))).toEqual(['#6']);
  });
  it('tells a software from a hardware interrupt', () => {
    expect(qemu(record('v=80 e=0000 i=1'), 'Servicing hardware INT=0x20', record('v=20 e=0000 i=0'))).toEqual(['int 80', 'irq 20']);
  });
  it('takes a promoted fault apart and marks what is not logged', () => {
    const run = parseQemuLog([
      'check_exception old: 0xffffffff new 0xe', `${record('v=0e e=0004 i=0')}CR2=00000000`, 'check_exception old: 0xe new 0xe', record('v=08 e=0000 i=0'),
      'check_exception old: 0x8 new 0xd', 'Triple fault',
    ].join('\n'), IMAGE);
    expect(run.events.map(lineOf)).toEqual(['#14 error=0004 cr2=00000000', '#14 error=? cr2=?', '#8 error=0000', '#13 error=?']);
    expect(run.shutdown).toBe(true);
  });
  it('sees the shutdown without the last line too', () => {
    expect(parseQemuLog([record('v=80 e=0000 i=1'), 'check_exception old: 0x8 new 0xd'].join('\n'), IMAGE).shutdown).toBe(true);
    expect(parseQemuLog(record('v=80 e=0000 i=1'), IMAGE).shutdown).toBe(false);
  });
});

describe('Bochs', () => {
  it('counts an exception once, not again at its delivery', () => {
    expect(bochs('page fault for address 0000000000101028 @ 0000000000400005', 'exception(0x0e): error_code=0005', 'interrupt(): vector = 0e, TYPE = 3, EXT = 1'))
      .toEqual(['#14 error=0005 cr2=00101028']);
  });
  it('reads INT n, INT3 and an interrupt from outside', () => {
    expect(bochs('interrupt(): vector = 80, TYPE = 4, EXT = 0', 'interrupt(): vector = 03, TYPE = 6, EXT = 0', 'interrupt(): vector = 20, TYPE = 0, EXT = 1'))
      .toEqual(['int 80', 'int 03', 'irq 20']);
  });
  it('ignores everything before protected mode', () => {
    expect(parseBochsLog(`${CPU}interrupt(): vector = 10, TYPE = 4, EXT = 0`).events).toEqual([]);
  });
  it('knows when the guest is over', () => {
    expect(isOver(`${CPU}WARNING: HLT instruction with IF=0!`)).toBe(true);
    expect(isOver(`${CPU}>>PANIC<< exception(): 3rd (13) exception with no resolution`)).toBe(true);
    expect(isOver(`${CPU}exception(0x0d): error_code=006b`)).toBe(false);
  });
});

describe('Ringscope', () => {
  const ringscope = (...lines: object[]): string[] => parseRingscopeLines(lines.map((line) => JSON.stringify(line)).join('\n')).events.map(lineOf);
  it('counts INT n by its transition and INT3 once', () => {
    expect(ringscope({ kind: 'transition', via: 'int', vector: 0x80 }, { kind: 'transition', via: 'iret' })).toEqual(['int 80']);
    expect(ringscope({ kind: 'fault', vector: 3, class: 'trap', source: 'software', errorCode: null }, { kind: 'transition', via: 'int', vector: 3 })).toEqual(['int 03']);
  });
  it('counts an INT n whose delivery is refused', () => {
    const refused = { kind: 'fault', vector: 13, class: 'fault', errorCode: '0x402', during: 'delivery', deliveryOf: { source: 'software', vector: 0x80, seq: null } };
    expect(ringscope(refused)).toEqual(['int 80', '#13 error=0402']);
  });
  it('counts a fault by its fault line, not by its delivery', () => {
    expect(ringscope({ kind: 'fault', vector: '0xe', class: 'fault', errorCode: '0x5', cr2: '0x101028', during: 'execution' }, { kind: 'transition', via: 'exception', vector: 14 }))
      .toEqual(['#14 error=0005 cr2=00101028']);
  });
  it('takes the text of COM1 alone', () => {
    const lines = [{ kind: 'console', device: 'com1', text: 'a\n' }, { kind: 'console', device: 'e9', text: 'a\n' }, { kind: 'shutdown', chain: [] }];
    const run = parseRingscopeLines(lines.map((line) => JSON.stringify(line)).join('\n'));
    expect([run.console, run.shutdown]).toEqual(['a\n', true]);
  });
  it('refuses a run that stopped at something unsupported', () => {
    expect(() => parseRingscopeLines('{"kind":"unsupported","instruction":"fxsave"}')).toThrow(/fxsave/);
  });
});

describe('comparison', () => {
  const event = (fields: Partial<WitnessEvent>): WitnessEvent => ({ vector: 13, errorCode: 0, cr2: null, source: 'exception', notLogged: [], ...fields });
  const run = (events: WitnessEvent[], rest: Partial<WitnessRun> = {}): WitnessRun => ({ events, shutdown: false, console: '', ...rest });
  it('finds nothing between equal runs, and folds repeated lines', () => {
    const one = run([event({ errorCode: 0x10 }), event({ errorCode: 0x10 })], { shutdown: true });
    expect(differences(one, one)).toEqual([]);
    expect(textOf(one)).toBe('#13 error=0010 x2\nshutdown\n');
  });
  it.each([
    ['an error code', run([event({ errorCode: 1 })])], ['a vector', run([event({ vector: 12 })])], ['a source', run([event({ source: 'software' })])],
    ['a missing event', run([])], ['the shutdown', run([event({})], { shutdown: true })], ['the console', run([event({})], { console: 'x' })],
  ])('finds a difference in %s', (_, other) => {
    expect(differences(run([event({})]), other)).toHaveLength(1);
  });
  it('leaves out only the field that is not logged', () => {
    const silent = event({ errorCode: null, notLogged: ['errorCode'] });
    expect(differences(run([event({ errorCode: 0x6b })]), run([silent]))).toEqual([]);
    expect(differences(run([event({ vector: 12 })]), run([silent]))).toHaveLength(1);
  });
});
