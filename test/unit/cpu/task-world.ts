// A second task for the tests: a TSS at TASK, described by FREE in the GDT, that begins at TASK_ENTRY in ring 0.

import { TSS16_LAYOUT, TSS32_FIELDS } from '../../../core/arch/tss.ts';
import { CODE0, DATA0, descriptor, FREE, store32, TSS16, TSS32, type World } from './world.ts';

export const TASK = 0x3a00, TASK_ENTRY = 0x6000, TASK_STACK = 0x9000;
export const TASK_LIMIT = 0x67;

/** Fields of the 32-bit TSS by their names; what is not given is as in `task`. */
export type TaskFields = Readonly<Record<string, number>>;
const BASIS: TaskFields = { eip: TASK_ENTRY, eflags: 2, esp: TASK_STACK, cs: CODE0, ss: DATA0 };

/** Sets fields of the TSS at `base`. */
export function setTask(world: World, fields: TaskFields, base = TASK): void {
  for (const [name, value] of Object.entries(fields)) store32(world, base + TSS32_FIELDS.find((field) => field.name === name)!.offset, value);
}

/** Describes and fills a task that can be switched to. */
export function task(world: World, fields: TaskFields = {}, rights = TSS32): void {
  descriptor(world, FREE, rights, { base: TASK, limit: TASK_LIMIT });
  for (let at = 0; at <= TASK_LIMIT; at += 4) store32(world, TASK + at, 0);
  setTask(world, { ...BASIS, ...fields });
}

/** The same as a 16-bit TSS, with AX and DI. */
export function task16(world: World, fields: { readonly ax: number; readonly di: number }): void {
  descriptor(world, FREE, TSS16, { base: TASK, limit: TSS16_LAYOUT.limitMin });
  for (let at = 0; at <= TSS16_LAYOUT.limitMin; at += 4) store32(world, TASK + at, 0);
  const put = (at: number, value: number): void => { world.cpu.ramView.setUint16(TASK + at, value, true); };
  const { ip, flags, registers, segments } = TSS16_LAYOUT;
  ([[ip, TASK_ENTRY], [flags, 2], [registers, fields.ax], [registers + 8, TASK_STACK], [registers + 14, fields.di], [segments + 2, CODE0], [segments + 4, DATA0]] as const)
    .forEach(([at, value]) => { put(at, value); });
}
