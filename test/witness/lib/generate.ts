// Random instruction cases for the differential tests: one to five instructions in a setting (settings.ts), none of which looks at a flag that
// the manual leaves undefined. Protection cases are in generate-faults.ts and beside it.

import { IMMEDIATE, RELATIVE, type Insn } from '../../../core/isa/insn.ts';
import { aimAt, type Aim } from './aim.ts';
import { CODE_BYTES, CR0, CR0_WP, OTHER_STACK, WINDOW_BYTES, type Case } from './case.ts';
import { DATA1, DATA2, TSS } from './case-world.ts';
import { readsFlags, undefinedBehind } from './flag-flow.ts';
import { piece, textOf, type Piece } from './pieces.ts';
import type { Random } from './random.ts';
import type { Layout, Setting } from './settings.ts';

const ECX = 1, ESP = 4, EBP = 5, TF = 0x100, LOAD_BYTES = 6;
const COUNTS = [1, 1, 1, 2, 2, 3, 4, 5];

/** The instructions so far, and which flags are undefined: behind the last one, anywhere before it. */
interface Sequence { readonly parts: number[][]; readonly texts: string[]; undefined: number; undefinedBefore: number }

/** One random instruction case. */
export function sequenceCase(random: Random, setting: Setting): Case {
  const window = Uint8Array.from({ length: WINDOW_BYTES }, () => random.word());
  const layout = setting.layout(random, CODE_BYTES / 2);
  if (random.oneIn(3)) new DataView(window.buffer).setInt32(random.below(WINDOW_BYTES - 4), setting.stub - layout.codeBase, true);
  const registers = Array.from({ length: 8 }, () => (random.oneIn(20) ? setting.stub - layout.codeBase : random.word()));
  registers[ESP] = stackPointer(random, setting, layout);
  if (!random.oneIn(5)) registers[EBP] = setting.window + random.below(WINDOW_BYTES) - layout.stackBase;
  const sequence = makeSequence({ random, setting, layout, registers, window, loads: null });
  const { eflags = 2, ...part } = layout.part;
  return {
    name: `${sequence.texts.join(' | ')}${setting.bits === 16 ? ' in 16-bit code' : ''}`, registers: registers.map((value) => value | 0), eip: layout.code - layout.codeBase,
    eflags: eflags | 2 | (random.below(0x1000) & 0xcd5) | (setting.hasTrapFlag && random.oneIn(16) ? TF : 0) | (random.oneIn(8) ? 0x3000 : 0), cr0: CR0 | CR0_WP,
    pages: [0, 0, 0, 0, 0], descriptors: [0, 0, 0, 0, 0, 0, 0, 0], gate: [0, 0], ports: -1, code: sequence.parts.flat(), parts: sequence.parts, codeBits: setting.bits, window, stacks: [OTHER_STACK, DATA1 | 1, OTHER_STACK, DATA2 | 2], tr: TSS,
    undefinedFlags: sequence.undefined, undefinedBefore: sequence.undefinedBefore, ...part,
  };
}

function stackPointer(random: Random, setting: Setting, layout: Layout): number {
  const offset = setting.window + 64 + random.below(8) - 4 * random.below(2) - layout.stackBase;
  return layout.hasSmallStack ? (offset & 0xffff) | (random.oneIn(2) ? 0 : random.word() & ~0xffff) : offset;
}

function makeSequence(first: Aim): Sequence {
  const { random, setting } = first;
  const sequence: Sequence = { parts: [], texts: [], undefined: 0, undefinedBefore: 0 };
  const count = random.pick(COUNTS);
  let jump: number[] | null = null;
  for (let index = 0; index < count; index += 1) {
    const isLast = index === count - 1;
    const aim: Aim = index === 0 ? first : { ...first, registers: [...first.registers], loads: new Map() };
    const one = pieceBehind(random, setting, { isLast, undefined: sequence.undefined });
    aimAt(aim, one);
    const bytes = [...loadsOf(aim, setting), ...one.bytes];
    if (sequence.parts.flat().length + bytes.length > CODE_BYTES - LOAD_BYTES) break;
    // the jump before leads behind this one, or to it
    if (jump !== null) jump[jump.length - 1] = random.oneIn(2) ? 0 : bytes.length;
    const before = sequence.undefined;
    const behind = undefinedBehind(one.insn, before, index === 0 ? countOf(one.insn, first.registers) : shiftImmediate(one.insn));
    sequence.undefinedBefore |= before;
    sequence.undefined = jump === null ? behind : before | behind;
    sequence.parts.push(bytes);
    sequence.texts.push(textOf(one.bytes, setting.bits));
    jump = one.insn.destination.kind === RELATIVE && !isLast ? bytes : null;
  }
  // cut short behind a jump: it leads to the end of the case
  if (jump !== null) jump[jump.length - 1] = 0;
  return sequence;
}

function pieceBehind(random: Random, setting: Setting, { isLast, undefined: flags }: { readonly isLast: boolean; readonly undefined: number }): Piece {
  for (;;) {
    const one = piece(random, setting, isLast);
    if (flags === 0 || !readsFlags(one.insn)) return one;
  }
}

/** MOV of each register that must be loaded before. */
function loadsOf({ loads }: Aim, { bits }: Setting): number[] {
  return [...(loads ?? [])].flatMap(([register, value]) => [...(bits === 16 ? [0x66] : []), 0xb8 | register, value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]);
}

/** The count of a shift or rotate, unmasked. */
function countOf(insn: Insn, registers: readonly number[]): number {
  return shiftImmediate(insn) ?? registers[ECX]! & 0xff;
}

function shiftImmediate(insn: Insn): number | null {
  const operand = insn.op === 'shld' || insn.op === 'shrd' ? insn.third : insn.source;
  return operand.kind === IMMEDIATE ? insn.immediate : null;
}
