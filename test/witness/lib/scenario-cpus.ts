// Scenarios that need a processor the witnesses do not play by default: NX and SMAP came later than SYSENTER.

import path from 'node:path';

const NEEDED: Readonly<Record<string, { readonly qemu?: string; readonly bochs?: string }>> = {
  'nx-without-nxe': { qemu: 'pentium2,+nx' },
  'smap-refault': { qemu: 'pentium2,+smap', bochs: 'broadwell_ult' },
};

/** The processor of this witness for an image of traces/, by its name; null for the one every scenario has. */
export function cpuFor(witness: 'qemu' | 'bochs', imagePath: string): string | null {
  return NEEDED[path.basename(imagePath, '.img')]?.[witness] ?? null;
}
