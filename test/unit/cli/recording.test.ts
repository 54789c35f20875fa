// From a guest image to answers, through the commands: the scenarios of traces/ recorded and asked, and one run of the real program.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { removeParts } from '../../../core/trace/remove-parts.ts';
import { MemoryIo } from './memory-io.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const image = (name: string): Uint8Array => readFileSync(join(root, 'traces', `${name}.img`));
type Json = Readonly<Record<string, unknown>>;
const jsonLines = (text: string): Json[] => text.trimEnd().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Json);

/** What the scenarios' images are taken for. */
const TAKEN = expect.stringMatching(/^note: the image was taken as a Multiboot kernel: the header lies at 0xb4 \(--format multiboot\)\n$/) as string;

async function recorded(name: string, ...options: string[]): Promise<MemoryIo> {
  const io = new MemoryIo();
  io.files.set('guest.img', image(name));
  const { code, err } = await io.run('record', 'guest.img', '-o', 't.rtrace', ...options);
  expect([code, err]).toEqual([0, TAKEN]);
  return io;
}

describe('sysenter-sysexit', () => {
  it('enters and leaves as the manual says', async () => {
    const io = await recorded('sysenter-sysexit');
    const events = jsonLines((await io.run('events', 't.rtrace', '--json', '--where', 'cpl')).out);
    const enter = events.find((event) => event['via'] === 'sysenter'), leave = events.find((event) => event['via'] === 'sysexit');
    expect(enter).toMatchObject({ from: { cpl: 3, cs: '0x1b', ss: '0x23' }, to: { cpl: 0, cs: '0x8', ss: '0x10' } });
    expect(leave).toMatchObject({ from: { cpl: 0 }, to: { cpl: 3, cs: '0x1b', ss: '0x23' } });
    for (const event of events) expect((event['from'] as Json)['cpl']).not.toBe((event['to'] as Json)['cpl']);
  });

  it('finds MSR writes forwards and backwards, and instructions by symbol', async () => {
    const io = await recorded('sysenter-sysexit');
    const find = async (...argv: string[]): Promise<Json | undefined> => jsonLines((await io.run('find', 't.rtrace', ...argv, '--json')).out)[0];
    const eip = await find('msr IA32_SYSENTER_EIP');
    expect(eip).toMatchObject({ kind: 'msr-write', msr: '0x176', name: 'IA32_SYSENTER_EIP' });
    expect(await find('msr IA32_SYSENTER_EIP', '--backward')).toEqual(eip);
    const first = await find('msr IA32_SYSENTER_CS'), last = await find('msr IA32_SYSENTER_CS', '--backward');
    expect(Number(last?.['seq'])).toBeGreaterThan(Number(first?.['seq']));
    const entry = await find('exec kernel_entry_sysenter');
    expect(entry).toMatchObject({ seq: null, kind: 'instruction', linear: eip?.['after'], cpl: 0 });
    expect(await find('exec kernel_start')).toMatchObject({ icount: 0 });
    expect(await find('exec kernel_start', '--backward')).toMatchObject({ icount: 0 });
    const later = await find('exec kernel_entry_sysenter', '--backward');
    expect(Number(later?.['icount'])).toBeGreaterThan(Number(entry?.['icount']));
    const merged = await find('exec kernel_entry_sysenter or msr', '--from', String(first?.['seq']));
    expect(merged).toMatchObject({ kind: 'msr-write', name: 'IA32_SYSENTER_ESP' });
    expect((await io.run('find', 't.rtrace', 'exec no_such_symbol')).code).toBe(2);
    expect((await io.run('find', 't.rtrace', 'exec 0xfffff000')).code).toBe(1);
  });

  it('stops recording before an instruction, by name and condition', async () => {
    const io = await recorded('sysenter-sysexit', '--until', 'exec kernel_entry_sysenter if (cpl == 0)');
    const whole = await recorded('sysenter-sysexit');
    const entry = jsonLines((await whole.run('find', 't.rtrace', 'cpl 3->0 via sysenter', '--json')).out)[0];
    const events = jsonLines((await io.run('events', 't.rtrace', '--json')).out);
    expect(events.at(-1)).toEqual(entry);
    expect((await io.run('verify', 't.rtrace')).code).toBe(0);
    const never = await recorded('sysenter-sysexit', '--until', 'exec kernel_entry_sysenter if (cpl == 3)');
    expect(jsonLines((await never.run('events', 't.rtrace', '--json')).out).at(-1)).toMatchObject({ kind: 'exit' });
  });

  it('knows the state at any instruction count', async () => {
    const io = await recorded('sysenter-sysexit');
    const [before] = jsonLines((await io.run('state', 't.rtrace', '--icount', '0', '--json')).out);
    expect(before).toMatchObject({ icount: 0, cpl: 0, mode: 'protected' });
    const entry = jsonLines((await io.run('find', 't.rtrace', 'cpl 3->0 via sysenter', '--json')).out)[0];
    const seq = String(entry?.['seq']);
    const [after] = jsonLines((await io.run('state', 't.rtrace', '--at', seq, '--after', '--json')).out);
    expect(after).toMatchObject({ cpl: 0, registers: { 'cs.selector': '0x8', 'ss.selector': '0x10' } });
    const [next] = jsonLines((await io.run('state', 't.rtrace', '--icount', String(Number(entry?.['icount']) + 1), '--json')).out);
    expect((next?.['registers'] as Json)['rip']).toBe((after?.['registers'] as Json)['rip']);
    expect((await io.run('state', 't.rtrace', '--icount', '99999999')).code).toBe(2);
  });
});

