// The modes in which cases are generated: a name, and how a case is made. QEMU judges instructions only (witness/lib/case-deviations.ts says why).

import type { Case } from '../witness/lib/case.ts';
import type { Models } from '../witness/lib/case-run.ts';
import { lowCase } from '../witness/lib/generate-low.ts';
import { faultCase } from '../witness/lib/generate-faults.ts';
import { simdCase } from '../witness/lib/generate-simd.ts';
import { pagingCase } from '../witness/lib/generate-paging.ts';
import { debugCase } from '../witness/lib/generate-debug.ts';
import { taskCase } from '../witness/lib/generate-tasks.ts';
import { sequenceCase } from '../witness/lib/generate.ts';
import type { Random } from '../witness/lib/random.ts';
import { SETTINGS, type Setting } from '../witness/lib/settings.ts';
import type { EmulatorName } from './options.ts';

export interface Trial { readonly one: Case; readonly peers: readonly EmulatorName[] }
/** `models`: processors the peers are to be, where not the usual ones. */
export interface Mode { readonly name: string; readonly what: string; readonly make: (random: Random) => Trial; readonly models?: Models }

/** For what a Pentium III has not. */
const MODERN: Models = { bochs: 'broadwell_ult', qemu: 'qemu32,+pae,+pge,+pse36,+nx,+smep,+smap' };
const BOTH: readonly EmulatorName[] = ['bochs', 'qemu'], BOCHS: readonly EmulatorName[] = ['bochs'];
/** Has SSE3 and denormals-are-zeros, as our default model has. */
const WITH_SSE3: Models = { bochs: 'core2_penryn_t9600', qemu: 'core2duo' };
const instructions = (random: Random, setting: Setting): Trial => ({ one: sequenceCase(random, setting), peers: BOTH });
const protection = (one: Case): Trial => ({ one, peers: BOCHS });

export const MODES: readonly Mode[] = [
  { name: 'real', what: 'instructions in real-address mode', make: (random) => (random.oneIn(3) ? protection(lowCase(random, 'real')) : instructions(random, SETTINGS.real)) },
  { name: 'unreal', what: 'real-address mode with limits kept from protected mode', make: (random) => instructions(random, SETTINGS.unreal) },
  { name: 'virtual', what: 'virtual-8086 mode', make: (random) => (random.oneIn(2) ? protection(lowCase(random, 'virtual')) : instructions(random, SETTINGS.virtual)) },
  { name: 'ring3', what: 'instructions and faulting states in ring 3', make: (random) => (random.oneIn(2) ? instructions(random, SETTINGS.ring3) : protection(faultCase(random, 3))) },
  { name: 'ring0', what: 'the same in ring 0', make: (random) => (random.oneIn(2) ? instructions(random, SETTINGS.ring0) : protection(faultCase(random, 0))) },
  { name: 'code16', what: 'instructions in 16-bit code segments, rings 0 and 3', make: (random) => instructions(random, random.oneIn(3) ? SETTINGS.ring0Code16 : SETTINGS.ring3Code16) },
  { name: 'simd', what: 'MMX and SSE in rings 0 and 3: what CR0, CR4 and MXCSR allow, where operands lie', make: (random) => protection(simdCase(random)), models: WITH_SSE3 },
  { name: 'paging', what: '32-bit paging with 4-MByte pages', make: (random) => ({ one: pagingCase(random, { isPae: false, hasModernBits: false }), peers: BOCHS }) },
  { name: 'pae', what: 'PAE paging with execute-disable, SMEP and SMAP', make: (random) => ({ one: pagingCase(random, { isPae: !random.oneIn(4), hasModernBits: true }), peers: BOCHS }), models: MODERN },
  { name: 'tasks', what: 'task switches by all ways, 32-bit and 16-bit TSS', make: (random) => protection(taskCase(random)) },
  { name: 'debug', what: 'breakpoints and single steps', make: (random) => protection(debugCase(random)) },
];
