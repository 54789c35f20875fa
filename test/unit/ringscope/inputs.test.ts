// Inputs: given by a script or a person, kept with the recording, and given again at the same boundaries. The guests: input-guests.ts.

import { describe, expect, it, vi } from 'vitest';
import { parseInputScript } from '../../../core/event/input-script.ts';
import { describeEnd } from '../../../core/machine/run-end.ts';
import { startRecording, type Recording, type RecordSummary } from '../../../core/ringscope/record.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { planWhatIf } from '../../../core/ringscope/whatif.ts';
import { ECHOES, ECHOES_AND_TICKS, POLLS, SLEEPS_MASKED } from '../machine/input-guests.ts';
import { deflate, open, record, type Wishes } from './recorded.ts';

vi.setConfig({ testTimeout: 60_000 });

const ALL = { format: 'flat', memoryBytes: 0x40_0000, maxInstructions: 3_000_000 } as const;
const scripted = (text: string, wishes: Wishes = {}): Wishes => ({ ...ALL, givers: { script: parseInputScript(text) }, ...wishes });
const shownOf = (bytes: Uint8Array): readonly string[] => {
  const { reader } = open(bytes);
  return Array.from({ length: reader.eventCount }, (_, seq) => reader.event(seq)).flatMap((event) => {
    switch (event.kind) {
      case 'input': return [`${event.device} ${JSON.stringify(event.data)}`];
      case 'console': return [`prints ${JSON.stringify(event.text)}`];
      case 'halt': return [`halt wake=${String(event.wake)}`];
      case 'exit': return [`exit ${String(event.value)}`];
      default: return [];
    }
  });
};
const isReproduced = async (bytes: Uint8Array): Promise<string> => (await verifyRecording(open(bytes))).sentence;
const SOUND = /^the file is sound and .* reproduced exactly$/;

/** A recording with a person there: what is given, by slice. */
function live(image: Uint8Array, wishes: Wishes = {}): { readonly recording: Recording; readonly finish: () => { readonly bytes: Uint8Array; readonly summary: RecordSummary } } {
  const chunks: Uint8Array[] = [];
  let time = 0;
  const recording = startRecording({ image, name: 'test', deflate, sink: (bytes) => { chunks.push(bytes.slice()); }, now: () => (time += 1), ...ALL, givers: { isLive: true }, ...wishes });
  return { recording, finish: () => { const summary = recording.finish(); return { bytes: Buffer.concat(chunks), summary }; } };
}
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('a guest that sleeps until a byte comes', () => {
  it('waits in vain when nobody gives one: the end says so, and what it printed is an event', async () => {
    const { bytes, summary } = record(ECHOES, ALL);
    expect(summary.end).toEqual({ kind: 'waiting' });
    expect(describeEnd(summary.end)).toMatch(/until an input comes/);
    expect(summary.notes.at(-1)).toMatch(/--input/);
    expect(shownOf(bytes)).toEqual(['halt wake=true', 'prints "name? "']);
    expect(await isReproduced(bytes)).toMatch(SOUND);
  });

  it('is woken by what a script sends', async () => {
    const { bytes, summary, console } = record(ECHOES, scripted('send "abq"'));
    expect(summary).toMatchObject({ end: { kind: 'exit', value: 0x71 }, notes: [] });
    expect(console).toBe('name? abq');
    expect(shownOf(bytes)).toEqual(['com1 "abq"', 'halt wake=true', 'prints "name? "', 'halt wake=true', 'prints "a"', 'halt wake=true', 'prints "b"', 'prints "q"', 'exit 113']);
    expect(await isReproduced(bytes)).toMatch(SOUND);
  });

  it('is not woken where the line is masked: nothing is waited for', () => {
    const { summary } = record(SLEEPS_MASKED, scripted('wait 1s\nsend "q"'));
    expect(summary.end).toEqual({ kind: 'halt' });
    expect(summary.notes.join()).toMatch(/line 1 of the input script never came/);
  });
});

