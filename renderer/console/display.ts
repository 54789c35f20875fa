// The guest's display as runs of characters with one colour each, and as bytes for a canvas.

import { screenCharacter } from '../../core/event/code-page-437.ts';
import type { Screen } from '../../core/event/screen.ts';

type Text = Extract<Screen, { readonly kind: 'text' }>;
type Picture = Extract<Screen, { readonly kind: 'graphics' }>;
export interface Run { readonly text: string; readonly colour: string; readonly background: string; readonly isCursor: boolean }

/** The rows of a text screen; the cell under the cursor is a run of its own. */
export function runsOf(screen: Text): readonly (readonly Run[])[] {
  return Array.from({ length: screen.rows }, (_, row) => rowRuns(screen, row));
}

function rowRuns({ columns, cells, palette, blinks, cursor }: Text, row: number): readonly Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < columns; column += 1) {
    const at = (row * columns + column) * 2, attribute = cells[at + 1] ?? 0, text = screenCharacter(cells[at] ?? 0);
    const colour = cssColour(palette, attribute & 15), background = cssColour(palette, (attribute >>> 4) & (blinks ? 7 : 15));
    const isCursor = cursor?.row === row && cursor.column === column;
    const last = runs[runs.length - 1];
    if (last?.colour === colour && last.background === background && !last.isCursor && !isCursor) runs[runs.length - 1] = { ...last, text: last.text + text };
    else runs.push({ text, colour, background, isCursor });
  }
  return runs;
}

function cssColour(palette: Uint8Array, colour: number): string {
  return `rgb(${[0, 1, 2].map((part) => String(palette[colour * 3 + part] ?? 0)).join(' ')})`;
}

/** Red, green, blue and opacity of each pixel. */
export function pixelsOf({ width, height, pixels, palette }: Picture): Uint8ClampedArray<ArrayBuffer> {
  const bytes = new Uint8ClampedArray(width * height * 4).fill(255);
  pixels.forEach((colour, at) => { bytes.set(palette.subarray(colour * 3, colour * 3 + 3), at * 4); });
  return bytes;
}
