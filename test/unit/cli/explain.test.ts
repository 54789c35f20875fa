// `ringscope explain` on the command line: text and JSON, events of any kind, what it refuses, and traces it cannot execute again.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importLog } from '../import/import-log.ts';
import { record, USER } from '../import/qemu-lines.ts';
import { MemoryIo, type Ran } from './memory-io.ts';
import { syntheticTrace } from './synthetic-trace.ts';

function run(name: string, ...argv: readonly string[]): Promise<Ran> {
  const memory = new MemoryIo();
  memory.files.set('t.rtrace', readFileSync(new URL(`../../../traces/${name}.rtrace`, import.meta.url)));
  return memory.run('explain', 't.rtrace', ...argv);
}
interface Answer {
  readonly event: { readonly seq: number }; readonly basis: unknown; readonly failed: string | null; readonly consequence: string;
  readonly steps: readonly { readonly rule: string; readonly title: string; readonly cite: string; readonly outcome: string; readonly why: string; readonly operands: Readonly<Record<string, string>>; readonly accesses: readonly { readonly what: string; readonly linear: string | null; readonly physical: string; readonly size: number; readonly value: string; readonly write: boolean }[] }[];
  readonly cascade: readonly { readonly seq: number }[];
  readonly errorCode: { readonly meaning: string; readonly index: number; readonly entry: { readonly meaning: string } } | null;
  readonly sources: readonly { readonly register: string; readonly from: string }[];
  readonly walk: readonly { readonly took: string }[];
}
const json = async (name: string, at: string): Promise<Answer> => JSON.parse((await run(name, '--at', at, '--json')).out) as Answer;

describe('explain', () => {
  it('answers with the fields of the contract', async () => {
    const answer = await json('gate-dpl', '7');
    expect(answer).toMatchObject({ event: { seq: 7 }, basis: 're-execution', failed: 'gate-dpl', errorCode: { meaning: 'IDT gate 0x20', index: 0x20, entry: { meaning: expect.stringMatching(/interrupt gate to 0x8:.*, DPL 0$/) as string } } });
    const failing = answer.steps.find((step) => step.outcome === 'fail');
    expect(failing).toMatchObject({ rule: 'gate-dpl', cite: expect.stringContaining('SDM 3A') as string, operands: { CPL: '3' } });
    expect(failing?.accesses.at(-1)).toMatchObject({ what: 'gate', size: 8, write: false, physical: expect.stringMatching(/^0x/) as string, value: expect.stringMatching(/^0x/) as string });
    expect(new Set(answer.steps.map((step) => step.outcome))).toEqual(new Set(['pass', 'fail', 'skipped', 'not-reached']));
  });

  it('explains transitions, set-up and the shutdown as well', async () => {
    const call = await json('int80-syscall', '7');
    expect(call.failed).toBeNull();
    expect(call.sources.map(({ register, from }) => `${register} from ${from}`)).toEqual(['CS from the gate it went through', 'EIP from the gate it went through', 'SS from the ss field of the TSS', 'ESP from the sp field of the TSS']);
    expect((await json('sysenter-sysexit', '12')).sources.map(({ from }) => from)).toEqual(['IA32_SYSENTER_CS = 0x8', expect.stringMatching(/^IA32_SYSENTER_EIP = /), 'IA32_SYSENTER_CS = 0x8', 'IA32_SYSENTER_ESP = 0x107000']);
    expect((await json('int80-syscall', '0')).consequence).toMatch(/^Every check passed: \d+ held/);
    const shutdown = await json('triple-fault', '16');
    expect(shutdown.failed).toBe('double-fault-delivered');
    expect(shutdown.cascade.map(({ seq }) => seq)).toEqual([12, 13, 14, 15, 16]);
  });

  it('tells of a set-up what it leaves wrong for later', async () => {
    const { out } = await run('triple-fault', '--at', '1');
    expect(out).toMatch(/^Set-up check\n {2}warning: #DF, #GP and #PF cannot be delivered: #GP\(0x43\)/m);
    expect(out).toMatch(/^ {4}not: the gate lies within the limit of the IDT \[idt-limit\]/m);
    expect(out).toContain('\n    came true at event 13\n');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    const answer = JSON.parse((await run('triple-fault', '--at', '1', '--json')).out) as { readonly lints: unknown };
    expect(answer.lints).toMatchObject([{ seq: 1, rule: 'idt-limit', cameTrue: 13 }]);
    expect((await run('triple-fault', '--at', '12')).out).not.toContain('Set-up check');
  });

  it('proposes a change by a command that can be run as it is printed', async () => {
    const printed = /^ {2}ringscope whatif TRACE (--at \d+) --set "([^"]+)" -o OUT$/m.exec((await run('gate-dpl', '--at', 'last-fault')).out);
    const memory = new MemoryIo();
    memory.files.set('t.rtrace', readFileSync(new URL('../../../traces/gate-dpl.rtrace', import.meta.url)));
    expect(await memory.run('whatif', 't.rtrace', ...(printed?.[1] ?? '').split(' '), '--set', printed?.[2] ?? '', '-o', 'o.rtrace')).toMatchObject({ code: 0 });
  });

  it('says which level of a walk took the right away', async () => {
    expect((await json('segmentation-violation', '7')).walk.map(({ took }) => took)).toEqual(['u', '']);
  });

  it('shows one line for what passed, or every check with --all', async () => {
    const folded = await run('gate-dpl', '--at', '7'), all = await run('gate-dpl', '--at', '7', '--all');
    expect(folded.out).toContain('passed too:');
    expect(folded.out).not.toContain('fetch-limit');
    expect(all.out).toMatch(/passed {7}fetch-limit: EIP 0x400000 lies within/);
    for (const { out } of [folded, all]) expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(folded.out.trimEnd().split('\n').at(-1)).toMatch(/^Recorded: the event/);
  });

  it('refuses what is not there, in one line', async () => {
    expect(await run('gate-dpl')).toMatchObject({ code: 2, err: expect.stringContaining('--at SEQ') as string });
    expect(await run('gate-dpl', '--at', '9999')).toMatchObject({ code: 2, err: expect.stringMatching(/there is no event 9999: give one from 0 to \d+\n$/) as string });
    expect(await run('gate-dpl', '--at', 'first')).toMatchObject({ code: 2, out: '' });
    expect(await run('int80-syscall', '--at', 'last-fault')).toMatchObject({ code: 1, out: '', err: 'there is no fault in this trace: give --at SEQ to explain another event\n' });
  });

  it('shows of a log what the log says, and the command that would record more', async () => {
    const memory = new MemoryIo();
    memory.files.set('log.rtrace', importLog(record({ count: 0, vector: 13, errorCode: 0x6a, ...USER })).bytes);
    const { code, out } = await memory.run('explain', 'log.rtrace', '--at', 'last-fault');
    expect(code).toBe(0);
    expect(out).toContain('0x6a: IDT gate 0xd');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('The checks are absent:');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('`ringscope record` the guest');
    expect(out).not.toContain('FAILED');
    const answer = JSON.parse((await memory.run('explain', 'log.rtrace', '--at', 'last-fault', '--json')).out) as Answer;
    expect(answer.steps).toEqual([]);
    expect(answer.basis).toEqual({ absent: expect.stringContaining('imported from a log') as string });
  });

  it('says so when a recording does not reproduce or has no image', async () => {
    const memory = new MemoryIo();
    memory.files.set('t.rtrace', syntheticTrace());
    const { code, out } = await memory.run('explain', 't.rtrace', '--at', '2');
    expect(code).toBe(0);
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(/The checks are absent: .*image/);
  });
});
