// One differential case and what it leaves behind, as plain data; its bytes are in case-image.ts, the guest that runs it is case-runner.asm.

/** The guest's fixed places (case-runner.asm). WINDOW lies across a page border; TEST is mapped by the case's own page entries. */
export const CODE = 0x40_0000, STUB = 0x40_2000, WINDOW = 0x41_0fc0, WINDOW_BYTES = 128, TEST = 0x80_0000, TEST_TABLE = 0x18_2000, IDT = 0x18_4000;
/** Bytes of a case's code; what it does not fill is INT 0x41, the end of a case. */
export const CODE_BYTES = 64;
const SINGLE_STEP = 1;
export const END_VECTOR = 0x41, TEST_VECTOR = 0x60;
export const CODE0 = 0x08, DATA0 = 0x10, CODE3 = 0x1b, DATA3 = 0x23, TSS = 0x28, LDT = 0x30, TEST_SELECTOR = 0x38, DATA1 = 0x58, DATA2 = 0x60, TSS16 = 0x68, BEYOND = 0x78;
/** A stack of rings 1 and 2 that works. */
export const OTHER_STACK = 0x41_1800;
/** PG, NE, ET, PE. */
export const CR0 = 0x8000_0031, CR0_WP = 0x1_0000, CR0_AM = 0x4_0000;
export const EFLAGS_AC = 0x4_0000;
/** CF, PF, AF, ZF, SF, OF. */
export const STATUS_FLAGS = 0x8d5;

export interface Case {
  /** What is tried, for people: `add [ebx+4], cx`. */
  readonly name: string;
  /** EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI. In ring 0 the code must load ESP itself. */
  readonly registers: readonly number[];
  readonly eip: number;
  readonly cs: number;
  /** The base of that segment, so that `code` is put where it will run; 0 when absent. */
  readonly codeBase?: number;
  readonly eflags: number;
  readonly ss: number;
  /** For DS, ES, FS and GS. */
  readonly data: number;
  readonly cr0: number;
  /** The page-directory entry of TEST and its table's first four entries. */
  readonly pages: readonly number[];
  /** Four descriptors, two words each: GDT 0x38 to 0x50, and LDT 0x04 to 0x1c. */
  readonly descriptors: readonly number[];
  /** The gate of TEST_VECTOR, two words. */
  readonly gate: readonly number[];
  /** I/O permission bits of ports 0xe0 to 0xff. */
  readonly ports: number;
  readonly code: readonly number[];
  readonly window: Uint8Array;
  /** Pointer and SS of rings 1 and 2 in the TSS. */
  readonly stacks: readonly number[];
  /** TSS or TSS16. */
  readonly tr: number;
  /** Status flags that the manual leaves undefined once the code has run. */
  readonly undefinedFlags: number;
}

/** What a case left behind: a number for each name of FIELDS, and the window. */
export interface Outcome { readonly fields: Readonly<Record<string, number>>; readonly window: Uint8Array }

/** The words of a result, in the order in which the guest prints them. */
export const FIELDS = [
  'vector', 'error', 'cr2', 'eip', 'cs', 'eflags', 'esp', 'ss', 'eax', 'ecx', 'edx', 'ebx', 'ebp', 'esi', 'edi', 'ds', 'es', 'fs', 'gs',
  'descriptor0', 'rights0', 'descriptor1', 'rights1', 'descriptor2', 'rights2', 'descriptor3', 'rights3', 'pde', 'pte0', 'pte1', 'pte2', 'pte3',
  'local0', 'local1', 'local2', 'local3',
] as const;

const hex = (value: number): string => (value >>> 0).toString(16);

/** One number in which two outcomes differ: a field, or the linear address of a byte of the window. */
export interface Difference { readonly place: string | number; readonly ours: number; readonly theirs: number }

/** Where a witness left something else behind than we did. Flags that the manual leaves undefined are not compared. */
export function outcomeDifferences(one: Case, ours: Outcome, theirs: Outcome): Difference[] {
  const isFinished = ours.fields['vector'] === END_VECTOR || ours.fields['vector'] === SINGLE_STEP;
  const found: Difference[] = [];
  const compare = (place: string | number, left: number, right: number): void => {
    if (left !== right) found.push({ place, ours: left, theirs: right });
  };
  for (const name of FIELDS) {
    const mask = name === 'eflags' && isFinished ? ~one.undefinedFlags : -1;
    compare(name, ours.fields[name]! & mask, theirs.fields[name]! & mask);
  }
  ours.window.forEach((byte, index) => { compare(WINDOW + index, byte, theirs.window[index]!); });
  return found;
}

/** `eflags 246 against 206, [410fc0] 0 against 1`. */
export function differencesText(differences: readonly Difference[]): string {
  return differences.map(({ place, ours, theirs }) => `${typeof place === 'number' ? `[${hex(place)}]` : place} ${hex(ours)} against ${hex(theirs)}`).join(', ');
}

/** A case's inputs in a few lines, so that a difference can be understood without running it. */
export function describeCase(one: Case): string {
  const words = (values: readonly number[]): string => values.map(hex).join(' ');
  return [
    one.name,
    `  code ${one.code.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')} at ${hex(one.eip)}, cs ${hex(one.cs)} ss ${hex(one.ss)} data ${hex(one.data)} eflags ${hex(one.eflags)} cr0 ${hex(one.cr0)}`,
    `  eax ecx edx ebx esp ebp esi edi: ${words(one.registers)}`,
    `  descriptors ${words(one.descriptors)} gate ${words(one.gate)} ports ${hex(one.ports)} pages ${words(one.pages)} stacks ${words(one.stacks)} tr ${hex(one.tr)}`,
    `  window at ${hex(WINDOW)}: ${Buffer.from(one.window).toString('hex')}`,
  ].join('\n');
}
