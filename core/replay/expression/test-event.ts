// Compiles the event forms of the language: which rows each one means. The meanings in words: docs/breakpoints.md.

import { suggestion } from '../../base/nearest-word.ts';
import { CONTROL_REGISTERS, EVENT_KINDS, MODES, TABLE_REGISTERS, TABLES, VIAS } from '../../event/kinds.ts';
import { handleOf } from '../../event/schema.ts';
import { highWordOf, isPresent, isUnknown, textOf, wordOf, type Row } from '../../event/draft.ts';
import { Refused, type Comparison, type EventTest, type Literal, type Ring } from './ast.ts';
import { bitNames, bitOf, mnemonics, msrNames, msrNumber, vectorOf } from './names.ts';
import { literalText, type Part } from './test-field.ts';
import { answer, ask, NO, UNKNOWN, YES, type Answer, type NumberQuestion, type Words } from './values.ts';
import { ALL_KINDS, kindMask } from './words.ts';
import { NO_KIND } from './moment.ts';

const code = (kind: (typeof EVENT_KINDS)[number]): number => EVENT_KINDS.indexOf(kind);
const LINE = code('interrupt-line');

/** Compiles one event form without its `if`. Only forms that rows alone can answer. Throws Refused. */
export function compileEventTest(test: Exclude<EventTest, { readonly event: 'exec' | 'read' | 'write' | 'walk' }>): Part {
  switch (test.event) {
    case 'cpl': return cpl(test.change, test.via);
    case 'msr': return msr(test);
    case 'fault': return fault(test.vector);
    case 'cr': return cr(test);
    case 'int': return via('int', test.vector === null ? null : smallNumber(test.vector, 'vector', 255));
    case 'irq': return irq(test.number === null ? null : smallNumber(test.number, 'line or vector', 255));
    case 'nmi': return via('nmi', null);
    case 'task': return via('task-switch', null);
    case 'mode': return mode(test.mode);
    case 'table': return table(test.table, test.index);
    case 'tlb': return whole(kindMask('tlb-flush'));
    case 'console': return consoleText(test.text);
    case 'marker': return whole(kindMask('marker'));
  }
}

const NOT = (mask: number): number => (ALL_KINDS | NO_KIND) & ~mask;
/** Every event of these kinds. */
function whole(mask: number): Part {
  return { evaluate: (row) => answer(row.kind >= 0 && (mask & (1 << row.kind)) !== 0), canHold: mask, canFail: NOT(mask) };
}
/** Events of these kinds for which `evaluate` says yes; it is asked for no others. */
function some(mask: number, evaluate: (row: Row) => Answer): Part {
  return { evaluate: (row) => (row.kind >= 0 && (mask & (1 << row.kind)) !== 0 ? evaluate(row) : NO), canHold: mask, canFail: ALL_KINDS | NO_KIND };
}
/** The word of a field against a wanted one; an unknown value gives no answer. */
function isWord(row: Row, handle: number, wanted: number): Answer {
  if (!isPresent(row, handle)) return NO;
  return isUnknown(row, handle) ? UNKNOWN : answer(wordOf(row, handle) === wanted);
}

const FROM = handleOf('transition', 'from.cpl'), TO = handleOf('transition', 'to.cpl'), VIA = handleOf('transition', 'via');

function cpl(change: { readonly from: Ring; readonly to: Ring } | null, mechanism: Literal | null): Part {
  const wantedVia = mechanism === null ? -1 : nameOf(mechanism, VIAS, 'mechanism');
  const from = change?.from ?? null, to = change?.to ?? null;
  const exact = from !== null && to !== null;
  return some(kindMask('transition'), (row) => {
    if (wantedVia >= 0 && wordOf(row, VIA) !== wantedVia) return NO;
    if (!isPresent(row, FROM) || !isPresent(row, TO)) return NO;
    if (isUnknown(row, FROM) || isUnknown(row, TO)) return UNKNOWN;
    const before = wordOf(row, FROM), after = wordOf(row, TO);
    if (from !== null && before !== from) return NO;
    if (to !== null && after !== to) return NO;
    return answer(exact || before !== after);
  });
}

const MSR = handleOf('msr-write', 'msr'), MSR_BEFORE = handleOf('msr-write', 'before'), MSR_AFTER = handleOf('msr-write', 'after');
const MSR_REFUSED = handleOf('msr-write', 'refused');

function msr({ register, comparison, changed }: Extract<EventTest, { readonly event: 'msr' }>): Part {
  const mask = kindMask('msr-write');
  const wanted = register === null ? null : msrOf(register);
  const question = questionOf(comparison, 'an MSR value');
  const asks = question.operator !== null || (question.mask !== null && !changed);
  if (wanted === null && !asks && !changed) return whole(mask);
  return some(mask, (row) => {
    if (wanted !== null && wordOf(row, MSR) !== wanted) return NO;
    const value = asks ? askField(row, MSR_AFTER, question) : YES;
    return changed ? lesser(value, msrChanged(row, question.mask)) : value;
  });
}