describe('a script', () => {
  it('waits for what is printed, for a point of the clock, and for time that passes', async () => {
    for (const image of [ECHOES, ECHOES_AND_TICKS, POLLS]) {
      const { bytes, console, summary } = record(image, scripted('after "name? "\nsend "x"\nafter debug "x"\nwait 5ms\nsend "y"\nat clock 400000\nsend "q"'));
      expect(console).toBe('name? xyq');
      expect(summary.end.kind).toBe('exit');
      expect(await isReproduced(bytes)).toMatch(SOUND);
    }
  });

  it('gives at the same boundaries however the recording is sliced', () => {
    for (const image of [ECHOES, ECHOES_AND_TICKS, POLLS]) {
      const hashes = [0.1, 7, 300].map((tick) => record(image, scripted('after "? "\nwait 3ms\nsend "ab"\nat 15ms\nsend "q"', { tick })).summary.contentHash);
      expect(new Set(hashes).size).toBe(1);
    }
  });

  it('gives at the first boundary behind a point of the clock', () => {
    const { bytes } = record(POLLS, scripted('at clock 123456\nsend "q"'));
    const { reader } = open(bytes);
    expect(reader.inputs()).toEqual([{ attempts: 123_456, device: 'com1', bytes: bytesOf('q') }]);
    const seq = Array.from({ length: reader.eventCount }, (_, at) => at).find((at) => reader.event(at).kind === 'input');
    expect(reader.event(seq!)).toMatchObject({ kind: 'input', icount: 123_456, data: 'q' });
  });

  it('does not let time pass that nobody lives through: a guest that only an input wakes gets it at once', () => {
    const { summary } = record(ECHOES, scripted('wait 1000s\nsend "q"'));
    expect(summary.end.kind).toBe('exit');
    expect(summary.instructions).toBeLessThan(200);
  });

  it('that waits for a text that never comes ends with the guest, and is noted', () => {
    const { summary } = record(ECHOES, scripted('send "a"\nafter "login"\nsend "q"'));
    expect(summary.end).toEqual({ kind: 'waiting' });
    expect(summary.notes.join()).toMatch(/line 2 of the input script never came: the guest did not print its text/);
  });

  it('is the recording\'s only in what it gave: the same inputs at the same boundaries are the same recording', () => {
    const { bytes, summary } = record(ECHOES_AND_TICKS, scripted('after "? "\nwait 3ms\nsend "ab"\nat 15ms\nsend "q"'));
    const inputs = open(bytes).reader.inputs();
    expect(inputs).toHaveLength(2);
    expect(record(ECHOES_AND_TICKS, { ...ALL, inputs }).summary.contentHash).toBe(summary.contentHash);
  });
});

