// The world of the differential cases, as case-runner.asm puts it up anew for each: GDT, LDT, IDT, task-state segments and page tables of
// both formats. BASELINE is copied to SYSTEM, in part; then a case's own words go over it.

import { TYPE_INTERRUPT_GATE32 } from '../../../core/arch/descriptor.ts';

/** Where the runner lies (see its `org`), and the copy of the baseline behind it. */
export const RUNNER_ADDRESS = 0x20_0000, BASELINE_ADDRESS = 0x24_0000;
export const SYSTEM = 0x18_0000, SYSTEM_BYTES = 0xb000;
export const GDT = SYSTEM, LDT_AT = SYSTEM + 0x100, IDT = SYSTEM + 0x200, TSS_AT = SYSTEM + 0x800, TSS16_AT = SYSTEM + 0x900, TASK_AT = SYSTEM + 0xa00, TASK16_AT = SYSTEM + 0xb00;
/** What of these is copied for each case. */
export const TABLES_BYTES = 0xc00;
export const PAGE_DIRECTORY = SYSTEM + 0x1000, TEST_TABLE = SYSTEM + 0x2000, CODE_TABLE = SYSTEM + 0x3000, LOW_TABLE = SYSTEM + 0x4000;
/** PAE: four pointers, one directory, tables of 2 MBytes from 0, from 0x400000 and from TEST. */
export const POINTERS = SYSTEM + 0x5000, PAE_DIRECTORY = SYSTEM + 0x6000, PAE_LOW = SYSTEM + 0x7000, PAE_RUNNER = SYSTEM + 0x8000, PAE_CODE = SYSTEM + 0x9000, PAE_TEST = SYSTEM + 0xa000;

export const CODE0 = 0x08, DATA0 = 0x10, CODE3 = 0x1b, DATA3 = 0x23, TSS = 0x28, LDT = 0x30, TEST_SELECTOR = 0x38, DATA1 = 0x58, DATA2 = 0x60, TSS16 = 0x68, TSS16_STACK = 0x70, LOW16 = 0x78,
  REAL_DATA = 0x80, CODE16_RING0 = 0x88, CODE16_RING3 = 0x93, TASK = 0x98, TASK16 = 0xa0, TASK_GATE = 0xa8, BEYOND = 0xc0;
const IDT_VECTORS = 0x62, IDT_LIMIT = IDT_VECTORS * 8 - 1, END_VECTOR = 0x41;
export const IDTR: readonly [number, number] = [IDT_LIMIT, IDT];
/** Real-address mode: the table at 0, of 0x62 vectors. */
export const REAL_IDTR: readonly [number, number] = [0x3ff, 0];
const LOW_SEGMENT = 0x800, VECTOR_STUB_BYTES = 16, EXCEPTIONS = 32;

/** Offset of the I/O permission bitmap in the TSS: behind 32 bytes of interrupt redirection. Its limit covers ports 0 to 0xff. */
export const BITMAP_OFFSET = 136, TSS_LIMIT = BITMAP_OFFSET + 32;
/** The ring-0 stack of the TSS, of TSS16 and of the task. */
const STACK = 0x19_0000, TASK_STACK = 0x18_f800;
const PRESENT = 1, WRITABLE = 2, USER = 4, PAGE_SIZE = 0x80;
const LOW_PAGES_END = 0xb, PROGRAM_FIRST = 0x180, PROGRAM_END = 0x210;

/** Addresses of the runner's vector stubs, read from its header. */
export interface Stubs { readonly protected: number; readonly real: number }

const words = (into: Buffer, at: number, values: readonly number[]): void => { values.forEach((value, index) => into.writeUInt32LE(value >>> 0, at - SYSTEM + 4 * index)); };
const long = (into: Buffer, at: number, index: number, low: number): void => { words(into, at + 8 * index, [low, 0]); };

