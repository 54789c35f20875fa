// Where a sequence of instructions runs: the mode, its code, data and stack segments, and what it may not contain there. Each setting lays
// its segments out anew for every case, so that addresses of 16 and of 32 bits reach the window.

import type { Op } from '../../../core/isa/opcode-index.ts';
import { CODE, CR0, CR0_WP, EFLAGS_VM, LOW_CODE, LOW_STUB, LOW_WINDOW, STUB, WINDOW, type Case } from './case.ts';
import { CODE0, CODE16_RING0, CODE16_RING3, CODE3, DATA0, DATA3, LOW_TABLE, PRESENT, REAL_DATA, TEST_SELECTOR, USER, WRITABLE } from './case-world.ts';
import type { Random } from './random.ts';

export type CodeBits = 16 | 32;
export interface Layout {
  readonly codeBase: number;
  /** Linear address of the first byte of code. */
  readonly code: number;
  readonly dataBase: number;
  readonly stackBase: number;
  /** The stack pointer has 16 bits. */
  readonly hasSmallStack: boolean;
  /** The part of the case that says so. */
  readonly part: Pick<Case, 'cs' | 'ss' | 'data'> & Partial<Case>;
}
export interface Setting {
  readonly bits: CodeBits;
  readonly window: number;
  readonly stub: number;
  readonly refuses: ReadonlySet<Op>;
  /**
   * All memory can be reached, and not all of it is the same everywhere: segment registers are loaded by the last instruction only, SS not at all;
   * no jump goes where a register says; no REP has a large count.
   */
  readonly isOpen: boolean;
  readonly hasTrapFlag: boolean;
  readonly layout: (random: Random, codeBytes: number) => Layout;
}

/** What depends on the processor model, on time or on devices; what ends elsewhere than at a result. */
const NOWHERE: readonly Op[] = [
  'cpuid', 'rdtsc', 'rdtscp', 'rdpmc', 'in', 'out', 'ins', 'outs', 'sysenter', 'sysexit', 'iret', 'retFar', 'jmpFar', 'callFar', 'popcnt', 'rdrand', 'rdseed', 'clac', 'stac', 'monitor', 'mwait', 'xgetbv',
  'xsetbv', 'getsec', 'vmcall', 'vmlaunch', 'vmresume', 'vmxoff', 'syscall', 'sysret', 'rsm', 'int1',
];
/** What ring 0 stops or loses itself with. */
const NOT_RING0: readonly Op[] = [...NOWHERE, 'hlt', 'lgdt', 'lidt', 'lldt', 'ltr', 'lmsw', 'movCdRd', 'movRdDd', 'movDdRd', 'rdmsr', 'wrmsr', 'int', 'int3', 'into'];
const NOT_REAL: readonly Op[] = NOT_RING0.filter((op) => !['int', 'int3', 'into'].includes(op));
const BIG = 0x40_0000, SEGMENT_BYTES = 0x1_0000, WINDOW_PAGES = 2;

/** Base and 64-KiB limit of a writable data segment. */
export function dataSegment(base: number, { ring, isBig }: { readonly ring: number; readonly isBig: boolean }): [number, number] {
  return [((base & 0xffff) << 16) | 0xffff, ((base & 0xff00_0000) | (isBig ? BIG : 0) | 0x9300 | (ring << 13) | ((base >>> 16) & 0xff)) | 0];
}

/** Now and then across the border of two pages. */
function placeOfCode(random: Random, area: number, codeBytes: number): number {
  return random.oneIn(10) ? area + 0x1000 - 1 - random.below(codeBytes) : area + random.below(16);
}

/** Protected mode: flat segments, or data and stack in segments of their own over the window. */
function protectedLayout(bits: CodeBits, ring: 0 | 3): Setting['layout'] {
  return (random, codeBytes) => {
    const [flatCode, flatData] = ring === 0 ? [CODE0, DATA0] : [CODE3, DATA3];
    const codeBase = bits === 16 ? CODE : 0;
    const isFlat = !random.oneIn(bits === 16 ? 8 : 3);
    const dataBase = isFlat && bits === 32 ? 0 : WINDOW - random.below(0xff00);
    const ownStack = dataBase !== 0 && random.oneIn(2), hasSmallStack = ownStack && random.oneIn(2);
    const descriptors = [...dataSegment(dataBase, { ring, isBig: true }), ...dataSegment(dataBase, { ring, isBig: !hasSmallStack }), 0, 0, 0, 0];
    return {
      codeBase, code: placeOfCode(random, CODE, codeBytes), dataBase, stackBase: ownStack ? dataBase : 0, hasSmallStack,
      part: {
        cs: bits === 32 ? flatCode : ring === 0 ? CODE16_RING0 : CODE16_RING3, ss: ownStack ? TEST_SELECTOR + 8 + ring : flatData, data: dataBase === 0 ? flatData : TEST_SELECTOR + ring, codeBase, descriptors,
        ...(ring === 0 ? { entry: 'ring0' as const } : {}),
      },
    };
  };
}

