// The rows of the chunk being recorded: words and heap one behind the other in one growing array. Hot: no allocation per event.

import type { Row } from '../event/draft.ts';
import { SCHEMA } from '../event/schema.ts';
import { CHUNK_EVENTS, CHUNK_WORDS_FLUSH } from './limits.ts';

const ROW_WIDTHS = Uint16Array.from(SCHEMA, ({ words }) => words);

export class RowLog {
  rows = 0;
  /** Row words, then heap words, row by row. */
  words = new Uint32Array(1 << 14);
  used = 0;
  readonly kinds = new Uint8Array(CHUNK_EVENTS);
  readonly starts = new Uint32Array(CHUNK_EVENTS);
  readonly heapLengths = new Uint32Array(CHUNK_EVENTS);
  readonly seqLo = new Uint32Array(CHUNK_EVENTS);
  readonly seqHi = new Uint32Array(CHUNK_EVENTS);

  /** Copies one row. The log must not be full. */
  add(seq: number, row: Row): void {
    const width = ROW_WIDTHS[row.kind]!;
    const heapLength = row.heapLength;
    const at = this.used;
    if (at + width + heapLength > this.words.length) this.grow(width + heapLength);
    const words = this.words;
    const from = row.words;
    for (let word = 0; word < width; word += 1) words[at + word] = from[word]!;
    const heap = row.heap;
    for (let word = 0; word < heapLength; word += 1) words[at + width + word] = heap[word]!;
    this.used = at + width + heapLength;
    const index = this.rows;
    this.kinds[index] = row.kind;
    this.starts[index] = at;
    this.heapLengths[index] = heapLength;
    this.seqLo[index] = seq;
    this.seqHi[index] = seq / 0x1_0000_0000;
    this.rows = index + 1;
  }

  /** Index of the first heap word of row `index`. */
  heapStart(index: number): number {
    return this.starts[index]! + ROW_WIDTHS[this.kinds[index]!]!;
  }

  /** True when the next row belongs into another chunk. `others` counts words kept elsewhere for this chunk. */
  isFull(others: number): boolean {
    return this.rows === CHUNK_EVENTS || this.used + others >= CHUNK_WORDS_FLUSH;
  }

  clear(): void {
    this.rows = 0;
    this.used = 0;
  }

  private grow(more: number): void {
    const larger = new Uint32Array(Math.max(this.words.length * 2, this.used + more));
    larger.set(this.words.subarray(0, this.used));
    this.words = larger;
  }
}
