// Characters as the ROM draws them: letters of five by seven dots, and from code page 437 blocks, shades and lines; others are blank. In text
// modes nobody sees them; programs that draw text in graphics modes do, or ask where they lie (INT 10h AX=1130h).

export const GLYPHS = 256;
const FIRST = 0x20, DOT_ROWS = 7;
/** From the space on, seven digits a character: a row of five dots each, to base 32. */
const DOTS = [
  '0000000', '4444404', 'aaa0000', 'aavavaa', '4fke5u4', 'op248j3', 'cik8lid', '4480000', '2488842', '8422248', '04lel40', '044v440', '0000c48', '000v000', '00000cc', '01248g0',
  'ehjlphe', '4c4444e', 'eh1248v', 'v2421he', '26aiv22', 'vgu11he', '68guhhe', 'v124888', 'ehhehhe', 'ehhf12c', '0cc0cc0', '0cc0c48', '248g842', '00v0v00', '8421248', 'eh12404',
  'eh1dlle', 'ehhhvhh', 'uhhuhhu', 'ehggghe', 'sihhhis', 'vgguggv', 'vgguggg', 'ehgnhhf', 'hhhvhhh', 'e44444e', '72222ic', 'hikokih', 'ggggggv', 'hrllhhh', 'hhpljhh', 'ehhhhhe',
  'uhhuggg', 'ehhhlid', 'uhhukih', 'fgge11u', 'v444444', 'hhhhhhe', 'hhhhha4', 'hhhllla', 'hha4ahh', 'hhha444', 'v1248gv', 'e88888e', '0g84210', 'e22222e', '4ah0000', '000000v',
  '8420000', '00e1fhf', 'ggmphhu', '00egghe', '11djhhf', '00ehvge', '698s888', '0fhhf1e', 'ggmphhh', '40c444e', '20622ic', '889aca9', 'c44444e', '00qllhh', '00mphhh', '00ehhhe',
  '00uhugg', '00djf11', '00mpggg', '00ege1u', '88s8896', '00hhhjd', '00hhha4', '00hhlla', '00ha4ah', '00hhf1e', '00v248v', '2448442', '4444444', '8442448', '008l200',
];
/** How often each row of dots is drawn, and blank lines above it, by the height of a character. */
const STRETCHES: Readonly<Record<FontHeight, { readonly above: number; readonly times: readonly number[] }>> = {
  8: { above: 0, times: [1, 1, 1, 1, 1, 1, 1] }, 14: { above: 2, times: [1, 2, 1, 2, 1, 2, 1] }, 16: { above: 2, times: [2, 1, 2, 2, 2, 1, 2] },
};
export type FontHeight = 8 | 14 | 16;

/** Arms of line characters, up, down, left, right: 0 none, 1 a line, 2 a double one. */
const LINES: ReadonlyMap<number, string> = new Map([
  [0xb3, '1100'], [0xb4, '1110'], [0xb5, '1120'], [0xb6, '2210'], [0xb7, '0210'], [0xb8, '0120'], [0xb9, '2220'], [0xba, '2200'], [0xbb, '0220'], [0xbc, '2020'], [0xbd, '2010'], [0xbe, '1020'], [0xbf, '0110'],
  [0xc0, '1001'], [0xc1, '1011'], [0xc2, '0111'], [0xc3, '1101'], [0xc4, '0011'], [0xc5, '1111'], [0xc6, '1102'], [0xc7, '2201'], [0xc8, '2002'], [0xc9, '0202'], [0xca, '2022'], [0xcb, '0222'], [0xcc, '2202'],
  [0xcd, '0022'], [0xce, '2222'], [0xcf, '1022'], [0xd0, '2011'], [0xd1, '0122'], [0xd2, '0211'], [0xd3, '2001'], [0xd4, '1002'], [0xd5, '0102'], [0xd6, '0201'], [0xd7, '2211'], [0xd8, '1122'], [0xd9, '1010'], [0xda, '0101'],
]);
/** Shades by their dots in even and odd lines. */
const SHADES: ReadonlyMap<number, readonly [number, number]> = new Map([[0xb0, [0x22, 0x88]], [0xb1, [0x55, 0xaa]], [0xb2, [0xdd, 0x77]], [0xdb, [0xff, 0xff]], [0xdd, [0xf0, 0xf0]], [0xde, [0x0f, 0x0f]]]);
const LOWER_HALF = 0xdc, UPPER_HALF = 0xdf;
const ONE_COLUMN = 0x18, TWO_COLUMNS = 0x24;

/** All characters of a height, a byte a line, the leftmost dot in bit 7. */
export function fontOf(height: FontHeight): Uint8Array {
  const font = new Uint8Array(GLYPHS * height);
  for (let code = 0; code < GLYPHS; code += 1) font.set(glyphOf(code, height), code * height);
  return font;
}

function glyphOf(code: number, height: FontHeight): Uint8Array {
  const shade = SHADES.get(code), arms = LINES.get(code);
  if (shade !== undefined) return Uint8Array.from({ length: height }, (_, line) => shade[line & 1]!);
  if (code === LOWER_HALF || code === UPPER_HALF) return Uint8Array.from({ length: height }, (_, line) => ((line < height / 2) === (code === UPPER_HALF) ? 0xff : 0));
  if (arms !== undefined) return lines(arms, height);
  return letter(DOTS[code - FIRST] ?? '0'.repeat(DOT_ROWS), height);
}

function letter(dots: string, height: FontHeight): Uint8Array {
  const { above, times } = STRETCHES[height];
  const glyph = new Uint8Array(height);
  let line = above;
  times.forEach((many, row) => {
    glyph.fill(parseInt(dots[row]!, 32) << 2, line, line + many);
    line += many;
  });
  return glyph;
}

function lines(arms: string, height: FontHeight): Uint8Array {
  const [up, down, left, right] = Array.from(arms, Number);
  const middle = height / 2 - 1;
  return Uint8Array.from({ length: height }, (_, line) => {
    const vertical = columnsOf(line <= middle + 1 ? up! : 0) | columnsOf(line >= middle ? down! : 0);
    const touches = (many: number): boolean => (many === 1 ? line === middle : many === 2 && (line === middle - 1 || line === middle + 1));
    return vertical | (touches(left!) ? 0xf8 : 0) | (touches(right!) ? 0x1f : 0);
  });
}

const columnsOf = (many: number): number => (many === 0 ? 0 : many === 1 ? ONE_COLUMN : TWO_COLUMNS);