/** A write that was not refused and left a (masked) bit other than it was. */
function msrChanged(row: Row, mask: Words | null): Answer {
  if (isPresent(row, MSR_REFUSED) && wordOf(row, MSR_REFUSED) !== 0) return NO;
  if (!isKnown(row, MSR_BEFORE) || !isKnown(row, MSR_AFTER)) return UNKNOWN;
  const lo = (wordOf(row, MSR_BEFORE) ^ wordOf(row, MSR_AFTER)) & (mask?.lo ?? -1);
  const hi = (highWordOf(row, MSR_BEFORE) ^ highWordOf(row, MSR_AFTER)) & (mask?.hi ?? -1);
  return answer((lo | hi) !== 0);
}

function msrOf(literal: Literal): number {
  if (literal.kind === 'number') {
    if (literal.hi === 0) return literal.lo;
    throw new Refused('an MSR number has 32 bits', { column: literal.column, expected: 'an MSR name or number' });
  }
  const name = literal.kind === 'word' ? literal.word : literal.text;
  const number = msrNumber(name);
  if (number === null) {
    throw new Refused(`${JSON.stringify(name)} is not an MSR known here${suggestion(name, msrNames())}: give its number`, { column: literal.column, expected: 'an MSR name such as IA32_SYSENTER_EIP, or a number' });
  }
  return number;
}

const FAULT_VECTOR = handleOf('fault', 'vector');
function fault(vector: Literal | null): Part {
  const mask = kindMask('fault');
  if (vector === null) return whole(mask);
  const wanted = vector.kind === 'number' ? smallNumber(vector, 'vector', 255) : mnemonicOf(vector);
  return some(mask, (row) => isWord(row, FAULT_VECTOR, wanted));
}
function mnemonicOf(literal: Literal): number {
  const name = literal.kind === 'word' ? literal.word : literalText(literal);
  const vector = vectorOf(name);
  if (vector === null) throw new Refused(`${JSON.stringify(name)} is not an exception${suggestion(name, mnemonics())}`, { column: literal.column, expected: 'a vector or a mnemonic such as #PF' });
  return vector;
}

const CR = handleOf('cr-write', 'register'), CR_BEFORE = handleOf('cr-write', 'before'), CR_AFTER = handleOf('cr-write', 'after');
function cr({ register, comparison, bits }: Extract<EventTest, { readonly event: 'cr' }>): Part {
  const mask = kindMask('cr-write');
  const wanted = register === null ? null : controlRegister(register);
  const question = questionOf(comparison, 'a control register value');
  const asks = question.operator !== null || question.mask !== null;
  const masks = CONTROL_REGISTERS.map((name) => bitsMask(name, bits));
  if (bits.length > 0) checkBits(wanted, bits, masks);
  if (wanted === null && !asks && bits.length === 0) return whole(mask);
  return some(mask, (row) => {
    const at = wordOf(row, CR);
    if (wanted !== null && at !== wanted) return NO;
    if (bits.length === 0) return asks ? askField(row, CR_AFTER, question) : YES;
    if (!isKnown(row, CR_BEFORE) || !isKnown(row, CR_AFTER)) return UNKNOWN;
    return answer(((wordOf(row, CR_BEFORE) ^ wordOf(row, CR_AFTER)) & (masks[at] ?? 0)) !== 0);
  });
}

/** The named bits a register has, together. */
function bitsMask(register: string, bits: readonly Literal[]): number {
  return bits.reduce((mask, literal) => {
    const found = literal.kind === 'word' ? bitOf(register, literal.word) : null;
    return found === null ? mask : mask | ((2 ** found.width - 1) << found.shift);
  }, 0);
}
function checkBits(register: number | null, bits: readonly Literal[], masks: readonly number[]): void {
  const candidates = CONTROL_REGISTERS.filter((_, index) => (register === null ? (masks[index] ?? 0) !== 0 : index === register));
  const names = (register === null ? CONTROL_REGISTERS : candidates).flatMap(bitNames);
  for (const literal of bits) {
    const word = literal.kind === 'word' ? literal.word : literalText(literal);
    if (names.some((name) => name.toLowerCase() === word.toLowerCase())) continue;
    const where = register === null ? 'any control register' : String(CONTROL_REGISTERS[register]).toUpperCase();
    throw new Refused(`${word} is not a bit of ${where}${suggestion(word, names)}`, { column: literal.column, expected: 'a bit name such as WP or PG' });
  }
}
function controlRegister(literal: Literal): number {
  if (literal.kind !== 'number') return nameOf(literal, CONTROL_REGISTERS, 'control register');
  const found = CONTROL_REGISTERS.findIndex((name) => literal.hi === 0 && name === `cr${String(literal.lo)}`);
  if (found < 0) throw new Refused(`there is no control register ${literalText(literal)}`, { column: literal.column, expected: CONTROL_REGISTERS.join(', ') });
  return found;
}

const VECTOR = handleOf('transition', 'vector');
function via(mechanism: (typeof VIAS)[number], vector: number | null): Part {
  const wanted = VIAS.indexOf(mechanism);
  return some(kindMask('transition'), (row) => {
    const right = isWord(row, VIA, wanted);
    return vector === null ? right : lesser(right, isWord(row, VECTOR, vector));
  });
}

