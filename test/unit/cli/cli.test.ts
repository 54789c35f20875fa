// The command line on a synthetic trace: what each command prints, and the exit code and one line for everything that is refused.

import { describe, expect, it } from 'vitest';
import { RULES } from '../../../core/event/rules.ts';
import { MemoryIo, type Ran } from './memory-io.ts';
import { ROWS, syntheticTrace } from './synthetic-trace.ts';

const TRACE = syntheticTrace();
const CUT = syntheticTrace({ flushEach: true });
function io(options: { readonly terminal?: boolean } = {}): MemoryIo {
  const memory = new MemoryIo(options);
  memory.files.set('t.rtrace', TRACE);
  memory.files.set('cut.rtrace', CUT.slice(0, CUT.length - 400));
  memory.files.set('text.txt', new TextEncoder().encode('this is no trace'));
  return memory;
}
const run = (...argv: string[]): Promise<Ran> => io().run(...argv);
const jsonLines = (text: string): Record<string, unknown>[] => text.trimEnd().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
const seqs = (text: string): unknown[] => jsonLines(text).map((event) => event['seq']);

describe('events', () => {
  it('lists aligned columns, with the change of ring and a sentence', async () => {
    const { code, out, err } = await run('events', 't.rtrace');
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(ROWS.length + 1);
    expect(lines[0]).toMatch(/^seq {2}icount {2}ring {2}cs:ip/);
    expect(lines[2]).toMatch(/^ {2}1 {6}10 {2}0->3 {2}0008:0000100a {2}transition/);
    expect(new Set(lines.map((line) => line.search(/\S+$/) > 0 && line.indexOf(line.split(/ {2,}/).at(-1) ?? ''))).size).toBe(1);
    expect(out).not.toContain('\u001b');
  });

  it('colours only a terminal', async () => {
    expect((await io({ terminal: true }).run('events', 't.rtrace')).out).toContain('\u001b[31mfault');
  });

  it('prints JSON with exact 64-bit values and the names of the contract', async () => {
    const { out } = await run('events', 't.rtrace', '--json', '--where', 'fault');
    expect(jsonLines(out)).toEqual([expect.objectContaining({
      seq: 2, icount: 20, kind: 'fault', mode: 'protected', cpl: 3, cs: '0x1b', ip: '0x1014', vector: 14, mnemonic: '#PF', errorCode: '0x5', cr2: '0xffff800000000123', access: { type: 'read', user: true, implicit: false }, tlb: 'miss',
    })]);
  });

  it('filters, limits, and prints CSV that reads back', async () => {
    expect(seqs((await run('events', 't.rtrace', '--json', '--where', 'cpl')).out)).toEqual([1, 3]);
    expect(seqs((await run('events', 't.rtrace', '--json', '--where', 'eax == 0x102')).out)).toEqual([3]);
    expect(seqs((await run('events', 't.rtrace', '--json', '--limit', '2')).out)).toEqual([0, 1]);
    const { out } = await run('events', 't.rtrace', '--csv', '--where', 'console or fault');
    const [header, fault, console] = out.split('\r\n');
    expect(header).toMatch(/^seq,icount,iteration,kind,mode,cpl,cs,ip,cpu,/);
    expect(header).toContain('cr2');
    expect(fault).toContain(',0xffff800000000123,');
    expect(console).toContain('"a, ""b"""');
    expect(fault?.split(',').length).toBe(header?.split(',').length);
  });

  it('reads standard input', async () => {
    const memory = io();
    memory.files.set('-', TRACE);
    expect(seqs((await memory.run('events', '-', '--json')).out)).toHaveLength(ROWS.length);
  });
});

describe('find', () => {
  it('prints the first or last hit, and goes on from an event', async () => {
    const eip = 'msr IA32_SYSENTER_EIP';
    expect(seqs((await run('find', 't.rtrace', eip, '--json')).out)).toEqual([0]);
    expect(seqs((await run('find', 't.rtrace', eip, '--json', '--from', '0')).out)).toEqual([5]);
    expect(seqs((await run('find', 't.rtrace', eip, '--json', '--backward')).out)).toEqual([5]);
    expect(seqs((await run('find', 't.rtrace', eip, '--json', '--backward', '--from', '5')).out)).toEqual([0]);
    expect(seqs((await run('find', 't.rtrace', 'fault #PF if (cr2 == 0xffff800000000123)', '--json')).out)).toEqual([2]);
    expect((await run('find', 't.rtrace', 'kind == exit', '--backward')).out).toMatch(/^ {2}6 +40 .*exit/);
  });

  it('answers 1 when there is none, and 2 when it cannot know', async () => {
    const none = await run('find', 't.rtrace', 'fault #GP');
    expect([none.code, none.out]).toEqual([1, '']);
    expect(none.err.trimEnd().split('\n')).toHaveLength(1);
    const exec = await run('find', 't.rtrace', 'exec 0x1000');
    expect([exec.code, exec.out]).toEqual([2, '']);
    expect(exec.err).toMatch(/cannot be executed again/);
    expect((await run('find', 'cut.rtrace', 'fault #GP')).code).toBe(2);
  });
});

