// Small pictures of the samples, drawn from their recordings: read one after the other, kept while the window lives.

import type { Api, SampleInfo } from '../../app/contract/api.ts';
import { MARKS, type Columns } from './columns.ts';
import { loadRecording } from './recording.ts';

export const PREVIEW_WIDTH = 320;
const COLUMNS_MAX = 90;
const LEVELS = [60, 48, 36, 24];

export interface SamplePreview {
  readonly events: number;
  readonly changes: number;
  readonly faults: number;
  /** Stretches of one ring in a drawing 320 wide. */
  readonly bars: readonly { readonly x: number; readonly width: number; readonly ring: number }[];
  /** Lines at the height of the ring, and the steps between them. */
  readonly steps: readonly { readonly path: string; readonly ring: number }[];
  readonly faultsAt: readonly number[];
}

const known = new Map<string, Promise<SamplePreview | null>>();
let queue: Promise<unknown> = Promise.resolve();

/** The picture of a sample, or null when its recording cannot be read (opening it will say why). */
export function previewOf(api: Api, sample: SampleInfo): Promise<SamplePreview | null> {
  if (!sample.hasTrace) return Promise.resolve(null);
  const found = known.get(sample.name);
  if (found !== undefined) return found;
  const made = queue.then(() => load(api, sample.name)).catch(() => null);
  queue = made;
  known.set(sample.name, made);
  return made;
}

async function load(api: Api, name: string): Promise<SamplePreview | null> {
  const outcome = await api.openSample(name);
  if (outcome.kind !== 'opened') return null;
  try {
    return drawPreview((await loadRecording(outcome.trace)).columns);
  } finally {
    await api.closeTrace(outcome.trace.id);
  }
}

/** Draws a recording into 320 units; a long one is thinned to the ring that holds most of each column. */
export function drawPreview(columns: Columns): SamplePreview {
  const slots = Math.min(COLUMNS_MAX, Math.max(1, columns.count));
  const rings = Array.from({ length: slots }, (_, slot) => ringOfSlot(columns, slot, slots));
  const width = PREVIEW_WIDTH / slots;
  const bars: { x: number; width: number; ring: number }[] = [];
  for (const [slot, ring] of rings.entries()) {
    const last = bars[bars.length - 1];
    if (last?.ring === ring) last.width += width;
    else if (ring <= 3) bars.push({ x: slot * width, width, ring });
  }
  const steps = bars.map((bar, index) => {
    const before = bars[index - 1];
    const from = before === undefined ? '' : `M${bar.x.toFixed(1)} ${String(LEVELS[before.ring])}V${String(LEVELS[bar.ring])}`;
    return { ring: bar.ring, path: `${from === '' ? `M${bar.x.toFixed(1)} ${String(LEVELS[bar.ring])}` : from}H${(bar.x + bar.width).toFixed(1)}` };
  });
  const last = columns.count;
  return { events: last, changes: columns.sums.change[last] ?? 0, faults: columns.sums.fault[last] ?? 0, bars, steps, faultsAt: faultsOf(columns, slots) };
}

function ringOfSlot(columns: Columns, slot: number, slots: number): number {
  const first = Math.floor((slot * columns.count) / slots);
  const end = Math.max(first + 1, Math.floor(((slot + 1) * columns.count) / slots));
  const counts = columns.ringSums.map((sum) => (sum[Math.min(end, columns.count)] ?? 0) - (sum[first] ?? 0));
  const most = Math.max(...counts);
  // a thinned column of both rings alternates, so that the picture shows that the rings alternate
  const present = counts.flatMap((count, ring) => (count > 0 ? [ring] : []));
  if (end - first > 2 && present.length > 1) return present[slot % present.length] ?? 4;
  return most === 0 ? 4 : counts.indexOf(most);
}

function faultsOf(columns: Columns, slots: number): readonly number[] {
  const at = new Set<number>();
  for (let seq = 0; seq < columns.count && at.size < 24; seq += 1) {
    if (MARKS[columns.mark[seq] ?? 0] === 'fault') at.add(Math.floor((seq * slots) / columns.count));
  }
  return [...at].map((slot) => ((slot + 0.5) * PREVIEW_WIDTH) / slots);
}
