// `ringscope walk` and `ringscope who`: what they print of a recorded sample, as text and JSON, their exit codes, and one line for what is refused.

import { describe, expect, it } from 'vitest';
import { removeParts } from '../../../core/trace/remove-parts.ts';
import { deflate, inflate, record, scenario } from '../ringscope/recorded.ts';
import { MemoryIo, type Ran } from './memory-io.ts';
import { syntheticTrace } from './synthetic-trace.ts';

const PAGING = record(scenario('demand-paging')).bytes;
const BARE = removeParts(PAGING, ['image', 'checkpoint'], { inflate, deflate });

function run(...argv: string[]): Promise<Ran> {
  const memory = new MemoryIo();
  memory.files.set('p.rtrace', PAGING);
  memory.files.set('bare.rtrace', BARE);
  memory.files.set('t.rtrace', syntheticTrace());
  return memory.run(...argv);
}
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('walk', () => {
  it('prints every level with its writer, the refusal and the TLB', async () => {
    const { code, out, err } = await run('walk', 'p.rtrace', '--at', '7', '0x408123');
    expect([code, err]).toEqual([0, '']);
    expect(out.replaceAll(/0x10[0-9a-f]{4}\b/g, '0x10....').replaceAll(/\+0x[0-9a-f]+/g, '+0x..')).toBe([
      'walk of 0x408123 before event 7 (recorded)',
      '  page directory entry  0x10.... at 0x10....  P R/W U/S A  rights so far urwx',
      '      written by ring 0 at build_page_tables+0x.. (0x10....), before event 3: 0x0 -> 0x10....',
      '  page table entry      0x200206 at 0x10....  R/W U/S  not present',
      '      written by ring 0 at write_lazy_entry_0 (0x10....), before event 3: 0x0 -> 0x200206',
      '  refused by page-table-present, which demands: the page-table entry is present',
      '  TLB: the page is not in it',
      '',
    ].join('\n'));
  });

  it('walks any address at any event, by symbol too', async () => {
    expect((await run('walk', 'p.rtrace', '--at', 'end', 'user_program')).out).toMatch(/^walk of 0x400000 at the end \(re-executed\)\n[^]*takes away w\n[^]*0x400000 is 0x400000, rights ur-x\n/);
    expect((await run('walk', 'p.rtrace', '--at', '0', '0x1000')).out).toContain('paging is off: the physical address is 0x1000');
  });

  it('prints JSON with the levels as events print them', async () => {
    const walk = json((await run('walk', 'p.rtrace', '--at', '7', '0x408123', '--json')).out);
    const event = json((await run('find', 'p.rtrace', 'fault #PF', '--json')).out);
    expect(walk).toMatchObject({ seq: 7, address: '0x408123', verdict: event['verdict'] as object, physical: null, tlb: { outcome: 'miss' }, basis: 'record' });
    const levels = walk['walk'] as Record<string, unknown>[], recorded = event['walk'] as Record<string, unknown>[];
    expect(levels).toHaveLength(2);
    levels.forEach((level, index) => { expect({ ...recorded[index], lastWriter: level['lastWriter'], took: level['took'], reserved: [], sets: [] }).toEqual(level); });
    expect(levels[1]!['lastWriter']).toMatchObject({ by: 'cpu', seq: null, nextSeq: 3, before: '0x0', after: '0x200206' });
  });

  it('shows what is recorded when nothing can be executed again', async () => {
    expect((await run('walk', 'bare.rtrace', '--at', '7', '0x408123')).out).toMatch(/last writer absent: .*cannot be executed again/);
    expect(await run('walk', 'bare.rtrace', '--at', '7', '0x400000')).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^error: .*cannot be executed again.*\n$/) as string });
  });
});

