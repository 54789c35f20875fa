// Random protection cases about call gates, far returns to outer rings and the instructions that inspect selectors.

import { CODE, OTHER_STACK, STUB, WINDOW, WINDOW_BYTES } from './case.ts';
import { CODE0, CODE3, DATA0, DATA1, DATA2, TEST_SELECTOR, TSS, TSS16 } from './case-world.ts';
import { descriptor, EAX, EBX, ECX, encode, ESP, half, nowhere, push, pushHalf, registersOf, returnSegments, RING0_PROLOGUE, selector, STACK_TOP, word, type Kind } from './fault-parts.ts';
import type { Random } from './random.ts';

const GATE16 = 4, GATE32 = 12;
const CODE_RIGHTS = [0x9a, 0x98, 0x9e, 0x9c];

interface GateFields { readonly type: number; readonly dpl: number; readonly isPresent: boolean; readonly selector: number; readonly offset: number; readonly parameters: number }
function encodeGate({ type, dpl, isPresent, selector: to, offset, parameters }: GateFields): [number, number] {
  return [((to << 16) | (offset & 0xffff)) >>> 0, ((offset & 0xffff_0000) | (isPresent ? 0x8000 : 0) | (dpl << 13) | (type << 8) | parameters) >>> 0];
}

/** A code segment of some ring, mostly as it should be. */
function codeSegment(random: Random, ring: number): [number, number] {
  if (random.oneIn(8)) return descriptor(random);
  const rights = random.pick(CODE_RIGHTS) | (random.pick(ring === 0 ? [0, 0, 0, 0, 0, 0, 1, 2, 3] : [0, 1, 1, 1, 2, 2, 2, 3]) << 5);
  return encode({ base: 0, limit: random.oneIn(10) ? 0x41f : 0xf_ffff, rights: random.oneIn(12) ? rights & ~0x80 : rights, bits: 8 | (random.oneIn(4) ? 0 : 4) });
}

/** A stack segment of ring 1 or 2 over the window, up or down, large or small. */
function stackSegment(random: Random, ring: number): [number, number] {
  if (random.oneIn(8)) return descriptor(random);
  const rights = 0x92 | (ring << 5) | (random.oneIn(4) ? 4 : 0) | (random.oneIn(2) ? 1 : 0);
  return encode({ base: WINDOW, limit: random.pick([0x7f, 0x7f, 0x3f, 0x2f, 0x1f, 0xffff]), rights: random.oneIn(12) ? rights & ~0x80 : rights, bits: random.pick([0, 4]) });
}

/**
 * CALL and JMP through a gate of either size, to any ring. Own descriptors: the gate, a code segment, stacks of rings 1 and 2. The gate leads
 * to the end of the case or to a RETF n behind the call.
 */
const callGate: Kind = (random, ring) => {
  const isLocal = random.oneIn(3);
  const at = (index: number, rpl: number): number => (isLocal ? 4 | (index * 8) : TEST_SELECTOR + index * 8) | rpl;
  const type = random.pick([GATE16, GATE32, GATE32]);
  const parameters = random.pick([0, 0, 1, 2, 3, 7, random.below(32)]);
  const isCall = !random.oneIn(5);
  const call = [isCall ? 0x9a : 0xea, ...word(random.word()), ...half(at(0, random.pick([0, 0, 3, ring])))];
  const returnSize = random.oneIn(10) ? random.pick([2, 4]) : type === GATE16 ? 2 : 4;
  const released = random.oneIn(6) ? random.below(64) : parameters * returnSize;
  const back = [...(returnSize === 2 ? [0x66] : []), ...(released === 0 && random.oneIn(2) ? [0xcb] : [0xca, ...half(released)])];
  const ending = [0xcd, 0x41];
  const comesBack = isCall && random.oneIn(2);
  const target = comesBack ? CODE + (ring === 0 ? RING0_PROLOGUE : 0) + call.length + ending.length : random.pick([STUB, STUB, STUB, STUB, STUB, nowhere(random)]);
  const gate = encodeGate({
    type, dpl: random.pick([3, 3, 3, 3, 3, 3, 2, 1, 0]), isPresent: !random.oneIn(16), offset: target, parameters: parameters | (random.oneIn(8) ? 0xe0 : 0),
    selector: random.oneIn(4) ? random.pick([CODE0, CODE0, CODE3, selector(random)]) : at(1, random.below(4)),
  });
  const registers = registersOf(random);
  registers[ESP] = STACK_TOP - random.pick([0, 0, 32, 60, 64]);
  const pointer = (): number => random.pick([0x40, 0x60, 0x7f, 0x80, 0x20, 0x1f, 0x30, random.below(0x90)]) + (random.oneIn(20) ? 0xabc_0000 : 0);
  const stacks = random.oneIn(3) ? [OTHER_STACK, DATA1 | 1, OTHER_STACK, DATA2 | 2] : [pointer(), at(2, 1), pointer(), at(3, 2)];
  return {
    registers, code: [...call, ...ending, ...back], descriptors: [...gate, ...codeSegment(random, ring), ...stackSegment(random, 1), ...stackSegment(random, 2)],
    ...(random.oneIn(5) ? {} : { stacks }), tr: random.oneIn(4) ? TSS16 : TSS,
  };
};

