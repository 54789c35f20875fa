// Types of linux-parts.mjs, for its test.
export const cache: string;
export function debianKernel(): string;
export function kernelOfPackage(archive: string): string;
export function buildInit(folder: string): Uint8Array;
export function ramDisk(init: Uint8Array): Uint8Array;
export function unpackedKernel(bytes: Uint8Array): Uint8Array;
