// A row of the event table, as text.

import { briefPlace, codeAt, codeText } from '../session/code.ts';
import { MARKS } from '../session/columns.ts';
import { sentenceAt, titleAt, whereAt } from '../session/events.ts';
import type { Recording } from '../session/recording.ts';

export type RowTone = 'fault' | 'change' | 'msr' | 'end' | 'plain' | 'minor';
export interface EventRow {
  readonly seq: number;
  readonly icount: string;
  /** Rings before and after; null when nobody knows. */
  readonly before: number | null;
  readonly after: number | null;
  readonly title: string;
  readonly sentence: string;
  /** CS:IP; with symbols the function and line. */
  readonly where: string;
  /** All of that, with folders, and where it led. */
  readonly place: string;
  readonly tone: RowTone;
}

/** The row of an event. */
export function rowFor(recording: Recording, seq: number): EventRow {
  const { columns } = recording;
  const code = codeAt(recording, seq);
  const ring = (value: number | undefined): number | null => (value === undefined || value > 3 ? null : value);
  const before = ring(columns.ringBefore[seq]);
  const after = ring(columns.ringAfter[seq]);
  const mark = MARKS[columns.mark[seq] ?? 0];
  const tone: RowTone = mark === 'fault' || mark === 'end' || mark === 'minor' ? mark : mark === 'msr' || mark === 'cr' ? 'msr' : before !== after ? 'change' : 'plain';
  return {
    seq, before, after, tone, icount: columns.counted ? (columns.icount[seq] ?? 0).toLocaleString('en') : '',
    title: titleAt(recording, seq), sentence: sentenceAt(recording, seq), where: briefPlace(code.at) || whereAt(recording, seq), place: [codeText(code, 'whole'), whereAt(recording, seq)].filter((part) => part !== '').join(', '),
  };
}
