// Unfolds the `state` section of a chunk (layout: encode-state.ts) and answers for the register file before and after each row.
// Offsets here are the file's; reader.ts maps them to today's register file.

import type { ByteReader } from '../base/byte-reader.ts';
import { decodeColumn, spend, type Budget, type Column } from './columns.ts';

/** Rows between two kept copies of the whole register file. */
const KEYFRAME_ROWS = 1024;

export interface DecodedState {
  /** The register file before the first row of the chunk. */
  readonly snapshot: Uint32Array;
  /** Changed words in event order: see StateLog. */
  readonly offsets: Uint16Array;
  readonly values: Uint32Array;
  readonly ends: Uint32Array;
  /** Copies of the register file before rows 0, KEYFRAME_ROWS, …, made when first needed. */
  readonly keyframes: Uint32Array[];
}

/** Unfolds the state section of a chunk of `rows` rows over a register file of `words` words. */
export function decodeState(input: ByteReader, words: number, rows: number, budget: Budget): DecodedState {
  const snapshotColumn = decodeColumn(input, words, budget);
  const snapshot = Uint32Array.from({ length: words }, (_, offset) => snapshotColumn.data[offset & snapshotColumn.mask]!);
  const sets = readSets(input, words, rows);
  const before = decodeColumn(input, rows, budget);
  const after = decodeColumn(input, rows, budget);
  spend(input, budget, 2 * rows);
  const ends = new Uint32Array(2 * rows);
  const uses = new Uint32Array(words);
  for (let index = 0, total = 0; index < 2 * rows; index += 1) {
    const set = setAt(input, sets, index, before, after);
    spend(input, budget, 3 * set.length);
    for (const offset of set) uses[offset]! += 1;
    total += set.length;
    ends[index] = total;
  }
  const columns = Array.from(uses, (count) => decodeColumn(input, count, budget));
  input.end();
  return { snapshot, ends, keyframes: [snapshot], ...inOrder(input, { sets, before, after, ends, columns, words }) };
}

function readSets(input: ByteReader, words: number, rows: number): readonly Uint16Array[] {
  const many = input.atMost(Math.min(2 * rows, input.remaining), 'the number of register sets');
  return Array.from({ length: many }, () => {
    const size = input.atMost(Math.min(words, input.remaining), 'a register set');
    let offset = -1;
    return Uint16Array.from({ length: size }, () => {
      offset += input.atMost(words, 'a register offset') + 1;
      if (offset >= words) throw input.damaged('a register offset is too large');
      return offset;
    });
  });
}

function setAt(input: ByteReader, sets: readonly Uint16Array[], index: number, before: Column, after: Column): Uint16Array {
  const column = index & 1 ? after : before;
  const set = sets[column.data[(index >> 1) & column.mask]!];
  if (set === undefined) throw input.damaged('an event names an unknown register set');
  return set;
}

interface Parts {
  readonly sets: readonly Uint16Array[]; readonly before: Column; readonly after: Column; readonly ends: Uint32Array;
  readonly columns: readonly Column[]; readonly words: number;
}

function inOrder(input: ByteReader, parts: Parts): { offsets: Uint16Array; values: Uint32Array } {
  const total = parts.ends[parts.ends.length - 1] ?? 0;
  const offsets = new Uint16Array(total);
  const values = new Uint32Array(total);
  const cursors = new Uint32Array(parts.words);
  let at = 0;
  for (let index = 0; index < parts.ends.length; index += 1) {
    for (const offset of setAt(input, parts.sets, index, parts.before, parts.after)) {
      const column = parts.columns[offset]!;
      offsets[at] = offset;
      values[at] = column.data[cursors[offset]! & column.mask]!;
      cursors[offset]! += 1;
      at += 1;
    }
  }
  return { offsets, values };
}

/** Where the last answer of a chunk stood: going forwards from there costs only what changed since. `end` counts change lists. */
const recent = new WeakMap<DecodedState, { end: number; readonly words: Uint32Array }>();

/** The register file (file offsets) before or after a row of the chunk, as words of its own. */
export function stateOf(state: DecodedState, row: number, moment: 'before' | 'after'): Uint32Array {
  const end = 2 * row + (moment === 'before' ? 1 : 2);
  const held = recent.get(state);
  if (held !== undefined && held.end <= end && end - held.end <= 2 * KEYFRAME_ROWS) {
    apply(state, held.words, held.end, end);
    held.end = end;
    return held.words.slice();
  }
  const frame = Math.floor(row / KEYFRAME_ROWS);
  while (state.keyframes.length <= frame) {
    const last = state.keyframes.length - 1;
    const next = state.keyframes[last]!.slice();
    apply(state, next, 2 * last * KEYFRAME_ROWS, 2 * (last + 1) * KEYFRAME_ROWS);
    state.keyframes.push(next);
  }
  const words = state.keyframes[frame]!.slice();
  apply(state, words, 2 * frame * KEYFRAME_ROWS, end);
  recent.set(state, { end, words: words.slice() });
  return words;
}

// applies the change lists [first, end): list 2 r is before row r, list 2 r + 1 is row r's own
function apply(state: DecodedState, words: Uint32Array, first: number, end: number): void {
  if (end === 0) return;
  const last = state.ends[end - 1]!;
  for (let at = first === 0 ? 0 : state.ends[first - 1]!; at < last; at += 1) words[state.offsets[at]!] = state.values[at]!;
}
