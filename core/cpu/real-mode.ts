// Segment registers and far transfers the 8086's way: a selector is a paragraph number, no descriptor is read. So it is in real-address
// mode and, with a hidden part of DPL 3 that is always the same, in virtual-8086 mode. CPL stays, so far transfers here are silent.
// Interrupts: real-mode-interrupt.ts. SDM 3B "8086 Emulation".

import { RIGHTS_UNUSABLE } from '../arch/register-file.ts';
import { difference } from '../arch/vendor-differences.ts';
import { rule } from '../event/rules.ts';
import { differ } from './differ.ts';
import { demand, GP0 } from './fault.ts';
import { prepareWrite } from './memory.ts';
import { isProtectedMode, isVirtual8086 } from './mode.ts';
import { poppedSlot, SLOT_CS, SLOT_IP } from './popped-slot.ts';
import { installSegment, loadSegment } from './segmentation.ts';
import { push16, push32, setStackPointer, stackOffset } from './stack.ts';
import { CS, SS, type Cpu } from './state.ts';

/** A writable, accessed data segment of 64 KiB: what every segment register is after reset, CS included. */
export const REAL_RIGHTS = 0x93, REAL_LIMIT = 0xffff;
/** The same with DPL 3: every segment register in virtual-8086 mode. */
const VIRTUAL_8086_RIGHTS = 0xf3;
const R_LIMIT = rule('real-far-limit');
const D_NULL = difference('null-segment-in-real-mode');

/** Loads DS, ES, FS, GS or SS, as MOV, POP and LxS do, in any mode. Faults as loadSegment does, in protected mode only. */
export function loadSegmentRegister(cpu: Cpu, segment: number, selector: number): void {
  if (isProtectedMode(cpu)) loadSegment(cpu, segment, selector);
  else loadParagraph(cpu, segment, selector);
}

/** Loads a segment register with a paragraph number; nothing can fault. SDM 3B "Real-Address Mode", "Segment Registers" of virtual-8086 mode. */
export function loadParagraph(cpu: Cpu, segment: number, selector: number): void {
  const base = selector << 4;
  if (isVirtual8086(cpu)) {
    installSegment(cpu, segment, selector, VIRTUAL_8086_RIGHTS, REAL_LIMIT, base);
    return;
  }
  // SDM 3A "Switching Back to Real-Address Mode": limit and rights that protected mode left stay in force.
  const rights = cpu.segmentRights(segment);
  // That section calls a register left with a null selector unusable; a load makes it what it is after reset, as guests rely on.
  if ((rights & RIGHTS_UNUSABLE) !== 0) {
    differ(cpu, D_NULL);
    installSegment(cpu, segment, selector, REAL_RIGHTS, REAL_LIMIT, base);
  } else installSegment(cpu, segment, selector, rights, cpu.segmentLimit(segment), base);
}

/** JMP far outside protected mode. Faults with #GP. SDM 2A "JMP—Jump". */
export function jumpToParagraph(cpu: Cpu, selector: number, offset: number): void {
  demandTarget(cpu, offset);

  loadParagraph(cpu, CS, selector);
  cpu.eip = offset;
}

/** CALL far outside protected mode; `operandSize` 16 or 32. Faults with #SS, #GP or #PF. SDM 2A "CALL—Call Procedure". */
export function callParagraph(cpu: Cpu, operandSize: number, selector: number, offset: number): void {
  const width = operandSize >>> 3;
  prepareWrite(cpu, SS, stackOffset(cpu, -width), width);
  prepareWrite(cpu, SS, stackOffset(cpu, -2 * width), width);
  demandTarget(cpu, offset);

  const push = width === 4 ? push32 : push16;
  push(cpu, cpu.segmentSelector(CS));
  push(cpu, cpu.eip);
  loadParagraph(cpu, CS, selector);
  cpu.eip = offset;
}

/** RETF outside protected mode; `releaseBytes` is the immediate of RETF n. Faults with #SS, #GP or #PF. SDM 2B "RET—Return From Procedure". */
export function returnToParagraph(cpu: Cpu, operandSize: number, releaseBytes: number): void {
  const width = operandSize >>> 3;
  const offset = poppedSlot(cpu, SLOT_IP, 0, width) >>> 0;
  const selector = poppedSlot(cpu, SLOT_CS, width, width) & 0xffff;
  demandTarget(cpu, offset);

  setStackPointer(cpu, stackOffset(cpu, 2 * width + releaseBytes));
  loadParagraph(cpu, CS, selector);
  cpu.eip = offset;
}

// The limit is that of CS as it is: a load of CS outside protected mode does not change it.
function demandTarget(cpu: Cpu, offset: number): void {
  demand(cpu, R_LIMIT, offset <= cpu.segmentLimit(CS), GP0, offset, cpu.segmentLimit(CS));
}
