// Which row a key leads to in a list with a current row.

/** Row index after a key, or null when the key is not the list's. */
export function nextRow(key: string, { at, count, page }: { readonly at: number; readonly count: number; readonly page: number }): number | null {
  const wanted = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: count - 1 }[key];
  return wanted === undefined ? null : Math.max(0, Math.min(count - 1, wanted));
}
