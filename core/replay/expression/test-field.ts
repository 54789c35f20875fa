// Compiles a condition on one field: for every kind that has the field a reader and a comparison of its type, and for a register
// the same on the state just before the event. A field that is absent or unknown gives no answer (values.ts).

import { suggestion } from '../../base/nearest-word.ts';
import { RULE_IDS } from '../../event/rules.ts';
import { EVENT_KINDS, MODES } from '../../event/kinds.ts';
import { handleOf, type FieldType } from '../../event/schema.ts';
import { highWordOf, isPresent, isUnknown, textOf, wordOf, type Row } from '../../event/draft.ts';
import { wordsOfKey } from '../../symbols/linear-key.ts';
import { Refused, type Comparison, type Literal } from './ast.ts';
import type { Scope } from './compiled.ts';
import { resolveField, type EventPlace, type RegisterPlace, type ResolvedField } from './fields.ts';
import { mnemonics, msrNames, msrNumber, vectorOf } from './names.ts';
import { modeOf, NO_KIND } from './moment.ts';
import { answer, ask, UNKNOWN, type Answer, type NumberQuestion, type Words } from './values.ts';
import { ALL_KINDS } from './words.ts';

/** A compiled part: its answer for a row, and the kinds for which the answer can be yes, can be no (bit per kind, NO_KIND for none). */
export interface Part { readonly evaluate: (row: Row, scope: Scope) => Answer; readonly canHold: number; readonly canFail: number }

/** Addresses by name, as core/symbols has them: negative in the upper half of 64 bits. */
export interface SymbolLookup { addressOf(name: string): number | null }

/** Compiles `field [& mask] [op value]`. Throws Refused. */
export function compileFieldTest(node: { readonly field: string; readonly comparison: Comparison; readonly column: number }, symbols: SymbolLookup | null): Part {
  const field = resolveField(node.field);
  if (field === null) throw new Refused(`${JSON.stringify(node.field)} is not a field`, { column: node.column, expected: 'a field' });
  if (field.special === 'kind') return kindTest(node);
  const about = { field, comparison: node.comparison, column: node.column, symbols };
  if (field.special === 'seq') {
    const question = numberQuestion(about, 'number');
    return { evaluate: (_, scope) => (scope.seq < 0 ? UNKNOWN : ask(question, scope.seq >>> 0, Math.floor(scope.seq / 0x1_0000_0000))), canHold: ALL_KINDS, canFail: ALL_KINDS };
  }
  return fieldTest(about);
}

interface About { readonly field: ResolvedField; readonly comparison: Comparison; readonly column: number; readonly symbols: SymbolLookup | null }
type Evaluate = Part['evaluate'];

function fieldTest(about: About): Part {
  const problems: Refused[] = [];
  const attempt = (make: () => Evaluate): Evaluate | null => {
    try { return make(); } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      problems.push(problem);
      return null;
    }
  };
  const byKind = about.field.byKind.map((place, kind) => (place === null ? null : attempt(() => eventTest(about, place, kind))));
  const { register, special } = about.field;
  const registerTest = special === 'mode' ? attempt(() => modeTest(about)) : register === null ? null : attempt(() => registerTestOf(about, register));
  const kinds = byKind.reduce((mask, test, kind) => (test === null ? mask : mask | (1 << kind)), 0);
  if (kinds === 0 && registerTest === null) throw problems[0] ?? new Refused(`${about.field.name} cannot be compared`, { column: about.column, expected: 'another field' });
  const mask = registerTest === null ? kinds : ALL_KINDS | NO_KIND;
  const evaluate: Evaluate = (row, scope) => {
    const test = byKind[row.kind];
    const place = about.field.byKind[row.kind];
    if (place !== undefined && place !== null && isPresent(row, place.handle)) {
      return test === null || test === undefined || isUnknown(row, place.handle) ? UNKNOWN : test(row, scope);
    }
    return registerTest === null ? UNKNOWN : registerTest(row, scope);
  };
  return { evaluate, canHold: mask, canFail: mask };
}

function eventTest(about: About, place: EventPlace, kind: number): Evaluate {
  const { handle, type, bits, vectors } = place;
  if (bits !== null) {
    const question = numberQuestion(about, 'count');
    const vector = vectors === null ? -1 : vectorHandle(kind);
    return (row) => (vectors !== null && !(vector >= 0 && isPresent(row, vector) && vectors.includes(wordOf(row, vector)))
      ? UNKNOWN : ask(question, (wordOf(row, handle) >>> bits.shift) & (2 ** bits.width - 1), 0));
  }
  if (typeof type === 'object') return namesTest(about, handle, type.oneOf);
  switch (type) {
    case 'text': return textTest(about, handle);
    case 'rule': return namesTest(about, handle, RULE_IDS);
    case 'hex64': case 'number': {
      const question = numberQuestion(about, type);
      return (row) => ask(question, wordOf(row, handle), highWordOf(row, handle));
    }
    case 'hex32': case 'count': case 'bool': {
      const question = numberQuestion(about, type);
      return (row) => ask(question, wordOf(row, handle), 0);
    }
    case 'hex128': case 'seqs': case 'slots': case 'walk': case 'completeness': case 'registers':
      return presenceTest(about);
  }
}

function vectorHandle(kind: number): number {
  const name = EVENT_KINDS[kind];
  return name === 'fault' || name === 'transition' ? handleOf(name, 'vector') : -1;
}

/** Lists and 128-bit values can only be asked whether they are there. */
function presenceTest({ field, comparison, column }: About): Evaluate {
  if (comparison.operator !== null || comparison.mask !== null) {
    throw new Refused(`${field.name} cannot be compared, only asked for (write "${field.name}" alone)`, { column, expected: 'no operator' });
  }
  return () => answer(true);
}

