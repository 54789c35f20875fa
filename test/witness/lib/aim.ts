// Bends registers and displacements so that an instruction mostly does something worth comparing: its memory operand lies in the window,
// counts are small, dividends fit. The first instruction of a sequence finds its registers so; before a later one they are loaded by MOV.

import { MEMORY, NO_REGISTER, REGISTER, type Insn } from '../../../core/isa/insn.ts';
import type { Op } from '../../../core/isa/opcode-index.ts';
import { WINDOW_BYTES } from './case.ts';
import type { Piece } from './pieces.ts';
import type { Random } from './random.ts';
import type { Layout, Setting } from './settings.ts';

const EAX = 0, ECX = 1, EDX = 2, EBX = 3, ESP = 4, ESI = 6, EDI = 7, SS = 2;
const STRINGS: ReadonlySet<Op> = new Set<Op>(['movs', 'stos', 'lods', 'cmps', 'scas']);
const BIT_TESTS: ReadonlySet<Op> = new Set<Op>(['bt', 'bts', 'btr', 'btc']);

export interface Aim {
  readonly random: Random;
  readonly setting: Setting;
  readonly layout: Layout;
  /** The registers' values as far as they are known, in encoding order. */
  readonly registers: number[];
  readonly window: Uint8Array;
  /** Registers that must be loaded before; empty for the first instruction, whose registers are those of the case. */
  readonly loads: Map<number, number> | null;
}

function load(aim: Aim, register: number, value: number): void {
  aim.registers[register] = value | 0;
  aim.loads?.set(register, value | 0);
}

/** Bends everything for `piece`, whose displacement may change. */
export function aimAt(aim: Aim, piece: Piece): void {
  const { random, registers } = aim;
  const { insn } = piece;
  if ((insn.op === 'shld' || insn.op === 'shrd') && insn.third.kind === REGISTER) load(aim, ECX, (registers[ECX]! & ~31) | random.below(insn.operandSize === 16 ? 17 : 32));
  if (random.oneIn(2) && (insn.op === 'div' || insn.op === 'idiv')) load(aim, EDX, random.pick([0, 1, -1, random.below(0x1_0000)]));
  if (BIT_TESTS.has(insn.op) && insn.source.kind === REGISTER && !random.oneIn(8)) load(aim, insn.source.register & 7, random.below(512) - 256);
  if (STRINGS.has(insn.op)) aimString(aim, insn);
  else if (insn.op === 'xlat') aimRegister(aim, EBX, { insn, target: aim.setting.window + random.below(WINDOW_BYTES) - (registers[EAX]! & 0xff) });
  else if (insn.op !== 'lea' && [insn.destination, insn.source].some((operand) => operand.kind === MEMORY) && !random.oneIn(12)) aimMemory(aim, piece);
  if (insn.op === 'cmpxchg' && random.oneIn(2) && insn.destination.kind === REGISTER && aim.loads === null) load(aim, EAX, registers[insn.destination.register & 7]!);
}

/** The register holds the offset of `target`, less `rest`; only its low half counts with 16-bit addresses. */
function aimRegister(aim: Aim, register: number, { insn, target, rest = 0 }: { readonly insn: Insn; readonly target: number; readonly rest?: number }): void {
  const base = insn.segment === SS ? aim.layout.stackBase : aim.layout.dataBase;
  const value = target - base - rest;
  load(aim, register, insn.addressSize === 16 ? (aim.registers[register]! & ~0xffff) | (value & 0xffff) : value);
}

function aimString(aim: Aim, insn: Insn): void {
  const { random, setting } = aim;
  if (insn.repeat !== 0) load(aim, ECX, random.oneIn(20) && !setting.isOpen ? random.word() : (insn.addressSize === 16 ? random.word() & ~0xffff : 0) | random.below(9));
  for (const register of [ESI, EDI]) aimRegister(aim, register, { insn, target: setting.window + random.below(WINDOW_BYTES) });
}

function aimMemory(aim: Aim, piece: Piece): void {
  const { random, registers, setting, window } = aim;
  const { insn } = piece;
  const target = setting.window + random.below(WINDOW_BYTES - 4);
  const { base, index } = insn;
  if (base !== NO_REGISTER && base !== ESP && base !== index) {
    if (index !== NO_REGISTER && aim.loads !== null) load(aim, index, random.below(0x40));
    aimRegister(aim, base, { insn, target, rest: insn.displacement + (index === NO_REGISTER ? 0 : registers[index]! << insn.scale) });
  } else if (base === NO_REGISTER && index !== NO_REGISTER && insn.scale === 0) aimRegister(aim, index, { insn, target, rest: insn.displacement });
  else if (base === NO_REGISTER && index === NO_REGISTER) patchDisplacement(piece, target - (insn.segment === SS ? aim.layout.stackBase : aim.layout.dataBase));
  const at = target - setting.window;
  if ((insn.op !== 'cmpxchg' && insn.op !== 'cmpxchg8b') || random.oneIn(2) || at + 8 > WINDOW_BYTES) return;
  const view = new DataView(window.buffer);
  if (base !== EAX && index !== EAX) load(aim, EAX, view.getInt32(at, true));
  if (insn.op === 'cmpxchg8b' && base !== EDX && index !== EDX) load(aim, EDX, view.getInt32(at + 4, true));
}

/** Replaces a displacement without registers: it is the last such value in the bytes but for an immediate of the same value. */
function patchDisplacement({ bytes, insn }: Piece, value: number): void {
  const size = insn.addressSize === 16 ? 2 : 4;
  const view = new DataView(Uint8Array.from(bytes).buffer);
  for (let at = 1; at + size <= bytes.length; at += 1) {
    if (size === 4 ? view.getInt32(at, true) !== insn.displacement : (view.getInt16(at, true) ^ insn.displacement) & 0xffff) continue;
    if (size === 4) view.setInt32(at, value, true);
    else view.setInt16(at, value & 0xffff, true);
    bytes.splice(0, bytes.length, ...new Uint8Array(view.buffer));
    return;
  }
}
