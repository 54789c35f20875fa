// Makes functions that execute out of lane operations: operands in, the operation, the result out. One for each shape of instruction.

import { IMMEDIATE, MMX_REGISTER, type Insn, type Operand } from '../../isa/insn.ts';
import type { Execute } from '../semantics/execute-type.ts';
import type { Cpu } from '../state.ts';
import { loadMmx, storeMmx } from '../x87/mmx-state.ts';
import { beginMmx, demandSse } from './available.ts';
import { newLanes, type LaneOperation } from './lanes.ts';
import { loadXmm, readLanes, storeXmm } from './operands.ts';

const MMX_BYTES = 8, XMM_BYTES = 16;
const left = newLanes(), right = newLanes();

/** DEST <- DEST op SRC, both MMX or both XMM registers, SRC also memory or an immediate (a shift count). */
export function packed(operation: LaneOperation): Execute {
  return (cpu, insn) => {
    const { destination, source } = insn;
    if (destination.kind === MMX_REGISTER) {
      if (!beginMmx(cpu)) return;
      readSource(cpu, insn, source);
      loadMmx(cpu, destination.register, left.u32);
      operation(left, right, MMX_BYTES, insn.immediate);
      storeMmx(cpu, destination.register, left.u32);
    } else {
      demandSse(cpu);
      readSource(cpu, insn, source);
      loadXmm(cpu, destination.register, left);
      operation(left, right, XMM_BYTES, insn.immediate);
      storeXmm(cpu, destination.register, left);
    }
  };
}

function readSource(cpu: Cpu, insn: Insn, source: Operand): void {
  if (source.kind === IMMEDIATE) {
    right.u32[0] = insn.immediate;
    right.u32[1] = 0;
  } else readLanes(cpu, insn, source, right, 'aligned');
}
