// Cases to bytes and back: records of case-runner.asm, the Multiboot ELF image around them, and the results the guest printed.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CODE, CODE_BYTES, END_VECTOR, FIELDS, LOW_CODE, LOW_STUB, STUB, WINDOW_BYTES, windowOf, type Case, type Entry, type Outcome } from './case.ts';
import {
  BASELINE_ADDRESS, BITMAP_OFFSET, baseline, CODE_TABLE, GDT, IDT, IDTR, LDT, LDT_AT, LOW_TABLE, PAGE_DIRECTORY, REAL_IDTR, realVectors, RUNNER_ADDRESS, SYSTEM, TABLES_BYTES, TEST_SELECTOR,
  TEST_TABLE, TSS16_AT, TSS_AT, type Stubs,
} from './case-world.ts';
import { inFolder, ROOT, run } from './programs.ts';

const LIB = path.join(ROOT, 'test/witness/lib/');
export const RECORDS_ADDRESS = 0x100_0000;
const MARK = 'RESULTS:';
/** The ELF header and three program headers. */
const HEADER_BYTES = 0x100;
/** The runner's header: entry point, stubs of protected and real-address mode, where the records are. */
const ENTRY_FIELD = 12, STUBS_FIELD = 16, REAL_STUBS_FIELD = 20, RECORDS_FIELD = 24;
const ENTRIES: Readonly<Record<Entry, number>> = { iret: 0, real: 1, ring0: 2 };
const TEST_GATE = 0x60;
const FILL = 0x8000_0000, COPY = 0x4000_0000, END_WORD = 0x41cd_41cd;

export interface Runner { readonly code: Buffer; readonly stubs: Stubs }

/** case-runner.asm, assembled by nasm. */
export async function assembleRunner(): Promise<Runner> {
  return inFolder(async (folder) => {
    const binary = path.join(folder, 'runner');
    const assembled = await run('nasm', ['-f', 'bin', '-I', LIB, '-o', binary, path.join(LIB, 'case-runner.asm')], { cwd: folder, limitMs: 60_000 });
    if (assembled.code !== 0) throw new Error(`nasm could not assemble case-runner.asm: ${assembled.stderr.trim()}`);
    const code = readFileSync(binary);
    code.writeUInt32LE(RECORDS_ADDRESS, RECORDS_FIELD);
    return { code, stubs: { protected: code.readUInt32LE(STUBS_FIELD), real: code.readUInt32LE(REAL_STUBS_FIELD) } };
  });
}

/** What lies at RECORDS_ADDRESS: a record for each case, then 0. */
export function caseRecords(cases: readonly Case[], stubs: Stubs): Buffer {
  const records = [...cases.map((one) => recordOf(one, stubs)), [0]];
  const all = Buffer.alloc(4 * records.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const word of records.flat()) at = all.writeUInt32LE(word >>> 0, at);
  return all;
}

