// Forms of the integer instructions that a program in ring 3 may execute, as bytes with random operands; ECX points to memory, EBX, ESI and EDI
// are 0. With each form the flags the manual leaves undefined: those are not compared. SDM 1 "EFLAGS Cross-Reference".

import { FLAG_AF, FLAG_CF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF, STATUS_FLAGS } from '../../../core/cpu/flags.ts';
import type { Random } from './random.ts';

export interface IntegerForm {
  readonly name: string;
  readonly bytes: (random: Random) => readonly number[];
  readonly undefinedFlags: number;
}

interface Size { readonly letter: 'b' | 'w' | 'd'; readonly bits: number; readonly prefix: readonly number[]; readonly wide: 0 | 1 }

const SIZES: readonly Size[] = [{ letter: 'b', bits: 8, prefix: [], wide: 0 }, { letter: 'w', bits: 16, prefix: [0x66], wide: 1 }, { letter: 'd', bits: 32, prefix: [], wide: 1 }];
const WIDE = SIZES.filter(({ wide }) => wide === 1);
/** ModR/M bytes: AL/AX/EAX with DL/DX/EDX; memory at ECX with the same. */
const EAX_EDX = 0xd0, MEMORY_EDX = 0x11, EDX_ALONE = 0xc2, MEMORY_ALONE = 0x01;
const MOV_CL = 0xb1, MOV_EDX = 0xba;
/** mov ebx, ecx: the pointer, where CL is needed for a count. */
const KEEP_POINTER = [0x89, 0xcb], MEMORY_EBX_EDX = 0x13;

const immediate = (random: Random, bits: number): readonly number[] => {
  const value = random.word();
  return [0, 8, 16, 24].slice(0, bits >>> 3).map((shift) => (value >>> shift) & 0xff);
};
const form = (name: string, bytes: (random: Random) => readonly number[], undefinedFlags = 0): IntegerForm => ({ name, bytes, undefinedFlags });

const arithmetic = ['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp'].flatMap((name, digit) => SIZES.flatMap(({ letter, bits, prefix, wide }) => {
  const loose = name === 'or' || name === 'and' || name === 'xor' ? FLAG_AF : 0;
  return [
    form(`${name}${letter} r, r`, () => [...prefix, digit * 8 + wide, EAX_EDX], loose), form(`${name}${letter} m, r`, () => [...prefix, digit * 8 + wide, MEMORY_EDX], loose),
    form(`${name}${letter} r, m`, () => [...prefix, digit * 8 + 2 + wide, MEMORY_EDX], loose),
    form(`${name}${letter} m, i`, (random) => [...prefix, 0x80 + wide, digit * 8 + MEMORY_ALONE, ...immediate(random, bits)], loose),
    form(`${name}${letter} r, i8`, (random) => [...prefix, wide === 1 ? 0x83 : 0x80, 0xc0 + digit * 8, random.below(256)], loose),
  ];
}));

const unary = SIZES.flatMap(({ letter, prefix, wide }) => [
  ...['inc', 'dec'].map((name, digit) => form(`${name}${letter}`, (random) => [...prefix, 0xfe + wide, random.pick([EDX_ALONE, MEMORY_ALONE]) + digit * 8])),
  ...['not', 'neg'].map((name, index) => form(`${name}${letter}`, (random) => [...prefix, 0xf6 + wide, random.pick([EDX_ALONE, MEMORY_ALONE]) + 8 * (2 + index)])),
  ...['mul', 'imul'].map((name, index) => form(`${name}${letter}`, (random) => [...prefix, 0xf6 + wide, random.pick([EDX_ALONE, MEMORY_ALONE, 0xc0]) + 8 * (4 + index)], FLAG_SF | FLAG_ZF | FLAG_AF | FLAG_PF)),
  ...['div', 'idiv'].map((name, index) => form(`${name}${letter}`, (random) => [...prefix, 0xf6 + wide, random.pick([EDX_ALONE, MEMORY_ALONE, 0xc0, 0xc3]) + 8 * (6 + index)], STATUS_FLAGS)),
  form(`test${letter}`, () => [...prefix, 0x84 + wide, EAX_EDX], FLAG_AF), form(`xchg${letter}`, () => [...prefix, 0x86 + wide, MEMORY_EDX]),
  form(`xadd${letter}`, (random) => [...prefix, 0x0f, 0xc0 + wide, random.pick([EAX_EDX, MEMORY_EDX, 0xc0])]),
  form(`cmpxchg${letter}`, (random) => [...prefix, 0x0f, 0xb0 + wide, random.pick([EAX_EDX, MEMORY_EDX, 0xd3])]),
]);

const shifts = ['rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'sal', 'sar'].flatMap((name, digit) => SIZES.flatMap(({ letter, bits, prefix, wide }) => {
  const isShift = digit >= 4, loose = FLAG_OF | (isShift ? FLAG_AF : 0), register = 0xc0 + digit * 8;
  return [
    form(`${name}${letter} 1`, (random) => [...prefix, 0xd0 + wide, random.pick([0xc0, 0x01]) + digit * 8], isShift ? FLAG_AF : 0),
    form(`${name}${letter} i`, (random) => [...prefix, 0xc0 + wide, random.pick([0xc0, 0x01]) + digit * 8, random.below(bits)], loose),
    form(`${name}${letter} cl`, (random) => [MOV_CL, random.below(256), ...prefix, 0xd2 + wide, register], loose | (isShift && bits < 32 ? FLAG_CF : 0)),
  ];
}));

