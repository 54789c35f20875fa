// Which events set something up that the processor will need later: after these a pre-flight has something to try. Words and bits, no rule.

import { CR0_PE, CR0_PG, CR0_WP, CR4_PAE, CR4_PSE } from '../arch/control-registers.ts';
import { IA32_EFER, IA32_SYSENTER_CS, IA32_SYSENTER_EIP, IA32_SYSENTER_ESP } from '../arch/msrs.ts';
import type { TraceEvent } from './event.ts';

/** `efer`: IA32_EFER, whose NXE says what bit 63 of page entries is. `control`: bits of CR0 or CR4 that change what is protected or mapped. `ring-3`: ring 3 is entered from ring 0. */
export type SetUp = 'gdtr' | 'idtr' | 'ldtr' | 'tr' | 'sysenter-msr' | 'efer' | 'control' | 'ring-3';

const SYSENTER_MSRS = [IA32_SYSENTER_CS, IA32_SYSENTER_ESP, IA32_SYSENTER_EIP];
const CONTROL_BITS: Readonly<Record<string, number>> = { cr0: CR0_PE | CR0_PG | CR0_WP, cr4: CR4_PSE | CR4_PAE };

/** What an event sets up, or null. */
export function setUpOf(event: TraceEvent): SetUp | null {
  switch (event.kind) {
    case 'table-load': return event.register;
    case 'msr-write':
      if (event.refused) return null;
      return event.msr === IA32_EFER ? 'efer' : SYSENTER_MSRS.includes(event.msr) ? 'sysenter-msr' : null;
    case 'cr-write': {
      const changed = Number(((event.before ?? 0n) ^ event.after) & 0xffff_ffffn);
      return (changed & (CONTROL_BITS[event.register] ?? 0)) === 0 ? null : 'control';
    }
    case 'transition': return event.from.cpl === 0 && event.to.cpl === 3 && event.to.mode === 'protected' ? 'ring-3' : null;
    default: return null;
  }
}
