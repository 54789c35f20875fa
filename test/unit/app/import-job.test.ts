// The importing job around the importer: plain and packed logs, progress, and every failure as one line that leaves no trace behind.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { inflateRaw } from '../../../core/base/inflate.ts';
import { startImport } from '../../../core/ringscope/import.ts';
import { openTrace } from '../../../core/trace/reader.ts';
import type { ImportMessage } from '../../../app/contract/worker.ts';
import { importJob } from '../../../app/worker/import-job.ts';

const LOG = readFileSync(new URL('../../fixtures/qemu-int.log', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ringscope-import-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

let made = 0;
async function run(name: string, bytes: Uint8Array): Promise<{ readonly messages: readonly ImportMessage[]; readonly last: ImportMessage | undefined; readonly output: string }> {
  const log = join(folder, name), output = join(folder, `${String(made++)}.rtrace`);
  writeFileSync(log, bytes);
  const messages: ImportMessage[] = [];
  let time = 0;
  await importJob({ role: 'import', log, output }, { start: startImport, tell: (message) => messages.push(message), now: () => (time += 60) });
  return { messages, last: messages[messages.length - 1], output };
}

test('a log becomes a trace and a report; its lines sum up, the odd one is shown', async () => {
  const { last, output } = await run('a.log', LOG);
  if (last?.kind !== 'finished') throw new Error(JSON.stringify(last));
  const { report } = last;
  expect(report).toMatchObject({ tool: 'qemu -d int', lines: 465, unknown: [{ line: 95, text: "audio: Could not init `oss' audio driver" }] });
  expect(report.rules.reduce((sum, rule) => sum + rule.lines, 0)).toBe(465);
  expect(report.vectors.find(({ vector }) => vector === 0x80)?.records).toBe(LOG.toString('latin1').match(/ v=80 /g)?.length);
  expect(openTrace(new Uint8Array(readFileSync(output)), inflateRaw).eventCount).toBe(report.events);
});

test('a packed log gives the same content, a long one reports progress in bytes of the file', async () => {
  const plain = await run('a.log', LOG);
  const packed = await run('a.log.gz', gzipSync(LOG));
  const [one, other] = [plain.last, packed.last];
  if (one?.kind !== 'finished' || other?.kind !== 'finished') throw new Error('both are logs');
  expect(other.report.contentHash).toBe(one.report.contentHash);
  const long = await run('long.log', Buffer.concat(Array.from({ length: 120 }, () => LOG)));
  const progress = long.messages.flatMap((message) => (message.kind === 'progress' ? [message.progress] : []));
  expect(progress.length).toBeGreaterThan(1);
  expect(progress.every(({ read, size }) => read > 0 && read <= size)).toBe(true);
  expect(progress.map(({ lines }) => lines)).toEqual([...progress.map(({ lines }) => lines)].sort((a, b) => a - b));
});

test.each([
  ['empty.log', new Uint8Array(0), /empty\.log is empty/],
  ['binary.log', Uint8Array.from({ length: 5000 }, (_, index) => (index * 7) & 0xff), /binary\.log is binary data/],
  ['notes.txt', new TextEncoder().encode('just some words\n'.repeat(50)), /notes\.txt/],
  ['cut.log.gz', gzipSync(LOG).subarray(0, 900), /cut\.log\.gz is gzip data that ends too soon/],
  ['broken.log.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), /broken\.log\.gz is damaged gzip data/],
])('%s is refused in one line, and no trace is left', async (name, bytes, message) => {
  const { last, output } = await run(name, bytes);
  if (last?.kind !== 'failed') throw new Error(JSON.stringify(last));
  expect(last.message).toMatch(message);
  expect(last.message).not.toContain('\n');
  if (!name.startsWith('cut')) expect(existsSync(output)).toBe(false);
});

test('a log cut in the middle of a line is imported up to there', async () => {
  const { last } = await run('half.log', LOG.subarray(0, LOG.length - 30));
  if (last?.kind !== 'finished') throw new Error(JSON.stringify(last));
  expect(last.report.events).toBeGreaterThan(10);
});

test('a file that is not there is one line, too', async () => {
  const messages: ImportMessage[] = [];
  await importJob({ role: 'import', log: join(folder, 'gone.log'), output: join(folder, 'x.rtrace') }, { start: startImport, tell: (message) => messages.push(message), now: () => 0 });
  expect(messages.map((one) => (one.kind === 'failed' ? one.message : one.kind))).toEqual(['there is no file gone.log any more: it was moved, renamed or deleted']);
});
