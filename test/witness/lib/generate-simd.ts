// Random MMX and SSE cases for the differential test: what CR0 and CR4 allow, where operands lie (alignment, page entries, a segment's end), and
// exceptions that MXCSR does not mask, from rings 0 and 3. Two registers of each kind are loaded before the instruction and stored behind it.

import { CODE, CR0, CR0_AM, CR0_WP, EFLAGS_AC, OTHER_STACK, TEST, WINDOW, WINDOW_BYTES, type Case } from './case.ts';
import { CODE0, CODE3, DATA0, DATA1, DATA2, DATA3, TEST_SELECTOR, TEST_TABLE, TSS } from './case-world.ts';
import { decode } from '../../../core/isa/decoder.ts';
import { disassemble } from '../../../core/isa/disassembler.ts';
import { ECX, encode as descriptor, ESI, registersOf, STACK_TOP, word } from './fault-parts.ts';
import type { Random } from './random.ts';
import { encode, SIMD_TEST_ROWS, styleOf } from './simd-cases.ts';
import { fillOperand } from './simd-values.ts';

const CR0_EM = 4, CR0_TS = 8, CR4_PSE = 0x10, CR4_OSFXSR = 0x200, CR4_OSXMMEXCPT = 0x400, MXCSR_AT = 48;
const WINDOW_PAGE = 0x41_0000;
/** ESI is at the window, which SS always reaches: MOVUPS, MOVQ, LDMXCSR, STMXCSR. */
const LOAD_XMM = [[0x36, 0x0f, 0x10, 0x46, 0], [0x36, 0x0f, 0x10, 0x4e, 16]], STORE_XMM = [[0x36, 0x0f, 0x11, 0x46, 64], [0x36, 0x0f, 0x11, 0x4e, 80]];
const LOAD_MMX = [[0x36, 0x0f, 0x6f, 0x46, 32], [0x36, 0x0f, 0x6f, 0x4e, 40]], STORE_MMX = [[0x36, 0x0f, 0x7f, 0x46, 96], [0x36, 0x0f, 0x7f, 0x4e, 104]];
const LOAD_MXCSR = [[0x36, 0x0f, 0xae, 0x56, MXCSR_AT]], STORE_MXCSR = [[0x36, 0x0f, 0xae, 0x5e, 112]];

/** One case. */
export function simdCase(random: Random): Case {
  const ring = random.oneIn(3) ? 0 : 3, row = random.pick(SIMD_TEST_ROWS);
  const refusal = random.oneIn(8) ? random.pick([CR0_EM, CR0_TS, CR0_EM | CR0_TS]) : 0, hasSse = !random.oneIn(8);
  const { address, part } = place(random);
  const registers = registersOf(random);
  registers[ECX] = address;
  registers[ESI] = WINDOW;
  const instruction = encode(random, row, 2);
  const code = [...(ring === 0 ? [0xbc, ...word(STACK_TOP)] : []), ...surrounded(instruction, { hasMmx: refusal === 0, hasSse: refusal === 0 && hasSse })];
  const decoded = decode(Uint8Array.from(instruction), 32);
  return {
    name: `${decoded.kind === 'insn' ? disassemble(decoded.insn, { ip: CODE }) : decoded.kind} in ring ${ring}`,
    registers, eip: CODE, cs: ring === 0 ? CODE0 : CODE3, ss: ring === 0 ? DATA0 : DATA3, data: DATA3, eflags: 2 | (random.oneIn(3) ? EFLAGS_AC : 0),
    cr0: CR0 | refusal | (random.oneIn(2) ? CR0_WP : 0) | (random.oneIn(3) ? CR0_AM : 0), cr4: CR4_PSE | (hasSse ? CR4_OSFXSR : 0) | (random.oneIn(2) ? CR4_OSXMMEXCPT : 0),
    pages: [0, 0, 0, 0, 0], descriptors: [0, 0, 0, 0, 0, 0, 0, 0], gate: [0, 0], ports: -1, code, window: operands(random, row[1]), undefinedFlags: 0,
    stacks: [OTHER_STACK, DATA1 | 1, OTHER_STACK, DATA2 | 2], tr: TSS, ...part,
  };
}

function surrounded(instruction: readonly number[], { hasMmx, hasSse }: { readonly hasMmx: boolean; readonly hasSse: boolean }): number[] {
  return [
    ...(hasSse ? [...LOAD_XMM, ...LOAD_MXCSR] : []), ...(hasMmx ? LOAD_MMX : []), instruction, ...(hasSse ? [...STORE_XMM, ...STORE_MXCSR] : []), ...(hasMmx ? STORE_MMX : []),
  ].flat();
}

/** Registers and memory in the instruction's style; MXCSR masks all or some exceptions, and now and then sets a reserved bit. */
function operands(random: Random, name: string): Uint8Array {
  const window = new Uint8Array(WINDOW_BYTES), view = new DataView(window.buffer), style = styleOf(random, name);
  for (let at = 0; at < WINDOW_BYTES; at += 16) fillOperand(random, style, view, at);
  const mxcsr = random.below(0x1_0000) | (random.oneIn(2) ? 0x1f80 : 0) | (random.oneIn(12) ? 1 << (16 + random.below(16)) : 0);
  view.setUint32(MXCSR_AT, mxcsr >>> 0, true);
  return window;
}

/** Where ECX points: into the window, aligned or not; near a border of pages with entries of their own; near the end of a small segment. */
function place(random: Random): { readonly address: number; readonly part: Partial<Case> } {
  const offset = random.oneIn(2) ? 0 : random.below(16);
  switch (random.below(3)) {
    case 0: return { address: WINDOW + offset, part: {} };
    case 1: {
      const entry = (): number => (random.oneIn(4) ? 0 : 1) | random.pick([0, 2, 2]) | random.pick([0, 4, 4]);
      const pages = [TEST_TABLE | 7, ...[0, 1, 2, 3].map((index) => (WINDOW_PAGE + 0x1000 * (index & 1)) | entry())];
      return { address: TEST + 0x1000 * random.below(3) + random.pick([0xfc0, 0xf80, 0]) + offset, part: { pages } };
    }
    default: {
      const limit = random.pick([0x1f, 0x2b, 0x3f, 0x43, 0x7f]);
      return { address: offset, part: { data: TEST_SELECTOR | 3, descriptors: [...descriptor({ base: WINDOW, limit, rights: 0xf2 | random.pick([0, 0, 0, 4]), bits: 4 }), 0, 0, 0, 0, 0, 0] } };
    }
  }
}
