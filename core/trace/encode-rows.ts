// Turns the rows of a chunk into two sections: `rows` (shapes and columns) and `heap` (texts and lists). The reverse: decode-rows.ts.
//   rows: varint shapes; per shape: varint kind, 4 varints masks, varint rows · columns shape, seq lo, seq hi (one value a row)
//         · per shape, per stored word: a column over its rows
//   heap: per shape: column heap length · per shape: for every length that HEAP_GROUP_ROWS rows or more share and that is at most
//         HEAP_GROUP_WORDS, ascending: one column per word over those rows; one column with the words of all other rows in order

import type { ByteWriter } from '../base/byte-writer.ts';
import { encodeColumn } from './columns.ts';
import type { RowLog } from './row-log.ts';
import type { ShapeTable } from './shapes.ts';

/** Heaps of equal length are stored word by word when at least this many rows share it… */
export const HEAP_GROUP_ROWS = 8;
/** …and it is at most this long. */
export const HEAP_GROUP_WORDS = 512;

/** Shape index of every row of the log. */
export function shapesOfRows(log: RowLog, table: ShapeTable): Uint32Array {
  const shapes = new Uint32Array(log.rows);
  for (let row = 0; row < log.rows; row += 1) shapes[row] = table.indexOf(log.kinds[row]!, log.words, log.starts[row]!);
  return shapes;
}

/** Row indices per shape, ascending. */
export function rowsByShape(shapes: Uint32Array, count: number): readonly Uint32Array[] {
  const counts = new Uint32Array(count);
  for (const shape of shapes) counts[shape]! += 1;
  const lists = Array.from(counts, (rows) => new Uint32Array(rows));
  counts.fill(0);
  shapes.forEach((shape, row) => {
    lists[shape]![counts[shape]!] = row;
    counts[shape]! += 1;
  });
  return lists;
}

/** Writes both sections of the log's rows. */
export function encodeRows(log: RowLog, table: ShapeTable, shapes: Uint32Array, rows: ByteWriter, heap: ByteWriter): void {
  const lists = rowsByShape(shapes, table.shapes.length);
  const scratch = new Uint32Array(log.rows);
  rows.varint(lists.length);
  table.shapes.forEach((shape, index) => {
    rows.varint(shape.kind);
    for (const mask of shape.masks) rows.varint(mask);
    rows.varint(lists[index]!.length);
  });
  encodeColumn(rows, shapes, log.rows);
  encodeColumn(rows, log.seqLo, log.rows);
  encodeColumn(rows, log.seqHi, log.rows);
  table.shapes.forEach((shape, index) => {
    const list = lists[index]!;
    encodeTransposed(rows, log.words, { starts: list.map((row) => log.starts[row]!), offsets: shape.offsets });
    for (let at = 0; at < list.length; at += 1) scratch[at] = log.heapLengths[list[at]!]!;
    encodeColumn(heap, scratch, list.length);
  });
  for (const list of lists) encodeHeap(log, list, heap);
}

/** Columns taken through one pass over the rows: few enough for the write streams to stay in the cache. */
const PASS_COLUMNS = 16;

/** One column per offset over the rows that begin at `starts`. */
function encodeTransposed(out: ByteWriter, words: Uint32Array, { starts, offsets }: { readonly starts: Uint32Array; readonly offsets: Uint16Array }): void {
  const count = starts.length;
  const columns = Array.from({ length: Math.min(PASS_COLUMNS, offsets.length) }, () => new Uint32Array(count));
  for (let first = 0; first < offsets.length; first += PASS_COLUMNS) {
    const many = Math.min(PASS_COLUMNS, offsets.length - first);
    for (let at = 0; at < count; at += 1) {
      const start = starts[at]!;
      for (let column = 0; column < many; column += 1) columns[column]![at] = words[start + offsets[first + column]!]!;
    }
    for (let column = 0; column < many; column += 1) encodeColumn(out, columns[column]!, count);
  }
}

/** The heap lengths that are stored word by word, ascending. */
export function groupedLengths(list: Uint32Array, lengthOf: (row: number) => number): readonly number[] {
  const first = list.length === 0 ? 0 : lengthOf(list[0]!);
  if (list.every((row) => lengthOf(row) === first)) return first > 0 && first <= HEAP_GROUP_WORDS && list.length >= HEAP_GROUP_ROWS ? [first] : [];
  const rows = new Map<number, number>();
  for (const row of list) rows.set(lengthOf(row), (rows.get(lengthOf(row)) ?? 0) + 1);
  return [...rows].filter(([length, many]) => length > 0 && length <= HEAP_GROUP_WORDS && many >= HEAP_GROUP_ROWS).map(([length]) => length).sort((a, b) => a - b);
}

function encodeHeap(log: RowLog, list: Uint32Array, heap: ByteWriter): void {
  const grouped = groupedLengths(list, (row) => log.heapLengths[row]!);
  for (const length of grouped) {
    const members = list.filter((row) => log.heapLengths[row] === length);
    encodeTransposed(heap, log.words, { starts: members.map((row) => log.heapStart(row)), offsets: Uint16Array.from({ length }, (_, word) => word) });
  }
  const others = list.filter((row) => !grouped.includes(log.heapLengths[row]!));
  const rest = new Uint32Array(others.reduce((sum, row) => sum + log.heapLengths[row]!, 0));
  let used = 0;
  for (const row of others) {
    const first = log.heapStart(row);
    rest.set(log.words.subarray(first, first + log.heapLengths[row]!), used);
    used += log.heapLengths[row]!;
  }
  encodeColumn(heap, rest, rest.length);
}