/** The image: ELF header, then the runner (its Multiboot header first), the baseline, the records. */
export function caseImage({ code, stubs }: Runner, cases: readonly Case[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const words = (at: number, values: readonly number[]): void => { values.forEach((value, index) => header.writeUInt32LE(value, at + 4 * index)); };
  const parts = [{ address: RUNNER_ADDRESS, bytes: code }, { address: BASELINE_ADDRESS, bytes: baseline(stubs) }, { address: RECORDS_ADDRESS, bytes: caseRecords(cases, stubs) }];
  [2, 3].forEach((half, index) => header.writeUInt16LE(half, 16 + 2 * index));
  words(20, [1, code.readUInt32LE(ENTRY_FIELD), 52, 0, 0]);
  [52, 32, parts.length].forEach((half, index) => header.writeUInt16LE(half, 40 + 2 * index));
  let offset = HEADER_BYTES;
  parts.forEach(({ address, bytes }, index) => {
    words(52 + 32 * index, [1, offset, address, address, bytes.length, bytes.length, 7, 16]);
    offset += bytes.length;
  });
  return Buffer.concat([header, ...parts.map(({ bytes }) => bytes)]);
}

/** The words of a record; what they are is in case-runner.asm. */
function recordOf(one: Case, stubs: Stubs): number[] {
  const [eax, ecx, edx, ebx, esp, ebp, esi, edi] = one.registers as [number, number, number, number, number, number, number, number];
  const [es, ds, fs, gs] = one.segments ?? [one.data, one.data, one.data, one.data];
  const isProtected = one.entry !== 'real' && (one.eflags & 0x2_0000) === 0;
  const [limit, base] = one.idtr ?? (one.entry === 'real' ? REAL_IDTR : IDTR);
  const loaded = isProtected ? [es!, fs!, gs!, ds!, 0] : one.limits ?? [0, 0, 0, 0, 0];
  const rest = [
    ENTRIES[one.entry ?? 'iret'], edi, esi, ebp, 0, ebx, edx, ecx, eax, one.eip, one.cs, one.eflags, esp, one.ss, es!, ds!, fs!, gs!, ...loaded,
    one.cr0, one.cr3 ?? PAGE_DIRECTORY, one.cr4 ?? 0x10, one.tr, LDT, limit << 16, base, ...(one.debug ?? [0, 0, 0, 0, 0, 0]), one.efer ?? 0, ...memoryOf(one, stubs), ...watchesOf(one).flatMap(({ at, bytes }) => [at, bytes]), 0, 0,
  ];
  return [4 * (rest.length + 1), ...rest];
}

/** What memory holds when the case begins. */
function memoryOf(one: Case, stubs: Stubs): number[] {
  const [code, stub] = one.isLow === true ? [LOW_CODE, LOW_STUB] : [CODE, STUB];
  const window = windowOf(one);
  const copy = (at: number, bytes: number): number[] => [at, COPY | (bytes >> 2), BASELINE_ADDRESS + at - SYSTEM];
  const fill = (at: number, bytes: number, word: number): number[] => [at, FILL | (bytes >> 2), word];
  const set = (at: number, words: readonly number[]): number[] => [at, words.length, ...words];
  // INT 0x41 behind the code, in step with it
  const filling = [...one.code, 0xcd, END_VECTOR, 0xcd, END_VECTOR].slice(0, CODE_BYTES);
  while (filling.length < CODE_BYTES) filling.push(0xcd, END_VECTOR);
  return [
    ...copy(GDT, TABLES_BYTES), ...copy(PAGE_DIRECTORY, 16), ...copy(CODE_TABLE, 0x50 * 4), ...copy(LOW_TABLE, 0x210 * 4), ...(one.cr4 === undefined ? [] : copy(SYSTEM + 0x5000, 0x6000)),
    ...set(GDT + TEST_SELECTOR, one.descriptors), ...set(LDT_AT, one.descriptors), ...set(IDT + 8 * TEST_GATE, one.gate),
    ...set(TSS_AT + 12, one.stacks), ...set(TSS16_AT + 4, stacks16(one.stacks)), ...set(TSS_AT + BITMAP_OFFSET + 0xe0 / 8, [one.ports]),
    ...set(PAGE_DIRECTORY + 8, one.pages.slice(0, 1)), ...set(TEST_TABLE, one.pages.slice(1)),
    ...(one.entry === 'real' || one.isLow === true ? set(0, realVectors(stubs)) : []),
    ...fill(code, 0x1080, END_WORD), ...fill(stub, 16, END_WORD), ...fill(window & ~0xfff, 0x2000, 0),
    ...set((one.codeBase ?? 0) + one.eip, wordsOf(filling.slice(0, CODE_BYTES))), ...set(window, wordsOf([...one.window])),
    ...(one.patches ?? []).flatMap(({ at, bytes }) => set(at, wordsOf(bytes))), 0, 0,
  ];
}

/** SS0 (as it is), then pointers and SS of rings 1 and 2, as the 16-bit TSS has them. */
function stacks16(stacks: readonly number[]): number[] {
  return [0x70 | (stacks[0]! << 16), (stacks[1]! & 0xffff) | (stacks[2]! << 16), stacks[3]! & 0xffff];
}

function wordsOf(bytes: readonly number[]): number[] {
  return Array.from({ length: bytes.length >> 2 }, (_, index) => [0, 1, 2, 3].reduce((sum, at) => sum | (bytes[4 * index + at]! << (8 * at)), 0));
}

/** What is printed of a case: descriptors, page entries, the window last. */
function watchesOf(one: Case): { readonly at: number; readonly bytes: number; readonly names: readonly string[] }[] {
  const numbered = (name: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${name}${index}`);
  const pairs = (low: string, high: string): string[] => [0, 1, 2, 3].flatMap((index) => [`${low}${index}`, `${high}${index}`]);
  const words = (at: number, names: readonly string[]) => ({ at, bytes: 4 * names.length, names });
  return [
    words(GDT + TEST_SELECTOR, pairs('descriptor', 'rights')), words(PAGE_DIRECTORY + 8, ['pde']), words(TEST_TABLE, numbered('pte', 4)), words(LDT_AT, pairs('localDescriptor', 'local')),
    ...(one.watches ?? []).map((watch) => words(watch.at, numbered(watch.name, watch.words))), { at: windowOf(one), bytes: WINDOW_BYTES, names: [] },
  ];
}

/** The outcomes of the cases in what the guest printed; one cut off, and those behind it, are left out. */
export function parseOutcomes(printed: Buffer, cases: readonly Case[]): Outcome[] {
  const outcomes: Outcome[] = [];
  const mark = printed.indexOf(MARK);
  if (mark < 0) return [];
  let at = mark + MARK.length;
  for (const one of cases) {
    const names = [...FIELDS, ...watchesOf(one).flatMap((watch) => watch.names)];
    const end = at + 4 * names.length + WINDOW_BYTES;
    if (end > printed.length) break;
    const from = at;
    outcomes.push({ fields: Object.fromEntries(names.map((name, index) => [name, printed.readInt32LE(from + 4 * index)])), window: printed.subarray(end - WINDOW_BYTES, end) });
    at = end;
  }
  return outcomes;
}