describe('a person', () => {
  it('is waited for while nothing else wakes the guest', async () => {
    const { recording, finish } = live(ECHOES);
    expect(recording.runSlice()).toMatchObject({ end: null, rest: Infinity });
    expect(recording.runSlice()).toMatchObject({ end: null, rest: Infinity });
    for (const byte of 'ab') {
      recording.give('com1', bytesOf(byte));
      expect(recording.runSlice()).toMatchObject({ end: null, rest: Infinity });
    }
    recording.give('com1', bytesOf('q'));
    expect(recording.runSlice().end).toEqual({ kind: 'exit', value: 0x71 });
    const { bytes } = finish();
    expect(shownOf(bytes)).toEqual(['halt wake=true', 'com1 "a"', 'prints "name? "', 'halt wake=true', 'com1 "b"', 'prints "a"', 'halt wake=true', 'com1 "q"', 'prints "b"', 'prints "q"', 'exit 113']);
    expect(await isReproduced(bytes)).toMatch(SOUND);
  });

  it('may go away at any time: what there is, is reproduced', async () => {
    for (const given of ['', 'a', 'ab']) {
      const { recording, finish } = live(ECHOES);
      recording.runSlice();
      for (const byte of given) {
        recording.give('com1', bytesOf(byte));
        recording.runSlice();
      }
      recording.cancel();
      const { bytes, summary } = finish();
      expect(summary.end.kind).toBe('cancelled');
      expect(await isReproduced(bytes)).toMatch(SOUND);
    }
  });

  it('may give what the guest does not take: it stays asleep, and that is reproduced, too', async () => {
    const { recording, finish } = live(ECHOES);
    recording.runSlice();
    // no such key reaches a processor whose line 1 is masked
    recording.give('keyboard', bytesOf('+KeyA'));
    expect(recording.runSlice()).toMatchObject({ end: null, rest: Infinity });
    recording.give('keyboard', bytesOf('-KeyA'));
    recording.runSlice();
    recording.cancel();
    const { bytes, summary } = finish();
    expect(summary.end.kind).toBe('waiting');
    expect(open(bytes).reader.inputs().map(({ attempts }) => attempts)).toEqual(Array.from({ length: 2 }, () => open(bytes).reader.inputs()[0]!.attempts));
    expect(await isReproduced(bytes)).toMatch(SOUND);
  });

  it('lives in real time: a sleeping guest wakes when its time has passed, and not before', async () => {
    const { recording, finish } = live(ECHOES_AND_TICKS);
    const { rest, instructions } = recording.runSlice();
    expect(rest).toBeGreaterThan(0.5);
    expect(rest).toBeLessThan(1.1);
    recording.rested(rest / 2);
    expect(recording.runSlice().instructions).toBe(instructions);
    recording.rested(rest / 2 + 0.001);
    expect(recording.runSlice().instructions).toBeGreaterThan(instructions);
    recording.give('com1', bytesOf('q'));
    while (recording.runSlice().end === null) recording.rested(1);
    expect(await isReproduced(finish().bytes)).toMatch(SOUND);
  });

  it('and a busy guest do not wait for each other', async () => {
    const { recording, finish } = live(POLLS);
    recording.runSlice();
    recording.give('com1', bytesOf('abq'));
    while (recording.runSlice().end === null);
    const { bytes } = finish();
    expect(shownOf(bytes).at(-1)).toBe('exit 113');
    expect(await isReproduced(bytes)).toMatch(SOUND);
  });
});

describe('a recording with inputs', () => {
  const { bytes } = record(ECHOES_AND_TICKS, scripted('after "? "\nwait 3ms\nsend "ab"\nwait 2ms\nsend "q"'));

  it('is walked backwards, boundary by boundary, to the same states', async () => {
    const { reexecutor, reader } = open(bytes);
    const last = { icount: reader.icountAt(reader.eventCount - 1), iteration: 0, seq: reader.eventCount - 1 };
    const step = async (direction: 'forward' | 'backward', from: typeof last): Promise<unknown> => reexecutor!.ask({ kind: 'step', from, direction, count: 1 });
    const seen = new Map<string, string>();
    const note = (reply: unknown): typeof last => {
      const { moment } = reply as { moment: { position: typeof last; registers: Uint32Array } };
      const key = JSON.stringify(moment.position), state = moment.registers.join();
      expect(seen.get(key) ?? state).toBe(state);
      seen.set(key, state);
      return moment.position;
    };
    let at = note(await reexecutor!.ask({ kind: 'moment', at: last }));
    for (let steps = 0; steps < 300; steps += 1) at = note(await step('backward', at));
    for (let steps = 0; steps < 300; steps += 1) at = note(await step('forward', at));
  });

  it('keeps them in a what-if', async () => {
    const opened = open(bytes);
    const plan = await planWhatIf(opened, 1, ['ebx=0x7']);
    expect(plan.request.inputs).toEqual(opened.reader.inputs());
    const again = record(ECHOES_AND_TICKS, plan.request);
    expect(again.console).toBe('name? abq');
    expect(await isReproduced(again.bytes)).toMatch(SOUND);
  });

  it('is refused re-execution when they are not in their order', () => {
    const inputs = open(bytes).reader.inputs();
    const { bytes: broken } = record(ECHOES_AND_TICKS, { ...ALL, inputs: [...inputs].reverse() });
    expect(open(broken).absent).toMatch(/not in their order/);
  });
});
