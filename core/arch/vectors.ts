// Exceptions and interrupts. SDM 3A "Exception and Interrupt Vectors", "Interrupt 8—Double Fault Exception (#DF)".

export type VectorClass = 'fault' | 'trap' | 'abort' | 'interrupt';
/** The class of the double-fault table. */
export type Contribution = 'benign' | 'contributory' | 'page-fault';
export interface VectorRow {
  readonly vector: number;
  /** As users write it, `#GP`; `NMI` for vector 2. */
  readonly mnemonic: string;
  readonly class: VectorClass;
  /** An error code is pushed. */
  readonly hasErrorCode: boolean;
  readonly contribution: Contribution;
  readonly title: string;
}
const row = (vector: number, mnemonic: string, kind: VectorClass, hasErrorCode: boolean, contribution: Contribution, title: string): VectorRow =>
  ({ vector, mnemonic, class: kind, hasErrorCode, contribution, title });

/** The architectural vectors; those not listed below 32 are reserved, the others are free for interrupts. #DB is a trap or a fault, by its cause. */
export const VECTORS: readonly VectorRow[] = [
  row(0, '#DE', 'fault', false, 'contributory', 'divide error'),
  row(1, '#DB', 'trap', false, 'benign', 'debug exception'),
  row(2, 'NMI', 'interrupt', false, 'benign', 'non-maskable interrupt'),
  row(3, '#BP', 'trap', false, 'benign', 'breakpoint'),
  row(4, '#OF', 'trap', false, 'benign', 'overflow'),
  row(5, '#BR', 'fault', false, 'benign', 'BOUND range exceeded'),
  row(6, '#UD', 'fault', false, 'benign', 'invalid opcode'),
  row(7, '#NM', 'fault', false, 'benign', 'device not available'),
  row(8, '#DF', 'abort', true, 'contributory', 'double fault'),
  row(9, '#CSO', 'fault', false, 'benign', 'coprocessor segment overrun'),
  row(10, '#TS', 'fault', true, 'contributory', 'invalid TSS'),
  row(11, '#NP', 'fault', true, 'contributory', 'segment not present'),
  row(12, '#SS', 'fault', true, 'contributory', 'stack-segment fault'),
  row(13, '#GP', 'fault', true, 'contributory', 'general protection'),
  row(14, '#PF', 'fault', true, 'page-fault', 'page fault'),
  row(16, '#MF', 'fault', false, 'benign', 'x87 floating-point error'),
  row(17, '#AC', 'fault', true, 'benign', 'alignment check'),
  row(18, '#MC', 'abort', false, 'benign', 'machine check'),
  row(19, '#XM', 'fault', false, 'benign', 'SIMD floating-point exception'),
  row(20, '#VE', 'fault', false, 'page-fault', 'virtualization exception'),
  row(21, '#CP', 'fault', true, 'contributory', 'control protection'),
];

/** The classes in the order of the double-fault table. */
export const CONTRIBUTIONS: readonly Contribution[] = ['benign', 'contributory', 'page-fault'];
/**
 * SDM 3A "Interrupt 8—Double Fault Exception (#DF)", table "Conditions for Generating a Double Fault": what becomes of a second exception
 * (inner key) that arises while the first (outer key) is delivered.
 */
export const DOUBLE_FAULT_TABLE: Readonly<Record<Contribution, Readonly<Record<Contribution, 'serial' | 'double fault'>>>> = {
  'benign': { 'benign': 'serial', 'contributory': 'serial', 'page-fault': 'serial' },
  'contributory': { 'benign': 'serial', 'contributory': 'double fault', 'page-fault': 'serial' },
  'page-fault': { 'benign': 'serial', 'contributory': 'double fault', 'page-fault': 'double fault' },
};

/** The class a vector has in the double-fault table; interrupts and reserved vectors are benign. */
export function contributionOf(vector: number): Contribution {
  return findVector(vector)?.contribution ?? 'benign';
}

/** The row of an architectural vector, or null (reserved, or free for interrupts). */
export function findVector(vector: number): VectorRow | null {
  return VECTORS.find((one) => one.vector === vector) ?? null;
}

/** The row of a mnemonic as users write it, with or without `#`, in any case; or null. */
export function findMnemonic(text: string): VectorRow | null {
  const wanted = text.replace('#', '').toUpperCase();
  return VECTORS.find((one) => one.mnemonic.replace('#', '') === wanted) ?? null;
}

/** How a vector is named: its mnemonic, or `vector 0x80`. */
export function vectorName(vector: number): string {
  return findVector(vector)?.mnemonic ?? `vector 0x${vector.toString(16)}`;
}
