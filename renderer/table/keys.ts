// Which row a key of the event table leads to.

/** Row index after a key, or null when the key is not the table's. `count` itself is the end of the recording. */
export function nextRow(key: string, { at, count, page }: { readonly at: number; readonly count: number; readonly page: number }): number | null {
  const wanted = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: count - 1 }[key];
  return wanted === undefined ? null : Math.max(0, Math.min(count - 1, wanted));
}
