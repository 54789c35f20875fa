// Paints the timeline on a 2D canvas from plain geometry (marks.ts, lanes.ts). Every kind of mark has its own shape, so that
// nothing is told by colour alone.

import type { Drawing, ShapeMark } from './marks.ts';
import { levelOf, type LaneLayout } from './lanes.ts';
import { paintSpans, type SpanScene } from './paint-spans.ts';
import { paintStorms, type StormMark } from './paint-storms.ts';
import { VIA_COLOURS } from '../session/via-colours.ts';
import { ringColour, type Palette } from './palette.ts';

export interface Scene {
  readonly layout: LaneLayout;
  readonly drawing: Drawing;
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  /** Breakpoint hits: pixel, and how many fall on it. */
  readonly hits: readonly { readonly x: number; readonly count: number }[];
  readonly playhead: number;
  readonly hover: number | null;
  /** Pixels where the recording begins and ends. */
  readonly from: number;
  readonly to: number;
  /** Text beside a mark. */
  readonly labelOf: (seq: number) => string;
  readonly spans: SpanScene;
  /** Repeats without progress. */
  readonly storms: readonly StormMark[];
}
interface Size { readonly width: number; readonly height: number; readonly gutter: number }
type Brush = CanvasRenderingContext2D;

/** Draws the whole scene; coordinates are CSS pixels, the context is scaled by the caller. */
export function paint(brush: Brush, scene: Scene, palette: Palette, size: Size): void {
  brush.clearRect(0, 0, size.width, size.height);
  brush.save();
  brush.beginPath();
  brush.rect(size.gutter, 0, size.width - size.gutter, size.height);
  brush.clip();
  paintGrid(brush, scene, palette, size);
  if (scene.drawing.style === 'columns') paintColumns(brush, scene, palette);
  else paintShapes(brush, scene, palette, size);
  paintSpans(brush, scene.spans, scene.layout, palette, { left: size.gutter, right: size.width, from: scene.from, to: scene.to });
  paintStorms(brush, scene.storms, { ...scene.layout.hits, left: size.gutter, right: size.width }, palette);
  paintHits(brush, scene, palette);
  paintHover(brush, scene, palette);
  paintPlayhead(brush, scene, palette, size);
  brush.restore();
}

function paintGrid(brush: Brush, scene: Scene, palette: Palette, size: Size): void {
  const { layout } = scene;
  for (const lane of layout.lanes) {
    brush.globalAlpha = lane.used ? 0.075 : 0.05;
    brush.fillStyle = lane.used ? ringColour(palette, lane.ring) : palette['text-3'];
    brush.fillRect(scene.from, lane.top, scene.to - scene.from, lane.height);
  }
  brush.globalAlpha = 1;
  brush.font = `${String(0.6875 * palette.rem)}px ${palette.font}`;
  brush.textBaseline = 'middle';
  brush.textAlign = 'left';
  for (const tick of scene.ticks) {
    brush.fillStyle = palette.line;
    brush.fillRect(Math.round(tick.x), layout.ruler.height * 0.3, 1, size.height);
    brush.fillStyle = palette['text-3'];
    // a number that would be cut off at the edge is left out: its line stays
    const x = Math.round(tick.x) + 5;
    if (x + brush.measureText(tick.text).width <= size.width) brush.fillText(tick.text, x, layout.ruler.height / 2);
  }
}

function paintColumns(brush: Brush, scene: Scene, palette: Palette): void {
  if (scene.drawing.style !== 'columns') return;
  const { columns } = scene.drawing;
  const width = (columns[1]?.x ?? 1) - (columns[0]?.x ?? 0);
  for (const lane of scene.layout.lanes) {
    brush.fillStyle = ringColour(palette, lane.ring);
    for (const column of columns) {
      const share = column.shares[lane.ring] ?? 0;
      if (share === 0) continue;
      const height = Math.max(3, share * (lane.height - 6));
      brush.globalAlpha = 0.35 + 0.5 * share;
      brush.fillRect(column.x, lane.top + lane.height - 3 - height, width, height);
    }
  }
  brush.globalAlpha = 1;
  const reach = { width: Math.max(3, width), next: Number.NEGATIVE_INFINITY };
  for (const column of columns) {
    if (column.counts.fault + column.counts.msr + column.counts.cr + column.counts.end === 0 || column.x < reach.next) continue;
    reach.next = column.x + reach.width;
    denseMarks(brush, scene, palette, column.x, column.counts);
  }
}

