// One differential case and what it leaves behind, as plain data; its bytes are in case-image.ts, the guest that runs it is case-runner.asm.

/** The guest's fixed places (case-world.ts). WINDOW lies across a page border; TEST is mapped by the case's own page entries. */
export const CODE = 0x40_0000, STUB = 0x40_2000, WINDOW = 0x41_0fc0, WINDOW_BYTES = 128, TEST = 0x80_0000;
/** The same below 1 MByte, for real-address and virtual-8086 mode. */
export const LOW_CODE = 0x2_0000, LOW_STUB = 0x2_2000, LOW_WINDOW = 0x3_0fc0;
/** Bytes of a case's code; what it does not fill is INT 0x41, the end of a case. */
export const CODE_BYTES = 96;
const SINGLE_STEP = 1;
export const END_VECTOR = 0x41, TEST_VECTOR = 0x60;
/** A stack of rings 1 and 2 that works. */
export const OTHER_STACK = 0x41_1800;
/** PG, NE, ET, PE. */
export const CR0 = 0x8000_0031, CR0_WP = 0x1_0000, CR0_AM = 0x4_0000;
export const EFLAGS_AC = 0x4_0000, EFLAGS_VM = 0x2_0000;
/** CF, PF, AF, ZF, SF, OF. */
export const STATUS_FLAGS = 0x8d5;

/** How a case begins: by IRET, in real-address mode, or in ring 0 with SS and ESP loaded before. */
export type Entry = 'iret' | 'real' | 'ring0';
/** Bytes of memory that are so when the case begins; a multiple of 4. */
export interface Patch { readonly at: number; readonly bytes: readonly number[] }
/** Memory printed at the end, as double words named `name` and a number. */
export interface Watch { readonly name: string; readonly at: number; readonly words: number }

export interface Case {
  /** What is tried, for people: `add [ebx+4], cx`. */
  readonly name: string;
  /** EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI. With IRET to ring 0 the code must load ESP itself. */
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
  /** Those undefined somewhere before its last instruction; none when absent. */
  readonly undefinedBefore?: number;
  /** The code's instructions, with what leads to each, so that a case can be made smaller. */
  readonly parts?: readonly (readonly number[])[];
  /** For which they were decoded. */
  readonly codeBits?: 16 | 32;
  /** Of LOW_CODE, LOW_STUB and LOW_WINDOW. */
  readonly isLow?: boolean;
  readonly entry?: Entry;
  /** ES, DS, FS, GS, instead of `data`; of virtual-8086 mode, too. */
  readonly segments?: readonly number[];
  /** For real-address mode: selectors of ES, FS, GS, DS, SS whose limits stay. */
  readonly limits?: readonly number[];
  readonly cr3?: number;
  readonly cr4?: number;
  readonly efer?: number;
  /** Limit and base. */
  readonly idtr?: readonly [number, number];
  /** DR0 to DR3, DR6, DR7. */
  readonly debug?: readonly number[];
  readonly patches?: readonly Patch[];
  readonly watches?: readonly Watch[];
}

/** What a case left behind: a number for each name of FIELDS, and the window. */
export interface Outcome { readonly fields: Readonly<Record<string, number>>; readonly window: Uint8Array }

/** The words of a result, in the order in which the guest prints them. */
export const FIELDS = [
  'vector', 'error', 'cr2', 'eip', 'cs', 'eflags', 'esp', 'ss', 'eax', 'ecx', 'edx', 'ebx', 'ebp', 'esi', 'edi', 'ds', 'es', 'fs', 'gs', 'cr0', 'cr3', 'cr4', 'tr', 'ldtr', 'dr6', 'dr7',
] as const;

/** The linear address of a case's window. */
export const windowOf = ({ isLow }: Case): number => (isLow === true ? LOW_WINDOW : WINDOW);

const hex = (value: number): string => (value >>> 0).toString(16);

/** One number in which two outcomes differ: a field, or the linear address of a byte of the window. */
export interface Difference { readonly place: string | number; readonly ours: number; readonly theirs: number }

/** Where a witness left something else behind than we did. Flags that the manual leaves undefined are not compared. */
export function outcomeDifferences(one: Case, ours: Outcome, theirs: Outcome): Difference[] {
  const before = one.undefinedBefore ?? 0, vector = ours.fields['vector'];
  // without IOPL, INT 0x41 in virtual-8086 mode ends a case by a fault
  const isFinished = vector === END_VECTOR || ((one.parts !== undefined || one.isLow === true) && ours.fields['eip']! - one.eip >= one.code.length);
  const undefinedHere = isFinished ? one.undefinedFlags : vector === SINGLE_STEP ? one.undefinedFlags | before : before;
  const found: Difference[] = [];
  const compare = (place: string | number, left: number, right: number): void => {
    if (left !== right) found.push({ place, ours: left, theirs: right });
  };
  for (const [name, value] of Object.entries(ours.fields)) {
    const mask = name === 'eflags' ? ~undefinedHere : -1;
    compare(name, value & mask, theirs.fields[name]! & mask);
  }
  ours.window.forEach((byte, index) => { compare(windowOf(one) + index, byte, theirs.window[index]!); });
  return found;
}

/** `eflags 246 against 206, [410fc0] 0 against 1`. */
export function differencesText(differences: readonly Difference[]): string {
  return differences.map(({ place, ours, theirs }) => `${typeof place === 'number' ? `[${hex(place)}]` : place} ${hex(ours)} against ${hex(theirs)}`).join(', ');
}

/** A case's inputs in a few lines, so that a difference can be understood without running it. */
export function describeCase(one: Case): string {
  const words = (values: readonly number[]): string => values.map(hex).join(' ');
  const optional = (['segments', 'limits', 'cr3', 'cr4', 'efer', 'idtr', 'debug'] as const).flatMap((name) => (one[name] === undefined ? [] : [`${name} ${words([one[name]].flat())}`]));
  return [
    `${one.name}${one.entry === undefined ? '' : ` (${one.entry})`}`,
    `  code ${one.code.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')} at ${hex(one.eip)}, cs ${hex(one.cs)} ss ${hex(one.ss)} data ${hex(one.data)} eflags ${hex(one.eflags)} cr0 ${hex(one.cr0)} ${optional.join(' ')}`,
    `  eax ecx edx ebx esp ebp esi edi: ${words(one.registers)}`,
    `  descriptors ${words(one.descriptors)} gate ${words(one.gate)} ports ${hex(one.ports)} pages ${words(one.pages)} stacks ${words(one.stacks)} tr ${hex(one.tr)}`,
    ...(one.patches ?? []).map(({ at, bytes }) => `  ${hex(at)}: ${Buffer.from(bytes).toString('hex')}`),
    `  window at ${hex(windowOf(one))}: ${Buffer.from(one.window).toString('hex')}`,
  ].join('\n');
}
