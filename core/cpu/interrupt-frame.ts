// What an interrupt or exception pushes. Where it lies and whether it fits is stack-frame.ts.
// SDM 3A "Stack Usage with Privilege Level Change".
//
//   highest address:  [GS, FS, DS, ES: out of virtual-8086 mode]  [SS, ESP: for an inner ring]  EFLAGS  CS  EIP  [error code]   <- new stack pointer

import { codeOf, SLOT_NAMES } from '../event/kinds.ts';
import { CS, DS, ES, FS, GS, SS, type Cpu } from './state.ts';
import { writeFrame, type StackFrame } from './stack-frame.ts';

const NAMES_32 = (['eip', 'cs', 'eflags', 'esp', 'ss', 'es', 'ds', 'fs', 'gs'] as const).map((name) => codeOf(SLOT_NAMES, name));
const NAMES_16 = (['ip', 'cs', 'flags', 'sp', 'ss', 'es', 'ds', 'fs', 'gs'] as const).map((name) => codeOf(SLOT_NAMES, name));
const NAMES_32_WITH_CODE = [codeOf(SLOT_NAMES, 'error-code'), ...NAMES_32];
const NAMES_16_WITH_CODE = [codeOf(SLOT_NAMES, 'error-code'), ...NAMES_16];

/** The names of an interrupt frame's slots of `width` bytes, lowest address first. */
export function interruptSlotNames(width: number, errorCode: number): readonly number[] {
  if (width === 4) return errorCode >= 0 ? NAMES_32_WITH_CODE : NAMES_32;
  return errorCode >= 0 ? NAMES_16_WITH_CODE : NAMES_16;
}

/** What a frame holds beyond CS:EIP and EFLAGS; `errorCode` is -1 when there is none. */
export interface FrameContent { readonly isInner: boolean; readonly isFromVirtual8086: boolean; readonly errorCode: number; readonly flags: number }
/** Slots of a frame. */
export const interruptSlotCount = ({ isInner, isFromVirtual8086, errorCode }: Omit<FrameContent, 'flags'>): number =>
  3 + (isInner ? 2 : 0) + (isFromVirtual8086 ? 4 : 0) + (errorCode >= 0 ? 1 : 0);

/** Writes the frame of the current registers, cut to 16 bits by a 16-bit gate. Cannot fault after `layFrame`. */
export function pushInterruptFrame(cpu: Cpu, { values, width }: StackFrame, content: FrameContent): void {
  const mask = width === 4 ? -1 : 0xffff;
  let at = 0;
  if (content.errorCode >= 0) values[at++] = content.errorCode;
  values[at++] = cpu.eip & mask;
  values[at++] = cpu.segmentSelector(CS);
  values[at++] = content.flags & mask;
  if (content.isInner) {
    values[at++] = cpu.esp & mask;
    values[at++] = cpu.segmentSelector(SS);
  }
  if (content.isFromVirtual8086) for (const segment of PUSHED_SEGMENTS) values[at++] = cpu.segmentSelector(segment);
  writeFrame(cpu, interruptSlotNames(width, content.errorCode));
}

/** The data segment registers a frame out of virtual-8086 mode saves, lowest address first; they are null in the handler. */
export const PUSHED_SEGMENTS = [ES, DS, FS, GS];