// rare marks never drown: each keeps a shape of at least 3 pixels above the bars
function denseMarks(brush: Brush, scene: Scene, palette: Palette, x: number, counts: { readonly fault: number; readonly msr: number; readonly cr: number; readonly end: number }): void {
  const top = scene.layout.lanes[0]?.top ?? 0;
  const bottom = scene.layout.lanes[scene.layout.lanes.length - 1];
  if (counts.fault > 0) shape(brush, 'fault', x, top + 5, 4 + Math.min(3, Math.log2(counts.fault)), palette.fault, palette);
  if (counts.end > 0) shape(brush, 'end', x, top + 5, 5, palette.text, palette);
  if (counts.msr + counts.cr > 0 && bottom !== undefined) shape(brush, counts.msr > 0 ? 'msr' : 'cr', x, bottom.top + 6, 3, counts.msr > 0 ? palette.msr : palette.cr, palette);
}

function paintShapes(brush: Brush, scene: Scene, palette: Palette, size: Size): void {
  if (scene.drawing.style !== 'shapes') return;
  const { marks, ringFirst } = scene.drawing;
  paintLevels(brush, scene, palette, marks, ringFirst);
  const spacing = marks.length < 2 ? 100 : ((marks[marks.length - 1]?.x ?? 0) - (marks[0]?.x ?? 0)) / (marks.length - 1);
  for (const mark of marks) if (mark.mark === 'transition') paintTransition(brush, scene, palette, mark);
  for (const mark of marks) if (mark.mark !== 'transition' && mark.mark !== 'none') paintMark(brush, scene, palette, mark, spacing);
  paintLabels(brush, scene, palette, marks, size.width - 4);
}

function paintLevels(brush: Brush, scene: Scene, palette: Palette, marks: readonly ShapeMark[], ringFirst: number): void {
  const level = (from: number, to: number, ring: number): void => {
    if (to <= from || ring > 3) return;
    const y = levelOf(scene.layout, ring);
    const lane = scene.layout.lanes.find((one) => one.ring === ring);
    brush.fillStyle = ringColour(palette, ring);
    if (lane !== undefined) { brush.globalAlpha = 0.13; brush.fillRect(from, lane.top, to - from, lane.height); }
    brush.globalAlpha = 1;
    brush.fillRect(from, y - 1.25, to - from, 2.5);
  };
  let x = Math.max(scene.from, -4000);
  let ring = ringFirst;
  for (const mark of marks) {
    if (mark.before !== ring) ring = mark.before;
    level(x, mark.x, ring);
    x = mark.x;
    ring = mark.after;
  }
  level(x, Math.min(scene.to, 20_000), ring);
}

function paintTransition(brush: Brush, scene: Scene, palette: Palette, mark: ShapeMark): void {
  const colour = palette[VIA_COLOURS[mark.via ?? 'unknown']];
  // what no record shows is drawn dashed and hollow
  const from = levelOf(scene.layout, mark.before);
  const to = levelOf(scene.layout, mark.after);
  brush.strokeStyle = colour;
  brush.fillStyle = mark.inferred ? palette.surface : colour;
  brush.lineWidth = mark.inferred ? 1.5 : 2;
  if (from === to) {
    brush.beginPath();
    brush.arc(mark.x, from, 3.5, 0, Math.PI * 2);
    brush.fillStyle = palette.surface;
    brush.fill();
    brush.stroke();
    return;
  }
  const way = to > from ? 1 : -1;
  brush.setLineDash(mark.inferred ? [4, 3] : []);
  brush.beginPath();
  brush.moveTo(mark.x, from);
  brush.lineTo(mark.x, to - way * 6);
  brush.stroke();
  brush.setLineDash([]);
  brush.beginPath();
  brush.moveTo(mark.x, to);
  brush.lineTo(mark.x - 4.5, to - way * 7.5);
  brush.lineTo(mark.x + 4.5, to - way * 7.5);
  brush.closePath();
  brush.fill();
  if (mark.inferred) brush.stroke();
}

function paintMark(brush: Brush, scene: Scene, palette: Palette, mark: ShapeMark, spacing: number): void {
  const y = levelOf(scene.layout, mark.before);
  const size = spacing < 8 ? 3.5 : mark.mark === 'fault' ? 6 : 4.5;
  const colour = { fault: palette.fault, msr: palette.msr, cr: palette.cr, console: palette['text-2'], end: palette.text, minor: palette['text-3'], transition: palette.text, none: palette.text }[mark.mark];
  shape(brush, mark.mark === 'minor' && spacing < 6 ? 'tick' : mark.mark, mark.x, y, size, colour, palette);
}

