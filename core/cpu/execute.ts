// The inner loop: one block, instruction by instruction. Hot: nothing is allocated here. What happens between blocks is run.ts.
import { PENDING_SUSPENDED } from './attention.ts';
import type { Block } from './block-cache.ts';
import type { Cpu } from './state.ts';

/**
 * Executes at most `budget` instructions (at least 1) of a block that begins at `cpu.eip`. Returns early, at a boundary, as soon as
 * `cpu.pending` is not 0. Throws what an instruction throws: then `cpu.instructionEip` names it and `icount` does not count it.
 * `cpu.icount` is exact at any moment; writing it folds `retiredInBlock` into the counter.
 */
export function executeBlock(cpu: Cpu, block: Block, budget: number): void {
  const { insns, executes } = block;
  const count = insns.length < budget ? insns.length : budget;
  let eip = cpu.eip;
  for (let index = 0; index < count; index += 1) {
    const insn = insns[index]!;
    cpu.retiredInBlock = index;
    cpu.instructionEip = eip;
    eip = (eip + insn.lengthBytes) >>> 0;
    cpu.eip = eip;
    executes[index]!(cpu, insn);
    if (cpu.pending !== 0) {
      cpu.icount += (cpu.pending & PENDING_SUSPENDED) === 0 ? 1 : 0;
      return;
    }
  }
  cpu.retiredInBlock = count;
  cpu.icount += 0;
}
