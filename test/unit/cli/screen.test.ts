// `ringscope screen`: the display of a guest as text and as JSON, a picture in shades, what was printed, and one line for what is refused.

import { describe, expect, it } from 'vitest';
import { shadesOf } from '../../../core/replay/screen.ts';
import { removeParts } from '../../../core/trace/remove-parts.ts';
import { deflate, inflate, record } from '../ringscope/recorded.ts';
import { MemoryIo, type Ran } from './memory-io.ts';
import { syntheticTrace } from './synthetic-trace.ts';

/** Prints `hi`, draws `A` and a line's corner at row 1, prints `ho`, draws over it, and exits. */
const GUEST = Uint8Array.of(
  // mov al, 'h' / out 0xe9, al / mov al, 'i' / out 0xe9, al / mov al, 10 / out 0xe9, al
  0xb0, 0x68, 0xe6, 0xe9, 0xb0, 0x69, 0xe6, 0xe9, 0xb0, 0x0a, 0xe6, 0xe9,
  // mov dword [0xb80a0], 0x07da0741
  0xc7, 0x05, 0xa0, 0x80, 0x0b, 0, 0x41, 0x07, 0xda, 0x07,
  // mov al, 'o' / out 0xe9, al / mov al, 10 / out 0xe9, al
  0xb0, 0x6f, 0xe6, 0xe9, 0xb0, 0x0a, 0xe6, 0xe9,
  // mov byte [0xb80a0], 'Z' / out 0xf4, al
  0xc6, 0x05, 0xa0, 0x80, 0x0b, 0, 0x5a, 0xe6, 0xf4,
);
const TRACE = record(GUEST, { format: 'flat' }).bytes;

function run(...argv: string[]): Promise<Ran> {
  const memory = new MemoryIo();
  memory.files.set('a.rtrace', TRACE);
  memory.files.set('bare.rtrace', removeParts(TRACE, ['image', 'checkpoint'], { inflate, deflate }));
  memory.files.set('t.rtrace', syntheticTrace());
  return memory.run(...argv);
}

describe('screen', () => {
  it('shows the display as it was, and at the end', async () => {
    expect(await run('screen', 'a.rtrace', '--at', '0')).toMatchObject({ code: 0, err: '', out: '80 by 25 characters before event 0, cursor at row 0, column 0\n\n' });
    expect((await run('screen', 'a.rtrace', '--at', '1')).out).toBe('80 by 25 characters before event 1, cursor at row 0, column 0\n\nA┌\n');
    expect((await run('screen', 'a.rtrace')).out).toBe('80 by 25 characters at the end, cursor at row 0, column 0\n\nZ┌\n');
    const json = JSON.parse((await run('screen', 'a.rtrace', '--at', '2', '--json')).out) as Record<string, unknown>;
    expect(json).toMatchObject({ seq: 2, kind: 'text', columns: 80, rows: 25, cursor: { row: 0, column: 0 } });
    expect((json['text'] as readonly string[]).slice(0, 3)).toEqual(['', 'Z┌', '']);
  });

  it('shows what was printed up to a point, from the trace alone', async () => {
    expect((await run('screen', 'bare.rtrace', '--console', '--at', '0')).out).toBe('nothing was printed before event 0\n');
    expect((await run('screen', 'bare.rtrace', '--console', '--at', '1')).out).toBe('debug before event 1\nhi\n');
    expect(JSON.parse((await run('screen', 'bare.rtrace', '--console', '--json')).out)).toEqual({ seq: null, devices: { debug: 'hi\no\n' } });
  });

  it.each([
    [['screen', 'bare.rtrace'], /no screen to show at the end: what the screen shows needs .* cannot be executed again/], [['screen', 't.rtrace'], /cannot be executed again/],
    [['screen', 'a.rtrace', '--at', '9'], /there is no event 9/], [['screen'], /needs TRACE/],
  ])('refuses %j in one line', async (argv, message) => {
    expect(await run(...argv)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) as string });
  });
});

it('a picture in shades: bright to the right, rows half as many as columns', () => {
  const palette = new Uint8Array(768).fill(255, 3, 6);
  const pixels = Uint8Array.from({ length: 64 }, (_, at) => (at % 8 >= 4 ? 1 : 0));
  expect(shadesOf({ kind: 'graphics', width: 8, height: 8, pixels, palette }, 4)).toEqual(['  @@', '  @@']);
});
