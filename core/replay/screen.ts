// What the guest's display showed and what it had printed at a point of a recording. The display is found by executing again; what was printed
// are the `console` events before the point, so it needs nothing but the trace.

import { screenCharacter } from '../event/code-page-437.ts';
import { EVENT_KINDS } from '../event/kinds.ts';
import type { Position } from '../event/position.ts';
import type { Screen } from '../event/screen.ts';
import type { Replay } from './cursor.ts';
import { noExecution } from './search.ts';
import { eventOf, type TraceSource } from './source.ts';

/** Most characters of what was printed that are kept: the last ones. */
export const PRINTED_CHARACTERS_MAX = 1 << 20;
const CONSOLE = EVENT_KINDS.indexOf('console');

/** The display at a position; `absent` when re-execution cannot say. */
export async function screenAt(replay: Replay, at: Position): Promise<Screen> {
  if (replay.reexecutor === null) return { kind: 'absent', reason: noExecution('what the screen shows', replay.absent) };
  const reply = await replay.reexecutor.ask({ kind: 'screen', at });
  if (reply.kind === 'screen') return reply.screen;
  return { kind: 'absent', reason: reply.kind === 'absent' ? reply.reason : 'the recording does not reach this point' };
}

/** What each device had printed before event `seq`, in the order of their first text. */
export function printedBefore(trace: TraceSource, seq: number): ReadonlyMap<string, string> {
  const printed = new Map<string, string>();
  for (let at = 0; at < Math.min(seq, trace.eventCount); at += 1) {
    if (trace.kindAt(at) !== CONSOLE) continue;
    const event = eventOf(trace, at);
    if (event.kind === 'console') printed.set(event.device, `${printed.get(event.device) ?? ''}${event.text}`.slice(-PRINTED_CHARACTERS_MAX));
  }
  return printed;
}

/** The rows of a text screen as characters, spaces at their ends left out. */
export function rowsOf({ columns, rows, cells }: Extract<Screen, { readonly kind: 'text' }>): readonly string[] {
  return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_cell, column) => screenCharacter(cells[(row * columns + column) * 2]!)).join('').trimEnd());
}

const SHADES = ' .:-=+*#%@';

/** Pixels as rows of characters, by their brightness, at most `columns` wide; a character is twice as high as wide. */
export function shadesOf({ width, height, pixels, palette }: Extract<Screen, { readonly kind: 'graphics' }>, columns: number): readonly string[] {
  const step = Math.max(1, Math.ceil(width / columns)), rows = Math.floor(height / (step * 2));
  const brightness = (x: number, y: number): number => {
    const colour = pixels[y * width + x]! * 3;
    return (palette[colour]! * 30 + palette[colour + 1]! * 59 + palette[colour + 2]! * 11) / 100;
  };
  const shade = (column: number, row: number): string => {
    let sum = 0;
    for (let y = 0; y < step * 2; y += 1) for (let x = 0; x < step; x += 1) sum += brightness(column * step + x, row * step * 2 + y);
    return SHADES[Math.round(sum / (step * step * 2) / 255 * (SHADES.length - 1))]!;
  };
  return Array.from({ length: rows }, (_, row) => Array.from({ length: Math.floor(width / step) }, (_cell, column) => shade(column, row)).join('').trimEnd());
}
