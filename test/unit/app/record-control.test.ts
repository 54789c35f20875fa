// The memory main and a recording worker share: inputs come in order and whole, however the ring wraps; and a guest is given them for real.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newControlMemory, RecordControl } from '../../../app/contract/record-control.ts';
import type { RecordMessage } from '../../../app/contract/worker.ts';
import { recordJob } from '../../../app/worker/record-job.ts';
import { startRecording } from '../../../core/ringscope/record.ts';
import { ECHOES } from '../machine/input-guests.ts';
import { open } from '../ringscope/recorded.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

test('inputs come in order and whole, however often the ring wraps', () => {
  const memory = newControlMemory(), main = new RecordControl(memory), worker = new RecordControl(memory);
  for (let round = 0; round < 500; round += 1) {
    const texts = [`+Key${String(round)}`, 'x'.repeat(round % 200)];
    expect(main.give({ device: 'keyboard', bytes: bytesOf(texts[0]!) })).toBe(true);
    expect(main.give({ device: 'com1', bytes: bytesOf(texts[1]!) })).toBe(true);
    expect(worker.take().map(({ device, bytes }) => [device, Buffer.from(bytes).toString('latin1')])).toEqual([['keyboard', texts[0]], ['com1', texts[1]]]);
  }
});

test('what does not fit is refused, and nothing of it comes', () => {
  const memory = newControlMemory(), main = new RecordControl(memory), worker = new RecordControl(memory);
  expect(main.give({ device: 'com1', bytes: new Uint8Array(257) })).toBe(false);
  let given = 0;
  while (main.give({ device: 'com1', bytes: new Uint8Array(256) })) given += 1;
  expect(given).toBeGreaterThan(10);
  expect(worker.take()).toHaveLength(given);
});

test('a guest that waits is woken by what is given, a paused one waits until it is let go on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringscope-live-'));
  try {
    const image = join(folder, 'guest.img'), output = join(folder, 'out.rtrace');
    writeFileSync(image, ECHOES);
    const memory = newControlMemory(), main = new RecordControl(memory);
    const messages: RecordMessage[] = [];
    let time = 0, isPausedSeen = false;
    recordJob({ role: 'record', image, files: [], output, options: { format: 'flat', memory: 1 << 22, live: true }, control: memory }, {
      start: startRecording, now: () => (time += 60),
      tell: (message) => {
        messages.push(message);
        if (message.kind !== 'progress') return;
        if (message.progress.state === 'paused') { isPausedSeen = true; main.pause(false); main.give({ device: 'com1', bytes: bytesOf('q') }); }
        else if (message.progress.state === 'waits' && !isPausedSeen) main.pause(true);
      },
    });
    expect(isPausedSeen).toBe(true);
    expect(messages.at(-1)).toEqual({ kind: 'finished' });
    expect(messages.at(-2)).toMatchObject({ progress: { console: 'name? q' } });
    expect(open(readFileSync(output)).reader.inputs()).toMatchObject([{ device: 'com1' }]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
