// Paints the overview: how much of each stretch ran in each ring, faults above, breakpoint hits below, and the window over it.

import type { DenseColumn } from './marks.ts';
import type { Window } from './minimap.ts';
import { ringColour, type Palette } from './palette.ts';

export interface Overview {
  readonly columns: readonly DenseColumn[];
  readonly columnWidth: number;
  readonly hits: readonly { readonly x: number; readonly count: number }[];
  readonly playhead: number;
  readonly window: Window;
  readonly isWhole: boolean;
}
interface Box { readonly left: number; readonly right: number; readonly height: number }
type Brush = CanvasRenderingContext2D;

const FAULT_ROW = 7, HIT_ROW = 6, GRIP_WIDTH = 5;

/** Draws everything; coordinates are CSS pixels. */
export function paintOverview(brush: Brush, scene: Overview, palette: Palette, box: Box): void {
  brush.clearRect(0, 0, box.right + 100, box.height);
  paintRings(brush, scene, palette, box);
  paintMarks(brush, scene, palette, box);
  paintWindow(brush, scene, palette, box);
  brush.fillStyle = palette.accent;
  brush.fillRect(Math.round(scene.playhead) - 1, 0, 2, box.height);
}

// stacked shares, ring 0 at the bottom: the deeper the colour of ring 0 reaches, the more the kernel ran
function paintRings(brush: Brush, { columns, columnWidth }: Overview, palette: Palette, box: Box): void {
  const top = FAULT_ROW, height = box.height - FAULT_ROW - HIT_ROW;
  brush.fillStyle = palette['surface-2'];
  brush.fillRect(box.left, top, box.right - box.left, height);
  brush.globalAlpha = 0.62;
  for (const column of columns) {
    let base = top + height;
    for (const [ring, share] of column.shares.entries()) {
      if (share === 0) continue;
      brush.fillStyle = ringColour(palette, ring);
      brush.fillRect(column.x, base - share * height, columnWidth, share * height);
      base -= share * height;
    }
  }
  brush.globalAlpha = 1;
}

function paintMarks(brush: Brush, scene: Overview, palette: Palette, box: Box): void {
  brush.fillStyle = palette.fault;
  let free = Number.NEGATIVE_INFINITY;
  for (const column of scene.columns) {
    if (column.counts.fault === 0 || column.x < free) continue;
    free = column.x + 4;
    brush.beginPath();
    brush.moveTo(column.x - 3, 0.5);
    brush.lineTo(column.x + 3, 0.5);
    brush.lineTo(column.x, 5.5);
    brush.fill();
  }
  brush.fillStyle = palette.hit;
  for (const { x } of scene.hits) {
    brush.beginPath();
    brush.arc(x, box.height - HIT_ROW / 2, 2, 0, Math.PI * 2);
    brush.fill();
  }
}

function paintWindow(brush: Brush, { window, isWhole }: Overview, palette: Palette, box: Box): void {
  const { from, to } = window;
  brush.fillStyle = palette.bg;
  brush.globalAlpha = 0.66;
  brush.fillRect(box.left, 0, from - box.left, box.height);
  brush.fillRect(to, 0, box.right - to, box.height);
  brush.globalAlpha = isWhole ? 0.5 : 1;
  brush.strokeStyle = palette.accent;
  brush.lineWidth = 1.5;
  brush.beginPath();
  brush.roundRect(from + 0.75, 0.75, Math.max(1, to - from - 1.5), box.height - 1.5, 3);
  brush.stroke();
  brush.globalAlpha = 1;
  for (const edge of [from, to - GRIP_WIDTH]) paintGrip(brush, edge, palette, box);
}

function paintGrip(brush: Brush, x: number, palette: Palette, box: Box): void {
  const tall = Math.min(18, box.height - 10), top = (box.height - tall) / 2;
  brush.fillStyle = palette.accent;
  brush.beginPath();
  brush.roundRect(x, top, GRIP_WIDTH, tall, 2);
  brush.fill();
  brush.fillStyle = palette.surface;
  brush.fillRect(x + GRIP_WIDTH / 2 - 0.5, top + 4, 1, tall - 8);
}