const wider = WIDE.flatMap(({ letter, bits, prefix }) => [
  ...(['shld', 'shrd'] as const).flatMap((name, index) => [
    form(`${name}${letter} i`, (random) => [...prefix, 0x0f, 0xa4 + 8 * index, EAX_EDX, random.below(bits + 1)], FLAG_AF | FLAG_OF),
    form(`${name}${letter} cl`, (random) => [...KEEP_POINTER, MOV_CL, random.below(bits + 1), ...prefix, 0x0f, 0xa5 + 8 * index, MEMORY_EBX_EDX], FLAG_AF | FLAG_OF),
  ]),
  ...['bt', 'bts', 'btr', 'btc'].flatMap((name, index) => [
    form(`${name}${letter} r, r`, () => [...prefix, 0x0f, 0xa3 + 8 * index, EAX_EDX], FLAG_OF | FLAG_SF | FLAG_AF | FLAG_PF),
    form(`${name}${letter} i`, (random) => [...prefix, 0x0f, 0xba, random.pick([0xc0, 0x01]) + 8 * (4 + index), random.below(256)], FLAG_OF | FLAG_SF | FLAG_AF | FLAG_PF),
    form(`${name}${letter} m, r`, (random) => [MOV_EDX, random.below(256), random.below(2), 0, 0, ...prefix, 0x0f, 0xa3 + 8 * index, MEMORY_EDX], FLAG_OF | FLAG_SF | FLAG_AF | FLAG_PF),
  ]),
  ...['bsf', 'bsr'].map((name, index) => form(`${name}${letter}`, () => [...prefix, 0x0f, 0xbc + index, EDX_ALONE], STATUS_FLAGS & ~FLAG_ZF)),
  form(`imul${letter} r, r`, () => [...prefix, 0x0f, 0xaf, EDX_ALONE], FLAG_SF | FLAG_ZF | FLAG_AF | FLAG_PF),
  form(`imul${letter} r, m, i`, (random) => [...prefix, 0x69, MEMORY_ALONE, ...immediate(random, bits)], FLAG_SF | FLAG_ZF | FLAG_AF | FLAG_PF),
  form(`imul${letter} r, r, i8`, (random) => [...prefix, 0x6b, EDX_ALONE, random.below(256)], FLAG_SF | FLAG_ZF | FLAG_AF | FLAG_PF),
  form(`cmovcc${letter}`, (random) => [...prefix, 0x0f, 0x40 + random.below(16), EDX_ALONE]), form(`cbw${letter}`, () => [...prefix, 0x98]), form(`cwd${letter}`, () => [...prefix, 0x99]),
  form(`movzx, movsx ${letter}`, (random) => [...prefix, 0x0f, random.pick([0xb6, 0xb7, 0xbe, 0xbf]), random.pick([EDX_ALONE, MEMORY_ALONE])]),
  form(`lea${letter}`, (random) => [...prefix, 0x8d, 0x84, random.pick([0x10, 0x42, 0x90, 0xd0]), ...immediate(random, 32)]),
  form(`lea${letter} a16`, (random) => [...prefix, 0x67, 0x8d, 0x80, ...immediate(random, 16)]),
]);

const single: readonly IntegerForm[] = [
  form('daa', () => [0x27], FLAG_OF), form('das', () => [0x2f], FLAG_OF), form('aaa', () => [0x37], FLAG_OF | FLAG_SF | FLAG_ZF | FLAG_PF), form('aas', () => [0x3f], FLAG_OF | FLAG_SF | FLAG_ZF | FLAG_PF),
  form('aam', (random) => [0xd4, random.pick([10, random.below(256)])], FLAG_OF | FLAG_AF | FLAG_CF), form('aad', (random) => [0xd5, random.pick([10, random.below(256)])], FLAG_OF | FLAG_AF | FLAG_CF),
  form('lahf', () => [0x9f]), form('sahf', () => [0x9e]), form('salc', () => [0xd6]), form('cmc', () => [0xf5]), form('setcc', (random) => [0x0f, 0x90 + random.below(16), 0xc0]),
  form('bswap', () => [0x0f, 0xc8]), form('xlat', () => [...KEEP_POINTER, 0x24, 0x7f, 0xd7]),
];

/** Nine elements at most from ECX to 32 bytes further on. */
const strings = (['movs', 'cmps', 'stos', 'lods', 'scas'] as const).flatMap((name, index) => SIZES.map(({ letter, prefix, wide }) => form(
  `rep ${name}${letter}`, (random) => [0x89, 0xce, 0x8d, 0x79, 32, 0xb9, random.below(9), 0, 0, 0, random.pick([0xf2, 0xf3]), ...prefix, [0xa4, 0xa6, 0xaa, 0xac, 0xae][index]! + wide],
)));

export const INTEGER_FORMS: readonly IntegerForm[] = [...arithmetic, ...unary, ...shifts, ...wider, ...single, ...strings];
