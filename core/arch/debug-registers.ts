// DR6 and DR7: the bits, and what DR7 says of each of the four breakpoints. SDM 3B "Debug Registers".
//
//   DR6  31..16 1 | 15 BT 14 BS 13 BD | 12 0 | 11..4 1 | 3..0 B3..B0
//   DR7  31..30 LEN3 29..28 R/W3 … 19..18 LEN0 17..16 R/W0 | 15..14 0 | 13 GD | 12..11 0 | 10 1 | 9 GE 8 LE | 7..0 G3 L3 G2 L2 G1 L1 G0 L0

import { bits, flag, type BitField } from './bit-field.ts';

export const BREAKPOINTS = 4;

/** B0..B3 of DR6: which breakpoint was met. */
export const DR6_B = 0xf;
export const DR6_BD = 0x2000, DR6_BS = 0x4000, DR6_BT = 0x8000;
export const DR6_FIXED_ONES = 0xffff_0ff0, DR6_WRITABLE = 0xe00f;

export const DR7_FIXED_ONES = 0x400, DR7_FIXED_ZEROES = 0xd800, DR7_GD = 0x2000, DR7_ENABLES = 0xff;
/** L0..L3 and LE: a task switch clears them. */
export const DR7_LOCAL = 0x155;

/** Values of R/Wn. `IO` needs CR4.DE. */
export const BREAK_INSTRUCTION = 0, BREAK_WRITE = 1, BREAK_IO = 2, BREAK_ACCESS = 3;

/** True when Ln or Gn is set. */
export const isBreakpointEnabled = (dr7: number, n: number): boolean => ((dr7 >>> (n * 2)) & 3) !== 0;
/** R/Wn. */
export const breakpointKind = (dr7: number, n: number): number => (dr7 >>> (16 + n * 4)) & 3;
/** LENn in bytes: 10B is 8 (on every model: vendor-differences.ts). */
export const breakpointBytes = (dr7: number, n: number): number => LENGTHS[(dr7 >>> (18 + n * 4)) & 3]!;
const LENGTHS = [1, 2, 8, 4] as const;

export const DR6_FIELDS: readonly BitField[] = [
  flag(0, 'B0', 'breakpoint 0 was met'), flag(1, 'B1', 'breakpoint 1 was met'), flag(2, 'B2', 'breakpoint 2 was met'), flag(3, 'B3', 'breakpoint 3 was met'),
  flag(13, 'BD', 'a debug register was about to be used under GD'),
  flag(14, 'BS', 'single step'),
  flag(15, 'BT', 'a task switch into a task with the T flag'),
];
export const DR7_FIELDS: readonly BitField[] = [
  flag(0, 'L0', 'breakpoint 0, this task'), flag(1, 'G0', 'breakpoint 0, all tasks'), flag(2, 'L1', 'breakpoint 1, this task'), flag(3, 'G1', 'breakpoint 1, all tasks'),
  flag(4, 'L2', 'breakpoint 2, this task'), flag(5, 'G2', 'breakpoint 2, all tasks'), flag(6, 'L3', 'breakpoint 3, this task'), flag(7, 'G3', 'breakpoint 3, all tasks'),
  flag(8, 'LE', 'exact breakpoints, this task'), flag(9, 'GE', 'exact breakpoints, all tasks'), flag(13, 'GD', 'using a debug register raises #DB'),
  ...[0, 1, 2, 3].flatMap((n) => [
    bits(16 + n * 4, 2, `RW${String(n)}`, `breakpoint ${String(n)}: 0 execution, 1 writes, 2 ports, 3 reads and writes`),
    bits(18 + n * 4, 2, `LEN${String(n)}`, `breakpoint ${String(n)}: 0 one byte, 1 two, 3 four, 2 eight`),
  ]),
];

/** What breakpoint n watches, in words: `execution`, `writes, 4 bytes`, `ports, 1 byte`, `reads and writes, 2 bytes`. */
export function describeBreakpoint(dr7: number, n: number): string {
  const kind = breakpointKind(dr7, n), bytes = breakpointBytes(dr7, n);
  return kind === BREAK_INSTRUCTION ? 'execution' : `${WATCHED[kind]!}, ${String(bytes)} byte${bytes === 1 ? '' : 's'}`;
}
const WATCHED = ['execution', 'writes', 'ports', 'reads and writes'] as const;
