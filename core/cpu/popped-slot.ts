// A slot of the frame that IRET and RETF pop. Read like any operand on the stack, but a listening probe hears which slot it is.

import { partCode, WHAT_FRAME } from './access-codes.ts';
import { readTold, read16, read32 } from './memory.ts';
import { stackOffset } from './stack.ts';
import { SS, type Cpu } from './state.ts';

/** Parts of a frame as `poppedSlot` takes them. */
export const SLOT_IP = partCode('ip'), SLOT_CS = partCode('cs'), SLOT_FLAGS = partCode('flags'), SLOT_SP = partCode('sp'), SLOT_SS = partCode('ss');

/** The slot `distance` bytes above the stack pointer, of `width` bytes: 32 bits signed, 16 unsigned. Faults with #SS(0) or #PF. */
export function poppedSlot(cpu: Cpu, part: number, distance: number, width: number): number {
  const offset = stackOffset(cpu, distance);
  if (!cpu.isQuick) return readTold(cpu, { what: WHAT_FRAME, part, segment: SS, offset, size: width });
  return width === 4 ? read32(cpu, SS, offset) : read16(cpu, SS, offset);
}
