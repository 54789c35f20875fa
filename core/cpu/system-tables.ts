// LGDT, LIDT, LLDT and LTR: the four table registers, their checks and their `table-load` events.
// SDM 2A "LGDT/LIDT—Load Global/Interrupt Descriptor Table Register", "LLDT—Load Local…", "LTR—Load Task Register".

import { HIGH_BUSY, isPresent, RIGHTS_S, TYPE_LDT, TYPE_TSS16, TYPE_TSS32, typeOf } from '../arch/descriptor.ts';
import { ERROR_TI } from '../arch/error-code.ts';
import { registerOffset } from '../arch/register-file.ts';
import { codeOf, TABLE_REGISTERS } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { handleOf } from '../event/schema.ts';
import { errorOf, isNull, newDescriptor, readDescriptor, setHigh, type Descriptor } from './descriptor-table.ts';
import { beforeEvent, beginEvent, emitEvent, kindCode } from './emit.ts';
import { demand, GP, GP0, NP, skipAll } from './fault.ts';
import { demandPrivileged } from './privilege.ts';
import { installDescriptor, installNull } from './segmentation.ts';
import { LDTR, TR, type Cpu } from './state.ts';
import { watchSystemTables } from './table-watch.ts';

const R_LLDT_GDT = rule('lldt-in-gdt'), R_LLDT_TABLE = rule('lldt-table-limit'), R_LLDT_TYPE = rule('lldt-type'), R_LLDT_PRESENT = rule('lldt-present');
const LLDT_RULES = [R_LLDT_GDT, R_LLDT_TABLE, R_LLDT_TYPE, R_LLDT_PRESENT];
const R_LTR_NULL = rule('ltr-not-null'), R_LTR_GDT = rule('ltr-in-gdt'), R_LTR_TABLE = rule('ltr-table-limit'), R_LTR_TYPE = rule('ltr-type'), R_LTR_PRESENT = rule('ltr-present');
const K_LOAD = kindCode('table-load');
const H_REGISTER = handleOf('table-load', 'register');
const [B_SELECTOR, B_BASE, B_LIMIT] = [handleOf('table-load', 'before.selector'), handleOf('table-load', 'before.base'), handleOf('table-load', 'before.limit')];
const [A_SELECTOR, A_BASE, A_LIMIT] = [handleOf('table-load', 'after.selector'), handleOf('table-load', 'after.base'), handleOf('table-load', 'after.limit')];
const GDTR_BASE = registerOffset('gdtr.base'), GDTR_LIMIT = registerOffset('gdtr.limit'), IDTR_BASE = registerOffset('idtr.base'), IDTR_LIMIT = registerOffset('idtr.limit');
const CODE_GDTR = codeOf(TABLE_REGISTERS, 'gdtr'), CODE_IDTR = codeOf(TABLE_REGISTERS, 'idtr'), CODE_LDTR = codeOf(TABLE_REGISTERS, 'ldtr'), CODE_TR = codeOf(TABLE_REGISTERS, 'tr');
const ldtDescriptor = newDescriptor('ldt'), tssDescriptor = newDescriptor('tss');

/** LGDT: `limit` in bytes (16 bits), `base` linear (the caller cuts it to 24 bits for a 16-bit operand). Faults with #GP(0). */
export function lgdt(cpu: Cpu, limit: number, base: number): void {
  demandPrivileged(cpu);
  loadPseudo(cpu, CODE_GDTR, { baseAt: GDTR_BASE, limitAt: GDTR_LIMIT, base, limit });
}

/** LIDT: as LGDT. */
export function lidt(cpu: Cpu, limit: number, base: number): void {
  demandPrivileged(cpu);
  loadPseudo(cpu, CODE_IDTR, { baseAt: IDTR_BASE, limitAt: IDTR_LIMIT, base, limit });
}

/** LLDT: a null selector empties LDTR. Faults with #GP or #NP. */
export function lldt(cpu: Cpu, selector: number): void {
  demandPrivileged(cpu);
  if (isNull(selector)) {
    skipAll(cpu, LLDT_RULES);
    loadSystemSegment(cpu, { code: CODE_LDTR, segment: LDTR, selector, descriptor: null });
    return;
  }
  const error = errorOf(selector);
  demand(cpu, R_LLDT_GDT, (selector & ERROR_TI) === 0, GP(error), selector, 0);
  readDescriptor(cpu, ldtDescriptor, selector, R_LLDT_TABLE, GP(error));
  const { rights } = ldtDescriptor;
  demand(cpu, R_LLDT_TYPE, (rights & RIGHTS_S) === 0 && typeOf(rights) === TYPE_LDT, GP(error), selector, rights);
  demand(cpu, R_LLDT_PRESENT, isPresent(rights), NP(error), selector, rights);

  loadSystemSegment(cpu, { code: CODE_LDTR, segment: LDTR, selector, descriptor: ldtDescriptor });
}

