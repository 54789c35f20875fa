// The guests of the protection matrix, and what they print in short: what matrix.test.ts and test/witness/matrix.test.ts share.

export const MATRICES = [
  { what: 'the protection matrix', source: 'matrix.asm', image: 'matrix.img', expected: 'expected.txt' },
  { what: 'the task switches', source: 'tasks.asm', image: 'tasks.img', expected: 'expected-tasks.txt' },
  { what: 'virtual-8086 mode', source: 'virtual.asm', image: 'virtual.img', expected: 'expected-virtual.txt' },
] as const;

/** `suite outcome: cases` with runs of cases as `first-last`, sorted by first case. */
export function summary(text: string): string {
  const outcomes = new Map<string, number[]>();
  for (const line of text.split('\n')) {
    const match = /^([0-9a-f]{2})([0-9a-f]{2}) (.+)$/.exec(line);
    if (match === null) continue;
    const key = `${match[1]!} ${match[3]!}`;
    outcomes.set(key, [...(outcomes.get(key) ?? []), parseInt(match[2]!, 16)]);
  }
  return [...outcomes].map(([key, cases]) => `${key}: ${runsOf(cases)}\n`).join('');
}
function runsOf(cases: readonly number[]): string {
  const hex = (value: number): string => value.toString(16).padStart(2, '0');
  const runs: [number, number][] = [];
  for (const one of cases) {
    const last = runs.at(-1);
    if (last?.[1] === one - 1) last[1] = one;
    else runs.push([one, one]);
  }
  return runs.map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`)).join(' ');
}
