// Joining rising lists of sequence numbers.

/** The union of rising lists, rising, each number once. */
export function mergeRising(lists: readonly Uint32Array[]): Uint32Array {
  const [first, second] = lists;
  if (first === undefined) return new Uint32Array(0);
  if (second === undefined) return first;
  const all = new Uint32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) { all.set(list, at); at += list.length; }
  all.sort();
  let kept = 0;
  for (let index = 0; index < all.length; index += 1) {
    if (index === 0 || all[index] !== all[index - 1]) { all[kept] = all[index] ?? 0; kept += 1; }
  }
  return all.slice(0, kept);
}