function registerTestOf(about: About, { offset, words, bits }: RegisterPlace): Evaluate {
  const question = numberQuestion(about, 'hex64');
  const ones = bits === null ? 0 : 2 ** bits.width - 1;
  return (_, scope) => {
    const registers = scope.registers();
    if (registers === null) return UNKNOWN;
    if (bits !== null) return ask(question, (registers[offset]! >>> bits.shift) & ones, 0);
    return ask(question, registers[offset]!, words === 2 ? registers[offset + 1]! : 0);
  };
}

function modeTest(about: About): Evaluate {
  const wanted = nameCode(about, MODES);
  return (_, scope) => {
    const registers = scope.registers();
    return registers === null ? UNKNOWN : wanted.decide(modeOf(registers));
  };
}

/** A field with named values: `mode == long`, `rule != iret-cs-rpl`; alone it asks whether the field is there. */
function namesTest(about: About, handle: number, names: readonly string[]): Evaluate {
  const { decide } = nameCode(about, names);
  return (row) => decide(wordOf(row, handle));
}

function nameCode({ field, comparison, column }: About, names: readonly string[]): { decide: (code: number) => Answer } {
  const { mask, operator, value } = comparison;
  if (mask !== null) throw new Refused(`${field.name} is a name: it has no bits to mask`, { column: mask.column, expected: '== or !=' });
  if (operator === null || value === null) return { decide: () => answer(true) };
  if (operator !== '==' && operator !== '!=') throw new Refused(`${field.name} is a name: it can only be equal or not`, { column, expected: '== or !=' });
  const word = value.kind === 'word' ? value.word : value.kind === 'text' ? value.text : '';
  const code = names.findIndex((name) => name.toLowerCase() === word.toLowerCase());
  if (code < 0) {
    const listed = names.length <= 24 ? `one of ${names.join(', ')}` : 'a name from the list';
    throw new Refused(`${field.name} is never ${literalText(value)}${suggestion(word, names)}`, { column: value.column, expected: listed });
  }
  return { decide: (have) => answer((have === code) === (operator === '==')) };
}

function textTest({ field, comparison, column }: About, handle: number): Evaluate {
  const { mask, operator, value } = comparison;
  if (mask !== null) throw new Refused(`${field.name} is text: it has no bits to mask`, { column: mask.column, expected: '== or !=' });
  if (operator === null || value === null) return (row) => answer(textOf(row, handle) !== '');
  if ((operator !== '==' && operator !== '!=') || value.kind === 'number') {
    throw new Refused(`${field.name} is text: compare it with == or != and a text in quotes`, { column: value.kind === 'number' ? value.column : column, expected: 'a text such as "login:"' });
  }
  const wanted = value.kind === 'word' ? value.word : value.text;
  return (row) => answer((textOf(row, handle) === wanted) === (operator === '=='));
}

function numberQuestion({ field, comparison, symbols }: About, type: FieldType): NumberQuestion {
  const { mask, operator, value } = comparison;
  const number = (literal: Literal): Words => numberOf(literal, { field: field.name, type, symbols });
  return { mask: mask === null ? null : number(mask), operator, wanted: value === null ? null : number(value) };
}

/** The number a literal stands for where `field` is compared: number, true/false, MSR name, mnemonic or symbol. */
function numberOf(literal: Literal, about: { readonly field: string; readonly type: FieldType; readonly symbols: SymbolLookup | null }): Words {
  if (literal.kind === 'number') return literal;
  const word = literal.kind === 'word' ? literal.word : literal.text;
  const lower = word.toLowerCase();
  if (lower === 'true' || lower === 'false') return { lo: lower === 'true' ? 1 : 0, hi: 0 };
  const special = about.field === 'msr' ? msrNumber(word) : about.field.endsWith('vector') ? vectorOf(word) : null;
  if (special !== null) return { lo: special, hi: 0 };
  const address = about.type === 'hex64' || about.type === 'hex32' ? about.symbols?.addressOf(word) ?? null : null;
  if (address !== null) return wordsOfKey(address);
  const known = about.field === 'msr' ? msrNames() : about.field.endsWith('vector') ? mnemonics() : [];
  throw new Refused(`${literalText(literal)} is not a value of ${about.field}${suggestion(word, known)}`, { column: literal.column, expected: 'a number such as 14 or 0x1f' });
}

function kindTest({ comparison, column }: { readonly comparison: Comparison; readonly column: number }): Part {
  const { mask, operator, value } = comparison;
  if (mask !== null || operator === null || value === null || (operator !== '==' && operator !== '!=')) {
    throw new Refused('kind is compared with == or != and the name of a kind', { column, expected: '== or !=' });
  }
  const word = value.kind === 'word' ? value.word.toLowerCase() : value.kind === 'text' ? value.text : '';
  const code = EVENT_KINDS.findIndex((kind) => kind === word);
  if (code < 0) throw new Refused(`${literalText(value)} is not a kind of event${suggestion(word, EVENT_KINDS)}`, { column: value.column, expected: `one of ${EVENT_KINDS.join(', ')}` });
  const equal = 1 << code;
  const others = (ALL_KINDS & ~equal) | NO_KIND;
  const wantsEqual = operator === '==';
  return { evaluate: (row) => answer((row.kind === code) === wantsEqual), canHold: wantsEqual ? equal : others, canFail: wantsEqual ? others : equal };
}

/** A literal as the message shows it. */
export function literalText(literal: Literal): string {
  return literal.kind === 'number' ? (literal.hi === 0 ? String(literal.lo) : 'this number') : literal.kind === 'word' ? literal.word : JSON.stringify(literal.text);
}
