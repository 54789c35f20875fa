// LAR, LSL, VERR, VERW and ARPL: programs ask what a selector is good for. Nothing here faults on the selector: the answer is ZF.
// SDM 3A "Checking Caller Access Privileges", "Checking That the Pointer Offset Is Within Limits", SDM 2A "LAR—Load Access Rights".

import {
  dplOf, isCode, isConformingCode, isReadable, isWritableData, RIGHTS_S, TYPE_CALL_GATE16, TYPE_CALL_GATE32, TYPE_LDT, TYPE_TASK_GATE, TYPE_TSS16, TYPE_TSS16_BUSY,
  TYPE_TSS32, TYPE_TSS32_BUSY, typeOf,
} from '../arch/descriptor.ts';
import { registerOffset } from '../arch/register-file.ts';
import { rule } from '../event/rules.ts';
import { fetchDescriptor, isInTable, isNull, newDescriptor, type Descriptor } from './descriptor-table.ts';
import { demand, UD } from './fault.ts';
import { isProtectedMode } from './mode.ts';
import type { Cpu } from './state.ts';

const CR0 = registerOffset('cr0');
const R_PROTECTED = rule('protected-mode-only');
/** System types with a limit, and those with access rights to show. SDM 2A "LSL—Load Segment Limit", "LAR—Load Access Rights", tables of valid types. */
const WITH_LIMIT: readonly number[] = [TYPE_TSS16, TYPE_LDT, TYPE_TSS16_BUSY, TYPE_TSS32, TYPE_TSS32_BUSY];
const WITH_RIGHTS: readonly number[] = [...WITH_LIMIT, TYPE_CALL_GATE16, TYPE_TASK_GATE, TYPE_CALL_GATE32];
// DEPARTS: bits 19:16 are undefined; the descriptor's own are shown, as AMD documents and Bochs does.
const LAR_MASK = 0x00ff_ff00;
const descriptor = newDescriptor('target');

/** #UD outside protected mode: there a selector names no descriptor. */
export function demandProtectedMode(cpu: Cpu): void {
  demand(cpu, R_PROTECTED, isProtectedMode(cpu), UD, cpu.register(CR0), cpu.rawFlags);
}

/** LAR: the access rights, or -1 when they may not be seen. */
export function visibleRights(cpu: Cpu, selector: number): number {
  return isVisible(cpu, selector, WITH_RIGHTS) ? descriptor.high & LAR_MASK : -1;
}

/** LSL: the limit in bytes, or -1 when it may not be seen. */
export function visibleLimit(cpu: Cpu, selector: number): number {
  return isVisible(cpu, selector, WITH_LIMIT) ? descriptor.limit : -1;
}

/** VERR: true when the segment may be read at this CPL and RPL. Whether it is present does not matter. */
export function isReadableFor(cpu: Cpu, selector: number): boolean {
  if (!isFound(cpu, selector) || !isReadable(descriptor.rights)) return false;
  return isConformingCode(descriptor.rights) || isPrivileged(cpu, descriptor);
}

/** VERW: true when the segment may be written. */
export function isWritableFor(cpu: Cpu, selector: number): boolean {
  return isFound(cpu, selector) && isWritableData(descriptor.rights) && isPrivileged(cpu, descriptor);
}

function isVisible(cpu: Cpu, selector: number, systemTypes: readonly number[]): boolean {
  if (!isFound(cpu, selector)) return false;
  const { rights } = descriptor;
  if ((rights & RIGHTS_S) === 0 && !systemTypes.includes(typeOf(rights))) return false;
  return (isCode(rights) && isConformingCode(rights)) || isPrivileged(cpu, descriptor);
}

function isFound(cpu: Cpu, selector: number): boolean {
  if (isNull(selector) || !isInTable(cpu, selector)) return false;
  fetchDescriptor(cpu, descriptor, selector);
  return true;
}

/** Neither CPL nor RPL is numerically greater than DPL. */
function isPrivileged(cpu: Cpu, { selector, rights }: Descriptor): boolean {
  return Math.max(cpu.cpl, selector & 3) <= dplOf(rights);
}
