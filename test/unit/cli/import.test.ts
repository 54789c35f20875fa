// `ringscope import` and what the other commands make of an imported trace.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ascii } from '../import/import-log.ts';
import { check, hardware, record, reset, USER } from '../import/qemu-lines.ts';
import { MemoryIo } from './memory-io.ts';

const LOG = reset() + hardware(8) + record({ ...USER, count: 0, vector: 0x80, isSoftware: true, rax: 0x1234n }) + check(14) + record({ ...USER, ip: 0x40_0002n, count: 1, vector: 14, errorCode: 6, cr2: 0xdead_0000n });
function io(): MemoryIo {
  const memory = new MemoryIo();
  memory.files.set('a.log', ascii(LOG));
  memory.files.set('a.log.gz', new Uint8Array(gzipSync(LOG)));
  memory.files.set('cut.log.gz', new Uint8Array(gzipSync(LOG.repeat(40))).slice(0, 900));
  memory.files.set('-', ascii(LOG));
  memory.files.set('text.txt', ascii('this is no log\n'));
  return memory;
}
async function imported(...argv: string[]): Promise<MemoryIo> {
  const memory = io();
  const { code, err } = await memory.run('import', ...argv, '-o', 't.rtrace');
  expect([code, err]).toEqual([0, '']);
  return memory;
}

