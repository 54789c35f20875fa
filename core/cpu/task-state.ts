// A task's state in its TSS: saving the current registers there, reading those of another task. The processor's own accesses: supervisor,
// through paging, and never a `table-write` (EVENTS.md: that is a write by the guest). SDM 3A "Task-State Segment (TSS)", "Task Switching".

import { TSS16_LAYOUT, TSS32_LAYOUT, type TssLayout } from '../arch/tss.ts';
import { TYPE_TSS16, TYPE_TSS16_BUSY, typeOf } from '../arch/descriptor.ts';
import { IMPLICIT } from './access.ts';
import { tellAccess, WHAT_TSS } from './access-report.ts';
import { prepareLinearWrite, readLinear16, readLinear32, saveLinear } from './linear-memory.ts';
import { TR, type Cpu } from './state.ts';

/** What a task switch loads. `registers` and `selectors` in the manual's order; a 16-bit TSS has null for FS and GS, and no CR3 (null). */
export interface TaskState {
  readonly cr3: number | null; readonly eip: number; readonly flags: number; readonly registers: readonly number[]; readonly selectors: readonly number[];
  readonly ldt: number; readonly trap: boolean;
}

/** The layout of the TSS with these access rights. */
export function layoutOf(rights: number): TssLayout {
  const type = typeOf(rights);
  return type === TYPE_TSS16 || type === TYPE_TSS16_BUSY ? TSS16_LAYOUT : TSS32_LAYOUT;
}

/** Reads the state in the TSS at a linear address. Faults with #PF. */
export function readTask(cpu: Cpu, base: number, layout: TssLayout): TaskState {
  const is32 = layout.bytes === 4;
  const at = (offset: number): number => {
    const value = is32 ? readLinear32(cpu, base + offset, IMPLICIT) : readLinear16(cpu, base + offset, IMPLICIT);
    tellAccess(cpu, WHAT_TSS, (base + offset) >>> 0, (base + offset) >>> 0, layout.bytes, value, 0);
    return value;
  };
  const selectorAt = (index: number): number => (index < layout.segmentCount ? at(layout.segments + index * layout.bytes) & 0xffff : 0);
  return {
    cr3: layout.cr3 === null ? null : at(layout.cr3) >>> 0, eip: at(layout.ip) >>> 0, flags: at(layout.flags),
    // DEPARTS: a 16-bit TSS gives no upper halves, and the manual does not say what they become; here they are zero.
    registers: Array.from({ length: 8 }, (_, index) => at(layout.registers + index * layout.bytes)),
    selectors: Array.from({ length: 6 }, (_, index) => selectorAt(index)),
    ldt: at(layout.ldt) & 0xffff, trap: layout.trap !== null && (at(layout.trap) & 1) !== 0,
  };
}

/** Checks that the current task can be saved in its TSS, without writing. Faults with #PF. */
export function prepareSave(cpu: Cpu, layout: TssLayout): void {
  prepareLinearWrite(cpu, cpu.segmentBase(TR) + layout.ip, layout.segments + layout.segmentCount * layout.bytes - layout.ip, IMPLICIT);
}

/** Saves the current task in its TSS. CR3, LDTR, the stacks of inner rings and the I/O map are not saved. Cannot fault after `prepareSave`. */
export function saveTask(cpu: Cpu, layout: TssLayout, state: { readonly eip: number; readonly flags: number }): void {
  const base = cpu.segmentBase(TR);
  const put = (offset: number, value: number, bytes: number): void => {
    saveLinear(cpu, base + offset, bytes, value, IMPLICIT);
    tellAccess(cpu, WHAT_TSS, (base + offset) >>> 0, (base + offset) >>> 0, bytes, value, 1);
  };
  put(layout.ip, state.eip, layout.bytes);
  put(layout.flags, state.flags, layout.bytes);
  for (let register = 0; register < 8; register += 1) put(layout.registers + register * layout.bytes, cpu.get32(register), layout.bytes);
  for (let segment = 0; segment < layout.segmentCount; segment += 1) put(layout.segments + segment * layout.bytes, cpu.segmentSelector(segment), 2);
}
