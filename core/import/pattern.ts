// Line patterns of log grammars, written as the lines look: `GDT=<s><h8|16> <h8>`. Matched on bytes, over the whole line, and nothing is
// allocated: test/unit/import/speed.test.ts says what that buys over texts and regular expressions.

//   <h8>      8 lower-case hexadecimal digits       <h8|16>  8 or 16 of them        <h4-8>  4 to 8       <h+>  1 to 16
//   <d>       a decimal number (one digit or more)  <0-3>    one digit of a range   <w>     a lower-case word with an underscore
//   <s>       spaces, or none                       <?>      any one character      <->     one `-` or more
//   <w!name>  such a word, but not this one
//   <any>     the rest of the line, whatever it is, or nothing
// Hexadecimal and decimal fields are captured in order; the others are not.

const LITERAL = 0, HEX = 1, DECIMAL = 2, DIGIT = 3, WORD = 4, SPACES = 5, ONE = 6, DASHES = 7, ANY = 8;
/** Most captured fields of one line. */
export const FIELDS_MAX = 16;

/** What the captured fields of the last matched line held. `digits` counts the characters of each. */
export class Captured {
  readonly lo = new Uint32Array(FIELDS_MAX);
  readonly hi = new Uint32Array(FIELDS_MAX);
  readonly digits = new Uint8Array(FIELDS_MAX);
  count = 0;
}

interface Step { readonly what: number; readonly a: number; readonly b: number; readonly literal: Uint8Array }
export interface Pattern { readonly steps: readonly Step[]; /** Bytes a matching line can begin with; an empty line is -1. */ readonly firstBytes: readonly number[] }

const NO_BYTES = new Uint8Array(0);
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const step = (what: number, a = 0, b = 0): Step => ({ what, a, b, literal: NO_BYTES });

/** Compiles a pattern. A mistake in one is a bug of ours. */
export function compilePattern(text: string): Pattern {
  const steps = text.split(/(<[^>]+>)/).filter((part) => part !== '').map((part) => (part.startsWith('<') ? fieldStep(part) : { ...step(LITERAL), literal: bytesOf(part) }));
  return { steps, firstBytes: firstBytesOf(steps) };
}

// HEX: `a` least, `b` most digits; `<h8|16>` is told apart by a negative least: exactly that many or exactly `b`
function fieldStep(part: string): Step {
  const exact = /^<h(\d+)>$/.exec(part), either = /^<h(\d+)\|(\d+)>$/.exec(part), between = /^<h(\d+)-(\d+)>$/.exec(part), digit = /^<(\d)-(\d)>$/.exec(part), other = /^<w!(\w+)>$/.exec(part);
  if (exact !== null) return step(HEX, Number(exact[1]), Number(exact[1]));
  if (either !== null) return step(HEX, -Number(either[1]), Number(either[2]));
  if (between !== null) return step(HEX, Number(between[1]), Number(between[2]));
  if (other !== null) return { ...step(WORD), literal: bytesOf(other[1] ?? '') };
  if (digit !== null) return step(DIGIT, 48 + Number(digit[1]), 48 + Number(digit[2]));
  const plain = { '<h+>': step(HEX, 1, 16), '<d>': step(DECIMAL), '<w>': step(WORD), '<s>': step(SPACES), '<?>': step(ONE), '<->': step(DASHES), '<any>': step(ANY) }[part];
  if (plain === undefined) throw new Error(`internal error: no pattern field ${part}`);
  return plain;
}

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const DIGITS = range(48, 57), LETTERS = range(97, 122);
function firstBytesOf(steps: readonly Step[]): readonly number[] {
  const bytes: number[] = [];
  for (const { what, a, b, literal } of steps) {
    if (what === LITERAL) return [...bytes, literal[0]!];
    if (what === HEX) return [...bytes, ...DIGITS, ...range(97, 102)];
    if (what === DECIMAL) return [...bytes, ...DIGITS];
    if (what === DIGIT) return [...bytes, ...range(a, b)];
    if (what === WORD) return [...bytes, ...LETTERS];
    if (what === DASHES) return [...bytes, 45];
    if (what === SPACES) bytes.push(32);
    else throw new Error('internal error: a pattern must begin with something definite');
  }
  return [...bytes, -1];
}

