// `ringscope whatif`: what it prints, what it writes, what it refuses.

import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { MemoryIo } from './memory-io.ts';
import { syntheticTrace } from './synthetic-trace.ts';

// seconds on an idle machine; checks run beside other work
vi.setConfig({ testTimeout: 60_000 });

function io(): MemoryIo {
  const memory = new MemoryIo({});
  memory.files.set('a.rtrace', readFileSync(new URL('../../../traces/triple-fault.rtrace', import.meta.url)));
  memory.files.set('none.rtrace', syntheticTrace());
  return memory;
}
const WHATIF = ['whatif', 'a.rtrace', '--at', 'last-fault', '--set', 'idtr.limit=0x40f', '-o', 'b.rtrace'];

describe('whatif', () => {
  it('prints the event before and now, and writes a trace that is a recording', async () => {
    const memory = io();
    const { code, out, err } = await memory.run(...WHATIF);
    expect([code, err]).toEqual([0, '']);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^before event 15, after \d+ attempts: IDTR\.LIMIT: 0x1f -> 0x40f$/);
    expect(lines[1]).toMatch(/^event 15 was fault: #GP .*\[idt-limit\]$/);
    expect(lines[2]).toMatch(/^ {9}now /);
    expect(lines[3]).toMatch(/^the first difference, event 13: was fault: #GP .*idt-limit/);
    expect(lines[4]).toMatch(/^ +now transition: #GP is delivered: ring 3 -> ring 0/);
    expect(lines[5]).toMatch(/^b\.rtrace: \d+ events in [\d ]+ instructions, [\d ]+ bytes; the guest exited with 0x/);
    expect((await memory.run('info', 'b.rtrace')).out).toMatch(/^what if +idtr\.limit=0x40f, after \d+ attempts$/m);
    expect(JSON.parse((await memory.run('info', 'b.rtrace', '--json')).out)).toMatchObject({ changes: [{ set: 'idtr.limit=0x40f' }] });
    expect((await memory.run('events', 'b.rtrace', '--where', 'input')).code).toBe(2);
    expect((await memory.run('events', 'b.rtrace')).out).toContain('what if: idtr.limit=0x40f, set from outside the guest');
    expect((await memory.run('verify', 'b.rtrace')).out).toMatch(/reproduced exactly/);
    expect((await memory.run('lint', 'b.rtrace')).code).toBe(1);
  });

  it('prints JSON', async () => {
    const { out } = await io().run(...WHATIF, '--json');
    expect(JSON.parse(out)).toMatchObject({
      output: 'b.rtrace', at: 15, changes: [{ set: 'idtr.limit=0x40f' }], event: { before: { seq: 15, kind: 'fault' } },
      firstDifference: { before: { seq: 13, kind: 'fault' }, after: { seq: 14, kind: 'transition' } },
    });
  });

  it('takes several changes', async () => {
    const memory = io();
    await memory.run('whatif', 'a.rtrace', '--at', '12', '--set', 'idtr.limit=0x40f', '--set', 'eax=7; ebx=8', '-o', 'b.rtrace');
    expect((await memory.run('info', 'b.rtrace')).out.match(/^what if.*$/gm)).toHaveLength(3);
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no event', ['a.rtrace', '--set', 'eax=1', '-o', 'b'], /needs --at SEQ/],
    ['no change', ['a.rtrace', '--at', '1', '-o', 'b'], /needs something to change: give --set/],
    ['no output', ['a.rtrace', '--at', '1', '--set', 'eax=1'], /needs a place for the new trace/],
    ['the trace itself', ['a.rtrace', '--at', '1', '--set', 'eax=1', '-o', 'a.rtrace'], /is the trace itself/],
    ['an event that is not there', ['a.rtrace', '--at', '999', '--set', 'eax=1', '-o', 'b'], /there is no event 999/],
    ['a change that is none', ['a.rtrace', '--at', '1', '--set', 'eaxx=1', '-o', 'b'], /refused at column 1: there is no "eaxx" that can be set \(did you mean "eax"\?\)/],
    ['a change that cannot be made there', ['a.rtrace', '--at', '1', '--set', 'pte[0].P=1', '-o', 'b'], /cannot be made here: paging is off/],
    ['a trace without its image', ['none.rtrace', '--at', '1', '--set', 'eax=1', '-o', 'b'], /^error: .*record/],
  ];
  it.each(refused)('refuses %s with one line and exit code 2, and writes nothing', async (_, argv, message) => {
    const memory = io();
    const { code, out, err } = await memory.run('whatif', ...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(memory.files.has('b')).toBe(false);
  });
});
