// What a ladder shows beside each rule: the names of its two operands, as core/cpu passes them, and where the value it turns on is read
// from. Words only, no conditions.

import type { AccessKind } from './heard.ts';
import type { RuleId } from './rules.ts';

/** `rights`: access-rights bits as core/arch/descriptor.ts packs them. `segment`: number of a segment register. `vector`: vector number. */
export interface Operand { readonly name: string; readonly format: 'hex' | 'decimal' | 'rights' | 'segment' | 'vector' }

export interface RuleReading {
  /** Names of `a` and `b`, in order; fewer when a rule has fewer. */
  readonly operands: readonly Operand[];
  /** Memory of this kind, a register-file name (`idtr.limit`, `sysenter_cs`), the instruction itself, or null where there is nothing to read. */
  readonly reads: AccessKind | { readonly register: string } | 'instruction' | null;
}

const READINGS: Readonly<Partial<Record<RuleId, RuleReading>>> = {
  'gate-dpl': { operands: [{ name: 'CPL', format: 'decimal' }, { name: 'gate DPL', format: 'decimal' }], reads: 'gate' },
};

const UNNAMED: RuleReading = { operands: [], reads: null };

/** The reading of a rule. */
export function readingOf(id: string): RuleReading {
  return READINGS[id as RuleId] ?? UNNAMED;
}
