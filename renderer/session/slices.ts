// Long work on the window's only thread, cut into slices so that a frame is never far away.

/** Milliseconds a slice may take. */
export const SLICE_MS = 10;
const BUDGET = 500;

/** Lets `advance` work for one slice; true when it is done. `advance` is given a number of events and answers whether none are left. */
export function workSlice(advance: (budget: number) => boolean, now: () => number = () => performance.now()): boolean {
  const end = now() + SLICE_MS;
  for (;;) {
    if (advance(BUDGET)) return true;
    if (now() >= end) return false;
  }
}

/** Resolves once the window had its turn: input and painting come first. */
export function yieldToWindow(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, 0); });
}

/** Resolves once what was changed is on the screen; where nothing is painted (no window, or a hidden one), soon. */
export function painted(): Promise<void> {
  if (typeof requestAnimationFrame === 'undefined' || document.hidden) return yieldToWindow();
  return new Promise((resolve) => { requestAnimationFrame(() => { setTimeout(resolve, 0); }); });
}
