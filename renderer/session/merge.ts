// Joining rising lists of sequence numbers.

/** The union of rising lists, rising, each number once. Costs one look at each number of each list, and no sorting. */
export function mergeRising(lists: readonly Uint32Array[]): Uint32Array {
  return lists.reduce((joined, list) => (joined.length === 0 ? list : list.length === 0 ? joined : mergeTwo(joined, list)), new Uint32Array(0));
}

function mergeTwo(left: Uint32Array, right: Uint32Array): Uint32Array {
  const all = new Uint32Array(left.length + right.length);
  let kept = 0, fromLeft = 0, fromRight = 0;
  while (fromLeft < left.length || fromRight < right.length) {
    const a = left[fromLeft] ?? Infinity;
    const b = right[fromRight] ?? Infinity;
    all[kept] = Math.min(a, b);
    kept += 1;
    if (a <= b) fromLeft += 1;
    if (b <= a) fromRight += 1;
  }
  return all.slice(0, kept);
}
