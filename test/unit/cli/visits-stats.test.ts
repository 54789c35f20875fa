// `ringscope visits` and `ringscope stats` on committed samples and on a log: text that reads well, JSON that is complete, refusals.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryIo, type Ran } from './memory-io.ts';
import { syntheticTrace } from './synthetic-trace.ts';

function run(...argv: string[]): Promise<Ran> {
  const io = new MemoryIo();
  for (const name of ['int80-vs-sysenter', 'nested-interrupt', 'iret-bad-frame', 'two-threads']) io.files.set(name, readFileSync(new URL(`../../../traces/${name}.rtrace`, import.meta.url)));
  io.files.set('log', syntheticTrace({ facts: { kind: 'imported', sourceTool: 'qemu', engine: null, cpuModel: null, memoryBytes: null } }));
  return io.run(...argv);
}
type Json = Readonly<Record<string, unknown>>;
const json = async (...argv: string[]): Promise<Json> => JSON.parse((await run(...argv, '--json')).out) as Json;
const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('visits', () => {
  it('lists a line a visit, indented by depth, and sums up', async () => {
    const { code, out, err } = await run('visits', 'nested-interrupt');
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n\n')[0]).toBe([
      'visit               entry          exit  ring  thread     instr.  faults  finding',
      'int 0x80                7            27  3->0  T1          3 907       1',
      '  IRQ0                 13            24  0->0  T1          2 823       1',
      '    #PF                17            21  0->0  T1          1 332       -',
      'int 0x80               28            42  3->0  T1          2 574       -',
      '  IRQ0                 34            39  0->0  T1          1 490       -',
      'int 0x80               43          open  3->0  T1         >= 268       -',
    ].join('\n'));
    expect(out).toMatch(/5 returned, 1 still open at the end, on 1 kernel stack, at most 3 deep\n/);
    expect(out).toMatch(/1 exit belongs to no visit \(event 6\): no entry of this recording pushed the frame/);
    expect(longest(out)).toBeLessThanOrEqual(100);
  });

  it('counts visits during which another thread ran', async () => {
    expect((await run('visits', 'two-threads')).out.replaceAll('\n', ' ')).toMatch(/14 returned, 2 still open at the end, on 2 kernel stacks, at most 1 deep; during 7 of them another thread ran/);
  });

  it('says below the row what is wrong', async () => {
    const { out } = await run('visits', 'iret-bad-frame', '--only', 'findings');
    expect(out).toMatch(/^visit .*\nint 0x80 +16 +open +3->0 +T1 +>= [0-9 ]+1 +return faulted\n {4}wrong: the return at event 17 faulted: the stack pointer was at the pushed frame, so a value/);
    expect(out).toMatch(/\nlisted: 1 of 4 visits\n/);
    expect(out).toMatch(/findings: return faulted 1\n/);
  });

  it('gives one JSON object: an end that is missing is null with a reason', async () => {
    const { visits, unmatched, totals, basis, failed } = await json('visits', 'iret-bad-frame') as { visits: Json[]; unmatched: Json[]; totals: Json; basis: string; failed: Json[] };
    expect(basis).toBe('recorded');
    expect(visits).toHaveLength(4);
    expect(visits[1]).toMatchObject({ name: 'int 0x80', via: 'int', vector: 128, entry: 12, exit: 15, reason: null, rings: { from: 3, to: 0 }, depth: 0, stack: { deltaBytes: 0, means: null }, findings: [] });
    expect(visits[2]).toMatchObject({ entry: 16, exit: null, reason: 'open', why: 'the recording ends before it returns', isAtLeast: true, faults: 1, findings: [{ kind: 'exit-faulted', severity: 'wrong', seq: 17, deltaBytes: 0 }] });
    expect(unmatched).toMatchObject([{ exit: 11, entry: null, reason: 'no-entry' }]);
    expect(failed).toMatchObject([{ fault: 6 }]);
    expect(totals).toMatchObject({ visits: 4, endings: { returned: 2, open: 2 }, findings: { visits: 1, kinds: { 'exit-faulted': 1 } } });
  });

  it('limits and chooses; the totals count all', async () => {
    const { visits, totals } = await json('visits', 'int80-vs-sysenter', '--where', 'cpl 3->0 via sysenter', '--limit', '2') as { visits: Json[]; totals: Json };
    expect(visits.map((one) => one['name'])).toEqual(['sysenter', 'sysenter']);
    expect(totals).toMatchObject({ visits: 2001 });
    expect((await run('visits', 'two-threads', '--only', 'findings')).out).toMatch(/^none of 16 kernel visits has a finding that deserves a look\n/);
  });

  it('of a log says what it stands on', async () => {
    const { code, out } = await run('visits', 'log');
    expect(code).toBe(0);
    expect(out).toMatch(/basis: what the log says; where it shows no frame or return, nothing is paired\n$/);
  });

  it.each<[string[], RegExp]>([
    [['visits'], /needs TRACE/], [['visits', 'nested-interrupt', '--only', 'x'], /--only findings/], [['visits', 'nested-interrupt', '--where', 'cpl 3-'], /--where/], [['visits', 'nested-interrupt', '--where', 'exec 0'], /between events/],
    [['visits', 'nested-interrupt', '--limit', 'x'], /whole number/], [['stats', 'nested-interrupt', '--calls', 'x'], /whole number/], [['stats'], /needs TRACE/],
  ])('refuses %j in one line', async (argv, message) => {
    const { code, out, err } = await run(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('stats', () => {
  it('reads in parts, none wider than 100 columns', async () => {
    const { code, out } = await run('stats', 'nested-interrupt');
    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line !== '' && !line.startsWith(' '))).toEqual([
      '47 events; counts and times from the recorded events', 'events by kind', 'vectors', 'rings', 'where faults come from', 'storms', 'kernel visits', 'cost of each way between rings',
    ]);
    expect(out).toMatch(/ring 0 +6 \d\d\d +99\.9 % +4\n/);
    expect(out).toMatch(/#PF +0x109000 +0x10023d /);
    expect(longest(out)).toBeLessThanOrEqual(100);
  });

  it('puts the software interrupt beside SYSENTER, with the remark on history', async () => {
    const { out } = await run('stats', 'int80-vs-sysenter', '--cost', '--calls', '2');
    expect(out).toMatch(/round trip +int 0x80 +sysenter\n +\+ iret +\+ sysexit\n +x 1 000 +x 1 000\n {2}checks +31 +5\n/);
    expect(out).toMatch(/values pushed +5 +-\n/);
    expect(out.replaceAll(/\n {2}/g, ' ')).toMatch(/int 0x80 \+ iret makes 31 checks where sysenter \+ sysexit makes 5 \(6\.2 times as many\), and 17 memory accesses against none\./);
    expect(out.replaceAll(/\n {2}/g, ' ')).toMatch(/architectural work, not cycles.*Pentium 4.*Pentium II/s);
    expect(out).not.toMatch(/events by kind/);
    expect(longest(out)).toBeLessThanOrEqual(100);
    // where only one of the two is used there is nothing to compare, and no history to tell
    expect((await run('stats', 'nested-interrupt', '--cost', '--calls', '1')).out).not.toMatch(/Pentium/);
  });

  it('gives one JSON object whose parts name their basis', async () => {
    const stats = await json('stats', 'int80-vs-sysenter', '--calls', '1') as Json & { cost: { basis: string; mechanisms: Json[]; roundTrips: Json[] } };
    expect(stats).toMatchObject({ basis: 'recorded', events: 4014, kinds: { transition: 4002 }, mechanisms: { iret: 1001, int: 1001 }, storms: [], visits: { visits: 2001 }, rings: { unknown: 0 } });
    expect(stats.cost.basis).toBe('re-executed');
    expect(stats.cost.mechanisms[1]).toMatchObject({ name: 'int 0x80', rings: { from: 3, to: 0 }, frame: { slots: 5, width: 4 }, count: 1000, perCall: { typical: { gates: 1, descriptors: 2, tss: 2, pushes: 5, accesses: 10 } }, total: { isExact: false, pushes: 5000 } });
    expect(stats.cost.roundTrips).toHaveLength(2);
  });

  it('of a log has counts, and says why the rest is absent', async () => {
    const { code, out } = await run('stats', 'log');
    expect(code).toBe(0);
    expect(out).toMatch(/7 events; counts and times from the log\n/);
    expect(out).toMatch(/cost of each way between rings\n {2}absent: this trace was imported from a log/);
    expect(out).toMatch(/mechanism +rings/);
    expect((await json('stats', 'log'))['cost']).toMatchObject({ basis: { absent: expect.stringMatching(/imported from a log/) as string }, mechanisms: [{ perCall: null }, { perCall: null }] });
    expect((await run('stats', 'nested-interrupt', '--calls', '0')).out).toMatch(/absent: --calls 0 asks for no re-execution\n/);
  });
});
