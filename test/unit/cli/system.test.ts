// `--os`: the layer of an operating system in events, visits and stats; off unless asked for, or said when it is on by itself.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryIo, type Ran } from './memory-io.ts';
import { syntheticTrace } from './synthetic-trace.ts';

function run(...argv: string[]): Promise<Ran> {
  const io = new MemoryIo();
  io.files.set('calls', readFileSync(new URL('../../../traces/int80-vs-sysenter.rtrace', import.meta.url)));
  io.files.set('kernel', syntheticTrace({ facts: { image: { format: 'linux', bytes: 1, hash: '0'.repeat(32) } } }));
  return io.run(...argv);
}
type Json = Readonly<Record<string, unknown>>;
const first = (text: string): Json => JSON.parse(text.split('\n')[0] ?? '') as Json;

describe('--os', () => {
  it('is off where no kernel was started as Linux', async () => {
    const { out, err } = await run('visits', 'calls', '--limit', '1');
    expect([err, out.includes('Linux')]).toEqual(['', false]);
    expect((await run('stats', 'calls', '--calls', '0')).out).not.toContain('system calls');
  });

  it('names calls in events, visits and stats when asked for', async () => {
    expect((await run('events', 'calls', '--os', 'linux', '--where', 'cpl 3->0 via sysenter', '--limit', '1')).out).toMatch(/SYSENTER: ring 3 -> ring 0, .*; Linux system call \S+ \(\d+\)\n$/);
    expect((await run('find', 'calls', 'cpl 3->0 via sysenter', '--os', 'linux')).out).toMatch(/; Linux system call /);
    expect(first((await run('events', 'calls', '--os', 'linux', '--json', '--where', 'cpl 3->0', '--limit', '1')).out)['os']).toMatchObject({ system: 'linux', call: { number: expect.any(Number) as number } });
    expect((await run('visits', 'calls', '--os', 'linux', '--limit', '1')).out).toMatch(/^visit .*\nint 0x80 \S+ \(\d+\) +\d/);
    const { visits } = JSON.parse((await run('visits', 'calls', '--os', 'linux', '--json', '--limit', '1')).out) as { visits: Json[] };
    expect(visits[0]).toMatchObject({ name: 'int 0x80', call: { number: expect.any(Number) as number, result: expect.any(Number) as number } });
    const { out } = await run('stats', 'calls', '--os', 'linux', '--calls', '0');
    expect(out).toMatch(/\nsystem calls of Linux\n {2}call +int 0x80 +sysenter +returned +median\n/);
    expect(out).toMatch(/\naddress spaces \(a process has one, threads share it\)\n/);
    expect(JSON.parse((await run('stats', 'calls', '--os', 'linux', '--calls', '0', '--json')).out)).toMatchObject({ os: { system: 'linux', calls: expect.any(Array) as unknown[] } });
  });

  it('is on by itself below a Linux kernel, says so, and can be left out', async () => {
    expect((await run('events', 'kernel')).err).toMatch(/^note: the guest is a Linux kernel: .*--os none leaves that out\n$/);
    expect((await run('events', 'kernel', '--os', 'none')).err).toBe('');
    expect((await run('events', 'kernel', '--csv')).err).toBe('');
  });

  it('refuses a system nobody knows', async () => {
    const { code, err } = await run('visits', 'calls', '--os', 'minix');
    expect([code, err]).toEqual([2, expect.stringMatching(/--os "minix" is not known: give linux or none/)]);
  });
});