/** RETF and RETF n, mostly to an outer ring, from a frame that is mostly right. */
const farReturn: Kind = (random, ring) => {
  const is16 = random.oneIn(3);
  const { code, stack, descriptors } = returnSegments(random, ring);
  const slots = is16 ? pushHalf : push;
  const count = random.below(4);
  const released = random.oneIn(8) ? random.below(64) : count * (is16 ? 2 : 4);
  const offset = random.oneIn(8) ? nowhere(random) : is16 ? STUB & 0xffff : STUB;
  const pointer = random.pick([STACK_TOP - 16, random.below(WINDOW_BYTES), random.word()]);
  const outer = random.oneIn(10) ? [] : [...slots(stack), ...slots(pointer)];
  const parameters = Array.from({ length: count }, () => slots(random.word())).flat();
  return {
    descriptors,
    code: [...outer, ...parameters, ...slots(code), ...slots(offset), ...(is16 ? [0x66] : []), ...(released === 0 && random.oneIn(2) ? [0xcb] : [0xca, ...half(released)])],
    ...(ring === 0 && random.oneIn(3) ? { data: DATA0 } : {}),
  };
};

/** LAR, LSL, VERR, VERW and ARPL on any selector, with descriptors of every type; and the instructions that store LDTR, TR, GDTR, IDTR and CR0. */
const inspection: Kind = (random) => {
  const registers = registersOf(random);
  registers[EAX] = (registers[EAX]! & 0xffff_0000) | selector(random);
  registers[EBX] = random.oneIn(8) ? random.word() : WINDOW + random.below(WINDOW_BYTES - 2);
  registers[ECX] = selector(random);
  const window = Uint8Array.from({ length: WINDOW_BYTES }, () => random.word());
  for (let at = 0; at < WINDOW_BYTES; at += 2) window.set(half(selector(random)), at);
  const any = (): [number, number] => random.oneIn(2) ? descriptor(random)
    : encode({ base: random.word(), limit: random.below(0x10_0000), rights: random.below(32) | (random.below(4) << 5) | (random.oneIn(6) ? 0 : 0x80), bits: random.below(16) });
  const modrm = random.pick([0xc8, 0x0b]); // ecx from eax or [ebx]
  const one = random.pick([[0x0f, 0x02, modrm], [0x66, 0x0f, 0x02, modrm], [0x0f, 0x03, modrm], [0x66, 0x0f, 0x03, modrm], [0x0f, 0x00, random.pick([0xe0, 0x23])], [0x0f, 0x00, random.pick([0xe8, 0x2b])],
    [0x63, random.pick([0xc1, 0x03])] /* arpl cx, ax; arpl [ebx], ax */, [0x0f, 0x00, random.pick([0x03, 0x0b, 0xc0, 0xc8])], [0x0f, 0x01, random.pick([0x03, 0x0b, 0x23, 0xe0])]]);
  return { registers, window, descriptors: [any(), any(), any(), any()].flat(), code: one };
};

export const GATE_KINDS: Readonly<Record<string, Kind>> = { 'call gate': callGate, 'far return': farReturn, inspection };
