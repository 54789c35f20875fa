// What keys of the US layout are to a program that asks INT 16h: scan code in the high byte, character in the low one.
// IBM "Personal System/2 BIOS Interface Technical Reference": "Scan Code/Character Code Combinations".

/** Bits of the flags at 0x417. */
export const SHIFT_RIGHT = 0x01, SHIFT_LEFT = 0x02, SHIFT_CTRL = 0x04, SHIFT_ALT = 0x08, NUM_LOCK = 0x20, CAPS_LOCK = 0x40;
const SHIFTED = SHIFT_RIGHT | SHIFT_LEFT;
/** Scan codes of keys that are held, and of those that toggle, to their bits. */
export const FLAG_KEYS: ReadonlyMap<number, number> = new Map([[0x36, SHIFT_RIGHT], [0x2a, SHIFT_LEFT], [0x1d, SHIFT_CTRL], [0x38, SHIFT_ALT]]);
export const LOCK_KEYS: ReadonlyMap<number, number> = new Map([[0x46, 0x10], [0x45, NUM_LOCK], [0x3a, CAPS_LOCK]]);

const NONE = -1;
/** A key alone, with Shift, with Ctrl, with Alt; NONE where it makes nothing. */
type Meanings = readonly [plain: number, shift: number, ctrl: number, alt: number];

/** Rows of characters without and with Shift, from a scan code on. */
const ROWS: readonly (readonly [first: number, plain: string, shifted: string])[] = [
  [0x02, '1234567890-=', '!@#$%^&*()_+'], [0x10, 'qwertyuiop[]', 'QWERTYUIOP{}'], [0x1e, 'asdfghjkl;\'`', 'ASDFGHJKL:"~'], [0x2b, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
];
/** Characters Ctrl makes besides those of letters. */
const CONTROLS: ReadonlyMap<string, number> = new Map([['2', 0x00], ['6', 0x1e], ['-', 0x1f], ['[', 0x1b], [']', 0x1d], ['\\', 0x1c]]);
const ALT_DIGITS = 0x7800;

const KEYS = new Map<number, Meanings>([
  [0x01, [0x011b, 0x011b, 0x011b, 0x0100]], [0x0e, [0x0e08, 0x0e08, 0x0e7f, 0x0e00]], [0x0f, [0x0f09, 0x0f00, 0x9400, 0xa500]], [0x1c, [0x1c0d, 0x1c0d, 0x1c0a, 0x1c00]],
  [0x37, [0x372a, 0x372a, 0x9600, 0x3700]], [0x39, [0x3920, 0x3920, 0x3920, 0x3920]], [0x4a, [0x4a2d, 0x4a2d, 0x8e00, 0x4a00]], [0x4e, [0x4e2b, 0x4e2b, 0x9000, 0x4e00]],
  [0x56, [0x565c, 0x567c, NONE, NONE]], [0x57, [0x8500, 0x8700, 0x8900, 0x8b00]], [0x58, [0x8600, 0x8800, 0x8a00, 0x8c00]],
  ...ROWS.flatMap(([first, plain, shifted]) => Array.from(plain, (character, index) => [first + index, meaningsOf(first + index, character, shifted[index]!)] as const)),
  ...Array.from({ length: 10 }, (_, index) => [0x3b + index, [0x3b00 + index * 256, 0x5400 + index * 256, 0x5e00 + index * 256, 0x6800 + index * 256]] as const),
]);

/** The keypad: its character with Num Lock, and what Ctrl makes; plain it is its scan code alone. */
const KEYPAD: ReadonlyMap<number, readonly [character: string, ctrl: number]> = new Map([
  [0x47, ['7', 0x7700]], [0x48, ['8', 0x8d00]], [0x49, ['9', 0x8400]], [0x4b, ['4', 0x7300]], [0x4c, ['5', 0x8f00]], [0x4d, ['6', 0x7400]], [0x4f, ['1', 0x7500]], [0x50, ['2', 0x9100]],
  [0x51, ['3', 0x7600]], [0x52, ['0', 0x9200]], [0x53, ['.', 0x9300]],
]);
/** Keys behind E0. */
const EXTENDED: ReadonlyMap<number, Meanings> = new Map<number, Meanings>([
  [0x1c, [0xe00d, 0xe00d, 0xe00a, 0xa600]], [0x35, [0xe02f, 0xe02f, 0x9500, 0xa400]],
  ...Array.from(KEYPAD, ([code, [, ctrl]]) => [code, [(code << 8) | 0xe0, (code << 8) | 0xe0, ctrl | 0xe0, 0x5000 + (code << 8)]] as const),
]);

function meaningsOf(code: number, plain: string, shifted: string): Meanings {
  const key = (character: string): number => (code << 8) | character.charCodeAt(0);
  const isLetter = plain >= 'a' && plain <= 'z';
  const control = isLetter ? plain.charCodeAt(0) & 0x1f : CONTROLS.get(plain);
  return [key(plain), key(shifted), control === undefined ? NONE : (code << 8) | control, code < 0x0e ? ALT_DIGITS + ((code - 2) << 8) : code << 8];
}

/** The key a scan code is while these shifts are held and locked; null when it is none. */
export function keyOf({ code, isExtended, shifts }: { readonly code: number; readonly isExtended: boolean; readonly shifts: number }): number | null {
  const keypad = isExtended ? undefined : KEYPAD.get(code);
  if (keypad !== undefined) return keypadKey(code, keypad, shifts);
  const meanings = (isExtended ? EXTENDED : KEYS).get(code);
  if (meanings === undefined) return null;
  const isLetter = meanings[1] === meanings[0] - 0x20 && (meanings[1] & 0xff) >= 0x41 && (meanings[1] & 0xff) <= 0x5a;
  const isShifted = ((shifts & SHIFTED) !== 0) !== (isLetter && (shifts & CAPS_LOCK) !== 0);
  const key = meanings[(shifts & SHIFT_ALT) !== 0 ? 3 : (shifts & SHIFT_CTRL) !== 0 ? 2 : isShifted ? 1 : 0];
  return key === NONE ? null : key;
}

function keypadKey(code: number, [character, ctrl]: readonly [string, number], shifts: number): number | null {
  if ((shifts & SHIFT_ALT) !== 0) return null;
  if ((shifts & SHIFT_CTRL) !== 0) return ctrl;
  const isDigit = ((shifts & SHIFTED) !== 0) !== ((shifts & NUM_LOCK) !== 0);
  return (code << 8) | (isDigit ? character.charCodeAt(0) : 0);
}
