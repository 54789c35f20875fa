// Rows of one kind with the same fields present and unknown have one shape. A chunk stores each shape once and, for every word its
// rows really hold, one column; a field that is absent or unknown takes no space at all.

import { COMMON_PRESENT, COMMON_UNKNOWN, KIND_PRESENT, KIND_UNKNOWN } from '../event/schema.ts';
import type { Layout, LayoutField } from './layout.ts';

export interface Shape {
  /** Code of the kind in the file. */
  readonly kind: number;
  /** Row words 0..3: presence masks. */
  readonly masks: Uint32Array;
  /** Offsets of the stored words in a row of the file, ascending. */
  readonly offsets: Uint16Array;
  /** Fields whose values are stored. */
  readonly fields: readonly LayoutField[];
  /** Offsets that hold rule codes, and offsets that point at walks: names, not codes, enter the content hash. */
  readonly ruleOffsets: readonly number[];
  readonly walkOffsets: readonly number[];
}

/** The shape of rows of a kind with these masks; null when a mask names a field the kind does not have. */
export function shapeOf(layout: Layout, kind: number, masks: Uint32Array): Shape | null {
  const kindFields = layout.kinds[kind]?.fields;
  if (kindFields === undefined) return null;
  if (!names(masks[COMMON_PRESENT]!, masks[COMMON_UNKNOWN]!, layout.common) || !names(masks[KIND_PRESENT]!, masks[KIND_UNKNOWN]!, kindFields)) return null;
  const common = masks[COMMON_PRESENT]! & ~masks[COMMON_UNKNOWN]!;
  const own = masks[KIND_PRESENT]! & ~masks[KIND_UNKNOWN]!;
  const fields = [
    ...layout.common.filter((_, bit) => (common & (1 << bit)) !== 0), ...kindFields.filter((_, bit) => (own & (1 << bit)) !== 0),
  ];
  const offsets = fields.flatMap(({ offset, words }) => Array.from({ length: words }, (_, word) => offset + word));
  return {
    kind, masks: masks.slice(0, 4), offsets: Uint16Array.from(offsets), fields,
    ruleOffsets: fields.filter(({ type }) => type === 'rule').map(({ offset }) => offset),
    walkOffsets: fields.filter(({ type }) => type === 'walk').map(({ offset }) => offset),
  };
}

// every present bit names a field, and only present fields are unknown
function names(present: number, unknown: number, fields: readonly unknown[]): boolean {
  const beyond = fields.length >= 32 ? 0 : -1 << fields.length;
  return (present & beyond) === 0 && (unknown & ~present) === 0;
}

/** The shapes met in one chunk, by kind and masks. */
export class ShapeTable {
  readonly shapes: Shape[] = [];
  private readonly layout: Layout;
  private readonly byHash = new Map<number, number[]>();

  constructor(layout: Layout) {
    this.layout = layout;
  }

  /** Index of the shape of a row whose words begin at `words[at]`. */
  indexOf(kind: number, words: Uint32Array, at: number): number {
    let hash = kind;
    for (let word = 0; word < 4; word += 1) hash = Math.imul(hash ^ words[at + word]!, 0x9e37_79b1) ^ (hash >>> 15);
    const candidates = this.byHash.get(hash);
    if (candidates !== undefined) for (const index of candidates) if (this.is(index, kind, words, at)) return index;
    return this.add(hash, kind, words.slice(at, at + 4));
  }

  private is(index: number, kind: number, words: Uint32Array, at: number): boolean {
    const { kind: own, masks } = this.shapes[index]!;
    return own === kind && masks[0] === words[at] && masks[1] === words[at + 1] && masks[2] === words[at + 2] && masks[3] === words[at + 3];
  }

  private add(hash: number, kind: number, masks: Uint32Array): number {
    const shape = shapeOf(this.layout, kind, masks);
    if (shape === null) throw new Error(`internal error: expected an event row whose masks name fields of kind ${String(kind)}`);
    const index = this.shapes.push(shape) - 1;
    const candidates = this.byHash.get(hash);
    if (candidates === undefined) this.byHash.set(hash, [index]);
    else candidates.push(index);
    return index;
  }
}