/** Paragraphs below 1 MByte: real-address and virtual-8086 mode. */
function paragraphs(random: Random, codeBytes: number): Layout & { readonly segments: number[] } {
  const code = placeOfCode(random, LOW_CODE, codeBytes);
  const paragraph = (target: number): number => (target - random.below(0xf000)) & ~15;
  const codeBase = paragraph(code), dataBase = paragraph(LOW_WINDOW), stackBase = paragraph(LOW_WINDOW);
  const data = dataBase >> 4;
  return { codeBase, code, dataBase, stackBase, hasSmallStack: true, segments: [data, data, data, data], part: { cs: codeBase >> 4, ss: stackBase >> 4, data: 0, codeBase, isLow: true } };
}

function realLayout(random: Random, codeBytes: number): Layout {
  const { segments, ...layout } = paragraphs(random, codeBytes);
  return { ...layout, part: { ...layout.part, entry: 'real', segments, cr0: 0x10, limits: [REAL_DATA, REAL_DATA, REAL_DATA, REAL_DATA, REAL_DATA] } };
}

/** Real-address mode whose data segments keep limits from protected mode: larger, or smaller. */
function unrealLayout(random: Random, codeBytes: number): Layout {
  const { segments, ...layout } = paragraphs(random, codeBytes);
  const limited = (limit: number): number[] => [limit & 0xffff, 0x40_9300 | (limit & 0xf_0000)];
  const limits = Array.from({ length: 4 }, () => random.pick([REAL_DATA, TEST_SELECTOR, TEST_SELECTOR, TEST_SELECTOR + 8, TEST_SELECTOR + 16]));
  return { ...layout, part: { ...layout.part, entry: 'real', segments, cr0: 0x10, limits: [...limits, REAL_DATA], descriptors: [...limited(0x1_ffff), ...limited(0x3_ffff), ...limited(0xffff - random.below(0x4000)), 0, 0] } };
}

/** The pages of code and window are for ring 3; those around them are not mapped. */
export const VIRTUAL_PAGES = [
  { at: LOW_TABLE + 4 * (LOW_CODE >> 12), bytes: pageWords(LOW_CODE >> 12, 3, PRESENT | USER) },
  { at: LOW_TABLE + 4 * (LOW_WINDOW >> 12), bytes: pageWords(LOW_WINDOW >> 12, WINDOW_PAGES, PRESENT | USER | WRITABLE) },
];

function pageWords(first: number, count: number, bits: number): number[] {
  return Array.from({ length: count }, (_, index) => ((first + index) << 12) | bits).flatMap((word) => [word & 255, (word >> 8) & 255, (word >> 16) & 255, word >>> 24]);
}

function virtualLayout(random: Random, codeBytes: number): Layout {
  const { segments, ...layout } = paragraphs(random, codeBytes);
  return { ...layout, part: { ...layout.part, segments, patches: VIRTUAL_PAGES, cr0: CR0 | CR0_WP, eflags: EFLAGS_VM | (random.oneIn(4) ? random.below(4) << 12 : 0x3000) } };
}

const HIGH = { window: WINDOW, stub: STUB, isOpen: false, hasTrapFlag: true } as const;
const LOW = { window: LOW_WINDOW, stub: LOW_STUB, bits: 16 } as const;
export const SETTINGS = {
  ring3: { ...HIGH, bits: 32, refuses: new Set(NOWHERE), layout: protectedLayout(32, 3) },
  ring0: { ...HIGH, bits: 32, refuses: new Set(NOT_RING0), layout: protectedLayout(32, 0) },
  ring3Code16: { ...HIGH, bits: 16, refuses: new Set(NOWHERE), layout: protectedLayout(16, 3) },
  ring0Code16: { ...HIGH, bits: 16, refuses: new Set(NOT_RING0), layout: protectedLayout(16, 0) },
  real: { ...LOW, isOpen: true, hasTrapFlag: false, refuses: new Set(NOT_REAL), layout: realLayout },
  unreal: { ...LOW, isOpen: true, hasTrapFlag: false, refuses: new Set(NOT_REAL), layout: unrealLayout },
  virtual: { ...LOW, isOpen: false, hasTrapFlag: true, refuses: new Set(NOWHERE), layout: virtualLayout },
} satisfies Record<string, Setting>;
export { SEGMENT_BYTES };
