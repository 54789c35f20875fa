// Any bytes: a log is imported, anything else is refused in one line, nothing else is ever thrown, and every line is counted once.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { Grammar } from '../../../core/import/grammar.ts';
import { LINE_BYTES_MAX, LineSplitter } from '../../../core/import/line-splitter.ts';
import { Captured, compilePattern, matches } from '../../../core/import/pattern.ts';
import { QEMU_RULES } from '../../../core/import/qemu/grammar.ts';
import { startImport } from '../../../core/ringscope/import.ts';
import { MAGIC } from '../../../core/trace/version.ts';
import { root } from '../architecture/source-files.ts';
import { ascii, classOf, importLog, lineOf, linesOf, runImport } from './import-log.ts';
import { check, dump, hardware, KERNEL_64, record, reset, smm, USER, USER_64 } from './qemu-lines.ts';

const LOG = reset() + smm() + hardware(8) + record({ ...USER, count: 0, vector: 0x80, isSoftware: true }) + check(14) + record({ ...USER_64, count: 1, vector: 14, errorCode: 6, cr2: 0x1234n })
  + check(13) + record({ ...KERNEL_64, count: 2, vector: 13 }) + check(11, 13) + record({ ...KERNEL_64, count: 3, vector: 8 }) + check(13, 8) + 'Triple fault\n';

const refusalOf = (log: Uint8Array | string, from: 'auto' | 'qemu' = 'auto'): string => {
  let written = 0;
  try {
    runImport(typeof log === 'string' ? ascii(log) : log, { from }, (bytes) => { written += bytes.length; });
  } catch (problem) {
    expect(problem).toBeInstanceOf(BadInput);
    expect(written).toBe(0);
    return (problem as BadInput).message;
  }
  return 'not refused';
};

describe('damaged logs', () => {
  it('gives the same trace whatever the pieces and the line ends', () => {
    const whole = importLog(LOG);
    for (const piece of [1, 7, 64, 4096, 1 << 20]) expect(importLog(LOG, { piece }).report).toEqual({ ...whole.report, logBytes: LOG.length });
    const windows = importLog(LOG.replaceAll('\n', '\r\n'), { piece: 13 });
    expect(windows.report.contentHash).toBe(whole.report.contentHash);
    expect(windows.report.unknown).toEqual([]);
  });

  it('leaves out a last line that was cut, a number that was cut included', () => {
    const one = record({ ...USER_64, count: 0, vector: 14, cr2: 0x1234n, hasDump: false });
    for (const [cut, title] of [[one.slice(0, -20), 'in the middle'], [one.slice(0, -9), 'inside the last number']] as const) {
      const { report } = importLog(check(14) + cut);
      expect([linesOf(report, 'record'), linesOf(report, 'cut'), classOf(report, 'unknown'), report.lines], title).toEqual([0, 1, 0, 2]);
      expect(report.notes.join()).toContain('cut off');
    }
    const whole = importLog(check(14) + one.slice(0, -1));
    expect(linesOf(whole.report, 'record')).toBe(1);
    expect(whole.events.map(lineOf)[0]).toBe('0 @2 3 fault: #PF (page fault) on user read at 0x1234; error code 0x0: not present, read, supervisor'.replace('user', 'supervisor'));
    expect(whole.events[0]).toMatchObject({ mode: null, cs: 0x33, completeness: { mode: 'absent' } });
  });

  it('goes on behind interleaved garbage and broken dumps, and says so', () => {
    const lines = record({ ...USER, count: 0, vector: 0x80, isSoftware: true }).split('\n');
    const noisy = [...lines.slice(0, 4), 'garbage in between', '\u0000\u00ff\u0001', ...lines.slice(4)].join('\n');
    const kept = importLog(noisy);
    expect(kept.events[0]).toMatchObject({ mode: 'protected' });
    expect(kept.report.unknown).toEqual([{ line: 5, text: 'garbage in between' }, { line: 6, text: '...' }]);
    const broken = importLog([...lines.slice(0, 3), ...lines.slice(5)].join('\n') + record({ ...USER, count: 1, vector: 0x80, isSoftware: true }));
    expect(broken.events.filter(({ inferred }) => inferred === undefined).map(({ mode }) => mode)).toEqual([null, 'protected']);
    expect(broken.report.notes.join()).toContain('1 register dump not whole');
  });

  it('never throws but BadInput, and its counts always sum up', () => {
    const bytes = ascii(LOG);
    const change = fc.record({ at: fc.nat(bytes.length - 1), length: fc.nat(60), with: fc.uint8Array({ maxLength: 40 }) });
    fc.assert(fc.property(fc.array(change, { maxLength: 12 }), fc.nat(bytes.length), fc.integer({ min: 1, max: 5000 }), fc.boolean(), (changes, end, piece, isCut) => {
      let damaged = bytes;
      for (const one of changes) damaged = Uint8Array.from([...damaged.slice(0, one.at), ...one.with, ...damaged.slice(one.at + one.length)]);
      if (isCut) damaged = damaged.slice(0, end);
      try {
        const { report, reader } = importLog(damaged, { piece, from: piece % 2 === 0 ? 'auto' : 'qemu' });
        const lines = Buffer.from(damaged).toString('latin1').split('\n');
        expect(report.lines).toBe(lines.length - (lines.at(-1) === '' ? 1 : 0));
        expect(report.rules.reduce((sum, rule) => sum + rule.lines, 0)).toBe(report.lines);
        expect(report.vectors.reduce((sum, { records }) => sum + records, 0)).toBe(linesOf(report, 'record'));
        expect(reader.recomputeHash()).toBe(report.contentHash);
        expect(reader.eventCount).toBe(report.events);
      } catch (problem) {
        if (!(problem instanceof BadInput)) throw problem;
      }
    }), { numRuns: 100 });
  });
});

