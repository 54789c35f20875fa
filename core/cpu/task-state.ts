// A task's state in its TSS: saving the current registers there, reading those of another task. The processor's own accesses: supervisor,
// through paging, and never a `table-write` (EVENTS.md: that is a write by the guest). SDM 3A "Task-State Segment (TSS)", "Task Switching".

import { TSS16_LAYOUT, TSS32_LAYOUT, type TssLayout } from '../arch/tss.ts';
import { difference } from '../arch/vendor-differences.ts';
import { TYPE_TSS16, TYPE_TSS16_BUSY, typeOf } from '../arch/descriptor.ts';
import { IMPLICIT } from './access.ts';
import type { AccessPart } from '../event/heard.ts';
import { IS_READ, IS_WRITE, partCode, WHAT_TSS } from './access-codes.ts';
import { tellAccess } from './access-report.ts';
import { differ } from './differ.ts';
import { prepareLinearWrite, readLinear16, readLinear32, readLinear8, saveLinear } from './linear-memory.ts';
import { TR, type Cpu } from './state.ts';

const parts = (...names: readonly AccessPart[]): readonly number[] => names.map(partCode);
const REGISTER_PARTS = parts('ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'), SEGMENT_PARTS = parts('es', 'cs', 'ss', 'ds', 'fs', 'gs');
const CR3 = partCode('cr3'), IP = partCode('ip'), FLAGS = partCode('flags'), LDT = partCode('ldt'), TRAP = partCode('trap'), LINK = partCode('link');

const D_UPPER_HALVES = difference('task16-upper-halves');
const UPPER_HALF = 0xffff_0000 | 0;

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

/** Checks that the state in the TSS at a linear address can be read. Faults with #PF. */
export function prepareRead(cpu: Cpu, base: number, layout: TssLayout): void {
  readLinear8(cpu, base, IMPLICIT);
  readLinear8(cpu, base + layout.limitMin, IMPLICIT);
}

/** Reads the state in the TSS at a linear address. Cannot fault after `prepareRead`. */
export function readTask(cpu: Cpu, base: number, layout: TssLayout): TaskState {
  const is32 = layout.bytes === 4;
  const at = (offset: number, part: number): number => {
    const value = is32 ? readLinear32(cpu, base + offset, IMPLICIT) : readLinear16(cpu, base + offset, IMPLICIT);
    tellAccess(cpu, WHAT_TSS, part, (base + offset) >>> 0, layout.bytes, value, 0, IS_READ);
    return value;
  };
  if (!is32) differ(cpu, D_UPPER_HALVES);
  const selectorAt = (index: number): number => (index < layout.segmentCount ? at(layout.segments + index * layout.bytes, SEGMENT_PARTS[index]!) & 0xffff : 0);
  return {
    cr3: layout.cr3 === null ? null : at(layout.cr3, CR3) >>> 0, eip: at(layout.ip, IP) >>> 0, flags: at(layout.flags, FLAGS),
    registers: Array.from({ length: 8 }, (_, index) => at(layout.registers + index * layout.bytes, REGISTER_PARTS[index]!) | (is32 ? 0 : UPPER_HALF)),
    selectors: Array.from({ length: 6 }, (_, index) => selectorAt(index)),
    ldt: at(layout.ldt, LDT) & 0xffff, trap: layout.trap !== null && (at(layout.trap, TRAP) & 1) !== 0,
  };
}

/** Checks that the current task can be saved in its TSS, without writing. Faults with #PF. */
export function prepareSave(cpu: Cpu, layout: TssLayout): void {
  prepareLinearWrite(cpu, cpu.segmentBase(TR) + layout.ip, layout.segments + layout.segmentCount * layout.bytes - layout.ip, IMPLICIT);
}

/** Saves the current task in its TSS. CR3, LDTR, the stacks of inner rings and the I/O map are not saved. Cannot fault after `prepareSave`. */
export function saveTask(cpu: Cpu, layout: TssLayout, state: { readonly eip: number; readonly flags: number }): void {
  const base = cpu.segmentBase(TR);
  const put = (part: number, offset: number, value: number, bytes: number): void => { writeField(cpu, { part, linear: base + offset, bytes }, value); };
  put(IP, layout.ip, state.eip, layout.bytes);
  put(FLAGS, layout.flags, state.flags, layout.bytes);
  for (let register = 0; register < 8; register += 1) put(REGISTER_PARTS[register]!, layout.registers + register * layout.bytes, cpu.get32(register), layout.bytes);
  for (let segment = 0; segment < layout.segmentCount; segment += 1) put(SEGMENT_PARTS[segment]!, layout.segments + segment * layout.bytes, cpu.segmentSelector(segment), 2);
}

/** Links the TSS at a linear address back to the current one. */
export function linkTask(cpu: Cpu, base: number): void {
  writeField(cpu, { part: LINK, linear: base, bytes: 2 }, cpu.segmentSelector(TR));
}

function writeField(cpu: Cpu, field: { readonly part: number; readonly linear: number; readonly bytes: number }, value: number): void {
  saveLinear(cpu, field.linear, field.bytes, value, IMPLICIT);
  tellAccess(cpu, WHAT_TSS, field.part, field.linear >>> 0, field.bytes, field.bytes === 2 ? value & 0xffff : value, 0, IS_WRITE);
}
