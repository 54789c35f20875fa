// Cases to bytes and back: records of case-runner.asm, the Multiboot ELF image around them, and the results the guest printed.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CODE_BYTES, END_VECTOR, FIELDS, WINDOW_BYTES, type Case, type Outcome } from './case.ts';
import { inFolder, ROOT, run } from './programs.ts';

const RUNNER = path.join(ROOT, 'test/witness/lib/case-runner.asm');
/** Where the runner and the records are loaded. */
export const RUNNER_ADDRESS = 0x10_0000, RECORDS_ADDRESS = 0x100_0000;
const RECORD_BYTES = 0x160, RESULT_BYTES = 0x110, WINDOW_IN_RESULT = 0x90;
const MARK = 'RESULTS:';
const HEADER_BYTES = 0x80, ENTRY_FIELD = 12;

/** case-runner.asm, assembled by nasm. */
export async function assembleRunner(): Promise<Buffer> {
  return inFolder(async (folder) => {
    const binary = path.join(folder, 'runner');
    const assembled = await run('nasm', ['-f', 'bin', '-o', binary, RUNNER], { cwd: folder, limitMs: 60_000 });
    if (assembled.code !== 0) throw new Error(`nasm could not assemble case-runner.asm: ${assembled.stderr.trim()}`);
    return readFileSync(binary);
  });
}

/** What lies at RECORDS_ADDRESS: the count, then a record for each case. */
export function caseRecords(cases: readonly Case[]): Buffer {
  const records = Buffer.alloc(16 + cases.length * RECORD_BYTES);
  records.writeUInt32LE(cases.length, 0);
  cases.forEach((one, index) => { writeRecord(records.subarray(16 + index * RECORD_BYTES), one); });
  return records;
}

/** The image: ELF header, then the runner (its Multiboot header first), then the records. */
export function caseImage(runner: Buffer, records: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  [2, 3].forEach((half, index) => header.writeUInt16LE(half, 16 + 2 * index));
  words(header, 20, [1, runner.readUInt32LE(ENTRY_FIELD), 52, 0, 0]);
  [52, 32, records.length === 0 ? 1 : 2].forEach((half, index) => header.writeUInt16LE(half, 40 + 2 * index));
  const segment = (at: number, offset: number, address: number, bytes: number): void => words(header, at, [1, offset, address, address, bytes, bytes, 7, 16]);
  segment(52, HEADER_BYTES, RUNNER_ADDRESS, runner.length);
  segment(84, HEADER_BYTES + runner.length, RECORDS_ADDRESS, records.length);
  return Buffer.concat([header, runner, records]);
}

function words(into: Buffer, at: number, values: readonly number[]): void {
  values.forEach((value, index) => into.writeUInt32LE(value >>> 0, at + 4 * index));
}

function writeRecord(record: Buffer, one: Case): void {
  const [eax, ecx, edx, ebx, esp, ebp, esi, edi] = one.registers as [number, number, number, number, number, number, number, number];
  words(record, 0, [edi, esi, ebp, 0, ebx, edx, ecx, eax, one.eip, one.cs, one.eflags, esp, one.ss, one.data, one.cr0, ...one.pages]);
  words(record, 0x50, [...one.descriptors, ...one.gate, one.ports]);
  for (let at = 0; at < CODE_BYTES; at += 2) record.set([0xcd, END_VECTOR], 0x80 + at);
  // INT 0x41 twice more behind the code, in step with it
  record.set([...one.code, 0xcd, END_VECTOR, 0xcd, END_VECTOR].slice(0, CODE_BYTES), 0x80);
  record.set(one.window, 0xc0);
  words(record, 0x140, [...one.stacks, one.tr, (one.codeBase ?? 0) + one.eip]);
}

/** The outcomes in what the guest printed; one cut off is left out. */
export function parseOutcomes(printed: Buffer): Outcome[] {
  const outcomes: Outcome[] = [];
  const mark = printed.indexOf(MARK);
  if (mark < 0) return [];
  for (let at = mark + MARK.length; at + RESULT_BYTES <= printed.length; at += RESULT_BYTES) {
    const fields = Object.fromEntries(FIELDS.map((name, index) => [name, printed.readInt32LE(at + 4 * index)]));
    outcomes.push({ fields, window: printed.subarray(at + WINDOW_IN_RESULT, at + WINDOW_IN_RESULT + WINDOW_BYTES) });
  }
  return outcomes;
}