function shape(brush: Brush, kind: string, x: number, y: number, size: number, colour: string, palette: Palette): void {
  brush.fillStyle = colour;
  brush.strokeStyle = palette.surface;
  brush.lineWidth = 1.5;
  brush.beginPath();
  if (kind === 'fault') { brush.moveTo(x, y - size); brush.lineTo(x + size, y); brush.lineTo(x, y + size); brush.lineTo(x - size, y); brush.closePath(); }
  else if (kind === 'msr') brush.rect(x - size, y - size, size * 2, size * 2);
  else if (kind === 'cr') { brush.moveTo(x, y - size); brush.lineTo(x + size, y + size); brush.lineTo(x - size, y + size); brush.closePath(); }
  else if (kind === 'end') { brush.rect(x - size, y - size, size * 0.75, size * 2); brush.rect(x + size * 0.25, y - size, size * 0.75, size * 2); }
  else if (kind === 'console') brush.roundRect(x - size, y - size * 0.7, size * 2, size * 1.4, size * 0.7);
  else if (kind === 'tick') brush.rect(x - 0.5, y - 4, 1, 8);
  else brush.arc(x, y, size * 0.62, 0, Math.PI * 2);
  if (kind !== 'tick') brush.stroke();
  brush.fill();
}

// labels go above the level line where the next label of the lane leaves room
function paintLabels(brush: Brush, scene: Scene, palette: Palette, marks: readonly ShapeMark[], right: number): void {
  brush.font = `600 ${String(0.6875 * palette.rem)}px ${palette.font}`;
  brush.textBaseline = 'bottom';
  brush.textAlign = 'left';
  const ordered = [...marks].sort((a, b) => weight(b) - weight(a) || a.x - b.x);
  const taken: { readonly row: number; readonly from: number; readonly to: number }[] = [];
  for (const mark of ordered) {
    const text = mark.mark === 'minor' || mark.mark === 'none' ? '' : scene.labelOf(mark.seq);
    if (text === '') continue;
    const row = mark.before;
    const width = brush.measureText(text).width;
    const from = mark.x + 6 + width > right ? mark.x - 6 - width : mark.x + 6;
    if (taken.some((other) => other.row === row && from < other.to + 6 && from + width > other.from - 6)) continue;
    taken.push({ row, from, to: from + width });
    brush.fillStyle = mark.mark === 'transition' ? palette[VIA_COLOURS[mark.via ?? 'unknown']] : mark.mark === 'fault' ? palette.fault : mark.mark === 'msr' ? palette.msr : palette['text-2'];
    brush.strokeStyle = palette.surface;
    brush.lineWidth = 3;
    brush.lineJoin = 'round';
    brush.strokeText(text, from, levelOf(scene.layout, row) - 5);
    brush.fillText(text, from, levelOf(scene.layout, row) - 5);
  }
}
function weight(mark: ShapeMark): number {
  return { fault: 5, end: 4, transition: mark.before === mark.after ? 1 : 3, msr: 2, cr: 2, console: 1, minor: 0, none: 0 }[mark.mark];
}

function paintHits(brush: Brush, scene: Scene, palette: Palette): void {
  const y = scene.layout.hits.top + scene.layout.hits.height / 2;
  for (const one of scene.hits) {
    brush.fillStyle = palette.hit;
    brush.beginPath();
    if (one.count === 1) brush.arc(one.x, y, 4, 0, Math.PI * 2);
    else brush.roundRect(one.x - 3, y - 6, 6, 12, 3);
    brush.fill();
  }
}

function paintHover(brush: Brush, scene: Scene, palette: Palette): void {
  if (scene.hover === null) return;
  brush.globalAlpha = 0.5;
  brush.fillStyle = palette['text-3'];
  brush.fillRect(Math.round(scene.hover), scene.layout.ruler.height, 1, scene.layout.height);
  brush.globalAlpha = 1;
}

function paintPlayhead(brush: Brush, scene: Scene, palette: Palette, size: Size): void {
  const x = Math.round(scene.playhead);
  brush.fillStyle = palette.accent;
  brush.globalAlpha = 0.12;
  brush.fillRect(x - 6, scene.layout.ruler.height, 12, size.height);
  brush.globalAlpha = 1;
  brush.fillRect(x - 1, scene.layout.ruler.height * 0.55, 2, size.height);
  brush.beginPath();
  brush.roundRect(x - 6, scene.layout.ruler.height * 0.3, 12, scene.layout.ruler.height * 0.5, 3);
  brush.fill();
  brush.beginPath();
  brush.moveTo(x - 6, scene.layout.ruler.height * 0.75);
  brush.lineTo(x + 6, scene.layout.ruler.height * 0.75);
  brush.lineTo(x, scene.layout.ruler.height * 1.12);
  brush.fill();
}
