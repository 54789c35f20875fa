// The modes in which cases are generated: a name, and how a case is made. QEMU judges instructions only (witness/lib/case-deviations.ts says why).

import type { Case } from '../witness/lib/case.ts';
import { faultCase } from '../witness/lib/generate-faults.ts';
import { instructionCase } from '../witness/lib/generate.ts';
import type { Random } from '../witness/lib/random.ts';
import type { PeerName } from './options.ts';

export interface Trial { readonly one: Case; readonly peers: readonly PeerName[] }
export interface Mode { readonly name: string; readonly what: string; readonly make: (random: Random) => Trial }

const BOTH: readonly PeerName[] = ['bochs', 'qemu'], BOCHS: readonly PeerName[] = ['bochs'];
const instruction = (one: Case): Trial => ({ one, peers: BOTH });
const protection = (one: Case): Trial => ({ one, peers: BOCHS });

export const MODES: readonly Mode[] = [
  { name: 'protected32-ring3', what: 'instructions and faulting states in ring 3', make: (random) => (random.oneIn(2) ? instruction(instructionCase(random, 32)) : protection(faultCase(random, 3))) },
  { name: 'protected32-ring0', what: 'faulting states in ring 0', make: (random) => protection(faultCase(random, 0)) },
  { name: 'protected16', what: 'instructions in 16-bit code of ring 3', make: (random) => instruction(instructionCase(random, 16)) },
];