const LINE_NUMBER = handleOf('interrupt-line', 'line'), LINE_VECTOR = handleOf('interrupt-line', 'vector');
/** An external interrupt taken, or its line raised or acknowledged; a number may be either's. */
function irq(number: number | null): Part {
  const interrupt = VIAS.indexOf('interrupt');
  return some(kindMask('transition', 'interrupt-line'), (row) => {
    if (row.kind === LINE) return number === null || wordOf(row, LINE_NUMBER) === number ? YES : isWord(row, LINE_VECTOR, number);
    const taken = isWord(row, VIA, interrupt);
    return number === null ? taken : lesser(taken, isWord(row, VECTOR, number));
  });
}

const MODE_AFTER = handleOf('mode-change', 'after');
/** A change of mode is one event, whatever made it: a transition that changes the mode has its `mode-change` right behind it. */
function mode(name: Literal | null): Part {
  if (name === null) return whole(kindMask('mode-change'));
  const wanted = nameOf(name, MODES, 'mode');
  return some(kindMask('mode-change'), (row) => isWord(row, MODE_AFTER, wanted));
}

const LOADED = handleOf('table-load', 'register'), WRITTEN = handleOf('table-write', 'table'), WRITTEN_INDEX = handleOf('table-write', 'index');
/** `table gdtr`: loads of the register; `table gdt [index]`: writes into the table (or one entry) while it is in use. */
function table(name: Literal | null, index: Literal | null): Part {
  if (name === null) return whole(kindMask('table-load', 'table-write'));
  const word = name.kind === 'word' ? name.word.toLowerCase() : '';
  const register = TABLE_REGISTERS.findIndex((one) => one === word);
  if (register >= 0) {
    if (index !== null) throw new Refused(`${word} is a register and has no entries: write "table ${word.replace(/r$/, '')} ${literalText(index)}"`, { column: index.column, expected: 'no index' });
    return some(kindMask('table-load'), (row) => isWord(row, LOADED, register));
  }
  const wanted = TABLES.findIndex((one) => one === word);
  if (wanted < 0) {
    const names = [...TABLES, ...TABLE_REGISTERS];
    throw new Refused(`${literalText(name)} is not a table${suggestion(word, names)}`, { column: name.column, expected: `one of ${names.join(', ')}` });
  }
  const entry = index === null ? -1 : smallNumber(index, 'index', 0xffff_ffff);
  return some(kindMask('table-write'), (row) => {
    const right = isWord(row, WRITTEN, wanted);
    return entry < 0 ? right : lesser(right, isWord(row, WRITTEN_INDEX, entry));
  });
}

const CONSOLE_TEXT = handleOf('console', 'text');
/** Console output; with a text, output that contains it. */
function consoleText(text: Literal | null): Part {
  if (text === null) return whole(kindMask('console'));
  if (text.kind === 'number') throw new Refused('console output is text', { column: text.column, expected: 'a text such as "login:"' });
  const wanted = text.kind === 'word' ? text.word : text.text;
  return some(kindMask('console'), (row) => answer(textOf(row, CONSOLE_TEXT).includes(wanted)));
}

function lesser(a: Answer, b: Answer): Answer {
  return a < b ? a : b;
}
function isKnown(row: Row, handle: number): boolean {
  return isPresent(row, handle) && !isUnknown(row, handle);
}
function askField(row: Row, handle: number, question: NumberQuestion): Answer {
  return isKnown(row, handle) ? ask(question, wordOf(row, handle), highWordOf(row, handle)) : UNKNOWN;
}

function questionOf({ mask, operator, value }: Comparison, what: string): NumberQuestion {
  return { mask: mask === null ? null : plainNumber(mask, what), operator, wanted: value === null ? null : plainNumber(value, what) };
}
function plainNumber(literal: Literal, what: string): Words {
  if (literal.kind !== 'number') throw new Refused(`${literalText(literal)} is not ${what}`, { column: literal.column, expected: 'a number such as 8 or 0x1b' });
  return literal;
}
function smallNumber(literal: Literal, what: string, most: number): number {
  const wanted = literal.kind === 'number' ? literal.lo : what === 'vector' ? vectorOf(literal.kind === 'word' ? literal.word : '') : null;
  if (wanted === null || (literal.kind === 'number' && (literal.hi !== 0 || literal.lo > most))) {
    throw new Refused(`${literalText(literal)} is not a ${what}`, { column: literal.column, expected: `a ${what} from 0 to ${String(most)}` });
  }
  return wanted;
}
function nameOf(literal: Literal, names: readonly string[], what: string): number {
  const word = literal.kind === 'word' ? literal.word : literalText(literal);
  const found = names.findIndex((name) => name.toLowerCase() === word.toLowerCase());
  if (found < 0) throw new Refused(`${word} is not a ${what}${suggestion(word, names)}`, { column: literal.column, expected: `one of ${names.join(', ')}` });
  return found;
}
