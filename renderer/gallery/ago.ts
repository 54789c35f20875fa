// How long ago, in words.

const STEPS = [[60, 'minute'], [3600, 'hour'], [86_400, 'day'], [604_800, 'week']] as const;

/** `just now`, `3 hours ago`, or a date when it is more than a month. Arguments are milliseconds since 1970. */
export function agoText(then: number, now: number): string {
  const seconds = Math.max(0, (now - then) / 1000);
  if (seconds > 30 * 86_400) return new Date(then).toLocaleDateString('en', { year: 'numeric', month: 'short', day: 'numeric' });
  const step = [...STEPS].reverse().find(([size]) => seconds >= size);
  if (step === undefined) return 'just now';
  const count = Math.floor(seconds / step[0]);
  return `${String(count)} ${step[1]}${count === 1 ? '' : 's'} ago`;
}
