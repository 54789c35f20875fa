// Types of kernel.mjs, for the witness tests.
export const LEVELS: readonly string[];
export function compilerMissing(): string | null;
export function buildKernel(level: string): string;
export function compileOperations(options: readonly string[]): string;