/** LTR: loads an available TSS and marks it busy in memory. Faults with #GP or #NP. */
export function ltr(cpu: Cpu, selector: number): void {
  demandPrivileged(cpu);
  const error = errorOf(selector);
  demand(cpu, R_LTR_NULL, !isNull(selector), GP0, selector, 0);
  demand(cpu, R_LTR_GDT, (selector & ERROR_TI) === 0, GP(error), selector, 0);
  readDescriptor(cpu, tssDescriptor, selector, R_LTR_TABLE, GP(error));
  const { rights } = tssDescriptor;
  const type = typeOf(rights);
  demand(cpu, R_LTR_TYPE, (rights & RIGHTS_S) === 0 && (type === TYPE_TSS32 || type === TYPE_TSS16), GP(error), selector, rights);
  demand(cpu, R_LTR_PRESENT, isPresent(rights), NP(error), selector, rights);
  setHigh(cpu, tssDescriptor, HIGH_BUSY);

  loadSystemSegment(cpu, { code: CODE_TR, segment: TR, selector, descriptor: tssDescriptor });
}

function loadPseudo(cpu: Cpu, code: number, to: { readonly baseAt: number; readonly limitAt: number; readonly base: number; readonly limit: number }): void {
  beforeEvent(cpu);
  const draft = beginEvent(cpu, K_LOAD);
  draft.set(H_REGISTER, code);
  draft.set64(B_BASE, cpu.register(to.baseAt), 0);
  draft.set(B_LIMIT, cpu.register(to.limitAt));
  setPseudo(cpu, to);
  draft.set64(A_BASE, cpu.register(to.baseAt), 0);
  draft.set(A_LIMIT, cpu.register(to.limitAt));
  emitEvent(cpu);
}

function setPseudo(cpu: Cpu, to: { readonly baseAt: number; readonly limitAt: number; readonly base: number; readonly limit: number }): void {
  cpu.setRegister(to.baseAt, to.base, 0);
  cpu.setNarrow(to.limitAt, to.limit & 0xffff);
  watchSystemTables(cpu);
}

/** Sets GDTR or IDTR from outside the guest, without an event; null leaves base or limit (bytes) as it is. */
export function setTableRegister(cpu: Cpu, register: 'gdtr' | 'idtr', value: { readonly base: number | null; readonly limit: number | null }): void {
  const [baseAt, limitAt] = register === 'gdtr' ? [GDTR_BASE, GDTR_LIMIT] : [IDTR_BASE, IDTR_LIMIT];
  setPseudo(cpu, { baseAt, limitAt, base: value.base ?? cpu.register(baseAt), limit: value.limit ?? cpu.register(limitAt) });
}

/** `descriptor` is null for a null selector. */
interface SystemLoad { readonly code: number; readonly segment: number; readonly selector: number; readonly descriptor: Descriptor | null }

function loadSystemSegment(cpu: Cpu, { code, segment, selector, descriptor }: SystemLoad): void {
  beforeEvent(cpu);
  const before = tableValue(cpu, segment);
  if (descriptor === null) installNull(cpu, segment, selector);
  else installDescriptor(cpu, segment, selector, descriptor);
  emitLoad(cpu, code, segment, before);
}

/** What LDTR or TR holds, as events show it. */
export interface TableValue { readonly selector: number; readonly base: number; readonly limit: number }
/** LDTR's or TR's value now. */
export const tableValue = (cpu: Cpu, segment: number): TableValue => ({ selector: cpu.segmentSelector(segment), base: cpu.segmentBase(segment), limit: cpu.segmentLimit(segment) });

/** Tells that a task switch has loaded LDTR or TR, which held `before`. */
export function tellTaskLoad(cpu: Cpu, segment: typeof LDTR | typeof TR, before: TableValue): void {
  beforeEvent(cpu);
  emitLoad(cpu, segment === TR ? CODE_TR : CODE_LDTR, segment, before);
}

function emitLoad(cpu: Cpu, code: number, segment: number, before: TableValue): void {
  const draft = beginEvent(cpu, K_LOAD);
  draft.set(H_REGISTER, code);
  draft.set(B_SELECTOR, before.selector);
  draft.set64(B_BASE, before.base, 0);
  draft.set(B_LIMIT, before.limit);
  draft.set(A_SELECTOR, cpu.segmentSelector(segment));
  draft.set64(A_BASE, cpu.segmentBase(segment), 0);
  draft.set(A_LIMIT, cpu.segmentLimit(segment));
  watchSystemTables(cpu);
  emitEvent(cpu);
}
