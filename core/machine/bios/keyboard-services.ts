// INT 16h and the host's part of INT 9: scan codes become keys in the buffer of the data area, where programs look for them themselves.
// IBM "Personal System/2 BIOS Interface Technical Reference": "Interrupt 16H - Keyboard", "Interrupt 09H".

import { EAX, EBX, ECX } from '../../cpu/state.ts';
import type { BiosCall } from './call.ts';
import { EXTENDED_KEY_FLAGS, KEY_FLAGS, KEYPAD_DIGITS, KEYS_END, KEYS_FIRST, KEYS_HEAD, KEYS_TAIL, MORE_KEY_FLAGS, DATA_AREA } from './data-area.ts';
import { FLAG_KEYS, keyOf, LOCK_KEYS, SHIFT_ALT, SHIFT_CTRL } from './keys.ts';
import { WAIT_FOR_KEY } from './rom.ts';

const RELEASED = 0x80, EXTENDED = 0xe0, PAUSE = 0xe1, CODE_MAX = 0x58;
const LAST_WAS_EXTENDED = 0x02, LAST_WAS_PAUSE = 0x01, RIGHT_CTRL = 0x04, RIGHT_ALT = 0x08, CTRL_BIT = 0x01, ALT_BIT = 0x02;
const CTRL = 0x1d, ALT = 0x38, DELETE = 0x53;
const FUNCTIONS = 0x30, KEYBOARD_ID = 0x41ab, IS_ENHANCED = 0x80;

/** Serves INT 16h. Functions that are not there change nothing. */
export function serveKeyboard(call: BiosCall): void {
  const { cpu } = call;
  switch (call.ah) {
    case 0x00: case 0x10: takeFromBuffer(call, { isExtended: call.ah === 0x10 }); return;
    case 0x01: case 0x11: lookAtBuffer(call, { isExtended: call.ah === 0x11 }); return;
    case 0x02: call.al = call.readByte(KEY_FLAGS); return;
    case 0x05: call.al = putInBuffer(call, cpu.get16(ECX)) ? 0 : 1; return;
    case 0x09: call.al = FUNCTIONS; return;
    case 0x0a: cpu.set16(EBX, KEYBOARD_ID); return;
    case 0x12:
      call.al = call.readByte(KEY_FLAGS);
      call.ah = (call.readByte(MORE_KEY_FLAGS) & 0x73) | (call.readByte(EXTENDED_KEY_FLAGS) & (RIGHT_CTRL | RIGHT_ALT));
      return;
    case 0x92: call.ah = IS_ENHANCED; return;
  }
}

// no key: the ROM halts until an interrupt, and asks again
function takeFromBuffer(call: BiosCall, form: { readonly isExtended: boolean }): void {
  const head = call.readWord(KEYS_HEAD);
  if (head === call.readWord(KEYS_TAIL)) {
    call.cpu.eip = WAIT_FOR_KEY;
    return;
  }
  call.cpu.set16(EAX, asKnown(call.readWord(DATA_AREA + head), form));
  call.writeWord(KEYS_HEAD, after(call, head));
}

function lookAtBuffer(call: BiosCall, form: { readonly isExtended: boolean }): void {
  const head = call.readWord(KEYS_HEAD), isEmpty = head === call.readWord(KEYS_TAIL);
  call.zero = isEmpty;
  if (!isEmpty) call.cpu.set16(EAX, asKnown(call.readWord(DATA_AREA + head), form));
}

// the first keyboards had no second Enter, slash or arrows: AH = 00 and 01 tell them as the first ones
function asKnown(key: number, { isExtended }: { readonly isExtended: boolean }): number {
  if (isExtended) return key;
  const code = key >>> 8, character = key & 0xff;
  if (code === EXTENDED) return character === 0x0d || character === 0x0a ? 0x1c00 | character : 0x3500 | character;
  return character === EXTENDED && code !== 0 ? code << 8 : key;
}

function after(call: BiosCall, place: number): number {
  return place + 2 >= call.readWord(KEYS_END) ? call.readWord(KEYS_FIRST) : place + 2;
}

