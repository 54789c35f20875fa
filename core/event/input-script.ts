// What to give a guest while it is recorded, as a small script (`record --input FILE`), from text to data. When a step is due is found out by
// whoever records (core/ringscope/scripted-input.ts); the trace keeps what was given and at which boundary, not the script.
//
//   after ["com1" | "screen" | "debug"] "TEXT"    wait until the guest has printed TEXT, since the text waited for before
//   at TIME          TIME = 1.5s | 20ms | 30us | clock N        wait until the guest's clock is there
//   wait TIME                                                   wait so long
//   type "TEXT"      keys of a US keyboard, one character after the other
//   press KEYS       one key, or several held together: press Enter, press Ctrl+Alt+Delete
//   down KEY         a key is pressed and stays so            up KEY      it is released
//   send "TEXT"      bytes to COM1
//   # a comment; in a text: \n \r \t \b \e \\ \" and \xHH

import { BadInput } from '../base/bad-input.ts';
import { suggestion } from '../base/nearest-word.ts';
import { encodeUtf8 } from '../base/utf8.ts';
import { INPUT_BYTES_MAX, type InputDevice } from './input.ts';
import { findKey, KEY_NAMES, pressChord, typeCharacter } from './keys.ts';

/** A point or stretch of the guest's time. */
export interface ScriptTime { readonly unit: 'seconds' | 'clock'; readonly value: number }

export const PRINTING_DEVICES = ['com1', 'screen', 'debug'] as const;

export type ScriptStep = { readonly line: number } & (
  /** `text` as bytes, a character each (Latin-1). `device` null: any. */
  | { readonly kind: 'after'; readonly device: (typeof PRINTING_DEVICES)[number] | null; readonly text: string }
  | { readonly kind: 'at' | 'wait'; readonly time: ScriptTime }
  /** Given at once, in order. `isTyped`: one character of several, which come at the pace of a typist. */
  | { readonly kind: 'give'; readonly device: InputDevice; readonly inputs: readonly Uint8Array[]; readonly isTyped: boolean }
);

/** A script has at most so many characters, steps, and characters in a text that is waited for. */
export const SCRIPT_MAX = 1 << 20, STEPS_MAX = 1 << 16, AWAITED_MAX = 1024;
const SECONDS_MAX = 1_000_000;
const VERBS = ['after', 'at', 'wait', 'type', 'press', 'down', 'up', 'send'];
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', e: '\u001b', '\\': '\\', '"': '"' };
const UNITS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6 };

/** The steps of a script. Throws BadInput: the line, what is wrong, what was expected. */
export function parseInputScript(text: string): readonly ScriptStep[] {
  if (text.length > SCRIPT_MAX) throw new BadInput(`an input script has at most ${String(SCRIPT_MAX)} characters, and this one has ${String(text.length)}: give a shorter one`);
  const steps = text.split(/\r?\n/).flatMap((line, index) => stepsOf(line.trim(), index + 1));
  if (steps.length > STEPS_MAX) throw new BadInput(`an input script has at most ${String(STEPS_MAX)} steps (a character that is typed is one), and this one has ${String(steps.length)}: give a shorter one`);
  return steps;
}

