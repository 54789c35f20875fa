// The architectural register file as one row of u32 words: the processor keeps it in this order in its buffer,
// events carry it as deltas, files name its columns. Every register is 64 bits wide (lo, hi) from format version 1 on;
// the table only ever grows at its end. Not here: caches, TLB, lazy flags (core/cpu/state.ts).

interface RegisterRow { readonly name: string; readonly words: 1 | 2; readonly title: string }
const wide = (name: string, title: string): RegisterRow => ({ name, words: 2, title });
const narrow = (name: string, title: string): RegisterRow => ({ name, words: 1, title });

const GPR_NAMES = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'] as const;
/** Segment registers in the manual's encoding order; `ldtr` and `tr` follow, as they have the same hidden part. */
export const SEGMENT_NAMES = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'] as const;
export type SegmentName = (typeof SEGMENT_NAMES)[number];

//  one segment register, 6 words:
//   +0 selector   +1 access rights, SDM 3C "Guest Register State": type 3..0, S 4, DPL 6..5, P 7, AVL 12, L 13, D/B 14, G 15, unusable 16
//   +2 limit in bytes, granularity applied   +3 reserved   +4 base lo   +5 base hi
const segment = (name: SegmentName): RegisterRow[] => [
  narrow(`${name}.selector`, `${name.toUpperCase()} selector`),
  narrow(`${name}.rights`, `${name.toUpperCase()} access rights`),
  narrow(`${name}.limit`, `${name.toUpperCase()} limit`),
  narrow(`${name}.reserved`, ''),
  wide(`${name}.base`, `${name.toUpperCase()} base`),
];
const tableRegister = (name: string): RegisterRow[] => [
  wide(`${name}.base`, `${name.toUpperCase()} base`), narrow(`${name}.limit`, `${name.toUpperCase()} limit`), narrow(`${name}.reserved`, ''),
];

/** The table of the register file: rows in storage order. Append only. */
export const REGISTER_FILE: readonly RegisterRow[] = [
  ...GPR_NAMES.map((name) => wide(name, name.toUpperCase())),
  wide('rip', 'RIP'),
  wide('rflags', 'RFLAGS'),
  ...SEGMENT_NAMES.flatMap(segment),
  ...tableRegister('gdtr'),
  ...tableRegister('idtr'),
  ...['cr0', 'cr2', 'cr3', 'cr4', 'cr8', 'xcr0', 'efer'].map((name) => wide(name, name.toUpperCase())),
  ...['dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7'].map((name) => wide(name, name.toUpperCase())),
  wide('sysenter_cs', 'IA32_SYSENTER_CS'),
  wide('sysenter_esp', 'IA32_SYSENTER_ESP'),
  wide('sysenter_eip', 'IA32_SYSENTER_EIP'),
  wide('star', 'IA32_STAR'),
  wide('lstar', 'IA32_LSTAR'),
  wide('cstar', 'IA32_CSTAR'),
  wide('fmask', 'IA32_FMASK'),
  wide('kernel_gs_base', 'IA32_KERNEL_GS_BASE'),
  wide('tsc_aux', 'IA32_TSC_AUX'),
  wide('apic_base', 'IA32_APIC_BASE'),
  wide('pat', 'IA32_PAT'),
  wide('misc_enable', 'IA32_MISC_ENABLE'),
  narrow('cpl', 'CPL'),
  narrow('activity', 'activity state: 0 running, 1 halted, 2 shutdown'),
  narrow('shadow', 'interruptibility: bit 0 STI, bit 1 MOV SS, bit 3 NMI blocking'),
  narrow('reserved0', ''),
  ...[0, 1, 2, 3].map((index) => wide(`pdpte${String(index)}`, `PDPTE${String(index)} register`)),
];

const offsets = new Map<string, number>();
let total = 0;
for (const row of REGISTER_FILE) { offsets.set(row.name, total); total += row.words; }

/** Words in one register-file row (u32 each). */
export const REGISTER_FILE_WORDS = total;

/** Word offset of a register in the file, for example `registerOffset('cr3')`. Throws on an unknown name: a bug of ours. */
export function registerOffset(name: string): number {
  const offset = offsets.get(name);
  if (offset === undefined) throw new Error(`internal error: no register named ${name}`);
  return offset;
}

/** Word offset of a register, or null when there is none of that name (names from files and expressions). */
export function findRegister(name: string): { readonly offset: number; readonly words: 1 | 2 } | null {
  const offset = offsets.get(name);
  const row = offset === undefined ? undefined : REGISTER_FILE.find((candidate) => candidate.name === name);
  return offset === undefined || row === undefined ? null : { offset, words: row.words };
}

/** Words from the start that change at almost every instruction (general registers, RIP, RFLAGS); the rest change through one-writers only. */
export const FAST_WORDS = registerOffset('es.selector');

/** Offsets inside one segment register's six words. */
export const SEGMENT_WORDS = 6;
export const SEGMENT_SELECTOR = 0;
export const SEGMENT_RIGHTS = 1;
export const SEGMENT_LIMIT = 2;
export const SEGMENT_BASE = 4;
/** Bit 16 of the access rights: the register holds no usable segment (null selector loaded). */
export const RIGHTS_UNUSABLE = 0x10000;
