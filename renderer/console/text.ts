// The guest's output as lines of pieces, each piece with the event that wrote it.

import { kindOf } from '../session/columns.ts';
import { eventOf } from '../session/events.ts';
import type { Recording } from '../session/recording.ts';

/** Pieces beyond this many are left out of the pane (the event table has them all). */
const PIECES_MAX = 4000;

export interface ConsolePiece { readonly seq: number; readonly text: string; readonly device: string }

/** Console events in order. */
export function consoleOf(recording: Recording): readonly ConsolePiece[] {
  const pieces: ConsolePiece[] = [];
  for (let seq = 0; seq < recording.columns.count && pieces.length < PIECES_MAX; seq += 1) {
    if (kindOf(recording.columns, seq) !== 'console') continue;
    const event = eventOf(recording, seq);
    if (event?.kind === 'console') pieces.push({ seq, text: event.text, device: event.device });
  }
  return pieces;
}

/** The devices that printed, in order of their first text. */
export function devicesOf(pieces: readonly ConsolePiece[]): readonly string[] {
  return [...new Set(pieces.map((piece) => piece.device))];
}

/** Pieces put together to lines; a piece that ends lines is divided. A last empty line is left out. */
export function linesOf(pieces: readonly ConsolePiece[]): readonly (readonly ConsolePiece[])[] {
  const lines: ConsolePiece[][] = [[]];
  for (const piece of pieces) {
    for (const [index, text] of piece.text.replaceAll('\r', '').split('\n').entries()) {
      if (index > 0) lines.push([]);
      if (text !== '') lines[lines.length - 1]?.push({ ...piece, text });
    }
  }
  return lines[lines.length - 1]?.length === 0 ? lines.slice(0, -1) : lines;
}