describe('import', () => {
  it('writes a trace and one line on it; the same from gzip and standard input', async () => {
    const memory = io();
    const plain = await memory.run('import', 'a.log', '-o', 'plain.rtrace');
    expect([plain.code, plain.err]).toEqual([0, '']);
    expect(plain.out).toMatch(/^plain\.rtrace: 11 events from 59 lines of qemu -d int \(event 5, context 51, ignored 3, unknown 0\), [\d ]+ bytes\n\d+ notes/);
    for (const source of ['a.log.gz', '-']) {
      await memory.run('import', source, '-o', 'other.rtrace');
      expect(memory.files.get('other.rtrace')).toEqual(memory.files.get('plain.rtrace'));
    }
  });

  it('reports lines by rule, records by vector, notes and advice', async () => {
    const { out } = await io().run('import', 'a.log', '-o', 't.rtrace', '--report');
    expect(out).toMatch(/event +record +2 +an interrupt or exception/);
    expect(out).toMatch(/ +0xe +1 +#PF \(page fault\)\n +0x80 +1\n/);
    expect(out).toMatch(/\nnotes\n- .*\n[\s\S]*\nadvice\n- /);
    const json = JSON.parse((await io().run('import', 'a.log', '-o', 't.rtrace', '--json')).out) as Record<string, unknown>;
    expect(json).toMatchObject({ output: 't.rtrace', tool: 'qemu -d int', lines: 59, unknown: [], vectors: [{ vector: 14, records: 1 }, { vector: 128, records: 1 }] });
  });

  it('reads several logs one after the other, whose lines go on', async () => {
    const memory = await imported('a.log', 'a.log');
    const { out } = await memory.run('events', 't.rtrace', '--where', 'fault', '--json');
    expect(out.trimEnd().split('\n').map((line) => (JSON.parse(line) as { source: { line: number } }).source.line)).toEqual([41, 100]);
  });

  it('imports what a cut gzip file holds, and exits with 2', async () => {
    const memory = io();
    const { code, err } = await memory.run('import', 'cut.log.gz', '-o', 't.rtrace');
    expect(code).toBe(2);
    expect(err).toMatch(/^warning: cut\.log\.gz is gzip data that ends too early.*\n$/);
    expect((await memory.run('verify', 't.rtrace')).code).toBe(0);
  });

  it('leaves a whole trace when interrupted', async () => {
    const memory = io();
    memory.files.set('long.log', ascii(LOG.repeat(50)));
    memory.pause = () => { memory.interrupt?.(); return Promise.resolve(); };
    const { code, err } = await memory.run('import', 'long.log', '-o', 't.rtrace');
    expect([code, err]).toEqual([0, expect.stringMatching(/^warning: stopped after \d+ lines: the trace holds what was read\n$/)]);
    expect((await memory.run('verify', 't.rtrace')).code).toBe(0);
  });

  it.each([
    [['import', 'a.log'], /needs a place/], [['import', '-o', 'x'], /needs LOG/], [['import', 'a.log', '-o', 'a.log'], /is the log itself/], [['import', 'none.log', '-o', 'x'], /cannot read none\.log/],
    [['import', 'text.txt', '-o', 'x'], /text\.txt is no log this version knows/], [['import', 'a.log', '-o', 'x', '--from', 'bochs'], /not available yet/],
    [['import', 'a.log', '-o', 'x', '--from', 'vax'], /is not known/], [['import', 'a.log', '-o', '/forbidden/x'], /permission denied/],
  ])('refuses %j in one line, and leaves no file', async (argv, message) => {
    const memory = io();
    const { code, out, err } = await memory.run(...argv);
    expect([code, out, memory.files.has('x')]).toEqual([2, '', false]);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('an imported trace', () => {
  it('lists lines of the log instead of instruction counts', async () => {
    const { out } = await (await imported('a.log')).run('events', 't.rtrace');
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^seq +line +ring +cs:ip/);
    expect(lines.at(-2)).toMatch(/^ {2}\d+ +41 {2}3 {5}001b:00400002 {2}fault +#PF/);
    expect(out).toMatch(/ - +0->3 +- +transition +a change of ring the log does not show/);
  });

  it('shows the recorded dump, without what no dump has', async () => {
    const memory = await imported('a.log');
    const shown = await memory.run('state', 't.rtrace', '--at', '7');
    expect(shown.out).toMatch(/^before event 7: protected mode, CPL 3\n[\s\S]*EAX {4}00001234/);
    expect(shown.out).not.toMatch(/SYSENTER|icount/);
    const json = JSON.parse((await memory.run('state', 't.rtrace', '--at', '7', '--json')).out) as { registers: Record<string, unknown> };
    expect(json).toMatchObject({ icount: null, mode: 'protected', registers: { rax: '0x1234', sysenter_eip: null } });
    expect((await memory.run('state', 't.rtrace', '--at', '8')).out).toContain('of the last dump before it');
    expect((await memory.run('state', 't.rtrace', '--at', '0', '--after')).code).toBe(0);
    const after = await memory.run('state', 't.rtrace', '--at', '7', '--after');
    expect([after.code, after.err]).toEqual([2, expect.stringMatching(/does not show the registers after event 7/)]);
  });

  it('answers at event level, and refuses what needs instructions with the reason', async () => {
    const memory = await imported('a.log');
    expect((await memory.run('find', 't.rtrace', 'fault #PF if (cr2 == 0xdead0000)')).out).toMatch(/fault +#PF/);
    expect((await memory.run('find', 't.rtrace', 'cpl 0->3')).code).toBe(0);
    expect((await memory.run('find', 't.rtrace', 'cpl 3->0 via exception')).out).toMatch(/transition +#PF is delivered: ring 3 -> ring 0/);
    expect(await memory.run('find', 't.rtrace', 'to.cs == 8')).toMatchObject({ code: 1, err: expect.stringMatching(/what its log does not show/) as unknown });
    expect(await memory.run('find', 't.rtrace', 'exec 0x1000')).toMatchObject({ code: 2, err: expect.stringMatching(/imported from a log/) as unknown });
    expect(await memory.run('verify', 't.rtrace')).toMatchObject({ code: 0, out: expect.stringMatching(/the file is sound/) as unknown });
    const info = (await memory.run('info', 't.rtrace')).out;
    expect(info).toMatch(/made from +qemu -d int/);
    expect(info).toMatch(/re-execution +absent: this trace was imported/);
    expect(info).toMatch(/not logged +cr8 xcr0 sysenter_cs/);
  });
});
