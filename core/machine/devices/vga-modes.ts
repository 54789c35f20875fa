// What the registers and the palette of a VGA hold after its BIOS has set a mode: what the screen shows when a guest has changed nothing itself.
// IBM "Personal System/2 Hardware Interface Technical Reference": "Video Subsystem"; the values of the modes are those of the VGA BIOS.

export interface VgaMode {
  readonly miscellaneous: number;
  readonly sequencer: readonly number[];
  readonly crtController: readonly number[];
  readonly graphics: readonly number[];
  readonly attribute: readonly number[];
  readonly palette: 'text' | 'cga' | '256';
}

const TEXT_ATTRIBUTE = [0, 1, 2, 3, 4, 5, 0x14, 7, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x0c, 0, 0x0f, 8, 0];
const TEXT_GRAPHICS = [0, 0, 0, 0, 0, 0x10, 0x0e, 0x0f, 0xff];
const TEXT_40: VgaMode = {
  miscellaneous: 0x67, sequencer: [3, 8, 3, 0, 2], graphics: TEXT_GRAPHICS, attribute: TEXT_ATTRIBUTE, palette: 'text',
  crtController: [0x2d, 0x27, 0x28, 0x90, 0x2b, 0xa0, 0xbf, 0x1f, 0, 0x4f, 0x0d, 0x0e, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x14, 0x1f, 0x96, 0xb9, 0xa3, 0xff],
};
const TEXT_80: VgaMode = {
  miscellaneous: 0x67, sequencer: [3, 0, 3, 0, 2], graphics: TEXT_GRAPHICS, attribute: TEXT_ATTRIBUTE, palette: 'text',
  crtController: [0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0, 0x4f, 0x0d, 0x0e, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff],
};
const FOUR_COLOURS: VgaMode = {
  miscellaneous: 0x63, sequencer: [3, 9, 3, 0, 2], graphics: [0, 0, 0, 0, 0, 0x30, 0x0f, 0x0f, 0xff], palette: 'cga',
  attribute: [0, 0x13, 0x15, 0x17, 2, 4, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 1, 0, 3, 0, 0],
  crtController: [0x2d, 0x27, 0x28, 0x90, 0x2b, 0x80, 0xbf, 0x1f, 0, 0xc1, 0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x14, 0, 0x96, 0xb9, 0xa2, 0xff],
};
const TWO_COLOURS: VgaMode = {
  miscellaneous: 0x63, sequencer: [3, 1, 1, 0, 6], graphics: [0, 0, 0, 0, 0, 0, 0x0d, 0x0f, 0xff], palette: 'cga',
  attribute: [0, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 1, 0, 1, 0, 0],
  crtController: [0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0, 0xc1, 0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0, 0x96, 0xb9, 0xc2, 0xff],
};
const COLOURS_256: VgaMode = {
  miscellaneous: 0x63, sequencer: [3, 1, 0x0f, 0, 0x0e], graphics: [0, 0, 0, 0, 0, 0x40, 5, 0x0f, 0xff], palette: '256',
  attribute: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x41, 0, 0x0f, 0, 0],
  crtController: [0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f, 0, 0x41, 0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0x40, 0x96, 0xb9, 0xa3, 0xff],
};

/** Modes of the BIOS, by number: text of 40 and 80 columns, CGA graphics, and 320 by 200 in 256 colours. Others need planes, which are not modelled. */
export const VGA_MODES: Readonly<Record<number, VgaMode>> = { 0: TEXT_40, 1: TEXT_40, 2: TEXT_80, 3: TEXT_80, 4: FOUR_COLOURS, 5: FOUR_COLOURS, 6: TWO_COLOURS, 0x13: COLOURS_256 };

export const PALETTE_BYTES = 768;
/** Levels of the hues of mode 13h: three brightnesses, each full, paler and palest. */
const RAMPS = [
  [0x00, 0x10, 0x1f, 0x2f, 0x3f], [0x1f, 0x27, 0x2f, 0x37, 0x3f], [0x2d, 0x31, 0x36, 0x3a, 0x3f], [0x00, 0x07, 0x0e, 0x15, 0x1c], [0x0e, 0x11, 0x15, 0x18, 0x1c], [0x14, 0x16, 0x18, 0x1a, 0x1c],
  [0x00, 0x04, 0x08, 0x0c, 0x10], [0x08, 0x0a, 0x0c, 0x0e, 0x10], [0x0b, 0x0c, 0x0d, 0x0f, 0x10],
] as const;
const GREYS = [0x00, 0x05, 0x08, 0x0b, 0x0e, 0x11, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x28, 0x2d, 0x32, 0x38, 0x3f] as const;
const LOW = 0x2a, BRIGHT = 0x15, BROWN = 6;

/** The 256 colours of a palette, red, green, blue, 6 bits each. */
export function paletteOf(kind: VgaMode['palette']): Uint8Array {
  const colours = kind === 'text' ? sixtyFour(rgbColour) : kind === 'cga' ? sixtyFour((index) => cgaColour((index & 7) | ((index & 0x10) >>> 1))) : colours256();
  const bytes = new Uint8Array(PALETTE_BYTES);
  bytes.set(colours.flat());
  return bytes;
}

type Colour = readonly [red: number, green: number, blue: number];
const sixtyFour = (colour: (index: number) => Colour): readonly Colour[] => Array.from({ length: 64 }, (_, index) => colour(index));

// of an EGA's six lines: a third of a colour by bits 5 to 3, two thirds by bits 2 to 0
function rgbColour(index: number): Colour {
  const level = (bit: number): number => ((index >>> bit) & 1) * LOW + ((index >>> (bit + 3)) & 1) * BRIGHT;
  return [level(2), level(1), level(0)];
}

// of a CGA's four lines: red, green, blue and intensity, with a dark yellow made brown
function cgaColour(index: number): Colour {
  if (index === BROWN) return [LOW, BRIGHT, 0];
  const level = (bit: number): number => ((index >>> bit) & 1) * LOW + (index >>> 3) * BRIGHT;
  return [level(2), level(1), level(0)];
}

function colours256(): readonly Colour[] {
  const first = Array.from({ length: 16 }, (_, index) => cgaColour(index));
  return [...first, ...GREYS.map((grey): Colour => [grey, grey, grey]), ...RAMPS.flatMap(hues)];
}

// twenty-four hues from blue by red and green back to blue
function hues(ramp: readonly number[]): readonly Colour[] {
  const low = ramp[0]!, high = ramp[4]!, up = ramp.slice(0, 4), down = ramp.slice(1).reverse();
  return [
    ...up.map((level): Colour => [level, low, high]), ...down.map((level): Colour => [high, low, level]), ...up.map((level): Colour => [high, level, low]),
    ...down.map((level): Colour => [level, high, low]), ...up.map((level): Colour => [low, high, level]), ...down.map((level): Colour => [low, level, high]),
  ];
}