describe('a trace without image and checkpoints', () => {
  it('answers everything at event level as before, and refuses the rest with the reason', async () => {
    const io = await recorded('demand-paging');
    // names come from the image: without it there are none, unless --symbols brings them
    const answers = async (...more: string[]): Promise<unknown[]> => [
      await io.run('events', 't.rtrace', '--json', ...more), await io.run('state', 't.rtrace', '--at', '8', '--after', '--json', ...more), await io.run('find', 't.rtrace', 'cpl 0->3', '--backward', '--json', ...more),
    ];
    const whole = await answers();
    io.files.set('names.elf', readFileSync(new URL('../../../traces/demand-paging.img', import.meta.url)));
    const { contentHash } = JSON.parse((await io.run('info', 't.rtrace', '--json')).out) as { contentHash: string };
    const inflate = (bytes: Uint8Array, most: number): Uint8Array => inflateRawSync(bytes, { maxOutputLength: most });
    io.files.set('t.rtrace', removeParts(io.files.get('t.rtrace') ?? new Uint8Array(), ['image', 'checkpoint'], { inflate, deflate: (bytes) => deflateRawSync(bytes) }));
    expect(await answers('--symbols', 'names.elf')).toEqual(whole);
    const withoutNames = (text: string): Json[] => jsonLines(text).map(({ code: _code, ...event }) => event);
    expect(withoutNames((await io.run('events', 't.rtrace', '--json')).out)).toEqual(withoutNames((whole[0] as { out: string }).out));
    expect(jsonLines((await io.run('info', 't.rtrace', '--json')).out)[0]).toMatchObject({ contentHash, canReexecute: false });
    for (const argv of [['find', 't.rtrace', 'exec 0x100000'], ['state', 't.rtrace', '--icount', '1'], ['verify', 't.rtrace']]) {
      const { code, out, err } = await io.run(...argv);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^error: [^\n]*image[^\n]*\n$/);
    }
    const verified = await io.run('verify', 't.rtrace', '--json');
    expect([verified.code, jsonLines(verified.out)[0]]).toEqual([2, expect.objectContaining({ ok: true, reexecution: 'absent' })]);
  });
});

