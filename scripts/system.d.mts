// Types of what TypeScript takes from system.mjs.
export function chromiumPath(): string | null;
