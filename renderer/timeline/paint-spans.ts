// Paints the kernel visits: bars in the colour of what caused them, nested ones under the one around them. A return is a closed end with
// a cap; what never returned fades out; what is inferred is hollow and dashed. Nothing is told by colour alone: bars carry their name.

import { ENDINGS, type Visits } from '../../core/replay/visits/table.ts';
import { VIAS } from '../../core/event/kinds.ts';
import type { LaneLayout } from './lanes.ts';
import { VIA_COLOURS } from '../session/via-colours.ts';
import type { Palette } from './palette.ts';
import type { SpanBar } from './span-bars.ts';

export interface SpanScene {
  readonly visits: Visits;
  readonly bars: readonly SpanBar[];
  /** The visit under the pointer, and the one the playhead stands in; null for none. */
  readonly hovered: number | null;
  readonly current: number | null;
  /** Names of a visit, the longest first: the first that fits is written. */
  readonly namesOf: (index: number) => readonly string[];
}
interface Area { readonly left: number; readonly right: number }
type Brush = CanvasRenderingContext2D;

const RETURNED = ENDINGS.indexOf('returned');
const CAP = 3, FADE = 18, RADIUS = 3, PADDING = 6;

/** Draws the bands and their bars. `from` and `to`: pixels where the recording begins and ends. */
export function paintSpans(brush: Brush, scene: SpanScene, layout: LaneLayout, palette: Palette, area: Area & { readonly from: number; readonly to: number }): void {
  brush.fillStyle = palette['text-3'];
  brush.globalAlpha = 0.06;
  for (const band of layout.bands) brush.fillRect(area.from, band.top, area.to - area.from, band.height);
  brush.globalAlpha = 1;
  for (const bar of scene.bars) {
    const row = layout.rows[bar.row];
    if (row === undefined) continue;
    const colour = palette[VIA_COLOURS[VIAS[scene.visits.via[bar.index] ?? 0] ?? 'unknown']];
    if (bar.count > 1 || bar.to - bar.from < CAP) paintCell(brush, bar, row, colour);
    else paintBar(brush, scene, bar, row, { colour, palette, area });
  }
  brush.globalAlpha = 1;
  brush.setLineDash([]);
}

// one or more visits in the width of a mark: the more, the fuller
function paintCell(brush: Brush, bar: SpanBar, row: { readonly top: number; readonly height: number }, colour: string): void {
  brush.globalAlpha = 0.55 + 0.35 * Math.min(1, Math.log2(bar.count) / 6);
  brush.fillStyle = colour;
  brush.fillRect(bar.from, row.top + 1, bar.to - bar.from, row.height - 2);
}

interface Ink { readonly colour: string; readonly palette: Palette; readonly area: Area }

function paintBar(brush: Brush, scene: SpanScene, bar: SpanBar, { top, height }: { readonly top: number; readonly height: number }, { colour, palette, area }: Ink): void {
  const { visits, hovered, current } = scene;
  const from = Math.max(bar.from, area.left - 40), to = Math.min(bar.to, area.right + 40);
  const returned = visits.ending[bar.index] === RETURNED;
  const inferred = visits.inferred[bar.index] === 1;
  const marked = bar.index === hovered || bar.index === current;
  const path = (): void => { brush.beginPath(); brush.roundRect(from, top + 0.5, Math.max(1, to - from), height - 1, returned ? RADIUS : [RADIUS, 0, 0, RADIUS]); };
  path();
  brush.globalAlpha = inferred ? 0.1 : marked ? 0.42 : 0.24;
  brush.fillStyle = returned ? colour : faded(brush, colour, from, to);
  brush.fill();
  brush.globalAlpha = 1;
  if (inferred || marked) {
    path();
    brush.lineWidth = 1;
    brush.setLineDash(inferred ? [4, 3] : []);
    brush.strokeStyle = returned ? colour : faded(brush, colour, from, to);
    brush.stroke();
    brush.setLineDash([]);
  }
  brush.fillStyle = colour;
  brush.fillRect(from, top + 1, CAP, height - 2);
  if (returned) brush.fillRect(to - 2, top + 1, 2, height - 2);
  paintName(brush, scene.namesOf(bar.index), { from, to, top, height }, { palette, area });
}

function faded(brush: Brush, colour: string, from: number, to: number): CanvasGradient {
  const gradient = brush.createLinearGradient(Math.max(from, to - FADE), 0, to, 0);
  gradient.addColorStop(0, colour);
  gradient.addColorStop(1, 'transparent');
  return gradient;
}

function paintName(brush: Brush, names: readonly string[], bar: { readonly from: number; readonly to: number; readonly top: number; readonly height: number }, { palette, area }: Omit<Ink, 'colour'>): void {
  const size = 0.6875 * palette.rem;
  if (bar.height < size) return;
  const left = Math.max(bar.from, area.left) + CAP + PADDING;
  const right = Math.min(bar.to, area.right) - PADDING;
  brush.font = `600 ${String(size)}px ${palette.font}`;
  const name = names.find((one) => brush.measureText(one).width <= right - left);
  if (name === undefined) return;
  brush.textBaseline = 'middle';
  brush.textAlign = 'left';
  brush.fillStyle = palette.text;
  brush.fillText(name, left, bar.top + bar.height / 2 + 0.5);
}