describe('record', () => {
  it('ends at --until, and --filter keeps counts', async () => {
    const io = await recorded('demand-paging', '--until', 'fault #PF');
    const until = jsonLines((await io.run('events', 't.rtrace', '--json')).out);
    const faults = until.filter((event) => event['mnemonic'] === '#PF');
    expect(faults).toHaveLength(1);
    expect(until.at(-1)?.['icount']).toBe(faults[0]?.['icount']);
    const call = await recorded('sysenter-sysexit', '--until', 'cpl 3->0 if (eax == 4 and eflags.IF == 0)');
    expect(jsonLines((await call.run('events', 't.rtrace', '--json')).out).at(-1)).toMatchObject({ via: 'sysenter' });
    const kept = await recorded('sysenter-sysexit', '--filter', 'cpl and eax != 4');
    expect(jsonLines((await kept.run('events', 't.rtrace', '--json')).out).filter((event) => event['via'] === 'sysenter')).toEqual([]);
    const filtered = await recorded('demand-paging', '--filter', 'fault');
    const kinds = new Set(jsonLines((await filtered.run('events', 't.rtrace', '--json')).out).map((event) => event['kind']));
    expect([...kinds]).toEqual(['fault']);
    const [info] = jsonLines((await filtered.run('info', 't.rtrace', '--json')).out);
    expect(info).toMatchObject({ filter: 'fault' });
    expect(Number(info?.['events'])).toBeGreaterThan(Number(info?.['rows']));
    expect((await filtered.run('verify', 't.rtrace')).code).toBe(0);
    const dropped = await filtered.run('find', 't.rtrace', 'cr');
    expect([dropped.code, dropped.err]).toEqual([1, expect.stringContaining('kept by --filter "fault"')]);
  });

  it('prints the console once, and says how the guest ended', async () => {
    const io = new MemoryIo();
    io.files.set('guest.img', image('int80-syscall'));
    const { code, out, err } = await io.run('record', 'guest.img', '-o', 't.rtrace', '--console', 'console.txt', '--json');
    expect([code, err]).toEqual([0, TAKEN]);
    expect(Buffer.from(io.files.get('console.txt') ?? []).toString()).toBe('hello from ring 3\nprogram ended\n');
    expect(jsonLines(out)[0]).toMatchObject({ output: 't.rtrace', ended: 'the guest exited with 0x0' });
  });

  it('exits 0 when the guest shuts down, and leaves a whole trace when interrupted', async () => {
    const io = await recorded('triple-fault');
    expect(jsonLines((await io.run('find', 't.rtrace', 'kind == shutdown', '--json')).out)[0]).toMatchObject({ kind: 'shutdown' });
    const spinning = new MemoryIo();
    spinning.files.set('spin.bin', Uint8Array.of(0xeb, 0xfe));
    spinning.pause = (): Promise<void> => { spinning.interrupt?.(); return Promise.resolve(); };
    const { code, out } = await spinning.run('record', 'spin.bin', '-o', 't.rtrace', '--format', 'flat');
    expect([code, out]).toEqual([0, expect.stringMatching(/the recording was stopped/)]);
    expect((await spinning.run('info', 't.rtrace')).code).toBe(0);
  });

  it('writes nothing for an image it cannot load', async () => {
    const io = new MemoryIo();
    io.files.set('guest.img', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 2, 3));
    const { code, err } = await io.run('record', 'guest.img', '-o', 't.rtrace');
    expect(code).toBe(2);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(io.files.has('t.rtrace')).toBe(false);
  });
});

describe('the program itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringscope-cli-'));
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
  const ringscope = (...argv: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
    spawnSync(process.execPath, [join(root, 'scripts/ringscope.mjs'), ...argv], { cwd: folder, encoding: 'utf8' });

  it('does not read a device that has no end', () => {
    const endless = ringscope('record', '/dev/zero', '-o', 'a.rtrace');
    expect([endless.status, endless.stderr]).toEqual([2, expect.stringMatching(/^error: \/dev\/zero gives more than 256 MiB: [^\n]*\n$/)]);
  });

  it('records, lists through a pipe, and refuses with one line', () => {
    const record = ringscope('record', join(root, 'traces/sysenter-sysexit.img'), '-o', 'a.rtrace');
    expect([record.status, record.stderr]).toEqual([0, TAKEN]);
    const events = ringscope('events', 'a.rtrace', '--json', '--where', 'cpl');
    expect(events.status).toBe(0);
    expect(jsonLines(events.stdout).map((event) => event['via'])).toContain('sysenter');
    const piped = spawnSync(process.execPath, [join(root, 'scripts/ringscope.mjs'), 'events', '-', '--limit', '1', '--json'], { cwd: folder, input: readFileSync(join(folder, 'a.rtrace')), encoding: 'utf8' });
    expect(jsonLines(piped.stdout)).toHaveLength(1);
    for (const [argv, message] of [[['info', 'missing'], /no such file/], [['record', 'a.rtrace', '-o', 'b.rtrace'], /is itself a trace/], [['record', join(root, 'traces/triple-fault.img'), '-o', 'no/such/folder/x'], /cannot write/], [['info', '.'], /folder/]] as const) {
      const refused = ringscope(...argv);
      expect([refused.status, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toMatch(message);
      expect(refused.stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  }, 60_000);
});
