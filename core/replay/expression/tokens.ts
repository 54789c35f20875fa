// Splits a breakpoint expression into tokens. Grammar: EVENTS.md "Breakpoint language"; words in use: docs/breakpoints.md.
// Columns count from 1, in UTF-16 units, as editors show them for plain text.

import { Refused } from './ast.ts';

export type TokenKind = 'number' | 'word' | 'text' | 'symbol' | 'end';
/** `text` is the source for words and symbols, the content for texts; `lo` and `hi` hold a number's value. */
export interface Token { readonly kind: TokenKind; readonly text: string; readonly lo: number; readonly hi: number; readonly column: number }

/** Longest expression that is looked at, in characters. */
export const EXPRESSION_CHARACTERS_MAX = 4096;

const SPACE = /[ \t\r\n]+/y;
const SYMBOL = /->|\.\.|==|!=|<=|>=|[<>&()*,+]/y;
const NUMBER = /[0-9][0-9A-Za-z_]*/y;
// a word: letters, digits, `_ # $ @ ?`; inside also `.` and `-` when a word character follows (error.user, call-gate), and `:` after phys
const WORD = /[A-Za-z_#$@?](?:[A-Za-z0-9_#$@?]|[.-](?=[A-Za-z0-9_$@?]))*/y;
const TEXT = /"((?:[^"\\]|\\.)*)"/y;

/** The tokens of an expression, ending with an `end` token. Throws Refused with column and expectation. */
export function tokenize(source: string): readonly Token[] {
  if (source.length > EXPRESSION_CHARACTERS_MAX) {
    throw new Refused(`an expression may have ${EXPRESSION_CHARACTERS_MAX} characters`, { column: EXPRESSION_CHARACTERS_MAX + 1, expected: 'a shorter expression' });
  }
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  while (at < source.length) {
    const space = take(SPACE);
    if (space !== null) { at += space[0].length; continue; }
    const column = at + 1;
    if (source.startsWith('phys:', at)) { tokens.push(plain('symbol', 'phys:', column)); at += 5; continue; }
    const text = take(TEXT);
    const symbol = take(SYMBOL);
    const number = take(NUMBER);
    const word = take(WORD);
    if (text !== null) tokens.push(plain('text', unescape(text[1] ?? ''), column));
    else if (symbol !== null) tokens.push(plain('symbol', symbol[0], column));
    else if (number !== null) tokens.push(numberToken(number[0], column));
    else if (word !== null) tokens.push(plain('word', word[0], column));
    else throw refuseCharacter(source, at);
    at += (text ?? symbol ?? number ?? word)?.[0].length ?? 1;
  }
  tokens.push(plain('end', '', source.length + 1));
  return tokens;
}

function plain(kind: TokenKind, text: string, column: number): Token {
  return { kind, text, lo: 0, hi: 0, column };
}

function refuseCharacter(source: string, at: number): Refused {
  const column = at + 1;
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  if (character === '"') return new Refused('this text has no closing "', { column, expected: 'a closing "' });
  if (character === '=') return new Refused('"=" compares nothing', { column, expected: '"=="' });
  if (character === '!') return new Refused('"!" is written "not"', { column, expected: '"not" or "!="' });
  if (character === '|') return new Refused('"|" is written "or"', { column, expected: '"or"' });
  return new Refused(`unexpected ${JSON.stringify(character)}`, { column, expected: 'a word, a number or an operator' });
}

/** Decimal, 0x or 0b, with `_` between digits; exact to 64 bits. */
function numberToken(source: string, column: number): Token {
  const digits = source.replaceAll('_', '').toLowerCase();
  if (!/^(?:0x[0-9a-f]+|0b[01]+|[0-9]+)$/.test(digits)) {
    throw new Refused(`${JSON.stringify(source)} is not a number`, { column, expected: 'a number such as 14, 0x1f or 0b101' });
  }
  const value = BigInt(digits);
  if (value > 0xffff_ffff_ffff_ffffn) throw new Refused(`${source} does not fit in 64 bits`, { column, expected: 'a number of at most 64 bits' });
  return { kind: 'number', text: source, lo: Number(value & 0xffff_ffffn), hi: Number(value >> 32n), column };
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_, character: string) => (character === 'n' ? '\n' : character === 't' ? '\t' : character === 'r' ? '\r' : character));
}
