// Arithmetic of a divider between two panes. Sizes are rem of the sized pane, so that larger text enlarges it too.

export interface SplitLimits { readonly least: number; readonly leastOther: number; readonly total: number }

/** The size the sized pane may have: never below its least, never so large that the other pane falls below its own (the other wins last). */
export function fitSize(wanted: number, { least, leastOther, total }: SplitLimits): number {
  return Math.max(Math.min(least, total), Math.min(wanted, total - leastOther));
}

/** Size after an arrow key on the divider; null when the key does nothing. `side` tells which pane is the sized one. */
export function keySize(key: string, size: number, options: { readonly side: 'start' | 'end'; readonly axis: 'row' | 'column' }): number | null {
  const forward = options.axis === 'row' ? 'ArrowRight' : 'ArrowDown';
  const back = options.axis === 'row' ? 'ArrowLeft' : 'ArrowUp';
  const direction = key === forward ? 1 : key === back ? -1 : 0;
  return direction === 0 ? null : size + direction * (options.side === 'start' ? 1 : -1);
}
