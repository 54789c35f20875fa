// The checks parse.ts is made of: each takes an unknown value and the words to name it by. Plain data only; nothing here
// knows a call.

/** A message that is not what the contract says: a bug in the page, or an attack. */
export class BadMessage extends Error {}

/** Answers the value typed, or throws `BadMessage` saying what `what` should have been. */
export type Check<T> = (value: unknown, what: string) => T;

export const refuse = (what: string, expected: string): never => { throw new BadMessage(`${what}: expected ${expected}`); };

/** A string of 1 to `most` characters. */
export const text = (most: number): Check<string> => (value, what) =>
  typeof value === 'string' && value.length > 0 && value.length <= most ? value : refuse(what, `a string of 1 to ${String(most)} characters`);

/** A whole number from 0 to `most`. */
export const count = (most: number): Check<number> => (value, what) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most ? value : refuse(what, `a whole number up to ${String(most)}`);

export const flag: Check<boolean> = (value, what) => (typeof value === 'boolean' ? value : refuse(what, 'true or false'));
export const finite: Check<number> = (value, what) => (typeof value === 'number' && Number.isFinite(value) ? value : refuse(what, 'a number'));

export const oneOf = <T extends string>(...values: readonly T[]): Check<T> => (value, what) =>
  values.find((known) => known === value) ?? refuse(what, values.join(', '));

export const nullable = <T>(check: Check<T>): Check<T | null> => (value, what) => (value === null ? null : check(value, what));

export const record: Check<Readonly<Record<string, unknown>>> = (value, what) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : refuse(what, 'an object');

export const list = <T>(check: Check<T>, most: number): Check<readonly T[]> => (value, what) =>
  Array.isArray(value) && value.length <= most
    ? value.map((item: unknown, index) => check(item, `${what}[${String(index)}]`))
    : refuse(what, `a list of at most ${String(most)}`);

/** `{key: checked}` when the field is there, else nothing: keeps omitted options omitted. */
export function optional<K extends string, T>(from: Readonly<Record<string, unknown>>, key: K, check: Check<T>, what: string): { readonly [P in K]?: T } {
  const value = from[key];
  // The one computed key is K itself; TypeScript widens it to string.
  return value === undefined ? {} : { [key]: check(value, `${what}.${key}`) } as { readonly [P in K]?: T };
}
