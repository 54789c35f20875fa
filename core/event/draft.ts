// One reusable event row: the processor fills it field by field with scalars and hands it to the probe; the trace reader fills
// one to hand a stored row out. Nothing is allocated per event but the rare text. Layout: schema.ts.

import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { COMMON_PRESENT, COMMON_UNKNOWN, KIND_PRESENT, KIND_UNKNOWN, ROW_WORDS_MAX } from './schema.ts';

const HEAP_WORDS_FIRST = 1024;
/** No event may carry more than this many heap words (1 MiB): bounds what a hostile file can ask for. */
export const HEAP_WORDS_MAX = 1 << 18;

/** What readers of a row see: a draft being emitted, or a stored row. `heap` words are relative to `heapFirst`. */
export interface Row { readonly kind: number; readonly words: Uint32Array; readonly heap: Uint32Array; readonly heapLength: number }

/** A row under construction. Not kept by anyone who receives it: its words are overwritten by the next event. */
export class EventDraft implements Row {
  kind = 0;
  readonly words = new Uint32Array(ROW_WORDS_MAX);
  heap = new Uint32Array(HEAP_WORDS_FIRST);
  heapLength = 0;

  /** Starts an event of the kind with this code; every field is absent. */
  begin(kind: number): void {
    this.kind = kind;
    this.words.fill(0);
    this.heapLength = 0;
  }

  /** Sets a one-word field. */
  set(handle: number, value: number): void {
    this.words[(handle >>> 13) & 2]! |= 1 << ((handle >>> 9) & 31);
    this.words[handle & 0x1ff] = value;
  }

  /** Sets a two-word field from its low and high words. */
  set64(handle: number, lo: number, hi: number): void {
    this.set(handle, lo);
    this.words[(handle & 0x1ff) + 1] = hi;
  }

  /** Sets a two-word count (below 2^53) from a number. */
  setNumber(handle: number, value: number): void {
    this.set64(handle, value >>> 0, Math.floor(value / 0x1_0000_0000));
  }

  /** Marks a field as applying with a value nobody knows (JSON null). */
  setUnknown(handle: number): void {
    const bit = 1 << ((handle >>> 9) & 31);
    this.words[(handle >>> 13) & 2]! |= bit;
    this.words[((handle >>> 13) & 2) + 1]! |= bit;
  }

  /** Sets a text field; its UTF-8 bytes go to the heap as a byte length and packed words. */
  setText(handle: number, text: string): void {
    const bytes = encodeUtf8(text);
    this.set(handle, this.heapLength);
    this.append(bytes.length);
    for (let at = 0; at < bytes.length; at += 4) {
      this.append(bytes[at]! | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24));
    }
  }

  /** Starts a list field: the caller appends its words (count first, layout in heap-lists.ts) right after. */
  setList(handle: number): void {
    this.set(handle, this.heapLength);
  }

  /** Appends one word to the heap. */
  append(word: number): void {
    if (this.heapLength === this.heap.length) this.growHeap();
    this.heap[this.heapLength] = word;
    this.heapLength += 1;
  }

  private growHeap(): void {
    if (this.heap.length >= HEAP_WORDS_MAX) throw new Error('internal error: expected an event of less than 1 MiB');
    const larger = new Uint32Array(this.heap.length * 2);
    larger.set(this.heap);
    this.heap = larger;
  }
}

/** True when the field applies to this row (its value may still be unknown). */
export function isPresent(row: Row, handle: number): boolean {
  return (row.words[(handle >>> 13) & 2 ? KIND_PRESENT : COMMON_PRESENT]! & (1 << ((handle >>> 9) & 31))) !== 0;
}

/** True when the field applies and its value is unknown. */
export function isUnknown(row: Row, handle: number): boolean {
  return (row.words[(handle >>> 13) & 2 ? KIND_UNKNOWN : COMMON_UNKNOWN]! & (1 << ((handle >>> 9) & 31))) !== 0;
}

/** First word of a field (the low word of a wide one). */
export function wordOf(row: Row, handle: number): number {
  return row.words[handle & 0x1ff]!;
}

/** Second word of a wide field. */
export function highWordOf(row: Row, handle: number): number {
  return row.words[(handle & 0x1ff) + 1]!;
}

/** The text of a text field. A length that leaves the heap (a damaged file) gives the part that is there. */
export function textOf(row: Row, handle: number): string {
  const at = wordOf(row, handle);
  if (at >= row.heapLength) return '';
  const length = Math.min(row.heap[at]!, (row.heapLength - at - 1) * 4);
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = row.heap[at + 1 + (index >> 2)]! >>> ((index & 3) * 8);
  return decodeUtf8(bytes);
}