/** False when the buffer is full. */
function putInBuffer(call: BiosCall, key: number): boolean {
  const tail = call.readWord(KEYS_TAIL), next = after(call, tail);
  if (next === call.readWord(KEYS_HEAD)) return false;
  call.writeWord(DATA_AREA + tail, key);
  call.writeWord(KEYS_TAIL, next);
  return true;
}

/** INT 9 has read a byte of scan code set 1, in AL. */
export function takeKey(call: BiosCall): void {
  const byte = call.al, flags = call.readByte(EXTENDED_KEY_FLAGS), code = byte & ~RELEASED;
  const isExtended = (flags & LAST_WAS_EXTENDED) !== 0, isPause = (flags & LAST_WAS_PAUSE) !== 0;
  if (byte === EXTENDED) call.writeByte(EXTENDED_KEY_FLAGS, flags | LAST_WAS_EXTENDED);
  else if (byte === PAUSE) call.writeByte(EXTENDED_KEY_FLAGS, flags | LAST_WAS_PAUSE);
  else {
    call.writeByte(EXTENDED_KEY_FLAGS, flags & ~(LAST_WAS_EXTENDED | (code === CTRL ? 0 : LAST_WAS_PAUSE)));
    if (!isPause && code <= CODE_MAX) pressOrRelease(call, { code, isReleased: (byte & RELEASED) !== 0, isExtended });
  }
}

interface Key { readonly code: number; readonly isReleased: boolean; readonly isExtended: boolean }

function pressOrRelease(call: BiosCall, key: Key): void {
  const { code, isReleased, isExtended } = key;
  const flag = isExtended && (code === 0x2a || code === 0x36) ? undefined : FLAG_KEYS.get(code);
  if (flag !== undefined) {
    setBit(call, KEY_FLAGS, flag, !isReleased);
    if (code === CTRL || code === ALT) holdSide(call, key);
    if (code === ALT && isReleased) endKeypadDigits(call);
    return;
  }
  const lock = isExtended ? undefined : LOCK_KEYS.get(code);
  if (lock !== undefined) {
    setBit(call, MORE_KEY_FLAGS, lock, !isReleased);
    if (!isReleased) call.writeByte(KEY_FLAGS, call.readByte(KEY_FLAGS) ^ lock);
  } else if (!isReleased) pressKey(call, key);
}

function pressKey(call: BiosCall, { code, isExtended }: Key): void {
  const shifts = call.readByte(KEY_FLAGS);
  if (code === DELETE && (shifts & (SHIFT_CTRL | SHIFT_ALT)) === (SHIFT_CTRL | SHIFT_ALT)) {
    call.devices.reset('Ctrl+Alt+Del');
    return;
  }
  const digit = isExtended || (shifts & SHIFT_ALT) === 0 ? -1 : KEYPAD.indexOf(code);
  if (digit >= 0) {
    call.writeByte(KEYPAD_DIGITS, call.readByte(KEYPAD_DIGITS) * 10 + digit);
    return;
  }
  const pressed = keyOf({ code, isExtended, shifts });
  if (pressed !== null) putInBuffer(call, pressed);
}

/** Codes of the keypad's 0 to 9: with Alt held they spell a character. */
const KEYPAD = [0x52, 0x4f, 0x50, 0x51, 0x4b, 0x4c, 0x4d, 0x47, 0x48, 0x49];

function endKeypadDigits(call: BiosCall): void {
  const character = call.readByte(KEYPAD_DIGITS);
  if (character === 0) return;
  call.writeByte(KEYPAD_DIGITS, 0);
  putInBuffer(call, character);
}

// which Ctrl and which Alt
function holdSide(call: BiosCall, { code, isReleased, isExtended }: Key): void {
  if (isExtended) setBit(call, EXTENDED_KEY_FLAGS, code === CTRL ? RIGHT_CTRL : RIGHT_ALT, !isReleased);
  else setBit(call, MORE_KEY_FLAGS, code === CTRL ? CTRL_BIT : ALT_BIT, !isReleased);
}

function setBit(call: BiosCall, linear: number, bit: number, isSet: boolean): void {
  const flags = call.readByte(linear);
  call.writeByte(linear, isSet ? flags | bit : flags & ~bit);
}
