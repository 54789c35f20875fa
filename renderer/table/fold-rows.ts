// Rows of the event table when repeats are folded: a fold has a row of its own, and hides its events until it is opened. Row <-> event by
// binary search, so that a million events with a thousand folds scroll.

/** A stretch of events [first, end) that can be folded. Rising, without overlap. */
export interface Foldable { readonly first: number; readonly end: number }
export type TableRow = { readonly kind: 'event'; readonly seq: number } | { readonly kind: 'fold'; readonly fold: number; readonly isOpen: boolean };

export class FoldRows {
  readonly #folds: readonly Foldable[];
  readonly #isOpen: (fold: number) => boolean;
  /** Row of each fold, and rows added before the events behind it (negative: hidden). */
  readonly #rows: Float64Array;
  readonly #shifts: Float64Array;
  readonly count: number;

  constructor(events: number, folds: readonly Foldable[], isOpen: (fold: number) => boolean) {
    this.#folds = folds;
    this.#isOpen = isOpen;
    this.#rows = new Float64Array(folds.length);
    this.#shifts = new Float64Array(folds.length);
    let shift = 0;
    folds.forEach(({ first, end }, at) => {
      this.#rows[at] = first + shift;
      shift += isOpen(at) ? 1 : 1 - (end - first);
      this.#shifts[at] = shift;
    });
    this.count = events + shift;
  }

  /** What stands in a row. */
  at(row: number): TableRow {
    const fold = this.#lastBelow((at) => this.#rows[at]! <= row);
    if (fold >= 0 && this.#rows[fold] === row) return { kind: 'fold', fold, isOpen: this.#isOpen(fold) };
    return { kind: 'event', seq: fold < 0 ? row : row - this.#shifts[fold]! };
  }

  /** The row of an event: its own, or that of the closed fold it is hidden in. */
  rowOf(seq: number): number {
    const fold = this.#lastBelow((at) => this.#folds[at]!.first <= seq);
    if (fold < 0) return seq;
    const hidden = !this.#isOpen(fold) && seq < this.#folds[fold]!.end;
    const inside = seq < this.#folds[fold]!.end;
    if (hidden) return this.#rows[fold]!;
    return inside ? this.#rows[fold]! + 1 + seq - this.#folds[fold]!.first : seq + this.#shifts[fold]!;
  }

  /** The fold an event lies in, or -1. */
  foldOf(seq: number): number {
    const fold = this.#lastBelow((at) => this.#folds[at]!.first <= seq);
    return fold >= 0 && seq < this.#folds[fold]!.end ? fold : -1;
  }

  #lastBelow(holds: (at: number) => boolean): number {
    let low = 0, high = this.#folds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(middle)) low = middle + 1; else high = middle;
    }
    return low - 1;
  }
}
