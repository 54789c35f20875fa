// The nearest known word to a mistyped one, for messages that refuse it.

/** ` (did you mean "cpl"?)` with the nearest of `known` to `word`, or nothing when none is near. */
export function suggestion(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === null ? '' : ` (did you mean ${JSON.stringify(near)}?)`;
}

/** The known word nearest to a mistyped one, or null when all are far. Only the first 20 000 are looked at. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  let looked = 0;
  for (const candidate of known) {
    looked += 1;
    if (looked > 20_000) break;
    const lower = candidate.toLowerCase();
    if (Math.abs(lower.length - wanted.length) >= bestDistance && !partOf(wanted, lower)) continue;
    const distance = partOf(wanted, lower) ? 1 : editDistance(wanted, lower);
    if (distance < bestDistance) { best = candidate; bestDistance = distance; }
  }
  return best;
}

/** `SYSENTER_CS` for `IA32_SYSENTER_CS`: whole parts left out at either end. */
function partOf(wanted: string, candidate: string): boolean {
  return wanted.length >= 3 && (candidate.endsWith(`_${wanted}`) || candidate.endsWith(`.${wanted}`) || candidate.startsWith(`${wanted}_`) || candidate.startsWith(`${wanted}-`));
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