describe('state', () => {
  it('shows registers before and after, with the change marked', async () => {
    expect((await run('state', 't.rtrace', '--at', '2')).out).toMatch(/before event 2.*\n[\s\S]*EAX {4}00000101\*/);
    expect((await run('state', 't.rtrace', '--at', '2', '--after')).out).toMatch(/EAX {4}00000102\*/);
    const [json] = jsonLines((await run('state', 't.rtrace', '--at', '2', '--json')).out);
    expect(json).toMatchObject({ seq: 2, when: 'before', icount: 20, mode: 'protected', cpl: 0, registers: { rax: '0x101', cr0: '0x1' } });
  });

  it('finds an instruction count where an event stands, and refuses others without re-execution', async () => {
    expect(jsonLines((await run('state', 't.rtrace', '--icount', '30', '--json')).out)).toEqual([expect.objectContaining({ seq: 4, when: 'at' })]);
    const between = await run('state', 't.rtrace', '--icount', '31');
    expect(between.code).toBe(2);
    expect(between.err).toMatch(/cannot be executed again/);
  });
});

describe('info, rules and open', () => {
  it('counts events per kind and ring', async () => {
    const [info] = jsonLines((await run('info', 't.rtrace', '--json')).out);
    expect(info).toMatchObject({ events: 7, kinds: { 'fault': 1, 'transition': 2, 'msr-write': 2 }, rings: { 0: 5, 3: 2 }, isTruncated: false, icount: { first: 3, last: 40 } });
    expect(info?.['contentHash']).toMatch(/^[0-9a-f]{32}$/);
    const { out } = await run('info', 't.rtrace');
    expect(out).toContain(String(info?.['contentHash']));
    expect(out).toMatch(/msr-write +2\n/);
  });

  it('lists rules and says when none fits', async () => {
    expect((await run('rules', 'there-is-no-such-rule')).code).toBe(1);
    const { out } = await run('rules');
    for (const { title } of RULES.slice(1)) expect(out).toContain(title);
  });

  it('names the operands of a rule and where its value is read', async () => {
    expect((await run('rules', 'gate-dpl')).out).toContain('  for INT n, INT3 and INTO, CPL is not numerically greater than DPL of the gate (CPL, gate DPL)  [SDM 3A');
    const rules = jsonLines((await run('rules', '--json')).out);
    expect(rules.map((one) => one['id'])).toEqual(RULES.slice(1).map((one) => one.id));
    expect(rules.find((one) => one['id'] === 'gate-dpl')).toMatchObject({ operands: ['CPL', 'gate DPL'], reads: ['gate'] });
    expect(rules.find((one) => one['id'] === 'idt-limit')).toMatchObject({ operands: ['last byte', 'limit'], reads: ['idtr.limit'] });
  });

  it('opens the app with the trace', async () => {
    const memory = io();
    expect((await memory.run('open', 't.rtrace')).code).toBe(0);
    expect(memory.launched).toEqual(['t.rtrace']);
  });
});

describe('a trace that was cut off', () => {
  it('is listed as far as it goes, with one warning and exit code 2', async () => {
    const { code, out, err } = await run('events', 'cut.rtrace', '--json');
    expect(code).toBe(2);
    expect(seqs(out).length).toBeGreaterThan(2);
    expect(seqs(out).length).toBeLessThanOrEqual(ROWS.length);
    expect(err).toMatch(/^warning: cut.rtrace: .*cut off[^\n]*\n$/);
    for (const argv of [['state', 'cut.rtrace', '--at', '99'], ['find', 'cut.rtrace', 'fault #GP'], ['events', 'cut.rtrace', '--where', 'cpl 3-']]) {
      const refused = await run(...argv);
      expect([refused.code, refused.out]).toEqual([2, '']);
      expect(refused.err).toMatch(/^error: [^\n]*\n$/);
    }
    const info = await run('info', 'cut.rtrace', '--json');
    expect([info.code, jsonLines(info.out)[0]]).toEqual([2, expect.objectContaining({ isTruncated: true, contentHash: null })]);
  });
});

