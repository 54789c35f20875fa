// The guest's display as runs of one colour, and as the bytes of a canvas.

import { expect, it } from 'vitest';
import { pixelsOf, runsOf } from '../../../renderer/console/display.ts';

const palette = Uint8Array.from({ length: 48 }, (_, at) => Math.floor(at / 3) * 10);

it('text: runs by colour, the cursor alone, bit 7 of an attribute as a background only when it does not blink', () => {
  const cells = Uint8Array.of(0x41, 0x07, 0x42, 0x07, 0x43, 0x07, 0x44, 0x9f);
  const screen = { kind: 'text', columns: 4, rows: 1, cells, palette, characterLines: 16, cursor: { column: 1, row: 0, first: 13, last: 14 } } as const;
  const plain = { colour: 'rgb(70 70 70)', background: 'rgb(0 0 0)', isCursor: false };
  expect(runsOf({ ...screen, blinks: true })).toEqual([[
    { ...plain, text: 'A' }, { ...plain, text: 'B', isCursor: true }, { ...plain, text: 'C' }, { text: 'D', colour: 'rgb(150 150 150)', background: 'rgb(10 10 10)', isCursor: false },
  ]]);
  expect(runsOf({ ...screen, blinks: false, cursor: null })[0]?.map(({ text, background }) => [text, background])).toEqual([['ABC', 'rgb(0 0 0)'], ['D', 'rgb(90 90 90)']]);
});

it('pictures: the palette\'s colour, opaque', () => {
  expect([...pixelsOf({ kind: 'graphics', width: 2, height: 1, pixels: Uint8Array.of(1, 2), palette })]).toEqual([10, 10, 10, 255, 20, 20, 20, 255]);
});
