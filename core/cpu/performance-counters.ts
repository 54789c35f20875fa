// RDPMC. Pentium and P6 have two counters, which hold what was written to them: counting itself is refused where it is asked for (msr-places.ts).
// The newer model reports no performance monitoring, and has none. SDM 2B "RDPMC—Read Performance-Monitoring Counters".

import { CR4_PCE } from '../arch/control-registers.ts';
import { PERFCTR0, PENTIUM_CTR0 } from '../arch/msrs.ts';
import { registerOffset } from '../arch/register-file.ts';
import { rule } from '../event/rules.ts';
import { demand, GP0 } from './fault.ts';
import { placeOfMsr } from './msr-places.ts';
import { EAX, ECX, EDX, type Cpu } from './state.ts';

const R_CPL = rule('rdpmc-cpl'), R_COUNTER = rule('rdpmc-counter');
const CR4 = registerOffset('cr4');
const COUNTERS = 2;

/** RDPMC: EDX:EAX <- 40 bits of counter ECX. Faults with #GP(0) above CPL 0 without CR4.PCE, and for a counter that is not there. */
export function rdpmc(cpu: Cpu): void {
  const counter = cpu.get32(ECX) >>> 0;
  const place = counter >= COUNTERS ? null : placeOfMsr(cpu, PERFCTR0 + counter) ?? placeOfMsr(cpu, PENTIUM_CTR0 + counter);
  demand(cpu, R_CPL, cpu.cpl === 0 || (cpu.register(CR4) & CR4_PCE) !== 0, GP0, cpu.cpl, cpu.register(CR4));
  demand(cpu, R_COUNTER, place !== null, GP0, counter, 0);

  const offset = place?.offset ?? 0;
  cpu.set32(EAX, cpu.register(offset));
  cpu.set32(EDX, cpu.registerHigh(offset));
}