describe('refusals are one line that says what to do, and exit code 2', () => {
  it.each<[string[], RegExp]>([
    [['events', 'missing.rtrace'], /no such file/], [['info', 'text.txt'], /text\.txt/], [['events', 't.rtrace', '--where', 'cpl 3-'], /column 6/],
    [['find', 't.rtrace', 'falt'], /did you mean "fault"/], [['record', 'missing.img', '-o', 'x'], /no such file/], [['record', 'text.txt'], /-o OUT/],
    [['record', 'text.txt', '-o', 'x'], /text file/], [['record', 'text.txt', '-o', '/forbidden/x', '--format', 'flat'], /permission denied/], [['record', 'text.txt', '-o', 'text.txt'], /image itself/],
    [['record', 'text.txt', '-o', 'x', '--format', 'pvh'], /not an ELF file/], [['record', 'text.txt', '-o', 'x', '--format', 'rom'], /multiple of 4096/], [['record', 'text.txt', '-o', 'x', '--format', 'boot'], /at least one sector/], [['record', 'text.txt', '-o', 'x', '--initrd', 'y', '--format', 'flat'], /kernels with a boot protocol/], [['record', 'text.txt', '-o', 'x', '--port-log', 'y'], /PORT=FILE/], [['record', 'text.txt', '-o', 'x', '--port-log', '0x10000=y'], /0xffff/],
    [['record', 'text.txt', '-o', 'x', '--port-log', '1=x'], /a file of its own/], [['record', 'text.txt', '-o', 'x', '--port-log', '1=y', '--port-log', '1=z'], /twice/],
    [['record', 'text.txt', '-o', 'x', '--filter', 'exec 5'], /no event that could be kept/], [['record', 'text.txt', '-o', 'x', '--memory', 'lots'], /not a size/],
    [['record', 'text.txt', '-o', 'x', '--cpu', 'z80'], /no processor model "z80": give 486, pentium, p6, modern/], [['record', 'text.txt', '-o', '-', '--console', '-'], /another/],
    [['events'], /needs TRACE/], [['events', 't.rtrace', 'more'], /does not know what to do/], [['events', 't.rtrace', '--wher', 'cpl'], /no option --wher/], [['events', 't.rtrace', '--limit'], /needs a value/],
    [['events', 't.rtrace', '--limit', 'x'], /whole number/], [['events', 't.rtrace', '--where', 'exec 0x1000'], /find/], [['events', 't.rtrace', '--json', '--csv'], /exclude/], [['find', 't.rtrace'], /needs EXPR/],
    [['find', 't.rtrace', 'cpl', '--from', '99'], /no such event/], [['state', 't.rtrace'], /--at SEQ/], [['state', 't.rtrace', '--at', '99'], /0 to 6/], [['state', 't.rtrace', '--icount', '3', '--after'], /--after/],
    [['find', 't.rtrace', 'read 0x1000'], /not available yet/], [['diff', 'a', 'b'], /not available yet/], [['evnts'], /did you mean "events"/], [['--what'], /no option --what/], [['open', '-'], /standard input/],
  ])('%j', async (argv, message) => {
    const { code, out, err } = await run(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err.endsWith('\n')).toBe(true);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('stay short for a long expression', async () => {
    const { code, err } = await run('events', 't.rtrace', '--where', `${'('.repeat(3000)}cpl`);
    expect([code, err.length < 500]).toEqual([2, true]);
  });

  it('show the stack only with --debug', async () => {
    expect((await run('events', 'missing.rtrace', '--debug')).err).toMatch(/\n\s+at /);
  });
});

describe('help', () => {
  it('stands everywhere', async () => {
    const overview = await run('--help');
    expect(overview.code).toBe(0);
    for (const name of ['record', 'info', 'events', 'find', 'state', 'verify', 'rules', 'open']) {
      expect(overview.out).toContain(`  ${name}`);
      const help = await run(name, '--help');
      expect([help.code, help.err]).toEqual([0, '']);
      expect(help.out).toMatch(new RegExp(`^usage: ringscope ${name}`));
      for (const line of help.out.split('\n')) expect(line.length).toBeLessThanOrEqual(140);
    }
    expect((await run()).code).toBe(2);
    expect((await run('--version')).out).toBe('ringscope 0.0-test\n');
  });
});
