// Types of kernel.mjs, for the witness tests.
export const LEVELS: readonly string[];
export function compilerMissing(): string | null;
export function buildKernel(level: string): string;
export function compileOperations(options: readonly string[]): string;
/** The floating-point program with more options for gcc: paths of the ELF file for Linux on the host and of the one for the bare processor. */
export function buildFloat(options: readonly string[]): { readonly host: string; readonly guest: string };
/** Builds traces/tiny-kernel into the file `image`, a path from the project's folder. */
export function buildTinyKernel(image: string): void;