function stepsOf(text: string, line: number): readonly ScriptStep[] {
  if (text === '' || text.startsWith('#')) return [];
  const [, verb = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  switch (verb) {
    case 'after': return [afterStep(rest, line)];
    case 'at': case 'wait': return [{ kind: verb, line, time: timeOf(rest, line) }];
    case 'type': return Array.from(quoted(rest, line), (character) => typed(character, line));
    case 'press': return [give('keyboard', chordOf(rest, line), line)];
    case 'down': return [give('keyboard', [`+${keyOf(rest, line)}`], line)];
    case 'up': return [give('keyboard', [`-${keyOf(rest, line)}`], line)];
    case 'send': return sent(quoted(rest, line), line);
  }
  throw refused(line, `${JSON.stringify(shown(verb))} is no step${suggestion(verb, VERBS)}: give one of ${VERBS.join(', ')}`);
}

function afterStep(rest: string, line: number): ScriptStep {
  const device = PRINTING_DEVICES.find((known) => rest.startsWith(`${known} `)) ?? null;
  const text = latin1(quoted(device === null ? rest : rest.slice(device.length).trim(), line));
  if (text === '' || text.length > AWAITED_MAX) throw refused(line, `the text to wait for has 1 to ${String(AWAITED_MAX)} bytes`);
  return { kind: 'after', line, device, text };
}

function typed(character: string, line: number): ScriptStep {
  const inputs = typeCharacter(character);
  if (inputs === null) throw refused(line, `a US keyboard has no key for ${JSON.stringify(character)}: type other characters, or send them to COM1`);
  return { ...give('keyboard', inputs, line), isTyped: true };
}

function give(device: InputDevice, inputs: readonly string[], line: number): Extract<ScriptStep, { readonly kind: 'give' }> {
  return { kind: 'give', line, device, inputs: inputs.map(encodeUtf8), isTyped: false };
}

function sent(text: string, line: number): readonly ScriptStep[] {
  const bytes = Uint8Array.from(latin1(text), (character) => character.charCodeAt(0));
  if (bytes.length === 0) throw refused(line, 'there is nothing to send: give a text, such as send "ls\\n"');
  const inputs = Array.from({ length: Math.ceil(bytes.length / INPUT_BYTES_MAX) }, (_, part) => bytes.slice(part * INPUT_BYTES_MAX, (part + 1) * INPUT_BYTES_MAX));
  return [{ kind: 'give', line, device: 'com1', inputs, isTyped: false }];
}

function chordOf(rest: string, line: number): readonly string[] {
  if (rest === '') throw refused(line, 'a key is missing: give one such as press Enter or press Ctrl+C');
  const chord = pressChord(rest);
  if ('inputs' in chord) return chord.inputs;
  throw noKey(chord.unknown, line);
}

function keyOf(rest: string, line: number): string {
  const key = findKey(rest);
  if (key === null) throw noKey(rest, line);
  return key;
}

const noKey = (word: string, line: number): BadInput => refused(line, `there is no key ${JSON.stringify(shown(word))}${suggestion(word, KEY_NAMES)}: give a name such as KeyA, Enter, F1, ArrowUp, ShiftLeft, or what is printed on it`);

function timeOf(rest: string, line: number): ScriptTime {
  const clock = /^clock\s+(\d[\d_]*)$/.exec(rest);
  const seconds = /^(\d+(?:\.\d+)?)\s*(s|ms|us)$/.exec(rest);
  const value = clock !== null ? Number(clock[1]!.replaceAll('_', '')) : seconds !== null ? Number(seconds[1]) * UNITS[seconds[2]!]! : Number.NaN;
  const isRight = clock !== null ? Number.isSafeInteger(value) : value <= SECONDS_MAX;
  if (!isRight) throw refused(line, `${JSON.stringify(shown(rest))} is no time of the guest: give one such as 1.5s, 20ms or clock 1000000`);
  return { unit: clock !== null ? 'clock' : 'seconds', value };
}

/** A text in quotation marks, its escapes undone. */
function quoted(rest: string, line: number): string {
  if (!rest.startsWith('"')) throw refused(line, `a text in quotation marks is expected${rest === '' ? '' : `, not ${JSON.stringify(shown(rest))}`}`);
  let text = '';
  for (let at = 1; at < rest.length; at += 1) {
    const character = rest[at]!;
    if (character === '"') {
      if (rest.slice(at + 1).trim() !== '') throw refused(line, `there is ${JSON.stringify(shown(rest.slice(at + 1).trim()))} behind the text: give one step a line`);
      return text;
    }
    if (character !== '\\') { text += character; continue; }
    const byte = /^x([0-9a-fA-F]{2})/.exec(rest.slice(at + 1));
    const escape = ESCAPES[rest[at + 1] ?? ''];
    if (byte === null && escape === undefined) throw refused(line, `${JSON.stringify(shown(rest.slice(at, at + 2)))} in a text means nothing: give \\n, \\r, \\t, \\b, \\e, \\\\, \\" or \\xHH`);
    text += byte === null ? escape! : byteCharacter(parseInt(byte[1]!, 16));
    at += byte === null ? 1 : 3;
  }
  throw refused(line, 'the text has no closing quotation mark');
}

// a byte that is no ASCII character is kept apart from the letter of that number until it is known whether bytes or keys are meant
const BYTES_FIRST = 0xf700;
const byteCharacter = (byte: number): string => String.fromCharCode(byte < 0x80 ? byte : BYTES_FIRST + byte);

/** Bytes as characters, one each: those of `\xHH` as they are, others as UTF-8. */
function latin1(text: string): string {
  return Array.from(text, (character) => {
    const byte = character.charCodeAt(0) - BYTES_FIRST;
    return byte >= 0x80 && byte < 0x100 ? String.fromCharCode(byte) : String.fromCharCode(...encodeUtf8(character));
  }).join('');
}

const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
const refused = (line: number, why: string): BadInput => new BadInput(`line ${String(line)} of the input script is refused: ${why}`);
