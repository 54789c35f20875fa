// A broken invariant is a bug of ours and stops everything; it is never caught inside core.

/** Throws when `condition` is false. `expected` says in plain words what must hold here. */
export function assert(condition: boolean, expected: string): asserts condition {
  if (!condition) throw new Error(`internal error: expected ${expected}`);
}

/** For the end of an exhaustive `switch`: reaching it is a type error first and a bug second. */
export function unreachable(value: never): never {
  throw new Error(`internal error: unexpected ${String(value)}`);
}
