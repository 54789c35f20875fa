// Types of build.mjs, for the end-to-end tests.
export const APP: readonly string[];
export function buildIfStale(names?: readonly string[]): Promise<readonly string[]>;
