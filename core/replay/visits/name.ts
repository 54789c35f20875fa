// What a visit is called: by what caused it, as the manual and kernels write it.

import { vectorName } from '../../arch/vectors.ts';
import { hex } from '../../base/u64.ts';
import type { Via } from '../../event/kinds.ts';

/** `int 0x80`, `#PF`, `IRQ0` (where the line is known), `vector 0x20`, `sysenter`, `call gate`. */
export function visitName({ via, vector }: { readonly via: Via; readonly vector: number | null }, line: number | null = null): string {
  if (vector === null) return via === 'unknown' ? 'kernel entry' : via === 'nmi' || via === 'smi' ? via.toUpperCase() : via.replace('-', ' ');
  if (via === 'int') return `int ${hex(vector)}`;
  if (via === 'nmi') return 'NMI';
  if (via === 'interrupt') return line === null ? `vector ${hex(vector)}` : `IRQ${String(line)}`;
  return vectorName(vector);
}
