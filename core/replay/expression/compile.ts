// From text to something that can be asked about a row, quickly: `compile('cpl 3->0 via sysenter')`.
// Language and meanings: docs/breakpoints.md. Three answers while evaluating (values.ts): a field the event lacks never matches.

import type { LinearRange } from '../../event/reexecutor.ts';
import type { Row } from '../../event/draft.ts';
import { Refused, type Address, type Expression, type ExpressionError, type Range } from './ast.ts';
import type { Compiled, Scope } from './compiled.ts';
import { linearOfNext, NO_KIND, NO_ROW } from './moment.ts';
import { parse } from './parser.ts';
import { printExpression } from './print.ts';
import { compileEventTest } from './test-event.ts';
import { compileFieldTest, literalText, type Part, type SymbolLookup } from './test-field.ts';
import { resolveField } from './fields.ts';
import { answer, YES, type Answer } from './values.ts';
import { ALL_KINDS, NOT_YET } from './words.ts';

/** What names mean here: without symbols, only numbers are addresses. */
export interface CompileOptions { readonly symbols?: SymbolLookup | null }

/** Compiles an expression, or says why it is refused: what is wrong, at which column (1-based), what was expected there. */
export function compile(text: string, options: CompileOptions = {}): Compiled | ExpressionError {
  const expression = parse(text);
  if ('error' in expression) return expression;
  try {
    return compileExpression(expression, options);
  } catch (problem) {
    if (problem instanceof Refused) return { error: problem.message, column: problem.column, expected: problem.expected };
    throw problem;
  }
}

/** True for the refusal that `compile` and `parse` answer. */
export function isRefusal(result: Compiled | Expression | ExpressionError): result is ExpressionError {
  return 'error' in result;
}

/** A refusal as one line: `at column 5: unexpected "foo": expected "->" and the ring it changes to`. */
export function describeRefusal({ error, column, expected }: ExpressionError): string {
  return error.endsWith(expected) ? `at column ${String(column)}: ${error}` : `at column ${String(column)}: ${error}; expected ${expected}`;
}

function compileExpression(expression: Expression, options: CompileOptions): Compiled {
  const builder = { symbols: options.symbols ?? null, ranges: [] as LinearRange[], needsRegisters: false };
  const whole = compilePart(expression, builder, { negated: false });
  if (builder.ranges.length > 0 && (whole.canHold & NO_KIND) === 0) {
    throw new Refused('"exec" and an event never happen at one point', { column: expression.column, expected: '"or", or a condition: exec 0x1000 if (eax == 1)' });
  }
  const scope: Scope = { registers: () => NO_REGISTERS, seq: -1, linear: -1 };
  const { evaluate } = whole;
  const kinds = whole.canHold & ALL_KINDS;
  return {
    text: printExpression(expression), expression, kinds, needsRegisters: builder.needsRegisters,
    needsExecution: builder.ranges.length > 0, ranges: builder.ranges,
    matches(row, registersBefore, seq = -1) {
      if (row.kind < 0 || (kinds & (1 << row.kind)) === 0) return false;
      scope.registers = registersBefore;
      scope.seq = seq;
      scope.linear = -1;
      return evaluate(row, scope) === YES;
    },
    matchesMoment(registers) {
      scope.registers = () => registers;
      scope.seq = -1;
      scope.linear = linearOfNext(registers);
      return evaluate(NO_ROW, scope) === YES;
    },
  };
}

const NO_REGISTERS = new Uint32Array(0);
interface Builder { readonly symbols: SymbolLookup | null; readonly ranges: LinearRange[]; needsRegisters: boolean }