/** True when the line is exactly of this pattern; its fields are then in `out`. */
export function matches({ steps }: Pattern, bytes: Uint8Array, first: number, end: number, out: Captured): boolean {
  out.count = 0;
  let at = first;
  for (let index = 0; index < steps.length; index += 1) {
    at = take(steps[index]!, bytes, at, end, out);
    if (at < 0) return false;
  }
  return at === end;
}

// the position behind the step, or -1
function take(one: Step, bytes: Uint8Array, at: number, end: number, out: Captured): number {
  switch (one.what) {
    case LITERAL: return takeLiteral(one.literal, bytes, at, end);
    case HEX: return takeHex(one.a, one.b, bytes, at, end, out);
    case DECIMAL: return takeDecimal(bytes, at, end, out);
    case DIGIT: return at < end && bytes[at]! >= one.a && bytes[at]! <= one.b ? capture(out, bytes[at]! - 48, at + 1) : -1;
    case WORD: return takeWord(one.literal, bytes, at, end);
    case SPACES: return skip(32, bytes, at, end);
    case ONE: return at < end ? at + 1 : -1;
    case DASHES: return at < end && bytes[at] === 45 ? skip(45, bytes, at, end) : -1;
    default: return end;
  }
}

function takeLiteral(literal: Uint8Array, bytes: Uint8Array, at: number, end: number): number {
  if (at + literal.length > end) return -1;
  for (let index = 0; index < literal.length; index += 1) if (bytes[at + index] !== literal[index]) return -1;
  return at + literal.length;
}

// value of a byte as a hexadecimal digit; 16 when it is none
const HEX_VALUES = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 48 && byte <= 57 ? byte - 48 : byte >= 97 && byte <= 102 ? byte - 87 : 16));
function takeHex(least: number, most: number, bytes: Uint8Array, first: number, end: number, out: Captured): number {
  let lo = 0, hi = 0, at = first;
  const last = Math.min(end, first + most), lastOfLow = Math.min(last, first + 8);
  for (; at < lastOfLow; at += 1) {
    const value = HEX_VALUES[bytes[at]!]!;
    if (value === 16) break;
    lo = (lo << 4) | value;
  }
  for (; at >= first + 8 && at < last; at += 1) {
    const value = HEX_VALUES[bytes[at]!]!;
    if (value === 16) break;
    hi = (hi << 4) | (lo >>> 28);
    lo = (lo << 4) | value;
  }
  const digits = at - first;
  if (digits < Math.abs(least) || (least < 0 && digits !== -least && digits !== most)) return -1;
  out.lo[out.count] = lo;
  out.hi[out.count] = hi;
  out.digits[out.count] = digits;
  out.count += 1;
  return at;
}

function takeDecimal(bytes: Uint8Array, first: number, end: number, out: Captured): number {
  let value = 0, at = first;
  for (; at < end && at - first < 15; at += 1) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return at === first ? -1 : capture(out, value, at);
}

function capture(out: Captured, value: number, behind: number): number {
  out.lo[out.count] = value;
  out.hi[out.count] = value / 0x1_0000_0000;
  out.digits[out.count] = 0;
  out.count += 1;
  return behind;
}

function takeWord(not: Uint8Array, bytes: Uint8Array, first: number, end: number): number {
  let at = first, underscores = 0;
  for (; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte === 95) underscores += 1;
    else if (!((byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57))) break;
  }
  const isOther = not.length > 0 && at - first === not.length && takeLiteral(not, bytes, first, at) === at;
  return underscores === 0 || isOther ? -1 : at;
}

function skip(byte: number, bytes: Uint8Array, first: number, end: number): number {
  let at = first;
  while (at < end && bytes[at] === byte) at += 1;
  return at;
}
