// What a PS/2 keyboard sends for each key, in scan code sets 1 and 2, and how an 8042 translates the second into the first.
// IBM "Personal System/2 Hardware Interface Technical Reference": "Keyboard (101- and 102-Key)", "Keyboard Controller".
// Keys have the names of the UI Events specification ("KeyboardEvent code Values").

const BREAK = 0xf0, EXTENDED = 0xe0, PAUSED = 0xe1;

/** Set 2: the code sent when a key is pressed; 0xE0 before it where the value is above 0xFF. */
const SET_2: Readonly<Record<string, number>> = {
  Escape: 0x76, F1: 0x05, F2: 0x06, F3: 0x04, F4: 0x0c, F5: 0x03, F6: 0x0b, F7: 0x83, F8: 0x0a, F9: 0x01, F10: 0x09, F11: 0x78, F12: 0x07,
  Backquote: 0x0e, Digit1: 0x16, Digit2: 0x1e, Digit3: 0x26, Digit4: 0x25, Digit5: 0x2e, Digit6: 0x36, Digit7: 0x3d, Digit8: 0x3e, Digit9: 0x46, Digit0: 0x45,
  Minus: 0x4e, Equal: 0x55, Backspace: 0x66, Tab: 0x0d, KeyQ: 0x15, KeyW: 0x1d, KeyE: 0x24, KeyR: 0x2d, KeyT: 0x2c, KeyY: 0x35, KeyU: 0x3c, KeyI: 0x43, KeyO: 0x44,
  KeyP: 0x4d, BracketLeft: 0x54, BracketRight: 0x5b, Backslash: 0x5d, CapsLock: 0x58, KeyA: 0x1c, KeyS: 0x1b, KeyD: 0x23, KeyF: 0x2b, KeyG: 0x34, KeyH: 0x33, KeyJ: 0x3b,
  KeyK: 0x42, KeyL: 0x4b, Semicolon: 0x4c, Quote: 0x52, Enter: 0x5a, ShiftLeft: 0x12, IntlBackslash: 0x61, KeyZ: 0x1a, KeyX: 0x22, KeyC: 0x21, KeyV: 0x2a, KeyB: 0x32,
  KeyN: 0x31, KeyM: 0x3a, Comma: 0x41, Period: 0x49, Slash: 0x4a, ShiftRight: 0x59, ControlLeft: 0x14, AltLeft: 0x11, Space: 0x29, ScrollLock: 0x7e, NumLock: 0x77,
  MetaLeft: 0xe01f, AltRight: 0xe011, MetaRight: 0xe027, ContextMenu: 0xe02f, ControlRight: 0xe014,
  Insert: 0xe070, Home: 0xe06c, PageUp: 0xe07d, Delete: 0xe071, End: 0xe069, PageDown: 0xe07a, ArrowUp: 0xe075, ArrowLeft: 0xe06b, ArrowDown: 0xe072, ArrowRight: 0xe074,
  NumpadDivide: 0xe04a, NumpadMultiply: 0x7c, NumpadSubtract: 0x7b, NumpadAdd: 0x79, NumpadEnter: 0xe05a, NumpadDecimal: 0x71, Numpad0: 0x70, Numpad1: 0x69, Numpad2: 0x72,
  Numpad3: 0x7a, Numpad4: 0x6b, Numpad5: 0x73, Numpad6: 0x74, Numpad7: 0x6c, Numpad8: 0x75, Numpad9: 0x7d,
  IntlRo: 0x51, IntlYen: 0x6a, KanaMode: 0x13, Convert: 0x64, NonConvert: 0x67,
};

/** Keys that send a sequence of their own: what pressing and what releasing sends, in set 2. Pause sends all of it when it is pressed. */
const SEQUENCES: Readonly<Record<string, readonly [pressed: readonly number[], released: readonly number[]]>> = {
  PrintScreen: [[EXTENDED, 0x12, EXTENDED, 0x7c], [EXTENDED, BREAK, 0x7c, EXTENDED, BREAK, 0x12]],
  Pause: [[PAUSED, 0x14, 0x77, PAUSED, BREAK, 0x14, BREAK, 0x77], []],
};

/** Set 1 for each code of set 2 below 0x80, sixteen a row. Codes above stay as they are, but for F7 and SysRq. */
const TRANSLATION = Uint8Array.of(
  0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
  0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
  0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
  0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
  0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
  0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
  0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
  0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
);
const F7 = 0x83, F7_SET_1 = 0x41, SYSRQ = 0x84, SYSRQ_SET_1 = 0x54;
const RELEASED = 0x80;

/** True for a key of this keyboard. */
export function isKeyName(name: string): boolean { return Object.hasOwn(SET_2, name) || Object.hasOwn(SEQUENCES, name); }

/** The keys of this keyboard. */
export const KEY_NAMES: readonly string[] = [...Object.keys(SET_2), ...Object.keys(SEQUENCES)];

/** What the keyboard sends when a key goes down or up; nothing for a key it does not have. */
export function keyBytes(name: string, key: { readonly isPressed: boolean; readonly set: 1 | 2 }): readonly number[] {
  const bytes = setTwoBytes(name, key);
  return key.set === 2 ? bytes : translateAll(bytes);
}

function setTwoBytes(name: string, { isPressed }: { readonly isPressed: boolean }): readonly number[] {
  const sequence = Object.hasOwn(SEQUENCES, name) ? SEQUENCES[name] : undefined;
  if (sequence !== undefined) return sequence[isPressed ? 0 : 1];
  const code = Object.hasOwn(SET_2, name) ? SET_2[name] : undefined;
  if (code === undefined) return [];
  return [...(code > 0xff ? [EXTENDED] : []), ...(isPressed ? [] : [BREAK]), code & 0xff];
}

/** The 8042's translation of one byte of set 2 that is not the prefix of a release. */
export function translated(byte: number): number {
  if (byte === F7) return F7_SET_1;
  return byte === SYSRQ ? SYSRQ_SET_1 : TRANSLATION[byte] ?? byte;
}

/** True for the byte of set 2 that says that the next code is of a key released: the 8042 swallows it and sets bit 7 of that code. */
export const isBreak = (byte: number): boolean => byte === BREAK;

function translateAll(bytes: readonly number[]): readonly number[] {
  return bytes.flatMap((byte, index) => (isBreak(byte) ? [] : [translated(byte) | (index > 0 && isBreak(bytes[index - 1]!) ? RELEASED : 0)]));
}