function compilePart(expression: Expression, builder: Builder, context: { readonly negated: boolean }): Part {
  switch (expression.kind) {
    case 'and': case 'or': {
      const left = compilePart(expression.left, builder, context), right = compilePart(expression.right, builder, context);
      return expression.kind === 'and' ? both(left, right) : either(left, right);
    }
    case 'not': return opposite(compilePart(expression.operand, builder, { negated: true }));
    case 'test': {
      const part = compileFieldTest(expression, builder.symbols);
      const field = resolveField(expression.field);
      if (field !== null && field.register !== null && field.byKind.every((place) => place === null)) builder.needsRegisters = true;
      return part;
    }
    case 'event': {
      const test = compileEvent(expression, builder, context);
      return expression.condition === null ? test : both(test, compilePart(expression.condition, builder, context));
    }
  }
}

function compileEvent(node: Extract<Expression, { readonly kind: 'event' }>, builder: Builder, { negated }: { readonly negated: boolean }): Part {
  const { test, column } = node;
  switch (test.event) {
    case 'read': case 'write': case 'walk':
      throw new Refused(`${NOT_YET[test.event] ?? test.event} are not available yet ("${test.event}")`, { column, expected: 'another event, such as cpl, msr, fault or exec' });
    case 'exec': {
      if (negated) throw new Refused('"exec" cannot stand under "not": nearly every instruction would match', { column, expected: 'exec without "not"' });
      const range = rangeOf(test.range, builder.symbols);
      builder.ranges.push(range);
      const evaluate = (_: Row, scope: Scope): Answer => answer(scope.linear >= range.first && scope.linear < range.end);
      return { evaluate, canHold: NO_KIND, canFail: ALL_KINDS | NO_KIND };
    }
    default: return compileEventTest(test);
  }
}

function both(left: Part, right: Part): Part {
  return {
    evaluate: (row, scope) => {
      const first = left.evaluate(row, scope);
      if (first === -1) return first;
      const second = right.evaluate(row, scope);
      return second < first ? second : first;
    },
    canHold: left.canHold & right.canHold, canFail: left.canFail | right.canFail,
  };
}

function either(left: Part, right: Part): Part {
  return {
    evaluate: (row, scope) => {
      const first = left.evaluate(row, scope);
      if (first === YES) return first;
      const second = right.evaluate(row, scope);
      return second > first ? second : first;
    },
    canHold: left.canHold | right.canHold, canFail: left.canFail & right.canFail,
  };
}

function opposite(part: Part): Part {
  return {
    evaluate: (row, scope) => {
      const one = part.evaluate(row, scope);
      return one === YES ? -1 : one === -1 ? YES : 0;
    },
    canHold: part.canFail, canFail: part.canHold,
  };
}

function rangeOf({ physical, first, last }: Range, symbols: SymbolLookup | null): LinearRange {
  if (physical) throw new Refused('physical addresses are not available yet for "exec"', { column: first.column, expected: 'a linear address or a symbol' });
  const from = addressOf(first, symbols);
  const to = last === null ? from : addressOf(last, symbols);
  if (to < from) throw new Refused('the range ends before it begins', { column: last?.column ?? first.column, expected: 'an address not below the first' });
  return { first: from, end: to + 1 };
}

function addressOf({ base, offset, column }: Address, symbols: SymbolLookup | null): number {
  const start = base.kind === 'number' ? base.hi * 0x1_0000_0000 + base.lo : symbolAddress(base, symbols);
  if (start + offset >= Number.MAX_SAFE_INTEGER) throw new Refused('addresses above 2^53 cannot be executed here', { column, expected: 'a smaller address' });
  return start + offset;
}

function symbolAddress(literal: Exclude<Address['base'], { readonly kind: 'number' }>, symbols: SymbolLookup | null): number {
  const name = literal.kind === 'word' ? literal.word : literal.text;
  if (symbols === null) throw new Refused(`no symbols are known here, so ${literalText(literal)} is no address`, { column: literal.column, expected: 'a number such as 0x100000' });
  const address = symbols.addressOf(name);
  if (address === null) throw new Refused(`there is no symbol ${literalText(literal)}`, { column: literal.column, expected: 'an address or a symbol of the image' });
  if (address < 0) throw new Refused(`${literalText(literal)} lies above 2^53, where nothing is executed here`, { column: literal.column, expected: 'a symbol with a smaller address' });
  return address;
}
