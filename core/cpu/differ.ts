// Tells a listening probe that here other processors, emulators or the manual's silence would allow something else. Called at the very
// spot of the choice and only where it matters; it decides nothing. The table: core/arch/vendor-differences.ts.

import type { Cpu } from './state.ts';

/** Tells of one difference; `code` is `difference(id)`. Free when nobody listens. */
export function differ(cpu: Cpu, code: number): void {
  if (cpu.probe.listening) cpu.probe.differ(code);
}
