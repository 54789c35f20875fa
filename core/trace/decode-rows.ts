// Unfolds the `rows` and `heap` sections of a chunk; the layout is drawn in encode-rows.ts. Everything here may be hostile:
// counts are held against the bytes that are left and against the chunk's budget of words before anything is allocated.

import type { ByteReader } from '../base/byte-reader.ts';
import { decodeColumn, spend, type Budget, type Column } from './columns.ts';
import { groupedLengths, rowsByShape } from './encode-rows.ts';
import type { Layout } from './layout.ts';
import { shapeOf, type Shape } from './shapes.ts';

/** What one stored column costs beside its words: bounds the number of objects a file can make us create. */
const COLUMN_COST = 32;

export interface ShapeRows {
  readonly shape: Shape;
  readonly rows: Uint32Array;
  /** One column a word of `shape.offsets`, over `rows`. */
  readonly columns: readonly Column[];
}
export interface DecodedRows {
  readonly count: number;
  readonly shapes: readonly ShapeRows[];
  readonly shapeOfRow: Uint32Array;
  /** Position of each row among the rows of its shape. */
  readonly rankOfRow: Uint32Array;
  readonly seqLo: Column;
  readonly seqHi: Column;
}
/** Heap words of all rows; those of row r are [starts[r], starts[r + 1]). */
export interface DecodedHeap { readonly words: Uint32Array; readonly starts: Uint32Array }

/** Unfolds the rows section of a chunk of `count` rows. */
export function decodeRows(input: ByteReader, layout: Layout, count: number, budget: Budget): DecodedRows {
  const heads = readShapes(input, layout, count);
  const shapeColumn = decodeColumn(input, count, budget);
  spend(input, budget, 3 * count);
  const shapeOfRow = Uint32Array.from({ length: count }, (_, row) => shapeColumn.data[row & shapeColumn.mask]!);
  if (shapeOfRow.some((shape) => shape >= heads.length)) throw input.damaged('a row has no shape');
  const seqLo = decodeColumn(input, count, budget);
  const seqHi = decodeColumn(input, count, budget);
  const lists = rowsByShape(shapeOfRow, heads.length);
  const rankOfRow = new Uint32Array(count);
  const shapes = heads.map(({ shape, rows }, index) => {
    const list = lists[index]!;
    if (list.length !== rows) throw input.damaged('a shape has another number of rows than it says');
    list.forEach((row, rank) => { rankOfRow[row] = rank; });
    spend(input, budget, COLUMN_COST * shape.offsets.length);
    return { shape, rows: list, columns: Array.from(shape.offsets, () => decodeColumn(input, rows, budget)) };
  });
  input.end();
  return { count, shapes, shapeOfRow, rankOfRow, seqLo, seqHi };
}

function readShapes(input: ByteReader, layout: Layout, count: number): readonly { readonly shape: Shape; readonly rows: number }[] {
  const many = input.atMost(Math.min(count, Math.floor(input.remaining / 6)), 'the number of row shapes');
  return Array.from({ length: many }, () => {
    const kind = input.varint();
    const masks = Uint32Array.from({ length: 4 }, () => input.varint());
    const shape = shapeOf(layout, kind, masks);
    if (shape === null) throw input.damaged('a row shape names fields its kind does not have');
    return { shape, rows: input.atMost(count, 'the rows of a shape') };
  });
}

/** Unfolds the heap section that belongs to these rows. */
export function decodeHeap(input: ByteReader, rows: DecodedRows, budget: Budget): DecodedHeap {
  const lengths = new Uint32Array(rows.count);
  for (const { rows: list } of rows.shapes) {
    const column = decodeColumn(input, list.length, budget);
    list.forEach((row, rank) => { lengths[row] = column.data[rank & column.mask]!; });
  }
  const starts = new Uint32Array(rows.count + 1);
  lengths.forEach((length, row) => {
    spend(input, budget, length);
    starts[row + 1] = starts[row]! + length;
  });
  const words = new Uint32Array(starts[rows.count]!);
  for (const { rows: list } of rows.shapes) readShapeHeap(input, list, lengths, { words, starts }, budget);
  input.end();
  return { words, starts };
}

function readShapeHeap(input: ByteReader, list: Uint32Array, lengths: Uint32Array, heap: DecodedHeap, budget: Budget): void {
  const grouped = groupedLengths(list, (row) => lengths[row]!);
  for (const length of grouped) {
    const members = list.filter((row) => lengths[row] === length);
    spend(input, budget, members.length);
    const columns = Array.from({ length }, () => decodeColumn(input, members.length, { ...budget }));
    for (let at = 0; at < members.length; at += 1) {
      const start = heap.starts[members[at]!]!;
      for (let word = 0; word < length; word += 1) heap.words[start + word] = columns[word]!.data[at & columns[word]!.mask]!;
    }
  }
  const others = list.filter((row) => !grouped.includes(lengths[row]!));
  const { data, mask } = decodeColumn(input, others.reduce((sum, row) => sum + lengths[row]!, 0), { ...budget });
  let from = 0;
  for (const row of others) {
    const start = heap.starts[row]!;
    for (let word = 0; word < lengths[row]!; word += 1) heap.words[start + word] = data[(from + word) & mask]!;
    from += lengths[row]!;
  }
}
