// What `ringscope explain --at last-fault` says of every scenario with a fault, word for word in traces/NAME.explain.txt (UPDATE_GOLDEN=1
// rewrites them; read them as prose). For the rows of the table of complaints: one failing check, its rule, the value and where
// it was read, the last writer at the address nasm's map gives the label, one remedy, all in at most 60 words.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readNasmMap } from '../../../core/symbols/map-files.ts';
import type { NameTable } from '../../../core/symbols/name-table.ts';
import { ROOT } from '../../witness/lib/programs.ts';
import { MemoryIo, type Ran } from '../cli/memory-io.ts';
import { open } from '../ringscope/recorded.ts';

const folder = path.join(ROOT, 'traces');
const names = readdirSync(folder).filter((file) => file.endsWith('.rtrace')).map((file) => file.slice(0, -7)).sort();
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const WORDS_MAX = 60;
const NO_FAULT = 1;

function explain(name: string, ...options: readonly string[]): Promise<Ran> {
  const memory = new MemoryIo();
  memory.files.set(`traces/${name}.rtrace`, readFileSync(path.join(folder, `${name}.rtrace`)));
  return memory.run('explain', `traces/${name}.rtrace`, '--at', 'last-fault', ...options);
}

describe.each(names)('%s', (name) => {
  it('is explained as its file says', async () => {
    const file = path.join(folder, `${name}.explain.txt`);
    const { code, out, err } = await explain(name);
    if (code === NO_FAULT) {
      expect(existsSync(file), `${name} has no fault to explain`).toBe(false);
      return;
    }
    expect([code, err]).toEqual([0, '']);
    if (UPDATE) writeFileSync(file, out);
    expect(existsSync(file), 'no golden; make it with UPDATE_GOLDEN=1').toBe(true);
    expect(out).toBe(readFileSync(file, 'utf8'));
    promises(JSON.parse((await explain(name, '--json')).out) as Answer);
  });
});

/** What every explanation keeps: one failing check, its rule, the value and one remedy in at most 60 words. */
function promises({ steps, value, consequence, remedy }: Answer): void {
  const failed = steps.filter(({ outcome }) => outcome === 'fail');
  expect(failed).toHaveLength(1);
  expect(consequence).toContain(failed[0]?.rule);
  expect(consequence).toContain(value.value);
  expect(remedy).toMatch(/\w/);
  expect(consequence.toLowerCase()).toContain((remedy ?? '').toLowerCase());
  expect(consequence.split(/\s+/).length).toBeLessThanOrEqual(WORDS_MAX);
}

/** Row of PRODUCT.md's table, scenario, the rule its last fault fails, what is read, and the label of the instruction that wrote it. */
const SUBJECTS = [
  { row: 1, name: 'triple-fault', rule: 'idt-limit', reads: 'IDTR limit', writer: 'load_wrong_idt' },
  { row: 3, name: 'selector-error-code', rule: 'data-type', reads: 'GDT entry 6 (selector 0x30)', writer: 'write_access_byte' },
  { row: 4, name: 'stale-ss', rule: 'iret-ss-rpl', reads: 'the SS slot of the frame', writer: 'push_ss_slot' },
  { row: 7, name: 'sysenter-msrs', rule: 'sysenter-cs-set', reads: 'IA32_SYSENTER_CS', writer: 'write_stack_msr' },
  { row: 9, name: 'page-rights', rule: 'page-user', reads: 'the page-directory entry of 0x800000', writer: 'write_directory_entry' },
  { row: 10, name: 'nx-without-nxe', rule: 'page-table-nxe', reads: 'the page-table entry of 0x403ffc', writer: 'write_stack_entry' },
  { row: 11, name: 'smap-refault', rule: 'page-smap', reads: 'CR4', writer: 'write_cr4' },
  { row: 12, name: 'kernel-stack-overflow', rule: 'page-table-present', reads: 'the page-table entry of 0x105ffc', writer: 'unmap_guard' },
  { row: 13, name: 'tss-not-ready', rule: 'inner-ss-not-null', reads: 'the ss0 field of the TSS', writer: 'clear_tss' },
  { row: 14, name: 'gate-dpl', rule: 'gate-dpl', reads: 'IDT gate 0x81', writer: 'write_gate_access' },
  { row: 15, name: 'idt-not-mapped', rule: 'page-table-present', reads: 'the page-table entry of 0x107040', writer: 'unmap_guard' },
  { row: 16, name: 'unremapped-pic', rule: 'iret-cs-table-limit', reads: 'the CS slot of the frame', writer: 'user_program' },
  { row: 17, name: 'error-code-left', rule: 'iret-cs-table-limit', reads: 'the CS slot of the frame', writer: 'first_touch' },
  { row: 19, name: 'missing-invlpg', rule: 'page-user-writable', reads: 'the page-table entry of 0x411000', writer: 'set_writable' },
  { row: 20, name: 'corrupted-page-table', rule: 'page-table-present', reads: 'the page-table entry of 0x801000', writer: 'copy_character' },
] as const;

