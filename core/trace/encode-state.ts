// Turns the register changes of a chunk into its `state` section. The reverse: decode-state.ts.
//   column snapshot (one value a register word) · varint sets; per set: varint size, the offsets as varint gaps (the first from -1)
//   · columns set-before, set-after (one value a row) · per register word that changes: a column of its new values in event order
// A set is a list of register words that changed together; programs have few.

import type { ByteWriter } from '../base/byte-writer.ts';
import { encodeColumn } from './columns.ts';
import type { StateLog } from './state-log.ts';

interface Sets { readonly ids: Uint32Array; readonly firsts: readonly number[]; readonly sizes: readonly number[] }

/** Writes the state section of `rows` events. */
export function encodeState(log: StateLog, rows: number, out: ByteWriter): void {
  encodeColumn(out, log.snapshot, log.snapshot.length);
  const sets = collectSets(log, rows);
  out.varint(sets.firsts.length);
  sets.firsts.forEach((first, set) => {
    out.varint(sets.sizes[set]!);
    for (let at = first, before = -1; at < first + sets.sizes[set]!; at += 1) {
      out.varint(log.offsets[at]! - before - 1);
      before = log.offsets[at]!;
    }
  });
  encodeColumn(out, sets.ids.filter((_, index) => (index & 1) === 0), rows);
  encodeColumn(out, sets.ids.filter((_, index) => (index & 1) === 1), rows);
  encodeValues(log, out);
}

function collectSets(log: StateLog, rows: number): Sets {
  const ids = new Uint32Array(2 * rows);
  const firsts: number[] = [];
  const sizes: number[] = [];
  const byHash = new Map<number, number[]>();
  for (let index = 0, first = 0; index < 2 * rows; index += 1) {
    const end = log.ends[index]!;
    let hash = end - first;
    for (let at = first; at < end; at += 1) hash = Math.imul(hash ^ log.offsets[at]!, 0x9e37_79b1) ^ (hash >>> 15);
    const candidates = byHash.get(hash) ?? [];
    let id = candidates.find((candidate) => same(log.offsets, firsts[candidate]!, sizes[candidate]!, first, end));
    if (id === undefined) {
      id = firsts.push(first) - 1;
      sizes.push(end - first);
      byHash.set(hash, [...candidates, id]);
    }
    ids[index] = id;
    first = end;
  }
  return { ids, firsts, sizes };
}

function same(offsets: Uint16Array, first: number, size: number, otherFirst: number, otherEnd: number): boolean {
  if (size !== otherEnd - otherFirst) return false;
  for (let at = 0; at < size; at += 1) if (offsets[first + at] !== offsets[otherFirst + at]) return false;
  return true;
}

function encodeValues(log: StateLog, out: ByteWriter): void {
  const uses = new Uint32Array(log.snapshot.length);
  for (let at = 0; at < log.used; at += 1) uses[log.offsets[at]!]! += 1;
  const values = Array.from(uses, (count) => new Uint32Array(count));
  uses.fill(0);
  for (let at = 0; at < log.used; at += 1) {
    const offset = log.offsets[at]!;
    values[offset]![uses[offset]!] = log.values[at]!;
    uses[offset]! += 1;
  }
  for (const column of values) encodeColumn(out, column, column.length);
}
