// Operands for MMX and SSE instructions: sixteen bytes in the style of a type, with the values at which floating point changes its mind.

import type { Random } from './random.ts';

const SINGLES = [
  0, 0x8000_0000, 0x3f80_0000, 0xbf80_0000, 1, 0x8000_0001, 0x7f_ffff, 0x807f_ffff, 0x80_0000, 0x80_0001, 0x7f7f_ffff, 0xff7f_ffff, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0xffc0_0000,
  0x7fc1_2345, 0x7f80_0001, 0xffa0_0000, 0x4eff_ffff, 0x4f00_0000, 0xcf00_0000, 0xcf00_0001, 0x3f00_0000, 0x3fc0_0000, 0x4020_0000, 0xc020_0000, 0x3eff_ffff, 0x4b00_0001, 0x4b7f_ffff, 0x3fff_ffff,
];
/** The upper words of doubles; the lower one is 0, 1, ones or random. */
const DOUBLES = [
  0, 0x8000_0000, 0x3ff0_0000, 0xbff0_0000, 1, 0x8000_0001, 0xf_ffff, 0x800f_ffff, 0x10_0000, 0x8010_0000, 0x7fef_ffff, 0xffef_ffff, 0x7ff0_0000, 0xfff0_0000, 0x7ff8_0000, 0xfff8_1234,
  0x7ff0_0001, 0xfff4_0000, 0x41df_ffff, 0x41e0_0000, 0xc1e0_0000, 0xc1e0_0001, 0x3fe0_0000, 0x3ff8_0000, 0x4004_0000, 0x3810_0000, 0x380f_ffff, 0x36a0_0000, 0x3690_0000, 0x47ef_ffff, 0x47f0_0000, 0xb6a0_0000,
];

export type Style = 'integers' | 'singles' | 'doubles';

/** A single of any kind: an edge, any bits, or one whose exponent is near another's, so that sums and products come close to an edge. */
function single(random: Random): number {
  if (random.oneIn(3)) return random.pick(SINGLES);
  if (random.oneIn(4)) return random.word();
  const exponent = random.pick([0, 1, 2, 24, 63, 64, 100, 103, 126, 127, 127, 128, 150, 157, 158, 190, 253, 254]);
  return ((random.below(2) << 31) | (exponent << 23) | (random.oneIn(2) ? random.word() & 0x7f_ffff : random.below(8) << 20)) >>> 0;
}

function double(random: Random): readonly [number, number] {
  const low = random.pick([0, 0, 1, 0xffff_ffff, 0xe000_0000, 0x1000_0000, 0x2000_0000, 0x3000_0000, 0x1000_0001, random.word()]);
  if (random.oneIn(3)) return [low, random.pick(DOUBLES)];
  if (random.oneIn(4)) return [random.word(), random.word()];
  const exponent = random.pick([0, 1, 2, 53, 511, 512, 896, 897, 870, 1022, 1023, 1023, 1024, 1053, 1054, 1055, 1150, 1151, 1534, 2045, 2046]);
  return [low, ((random.below(2) << 31) | (exponent << 20) | (random.oneIn(2) ? random.word() & 0xf_ffff : random.below(8) << 17)) >>> 0];
}

/** Fills sixteen bytes from `at` on. */
export function fillOperand(random: Random, style: Style, view: DataView, at: number): void {
  for (let index = 0; index < 16; index += 8) {
    const [low, high] = style === 'singles' ? [single(random), single(random)] : style === 'doubles' ? double(random) : [random.word(), random.word()];
    view.setUint32(at + index, low >>> 0, true);
    view.setUint32(at + index + 4, high >>> 0, true);
  }
}
