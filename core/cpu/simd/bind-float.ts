// Makes functions that execute out of floating-point lanes: operands in, each lane, exceptions, and only then the result out.

import { difference } from '../../arch/vendor-differences.ts';
import { MMX_REGISTER, type Insn } from '../../isa/insn.ts';
import { differ } from '../differ.ts';
import type { Execute } from '../semantics/execute-type.ts';
import type { Cpu } from '../state.ts';
import { enterMmx, storeMmx } from '../x87/mmx-state.ts';
import { beginSseAndMmx, demandSse } from './available.ts';
import { beginFloat, endFloat, willRaise } from './exceptions.ts';
import type { FloatLane } from './float-lanes.ts';
import { newLanes, type Lanes } from './lanes.ts';
import { loadXmm, readLanes, storeXmm } from './operands.ts';

const APPROXIMATION = difference('reciprocal-approximation'), TRANSITION = difference('mmx-transition-before-exception');
const left = newLanes(), right = newLanes(), sums = newLanes();

/** How an instruction uses lanes: how many, and whether DEST's lanes above are kept or become zero. */
export interface FloatShape { readonly count: number; readonly above?: 'kept' | 'zero' }

/** Each of the lowest lanes of the destination, an XMM register, from its own and the source's. */
export function floats({ count, above = 'kept' }: FloatShape, lane: FloatLane): Execute {
  return (cpu, insn) => {
    demandSse(cpu);
    readLanes(cpu, insn, insn.source, right, 'aligned');
    if (above === 'kept') loadXmm(cpu, insn.destination.register, left);
    else left.u32.fill(0);
    beginFloat(cpu);
    for (let index = 0; index < count; index += 1) lane(left, right, index, insn.immediate);
    endFloat(cpu);

    storeXmm(cpu, insn.destination.register, left);
  };
}

/** RCPPS and its relatives: no exception is possible, and processors give different values. */
export function approximations(shape: FloatShape, lane: FloatLane): Execute {
  const execute = floats(shape, lane);
  return (cpu, insn) => {
    execute(cpu, insn);
    differ(cpu, APPROXIMATION);
  };
}

/** CVTPI2PS and CVTPI2PD: two doublewords of an MMX register, which then is in MMX state, or of memory, which changes nothing of it. */
export function fromMmx(lane: FloatLane): Execute {
  return (cpu, insn) => {
    const isMmx = insn.source.kind === MMX_REGISTER;
    if (!isMmx) demandSse(cpu);
    else if (!beginSseAndMmx(cpu)) return;
    readLanes(cpu, insn, insn.source, right, 'anywhere');
    loadXmm(cpu, insn.destination.register, left);
    beginFloat(cpu);
    for (let index = 0; index < 2; index += 1) lane(left, right, index, 0);
    if (isMmx && willRaise()) differ(cpu, TRANSITION);
    endFloat(cpu);

    if (isMmx) enterMmx(cpu);
    storeXmm(cpu, insn.destination.register, left);
  };
}

/** CVTPS2PI and its relatives: two lanes as doublewords of an MMX register. */
export function toMmx(convert: (source: Lanes, index: number) => number): Execute {
  return (cpu, insn) => {
    if (!beginSseAndMmx(cpu)) return;
    readLanes(cpu, insn, insn.source, right, 'aligned');
    beginFloat(cpu);
    for (let index = 0; index < 2; index += 1) left.i32[index] = convert(right, index);
    if (willRaise()) differ(cpu, TRANSITION);
    endFloat(cpu);

    storeMmx(cpu, insn.destination.register, left.u32);
  };
}

/** CVTSS2SI and its relatives: the lowest lane in a general register. */
export function toGeneral(convert: (source: Lanes, index: number) => number): Execute {
  return (cpu, insn) => {
    demandSse(cpu);
    readLanes(cpu, insn, insn.source, right, 'anywhere');
    beginFloat(cpu);
    const value = convert(right, 0);
    endFloat(cpu);

    cpu.set32(insn.destination.register, value);
  };
}

/** HADDPS and its relatives (SSE3): pairs of neighbours, DEST's into the lower half, SRC's into the upper one. */
export function horizontal({ count }: FloatShape, lane: FloatLane): Execute {
  return (cpu, insn) => {
    demandSse(cpu);
    readLanes(cpu, insn, insn.source, right, 'aligned');
    loadXmm(cpu, insn.destination.register, left);
    gatherPairs(count);
    beginFloat(cpu);
    for (let index = 0; index < count; index += 1) lane(sums, right, index, 0);
    endFloat(cpu);

    storeXmm(cpu, insn.destination.register, sums);
  };
}

// The first of each pair into `sums`, the second ones into `right`.
function gatherPairs(count: number): void {
  const words = 4 / count, all = [...left.u32, ...right.u32];
  for (let pair = 0; pair < count; pair += 1) for (let word = 0; word < words; word += 1) {
    sums.u32[pair * words + word] = all[pair * 2 * words + word]!;
    right.u32[pair * words + word] = all[(pair * 2 + 1) * words + word]!;
  }
}

/** COMISS and its relatives: reads both operands' lowest lanes for a comparison that gives flags. */
export function readScalars(cpu: Cpu, insn: Insn): { readonly left: Lanes; readonly right: Lanes } {
  readLanes(cpu, insn, insn.source, right, 'anywhere');
  loadXmm(cpu, insn.destination.register, left);
  return scalars;
}
const scalars = { left, right };
