// How often a breakpoint hits, in words.

/** `no hits`, `1 hit`, `12 hits`, and where the playhead stands on one: `hit 3 of 12`. `before` hits lie before the playhead. */
export function countText(hits: Uint32Array | null, before: number, event: number | null): string {
  if (hits === null) return 'not counted';
  if (event !== null && hits[before] === event) return `hit ${(before + 1).toLocaleString('en')} of ${hits.length.toLocaleString('en')}`;
  return hits.length === 0 ? 'no hits in this trace' : `${hits.length.toLocaleString('en')} ${hits.length === 1 ? 'hit' : 'hits'}`;
}
