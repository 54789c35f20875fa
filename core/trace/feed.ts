// What the content hash is made of, in order: the header facts (facts.ts), the register file before the first event, then per event
//   seq lo, hi · kind · the four mask words · the words present and known, ascending · heap length, heap words ·
//   changes before it: count, (offset, value)… · changes by it: count, (offset, value)…
// Rule codes enter as hashes of the rules' names, so that a longer catalogue leaves old hashes alone.

import type { ContentHash } from './content-hash.ts';
import type { Shape } from './shapes.ts';

const LEVEL_WORDS = 8;

/** Feeds one row: its words begin at `words[at]`, its heap at `heap[heapAt]`. */
export function feedRow(
  hash: ContentHash, shape: Shape, ruleHashes: Uint32Array, seq: { readonly lo: number; readonly hi: number },
  words: Uint32Array, at: number, heap: Uint32Array, heapAt: number, heapLength: number,
): void {
  hash.word(seq.lo);
  hash.word(seq.hi);
  hash.word(shape.kind);
  for (let word = 0; word < 4; word += 1) hash.word(shape.masks[word]!);
  const { offsets, ruleOffsets } = shape;
  for (let index = 0; index < offsets.length; index += 1) {
    const offset = offsets[index]!;
    const value = words[at + offset]!;
    hash.word(ruleOffsets.length !== 0 && ruleOffsets.includes(offset) ? (ruleHashes[value] ?? value) : value);
  }
  hash.word(heapLength);
  if (shape.walkOffsets.length === 0) for (let word = 0; word < heapLength; word += 1) hash.word(heap[heapAt + word]!);
  else feedWalkHeap(hash, shape, ruleHashes, words, at, heap, heapAt, heapLength);
}

function feedWalkHeap(
  hash: ContentHash, shape: Shape, ruleHashes: Uint32Array, words: Uint32Array, at: number, heap: Uint32Array, heapAt: number, heapLength: number,
): void {
  const rules = shape.walkOffsets.map((offset) => ruleWordOf(words[at + offset]!, heap, heapAt, heapLength));
  for (let word = 0; word < heapLength; word += 1) {
    const value = heap[heapAt + word]!;
    hash.word(rules.includes(word) ? (ruleHashes[value] ?? value) : value);
  }
}

/** Where in a row's heap the rule code of the walk at `pointer` stands; -1 when it leaves the heap. Layout: heap-lists.ts. */
export function ruleWordOf(pointer: number, heap: Uint32Array, heapAt: number, heapLength: number): number {
  if (pointer >= heapLength) return -1;
  const levels = Math.min(heap[heapAt + pointer]!, Math.floor((heapLength - pointer - 1) / LEVEL_WORDS));
  const word = pointer + 1 + levels * LEVEL_WORDS + 1;
  return word < heapLength ? word : -1;
}

/** Feeds the register changes [first, end). */
export function feedChanges(hash: ContentHash, offsets: Uint16Array, values: Uint32Array, first: number, end: number): void {
  hash.word(end - first);
  for (let index = first; index < end; index += 1) {
    hash.word(offsets[index]!);
    hash.word(values[index]!);
  }
}
