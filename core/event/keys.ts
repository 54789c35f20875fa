// Keys by the names of the UI Events specification ("KeyboardEvent code Values"), and how text is typed on a US keyboard. What a keyboard sends
// for a key is the device's to know (core/machine/devices).

/** Modifiers as people write them: `Ctrl+C`. */
const MODIFIERS = new Map([['shift', 'ShiftLeft'], ['ctrl', 'ControlLeft'], ['control', 'ControlLeft'], ['alt', 'AltLeft'], ['altgr', 'AltRight'], ['meta', 'MetaLeft']]);

const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ'), DIGITS = Array.from('0123456789');
const FUNCTION_KEYS = Array.from({ length: 12 }, (_, index) => `F${String(index + 1)}`);
const OTHERS = [
  'Backquote', 'Minus', 'Equal', 'BracketLeft', 'BracketRight', 'Backslash', 'Semicolon', 'Quote', 'Comma', 'Period', 'Slash', 'IntlBackslash', 'Space', 'Enter', 'Tab', 'Backspace', 'Escape',
  'CapsLock', 'NumLock', 'ScrollLock', 'ShiftLeft', 'ShiftRight', 'ControlLeft', 'ControlRight', 'AltLeft', 'AltRight', 'MetaLeft', 'MetaRight', 'ContextMenu', 'Insert', 'Delete', 'Home', 'End', 'PageUp', 'PageDown',
  'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PrintScreen', 'Pause', 'NumpadDivide', 'NumpadMultiply', 'NumpadSubtract', 'NumpadAdd', 'NumpadEnter', 'NumpadDecimal',
];

/** Every key that can be given. */
export const KEY_NAMES: readonly string[] = [
  ...LETTERS.map((letter) => `Key${letter}`), ...DIGITS.map((digit) => `Digit${digit}`), ...FUNCTION_KEYS, ...OTHERS, ...DIGITS.map((digit) => `Numpad${digit}`),
];

const BY_SPELLING = new Map(KEY_NAMES.map((name) => [name.toLowerCase(), name]));

/** The key of a character on a US keyboard, and whether Shift is held. */
export interface TypedKey { readonly key: string; readonly isShifted: boolean }

const PUNCTUATION: Readonly<Record<string, readonly [plain: string, shifted: string]>> = {
  Backquote: ['`', '~'], Minus: ['-', '_'], Equal: ['=', '+'], BracketLeft: ['[', '{'], BracketRight: [']', '}'], Backslash: ['\\', '|'], Semicolon: [';', ':'], Quote: ['\'', '"'],
  Comma: [',', '<'], Period: ['.', '>'], Slash: ['/', '?'],
};
const ALONE: Readonly<Record<string, string>> = { ' ': 'Space', '\n': 'Enter', '\r': 'Enter', '\t': 'Tab', '\b': 'Backspace', '\u001b': 'Escape', '\u007f': 'Delete' };
const SHIFTED_DIGITS = ')!@#$%^&*(';

const TYPED: ReadonlyMap<string, TypedKey> = new Map([
  ...LETTERS.flatMap((letter): [string, TypedKey][] => [[letter.toLowerCase(), { key: `Key${letter}`, isShifted: false }], [letter, { key: `Key${letter}`, isShifted: true }]]),
  ...DIGITS.flatMap((digit, index): [string, TypedKey][] => [[digit, { key: `Digit${digit}`, isShifted: false }], [SHIFTED_DIGITS[index]!, { key: `Digit${digit}`, isShifted: true }]]),
  ...Object.entries(PUNCTUATION).flatMap(([key, [plain, shifted]]): [string, TypedKey][] => [[plain, { key, isShifted: false }], [shifted, { key, isShifted: true }]]),
  ...Object.entries(ALONE).map(([character, key]): [string, TypedKey] => [character, { key, isShifted: false }]),
]);

/** What `+KeyA` and `-KeyA` mean for the keyboard; null for what is no such key. */
export function readKeyInput(text: string): { readonly key: string; readonly isPressed: boolean } | null {
  const isPressed = text.startsWith('+');
  if (!isPressed && !text.startsWith('-')) return null;
  const key = BY_SPELLING.get(text.slice(1).toLowerCase());
  return key === text.slice(1) ? { key, isPressed } : null;
}

/** The inputs that type a character, in order; null when a US keyboard has no key for it. */
export function typeCharacter(character: string): readonly string[] | null {
  const typed = TYPED.get(character);
  if (typed === undefined) return null;
  const { key, isShifted } = typed;
  return isShifted ? ['+ShiftLeft', `+${key}`, `-${key}`, '-ShiftLeft'] : [`+${key}`, `-${key}`];
}

/** The name of a key as people write it: a code, a modifier, or the character on it. Null when there is none. */
export function findKey(word: string): string | null {
  const name = BY_SPELLING.get(word.toLowerCase()) ?? MODIFIERS.get(word.toLowerCase());
  if (name !== undefined) return name;
  const typed = TYPED.get(word);
  return typed === undefined ? null : typed.key;
}

/** The inputs that press and release a chord such as `Ctrl+Alt+Delete`; null when a part of it is no key, which is named. */
export function pressChord(text: string): { readonly inputs: readonly string[] } | { readonly unknown: string } {
  const parts = text === '+' ? ['+'] : text.split('+').map((part) => part.trim());
  const keys: string[] = [];
  for (const part of parts) {
    const key = findKey(part);
    if (key === null) return { unknown: part };
    keys.push(key);
  }
  return { inputs: [...keys.map((key) => `+${key}`), ...[...keys].reverse().map((key) => `-${key}`)] };
}
