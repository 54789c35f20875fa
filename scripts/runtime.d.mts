// Types of runtime.mjs, for the end-to-end tests.
export function electronPath(): Promise<string>;
export function sandboxArgs(): string[];
