// Paints repeats without progress: a bracket over the stretch with how often it came round, so that a storm is one thing, not a thousand marks.

import type { Storm } from '../../core/replay/storms.ts';
import type { Columns } from '../session/columns.ts';
import { pixelOf, unitOf, type Scale } from '../session/scale.ts';
import type { Palette } from './palette.ts';

export interface StormMark { readonly from: number; readonly to: number; readonly label: string }

/** Marks drawn at most: beyond that they would be one line anyway. */
const MARKS_MAX = 500;
const HEIGHT = 5, PADDING = 6;

/** The storms in view, as pixels. `nameOf`: what comes again and again, in a word. */
export function stormMarks(storms: readonly Storm[], columns: Columns, scale: Scale, nameOf: (seq: number) => string): readonly StormMark[] {
  const marks: StormMark[] = [];
  for (const storm of storms) {
    const from = pixelOf(scale, unitOf(columns, scale.axis, storm.seqFirst)), to = pixelOf(scale, unitOf(columns, scale.axis, storm.seqLast));
    if (to < scale.left || from > scale.left + scale.width) continue;
    marks.push({ from, to: Math.max(to, from + 3), label: `${nameOf(storm.seqFirst)} × ${storm.count.toLocaleString('en')}` });
    if (marks.length === MARKS_MAX) break;
  }
  return marks;
}

/** Draws them in the strip [top, top + height). */
export function paintStorms(brush: CanvasRenderingContext2D, marks: readonly StormMark[], strip: { readonly top: number; readonly height: number; readonly left: number; readonly right: number }, palette: Palette): void {
  const size = 0.6875 * palette.rem;
  brush.font = `650 ${String(size)}px ${palette.font}`;
  brush.textBaseline = 'middle';
  brush.textAlign = 'left';
  const middle = strip.top + strip.height / 2;
  for (const { from, to, label } of marks) {
    const width = brush.measureText(label).width + 2 * PADDING;
    const seen = { from: Math.max(from, strip.left), to: Math.min(to, strip.right) };
    brush.strokeStyle = brush.fillStyle = palette.warn;
    brush.lineWidth = 1.5;
    brush.beginPath();
    brush.moveTo(from, middle + HEIGHT);
    brush.lineTo(from, middle);
    brush.lineTo(to, middle);
    brush.lineTo(to, middle + HEIGHT);
    brush.stroke();
    if (seen.to - seen.from < width + 8) continue;
    const left = (seen.from + seen.to) / 2 - width / 2;
    brush.fillStyle = palette.surface;
    brush.fillRect(left, middle - size, width, size * 2);
    brush.fillStyle = palette.warn;
    brush.fillText(label, left + PADDING, middle + 0.5);
  }
}