/** The scenarios whose bad entry was written before its table was in use: by no event, so only executing again can tell. */
const BEFORE_USE = ['page-rights', 'nx-without-nxe', 'kernel-stack-overflow', 'tss-not-ready', 'gate-dpl', 'idt-not-mapped'];

interface Answer {
  readonly event: { readonly seq: number };
  readonly steps: readonly { readonly rule: string; readonly outcome: string; readonly accesses: readonly { readonly physical: string }[] }[];
  readonly value: { readonly name: string; readonly value: string; readonly from: { readonly kind: string; readonly physical?: string; readonly register?: string } };
  readonly lastWriter: { readonly by: string; readonly ip: string; readonly seq: number | null };
  readonly writerSymbol: string; readonly remedy: string | null; readonly remedies: readonly string[]; readonly consequence: string;
}

const hasNasm = !spawnSync('nasm', ['-v']).error;
const hex = (value: number): string => `0x${value.toString(16)}`;

/** The symbols of a scenario by nasm's own map file. */
function mapOf(name: string): NameTable {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'ringscope-map-'));
  try {
    const map = path.join(scratch, 'map');
    spawnSync('nasm', ['-f', 'bin', '-I', 'traces/', '--before', `[map symbols ${map}]`, '-o', path.join(scratch, 'image'), `traces/${name}.asm`], { cwd: ROOT });
    const symbols = readNasmMap(readFileSync(map));
    if (symbols === null) throw new Error(`nasm wrote no symbols for ${name}`);
    return symbols;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

it('covers the rows of the table that have a scenario of their own', () => {
  expect(SUBJECTS.map(({ row }) => row)).toEqual([1, 3, 4, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20]);
});

describe.each(SUBJECTS)('row $row, $name', ({ name, rule, reads, writer }) => {
  let answer: Answer;
  beforeAll(async () => { answer = JSON.parse((await explain(name, '--json')).out) as Answer; });

  it('has one failing check', () => {
    expect(answer.steps.filter(({ outcome }) => outcome === 'fail').map((step) => step.rule)).toEqual([rule]);
  });

  it('names the value and where it was read', () => {
    expect(answer.value.name).toBe(reads);
    expect(answer.value.from.kind === 'memory' ? answer.value.from.physical : answer.value.from.register).toMatch(/\w/);
  });

  it('names the last writer by its label', (context) => {
    expect(answer.lastWriter.by).toBe('cpu');
    expect(answer.writerSymbol).toBe(writer);
    if (!hasNasm && process.env['CI'] !== 'true') context.skip('nasm is not installed: no map to compare with');
    expect(answer.lastWriter.ip).toBe(hex(mapOf(name).addressOf(writer) ?? -1));
  });

  it('says where the value was read and who wrote it, within the 60 words', () => {
    for (const part of [answer.value.from.physical ?? answer.value.name, writer]) expect(answer.consequence).toContain(part);
  });

  it('proposes changes with which the check passes', async () => {
    const { reader, reexecutor } = open(readFileSync(path.join(folder, `${name}.rtrace`)));
    const { icount, iteration, seq } = reader.event(answer.event.seq);
    for (const change of answer.remedies) {
      const reply = await reexecutor?.ask({ kind: 'try', at: { icount: icount ?? 0, iteration: iteration ?? 0, seq }, change, attempts: 1 });
      if (reply?.kind !== 'tried') throw new Error(`${change}: ${JSON.stringify(reply)}`);
      expect(reply.events.filter((event) => event.kind === 'fault' && event.rule === rule), change).toEqual([]);
    }
  });

  if (BEFORE_USE.includes(name)) it('was written before its table was in use: no event is the write', () => {
    expect(answer.lastWriter.seq).toBeNull();
  });
});
