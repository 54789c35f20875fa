// The task-state segment, of 32 and of 16 bits. SDM 3A "Task-State Segment (TSS)", "16-Bit Task-State Segment (TSS)".

export interface TssField { readonly name: string; readonly offset: number; readonly bytes: 2 | 4; readonly title: string }
const word = (offset: number, name: string, title: string): TssField => ({ name, offset, bytes: 2, title });
const dword = (offset: number, name: string, title: string): TssField => ({ name, offset, bytes: 4, title });

/** Where a TSS keeps the stack of an inner ring: the offsets of the pointer, of `bytes` bytes, and of SS. */
export interface TssStackPlace { readonly pointer: number; readonly segment: number; readonly bytes: 2 | 4 }
/** The place of the stack of ring `cpl` (0..2) in a 32-bit (`bytes` 4) or 16-bit TSS (2). */
export function tssStackPlace(cpl: number, bytes: 2 | 4): TssStackPlace {
  const pointer = bytes * (cpl * 2 + 1);
  return { pointer, segment: pointer + bytes, bytes };
}
/**
 * Where a TSS keeps what a task switch saves and loads. Slots are `bytes` apart: eight general registers in the manual's order from `registers`,
 * `segmentCount` selectors (ES, CS, SS, DS, then FS and GS) from `segments`. The link is the word at 0. Null: this TSS has no such field.
 * `limitMin`: the least limit of a TSS that is loaded; `limitSaved`: of one that the state is saved in.
 */
export interface TssLayout {
  readonly bytes: 2 | 4; readonly limitMin: number; readonly limitSaved: number; readonly cr3: number | null; readonly ip: number; readonly flags: number; readonly registers: number;
  readonly segments: number; readonly segmentCount: number; readonly ldt: number; readonly trap: number | null;
}
export const TSS32_LAYOUT: TssLayout = { bytes: 4, limitMin: 0x67, limitSaved: 0x5f, cr3: 28, ip: 32, flags: 36, registers: 40, segments: 72, segmentCount: 6, ldt: 96, trap: 100 };
export const TSS16_LAYOUT: TssLayout = { bytes: 2, limitMin: 0x2b, limitSaved: 0x29, cr3: null, ip: 14, flags: 16, registers: 18, segments: 34, segmentCount: 4, ldt: 42, trap: null };

/** Offset of the I/O map base (a word). */
export const TSS_IO_MAP_BASE = 102;
/** Every field, lowest offset first. */
export const TSS32_FIELDS: readonly TssField[] = [
  word(0, 'link', 'selector of the previous task'),
  dword(4, 'esp0', 'stack pointer loaded on entry to ring 0'), word(8, 'ss0', 'stack segment loaded on entry to ring 0'),
  dword(12, 'esp1', 'stack pointer loaded on entry to ring 1'), word(16, 'ss1', 'stack segment loaded on entry to ring 1'),
  dword(20, 'esp2', 'stack pointer loaded on entry to ring 2'), word(24, 'ss2', 'stack segment loaded on entry to ring 2'),
  dword(28, 'cr3', 'page directory of the task'), dword(32, 'eip', 'EIP'), dword(36, 'eflags', 'EFLAGS'),
  dword(40, 'eax', 'EAX'), dword(44, 'ecx', 'ECX'), dword(48, 'edx', 'EDX'), dword(52, 'ebx', 'EBX'),
  dword(56, 'esp', 'ESP'), dword(60, 'ebp', 'EBP'), dword(64, 'esi', 'ESI'), dword(68, 'edi', 'EDI'),
  word(72, 'es', 'ES'), word(76, 'cs', 'CS'), word(80, 'ss', 'SS'), word(84, 'ds', 'DS'), word(88, 'fs', 'FS'), word(92, 'gs', 'GS'),
  word(96, 'ldtr', 'LDT selector of the task'), word(100, 'trap', 'bit 0: a switch to this task raises #DB'),
  word(102, 'ioMapBase', 'offset of the I/O permission bit map'),
];

/** The field at a byte offset of the TSS, or null between fields. */
export function tssFieldAt(offset: number): TssField | null {
  return TSS32_FIELDS.find((field) => offset >= field.offset && offset < field.offset + field.bytes) ?? null;
}
