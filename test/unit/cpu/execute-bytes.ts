// Executes an instruction from its bytes in a world of tests.

import { blockCacheOf } from '../../../core/cpu/block-cache.ts';
import { executeBlock } from '../../../core/cpu/execute.ts';
import { fetchBlock } from '../../../core/cpu/fetch.ts';
import { PAGE_DIRTY } from '../../../core/cpu/page-flags.ts';
import type { World } from './world.ts';

/** Puts code into memory as a loader does. */
export function put({ cpu }: World, at: number, code: readonly number[]): void {
  cpu.ram.set(code, at);
  cpu.pageFlags[at >>> 12]! |= PAGE_DIRTY;
}

/** Fetches and executes one instruction; its fault is thrown, as cases want it, and EIP goes back to it. */
export function execute({ cpu }: World): void {
  const { eip } = cpu;
  cpu.instructionEip = eip;
  try {
    executeBlock(cpu, fetchBlock(cpu, blockCacheOf(cpu)), 1);
  } catch (thrown) {
    cpu.eip = eip;
    throw thrown;
  }
}