/** The bytes at BASELINE_ADDRESS. */
export function baseline(stubs: Stubs): Buffer {
  const all = Buffer.alloc(SYSTEM_BYTES);
  writeSegments(all);
  writeGates(all, stubs);
  writeTasks(all);
  words(all, PAGE_DIRECTORY, [LOW_TABLE | PRESENT | WRITABLE | USER, CODE_TABLE | PRESENT | WRITABLE | USER]);
  // of the low 4 MBytes only the runner and its tables, for ring 0, so that a stray jump faults
  for (let page = 0; page < PROGRAM_END; page += 1) {
    const isMapped = (page >= 8 && page < LOW_PAGES_END) || page >= PROGRAM_FIRST;
    if (isMapped) words(all, LOW_TABLE + 4 * page, [(page << 12) | PRESENT | WRITABLE]);
    if (isMapped) long(all, page < 0x200 ? PAE_LOW : PAE_RUNNER, page & 0x1ff, (page << 12) | PRESENT | WRITABLE);
  }
  // code and stubs read-only, the window writable, both for every ring
  for (const [page, bits] of [[0x400, 5], [0x401, 5], [0x402, 5], [0x410, 7], [0x411, 7]] as const) {
    words(all, CODE_TABLE + 4 * (page & 0x3ff), [(page << 12) | bits]);
    long(all, PAE_CODE, page & 0x1ff, (page << 12) | bits);
  }
  long(all, POINTERS, 0, PAE_DIRECTORY | PRESENT);
  [PAE_LOW, PAE_RUNNER, PAE_CODE].forEach((table, index) => { long(all, PAE_DIRECTORY, index, table | PRESENT | WRITABLE | USER); });
  return all;
}

function writeSegments(all: Buffer): void {
  const system = (at: number, limit: number, type: number): [number, number] => [((at & 0xffff) << 16) | limit, 0x8000 | (type << 8) | (at >>> 16)];
  words(all, GDT, [
    0, 0, 0xffff, 0xcf_9b00, 0xffff, 0xcf_9300, 0xffff, 0xcf_fb00, 0xffff, 0xcf_f300, // code and data of rings 0 and 3
    ...system(TSS_AT, TSS_LIMIT, 9), ...system(LDT_AT, 0x1f, 2), 0, 0, 0, 0, 0, 0, 0, 0, 0xffff, 0xcf_b300, 0xffff, 0xcf_d300, // data of rings 1 and 2
    ...system(TSS16_AT, 43, 1), 0x8000_ffff, 0x40_9318, // 0x70: its stack of ring 0
    (LOW_SEGMENT << 20) | 0xffff, 0x9b00, 0xffff, 0x9300, // 16-bit code at LOW; data as in real-address mode
    0xffff, 0x9b40, 0xffff, 0xfb40, // 16-bit code at CODE, of rings 0 and 3
    ...system(TASK_AT, 103, 9), ...system(TASK16_AT, 43, 1), TASK << 16, 0xe500, // a task gate
  ]);
}

function writeGates(all: Buffer, stubs: Stubs): void {
  for (let vector = 0; vector < EXCEPTIONS + 1; vector += 1) {
    const stub = stubs.protected + VECTOR_STUB_BYTES * vector;
    const isOpen = vector === 3 || vector === 4 || vector === EXCEPTIONS;
    words(all, IDT + 8 * (vector === EXCEPTIONS ? END_VECTOR : vector), [(CODE0 << 16) | (stub & 0xffff), (stub & 0xffff_0000) | 0x8000 | (isOpen ? 0x6000 : 0) | (TYPE_INTERRUPT_GATE32 << 8)]);
  }
}

function writeTasks(all: Buffer): void {
  words(all, TSS_AT, [0, STACK, DATA0]);
  words(all, TSS_AT + 100, [BITMAP_OFFSET << 16]);
  all.fill(0xff, TSS_AT - SYSTEM + BITMAP_OFFSET, TSS_AT - SYSTEM + TSS_LIMIT + 1);
  words(all, TSS16_AT, [0x8000 << 16, TSS16_STACK]);
  //                   link, esp0, ss0, rings 1 and 2, cr3, eip, eflags, eax … edi, es cs ss ds fs gs, ldt, bitmap
  words(all, TASK_AT, [0, STACK, DATA0, 0, 0, 0, 0, PAGE_DIRECTORY, 0x40_2000, 2, 0xa1, 0xc1, 0xd1, 0xb1, TASK_STACK, 0xb2, 0x51, 0xd2, DATA0, CODE0, DATA0, DATA0, 0, 0, 0, 104 << 16]);
}

/** Interrupt vectors of real-address mode: the runner's stubs, for END_VECTOR too; the rest leads to that of the end. */
export function realVectors(stubs: Stubs): number[] {
  return Array.from({ length: IDT_VECTORS }, (_, vector) => (LOW_SEGMENT << 16) | (stubs.real + VECTOR_STUB_BYTES * Math.min(vector, EXCEPTIONS)));
}

export { PAGE_SIZE, PRESENT, USER, WRITABLE };