describe('lines', () => {
  const split = (bytes: Uint8Array, piece: number): string[] => {
    const lines: string[] = [];
    const splitter = new LineSplitter({
      line: (from, first, end, isCut) => { lines.push(`${isCut ? '!' : ''}${Buffer.from(from.subarray(first, end)).toString('latin1')}`); },
      overlong: () => { lines.push('overlong'); },
    });
    for (let at = 0; at < bytes.length; at += piece) splitter.feed(bytes.subarray(at, at + piece));
    splitter.finish();
    return lines;
  };

  it('are the same whatever the pieces', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('a', '\n', '\r\n', 'bc', '\r', '\u00ff', '\u0000'), { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (parts, piece) => {
      const text = parts.join('');
      const wanted = text.split('\n').map((line, index, all) => (index === all.length - 1 ? (line === '' ? null : `!${line.replace(/\r$/, '')}`) : line.replace(/\r$/, ''))).filter((line) => line !== null);
      expect(split(ascii(text), piece)).toEqual(wanted);
    }));
  });

  it('have a bound: longer ones are counted, and what follows is read', () => {
    const long = 'x'.repeat(LINE_BYTES_MAX + 1);
    for (const piece of [1000, LINE_BYTES_MAX, 1 << 20]) expect(split(ascii(`a\n${long}\nb\n${long.slice(1)}\n${long}${long}`), piece)).toEqual(['a', 'overlong', 'b', long.slice(1), 'overlong']);
    const { report } = importLog(`${check(14)}${long}\n`);
    expect([linesOf(report, 'overlong'), report.lines]).toEqual([1, 2]);
  });

  it('belong to one rule at most', () => {
    const patterns = QEMU_RULES.flatMap(({ id, patterns: texts }) => texts.map((text) => ({ id, pattern: compilePattern(text) })));
    const grammar = new Grammar(QEMU_RULES);
    const others = 'Trace 0: 0x7f00 [00000000/00007c00/00000040/ff020000] main\nTrace 0: 0x7f00 [00000000/00007c00/40] \nTrace 0x7f00 [00007c00] main\n--\nIN: \n0x00007c00:  31 c0   xorw %ax, %ax\n\nCR0 update: CR0=0x00000011\n'
      + '1@2.3:pic_interrupt PIC interrupt #6 level:1\napic_mem_readl 0xf0 = 0x1ff\nFCW=037f FSW=0000 [ST=0] FTW=00 MXCSR=00001f80\nFPR0=00 00\nXMM00=00\nInvalid access at addr 0x8\nlcall 0008:00001000 s=0\nLinking TBs 0x1\n';
    for (const line of `${LOG}${dump({ form: 64 })}${others}`.split('\n')) {
      const bytes = ascii(line), found = patterns.filter(({ pattern }) => matches(pattern, bytes, 0, bytes.length, new Captured()));
      expect(found.map(({ id }) => id), line).toHaveLength(1);
      expect(grammar.match(bytes, 0, bytes.length)).toBe(true);
      expect(QEMU_RULES[grammar.rule]!.id).toBe(found[0]!.id);
    }
  });
});

describe('what is no log', () => {
  it.each([
    ['nothing', '', /is empty/], ['a program', '\u007fELF\u0002\u0001', /an ELF binary/], ['a trace', String.fromCharCode(...MAGIC), /a Ringscope trace already/],
    ['trace.dat', '\u0017\u0008\u0044tracing6', /trace\.dat/], ['perf.data', 'PERFILE2', /perf\.data/], ['zstd', '\u0028\u00b5\u002f\u00fd', /zstd -d/], ['gzip', '\u001f\u008b\u0008', /gunzip/],
    ['UTF-16', '\u00ff\u00fec\u0000', /UTF-16/], ['zeros', '\u0000'.repeat(100), /binary data/], ['JSON', '{"a": 1}', /is JSON/], ['prose', 'Once upon a time\n', /no log this version knows/],
    ['Bochs', '00000000000i[      ] Bochs x86 Emulator 2.7\n', /a Bochs log: not supported yet/], ['the Bochs debugger', '00068437854: iret 0008:0000 (0x1)\n', /Bochs debugger/],
    ['ftrace', '# tracer: nop\n', /ftrace/], ['a trace-cmd report', 'cpus=2\n', /trace-cmd/], ['perf script', ' a 1 [000] 1.123456: x:y: z\n b 1 [000] 1.123456: x:y: z\n', /perf script/],
    ['strace', 'open("a") = 3\nclose(3) = 0\n', /strace/],
  ])('%s is refused by name', (_, text, message) => {
    expect(refusalOf(text)).toMatch(message);
    expect(refusalOf(text)).toMatch(/^a\.log (is|has) .*[^.]$/);
  });

  it('is refused after the first 64 KiB, before anything is written; --from qemu needs one line only', () => {
    const prose = 'Once upon a time\n'.repeat(5000);
    const running = startImport({ name: 'a.log', from: 'auto', sink: () => { throw new Error('nothing is to be written'); }, deflate: (bytes) => bytes, now: () => 0 });
    expect(() => { for (let at = 0; at < prose.length; at += 1000) running.feed(ascii(prose.slice(at, at + 1000))); }).toThrow(/--from qemu/);
    expect(refusalOf(prose, 'qemu')).toMatch(/no line of a QEMU log/);
    expect(importLog(prose + check(14), { from: 'qemu' }).report.unknown).toHaveLength(8);
  });
});

test('docs/importing.md names every rule', () => {
  const page = readFileSync(join(root, 'docs/importing.md'), 'utf8');
  expect(QEMU_RULES.filter(({ id }) => !page.includes(`\`${id}\``)).map(({ id }) => id)).toEqual([]);
});
