// The closed sets of the event contract: kinds, mechanisms, sources, modes. Codes are indices: append only, never reorder.
// Files name every list in their header, so an older file is read by name and not by position.

export const EVENT_KINDS = [
  'fault', 'transition', 'msr-write', 'msr-read', 'cr-write', 'dr-write', 'table-load', 'mode-change', 'table-write', 'tlb-flush',
  'interrupt-line', 'input', 'snapshot', 'vm-exit', 'os', 'console', 'marker', 'halt', 'exit', 'reset', 'shutdown', 'unsupported',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export const VIAS = [
  'int', 'exception', 'interrupt', 'nmi', 'iret', 'sysenter', 'sysexit', 'syscall', 'sysret', 'call-gate', 'far-call', 'far-jump',
  'far-return', 'task-switch', 'smi', 'rsm', 'unknown',
] as const;
export type Via = (typeof VIAS)[number];

export const SOURCES = ['software', 'exception', 'external', 'nmi'] as const;
export type Source = (typeof SOURCES)[number];

export const MODES = ['real', 'v86', 'protected', 'compat', 'long'] as const;
export type Mode = (typeof MODES)[number];

export const FAULT_CLASSES = ['fault', 'trap', 'abort'] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

export const DURINGS = ['execution', 'delivery'] as const;
export const ACCESS_TYPES = ['read', 'write', 'fetch'] as const;
export type AccessType = (typeof ACCESS_TYPES)[number];
export const TLB_OUTCOMES = ['miss', 'hit', 'stale'] as const;
export type TlbOutcome = (typeof TLB_OUTCOMES)[number];
export const TABLES = ['gdt', 'ldt', 'idt', 'tss', 'page-directory', 'page-table', 'pdpt', 'pml4'] as const;
export type TableName = (typeof TABLES)[number];
export const TABLE_REGISTERS = ['gdtr', 'idtr', 'ldtr', 'tr'] as const;
export const CONTROL_REGISTERS = ['cr0', 'cr2', 'cr3', 'cr4', 'cr8', 'xcr0'] as const;
export const DEBUG_REGISTERS = ['dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7'] as const;
export const FLUSH_SCOPES = ['all', 'non-global', 'page'] as const;
/** Where an interrupt the local APIC takes came from; those of the 8259 have none. */
export const LINE_SOURCES = ['io-apic', 'timer', 'error', 'lint0', 'lint1', 'ipi'] as const;
export type LineSource = (typeof LINE_SOURCES)[number];
/** How a guest ended its run. */
export const EXIT_WAYS = ['port-0xf4', 'port-0x501', 'power-off'] as const;
export type ExitWay = (typeof EXIT_WAYS)[number];
export const TIME_UNITS = ['instructions', 'ticks', 'nanoseconds', 'tsc', 'none'] as const;
export const COMPLETENESS = ['reconstructed', 'absent'] as const;
export const SLOT_NAMES = [
  'error-code', 'eip', 'cs', 'eflags', 'esp', 'ss', 'es', 'ds', 'fs', 'gs', 'rip', 'rflags', 'rsp', 'ip', 'flags', 'sp', 'parameter',
] as const;
export type SlotName = (typeof SLOT_NAMES)[number];

/** Numeric code of a name in one of the lists above, for example `codeOf(VIAS, 'iret')`. */
export function codeOf<Name extends string>(list: readonly Name[], name: Name): number {
  return list.indexOf(name);
}
