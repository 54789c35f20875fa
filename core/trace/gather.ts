// Puts one stored row into a draft: words from the columns to where they belong in rows of this core, heap behind them. For files
// whose layout is today's nothing moves; for others fields, codes and lists are mapped by name (layout.ts).

import type { EventDraft } from '../event/draft.ts';
import { COMMON_PRESENT, COMMON_UNKNOWN, KIND_PRESENT, KIND_UNKNOWN } from '../event/schema.ts';
import type { Column } from './columns.ts';
import type { DecodedHeap, ShapeRows } from './decode-rows.ts';
import { ruleWordOf } from './feed.ts';
import type { Layout, LayoutField } from './layout.ts';

/** How the rows of one shape become drafts. */
export interface GatherPlan {
  readonly kind: number;
  readonly masks: Uint32Array;
  /** For each stored word: its place in the draft and its column; codes to map it through. */
  readonly targets: Uint16Array;
  readonly columns: readonly Column[];
  readonly codes: readonly (Uint32Array | null)[];
  /** List fields whose heap words need mapping. */
  readonly lists: readonly LayoutField[];
  readonly fileKind: number;
}

/** The plan for the rows of one shape. */
export function planGather({ shape, columns }: ShapeRows, layout: Layout): GatherPlan {
  const kind = layout.kinds[shape.kind]!;
  const masks = new Uint32Array(4);
  for (const [fields, present, unknown] of [[layout.common, COMMON_PRESENT, COMMON_UNKNOWN], [kind.fields, KIND_PRESENT, KIND_UNKNOWN]] as const) {
    fields.forEach(({ target }, bit) => {
      if (target === null) return;
      const to = 1 << ((target.handle >>> 9) & 31);
      if (shape.masks[present]! & (1 << bit)) masks[present]! |= to;
      if (shape.masks[unknown]! & (1 << bit)) masks[unknown]! |= to;
    });
  }
  const words = shape.fields.flatMap((field) => Array.from({ length: field.words }, (_, word) => ({ field, word })))
    .map((one, index) => ({ ...one, column: columns[index]! }))
    .filter(({ field, word }) => field.target !== null && word < field.target.words);
  return {
    kind: kind.code, masks, fileKind: shape.kind,
    targets: Uint16Array.from(words, ({ field, word }) => field.target!.offset + word),
    columns: words.map(({ column }) => column),
    codes: words.map(({ field }) => field.codes),
    lists: shape.fields.filter((field) => field.target !== null && mapsList(field, layout)),
  };
}

function mapsList({ type }: LayoutField, layout: Layout): boolean {
  if (type === 'walk') return layout.ruleCodes !== null;
  if (type === 'slots') return layout.slotCodes !== null;
  if (type === 'registers') return layout.registersMoved;
  return type === 'completeness' && (layout.handles !== null || layout.completenessCodes !== null);
}

/** Fills the draft with row `row` of a chunk, which is the `rank`-th of its shape. */
export function gather(plan: GatherPlan, rank: number, heap: DecodedHeap, row: number, layout: Layout, draft: EventDraft): void {
  draft.begin(plan.kind);
  draft.words.set(plan.masks);
  const { targets, columns, codes } = plan;
  for (let index = 0; index < targets.length; index += 1) {
    const { data, mask } = columns[index]!;
    const value = data[rank & mask]!;
    const map = codes[index] ?? null;
    draft.words[targets[index]!] = map === null ? value : value < map.length ? map[value]! : 0xffff_ffff;
  }
  const end = heap.starts[row + 1]!;
  for (let at = heap.starts[row]!; at < end; at += 1) draft.append(heap.words[at]!);
  for (const field of plan.lists) mapList(field, plan, layout, draft);
}

const STRIDES = { slots: 3, registers: 3, completeness: 2 } as const;

function mapList(field: LayoutField, plan: GatherPlan, layout: Layout, draft: EventDraft): void {
  const pointer = draft.words[field.target!.offset]!;
  if (pointer >= draft.heapLength) return;
  const { heap, heapLength } = draft;
  if (field.type === 'walk') {
    const word = ruleWordOf(pointer, heap, 0, heapLength);
    if (word >= 0) heap[word] = layout.ruleCodes?.[heap[word]!] ?? heap[word]!;
    return;
  }
  if (field.type !== 'slots' && field.type !== 'registers' && field.type !== 'completeness') return;
  const stride = STRIDES[field.type];
  const count = Math.min(heap[pointer]!, Math.floor((heapLength - pointer - 1) / stride));
  for (let item = 0, at = pointer + 1; item < count; item += 1, at += stride) {
    if (field.type === 'slots') heap[at] = layout.slotCodes?.[heap[at]!] ?? heap[at]!;
    else if (field.type === 'registers') heap[at] = layout.registerTargets[heap[at]!] ?? 0xffff_ffff;
    else {
      heap[at] = layout.handles?.[plan.fileKind]?.get(heap[at]!) ?? heap[at]!;
      heap[at + 1] = layout.completenessCodes?.[heap[at + 1]!] ?? heap[at + 1]!;
    }
  }
}
