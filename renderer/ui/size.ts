// Bytes as people read them.

const MIB = 2 ** 20;

/** `812 bytes`, `1.5 KiB`, `100.0 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes.toLocaleString('en')} ${bytes === 1 ? 'byte' : 'bytes'}`;
  return bytes < MIB ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / MIB).toFixed(1)} MiB`;
}