describe('who', () => {
  const first = async (...what: string[]): Promise<string> => (await run('who', 'p.rtrace', '--at', '15', ...what)).out;

  it('names the writer of bytes, entries and registers', async () => {
    expect(await first('pte[0x408000]')).toMatch(/^the page table entry of 0x408000 before event 15 is 0x200227\n {2}written at event 9 by ring 0 at kernel_entry_page_fault\+0x[0-9a-f]+ \(0x[0-9a-f]+\): 0x200206 -> 0x200207 \[re-executed\]\n$/);
    expect(await first('idt[14]')).toMatch(/^gate 0xe of the IDT before event 15 is 0x[0-9a-f]+: 32-bit interrupt gate to .*\n {2}set by the image's loader: /);
    expect(await first('tss.esp0')).toMatch(/^esp0 of the TSS before event 15 is 0x107000: stack pointer loaded on entry to ring 0\n/);
    expect(await first('cr3')).toMatch(/^cr3 before event 15 is 0x102000\n {2}written at event 3 by ring 0 at enable_paging\+0x[0-9a-f]+ \(.*\): 0x0 -> 0x102000 \[recorded\]\n$/);
    expect(await first('user_program', '--length', '8')).toMatch(/^8 bytes at 0x400000 before event 15 is 0x[0-9a-f]+\n {2}set by the image's loader/);
  });

  it('lists a history, newest first', async () => {
    const lines = (await first('pte[0x408000]', '--history')).trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/ by ring.*: /, ' … '))).toEqual([
      'the page table entry of 0x408000 before event 15 is 0x200227', '  written at event 9 … 0x200206 -> 0x200207', '  written … 0x0 -> 0x200206', '  set by the image\'s loader: 0x0', '  [re-executed]',
    ]);
    expect(await first('esp', '--history')).toContain('  and more before these\n');
  });

  it('prints JSON', async () => {
    expect(json(await first('pte[0x408000]', '--json', '--history'))).toMatchObject({
      seq: 15, physical: '0x104020', linear: null, length: 4, value: '0x200227', basis: 're-execution', more: false,
      lastWriter: { by: 'cpu', seq: 9, cpl: 0, before: '0x200206', after: '0x200207' }, symbol: expect.stringMatching(/^kernel_entry_page_fault\+/) as string, at: { seq: 9, iteration: 0 },
      history: [{ lastWriter: { seq: 9 } }, { lastWriter: { seq: null, nextSeq: 3 } }, { lastWriter: { by: 'loader' }, at: null }],
    });
  });

  it('exits 1 when nobody wrote it, 2 when nobody can know', async () => {
    expect(await run('who', 'p.rtrace', '--at', '7', 'phys:0x700000')).toMatchObject({ code: 1, out: expect.stringContaining('never written: zero since the machine started') as string });
    expect(await run('who', 'bare.rtrace', '--at', '7', 'phys:0x700000')).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^error: .*record it anew\n$/) as string });
    expect((await run('who', 'bare.rtrace', '--at', '15', 'cr3')).code).toBe(0);
  });
});

describe('refusals are one line with exit code 2', () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['walk', 'p.rtrace', '0x1000'], /needs --at SEQ/], [['walk', 'p.rtrace', '--at', '7'], /needs ADDRESS/], [['walk', 'p.rtrace', '--at', '99', '0x1000'], /there is no event 99/],
    [['walk', 'p.rtrace', '--at', '7', 'nobody'], /neither a 32-bit address nor a symbol/], [['walk', 't.rtrace', '--at', '1', '0x1000'], /cannot be executed again/],
    [['who', 'p.rtrace', 'eax'], /needs --at SEQ/], [['who', 'p.rtrace', '--at', '7'], /needs WHAT/], [['who', 'p.rtrace', '--at', '7', 'nobody'], /neither a 32-bit address nor a symbol of this trace: give an address/],
    [['who', 'p.rtrace', '--at', '7', '0x1000', '--length', '65'], /give 1 to 64/], [['who', 'p.rtrace', '--at', '7', 'gdt[99]'], /the GDT ends before entry 99/],
    [['who', 'p.rtrace', '--at', '7', '0x90000000'], /no page is mapped at 0x90000000/], [['who', 't.rtrace', '--at', 'last-fault', 'phys:0x1000'], /cannot be executed again/],
  ];
  for (const [argv, message] of cases) {
    it(argv.join(' '), async () => {
      const { code, out, err } = await run(...argv);
      expect([code, out, err.trimEnd().split('\n').length]).toEqual([2, '', 1]);
      expect(err).toMatch(message);
    });
  }
});
