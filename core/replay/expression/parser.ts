// Text to tree. One function per line of the grammar in EVENTS.md "Breakpoint language"; names are checked where the grammar asks
// for a field, values and registers in compile.ts. Never throws for any input: a refusal is data.

import { suggestion } from '../../base/nearest-word.ts';
import type { Address, Comparison, EventTest, Expression, ExpressionError, Literal, Operator, Range, Ring } from './ast.ts';
import { Refused } from './ast.ts';
import { fieldNames, isField } from './fields.ts';
import { tokenize, type Token } from './tokens.ts';
import { EVENT_WORDS, eventWord, isReserved, type EventWord } from './words.ts';

/** Parentheses and `not` may nest this deep. */
export const NESTING_MAX = 100;

/** The tree of an expression, or why there is none. */
export function parse(source: string): Expression | ExpressionError {
  try {
    return new Parser(tokenize(source)).whole();
  } catch (problem) {
    if (problem instanceof Refused) return { error: problem.message, column: problem.column, expected: problem.expected };
    throw problem;
  }
}

const COMPARISONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];
const END: Token = { kind: 'end', text: '', lo: 0, hi: 0, column: 1 };

/** Recursive descent over the tokens; holds only the place. */
class Parser {
  private at = 0;
  private depth = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) { this.tokens = tokens; }

  whole(): Expression {
    if (this.next().kind === 'end') throw this.refused('the expression is empty', 'an event such as "cpl", "msr" or "fault"');
    const expression = this.either('expression');
    if (this.next().kind !== 'end') throw this.unexpected('"and", "or" or the end');
    return expression;
  }

  /** expr = term {"or" term}; inside `if ( )` only tests of fields. */
  private either(context: 'expression' | 'condition'): Expression {
    let left = this.both(context);
    while (this.word('or')) {
      const column = this.take().column;
      left = { kind: 'or', left, right: this.both(context), column };
    }
    return left;
  }

  private both(context: 'expression' | 'condition'): Expression {
    let left = this.factor(context);
    while (this.word('and')) {
      const column = this.take().column;
      left = { kind: 'and', left, right: this.factor(context), column };
    }
    return left;
  }

  private factor(context: 'expression' | 'condition'): Expression {
    this.depth += 1;
    if (this.depth > NESTING_MAX) throw this.refused(`this is nested more than ${NESTING_MAX} deep`, 'fewer parentheses');
    const expression = this.unnested(context);
    this.depth -= 1;
    return expression;
  }

  private unnested(context: 'expression' | 'condition'): Expression {
    if (this.word('not')) {
      const column = this.take().column;
      return { kind: 'not', operand: this.factor(context), column };
    }
    if (this.symbol('(')) {
      this.take();
      const inner = this.either(context);
      this.close();
      return inner;
    }
    const token = this.next();
    if (token.kind !== 'word' || (isReserved(token.text) && isField(token.text) === null)) {
      throw this.unexpected(context === 'expression' ? 'an event such as "cpl", "msr" or "fault", or a field' : 'a field such as cr2, error.user or eflags.IF');
    }
    const event = context === 'expression' ? eventWord(token.text) : null;
    return event !== null && !this.isComparedField(event) ? this.event(event) : this.test(context);
  }

  /** `cpl == 3` tests the field; `msr` and `cr` compare the value written. */
  private isComparedField(event: EventWord): boolean {
    const after = this.tokens[this.at + 1] ?? END;
    const compares = after.kind === 'symbol' && (after.text === '&' || COMPARISONS.includes(after.text));
    return compares && event !== 'msr' && event !== 'cr';
  }

  private test(context: 'expression' | 'condition'): Expression {
    const token = this.take();
    const name = isField(token.text);
    if (name === null) {
      const known = context === 'expression' ? [...EVENT_WORDS, ...fieldNames()] : fieldNames();
      const what = context === 'expression' ? 'neither an event nor a field' : eventWord(token.text) !== null ? 'an event; inside "if ( )" stand fields' : 'not a field';
      throw new Refused(`${JSON.stringify(token.text)} is ${what}${suggestion(token.text, known)}`, { column: token.column, expected: context === 'expression' ? 'an event or a field' : 'a field' });
    }
    return { kind: 'test', field: name, comparison: this.comparison(), column: token.column };
  }

  private event(event: EventWord): Expression {
    const { column } = this.take();
    const test = this.eventTest(event);
    if (!this.word('if')) return { kind: 'event', test, condition: null, column };
    this.take();
    if (!this.symbol('(')) throw this.unexpected('"(" after "if"');
    this.take();
    const condition = this.either('condition');
    this.close();
    return { kind: 'event', test, condition, column };
  }

  private eventTest(event: EventWord): EventTest {
    switch (event) {
      case 'cpl': return this.cpl();
      case 'msr': {
        const register = this.optionalLiteral();
        const comparison = this.comparison();
        const changed = this.word('changed');
        if (changed) this.take();
        return { event, register, comparison, changed };
      }
      case 'fault': return { event, vector: this.optionalLiteral() };
      case 'cr': return this.cr();
      case 'int': return { event, vector: this.optionalLiteral() };
      case 'irq': return { event, number: this.optionalLiteral() };
      case 'nmi': case 'task': case 'tlb': case 'marker': return { event };
      case 'mode': return { event, mode: this.optionalLiteral() };
      case 'table': {
        const table = this.optionalLiteral();
        return { event, table, index: table === null ? null : this.optionalLiteral() };
      }
      case 'console': return { event, text: this.optionalLiteral() };
      case 'exec': case 'read': case 'write': return { event, range: this.range() };
      case 'walk': return { event, address: this.address() };
    }
  }

  private cpl(): EventTest {
    const next = this.next();
    const begins = next.kind === 'number' || this.symbol('*') || this.symbol('->');
    const change = begins ? this.change() : null;
    if (!this.word('via')) return { event: 'cpl', change, via: null };
    this.take();
    const via = this.optionalLiteral();
    if (via === null) throw this.unexpected('a mechanism such as int, sysenter or iret');
    return { event: 'cpl', change, via };
  }

  private change(): { readonly from: Ring; readonly to: Ring } {
    const from = this.ring();
    if (!this.symbol('->')) throw this.unexpected('"->" and the ring it changes to');
    this.take();
    return { from, to: this.ring() };
  }

  private ring(): Ring {
    const token = this.next();
    if (this.symbol('*')) { this.take(); return null; }
    if (token.kind !== 'number' || token.hi !== 0 || token.lo > 3) throw this.unexpected('a ring from 0 to 3, or *');
    return this.take().lo;
  }

  private cr(): EventTest {
    const register = this.optionalLiteral();
    if (!this.word('bits')) return { event: 'cr', register, comparison: this.comparison(), bits: [] };
    this.take();
    const bits: Literal[] = [];
    for (let more = true; more;) {
      const bit = this.optionalLiteral();
      if (bit === null) throw this.unexpected('a bit name such as WP or PG');
      bits.push(bit);
      if (this.symbol(',')) { this.take(); continue; }
      more = this.next().kind === 'word' && !isReserved(this.next().text);
    }
    return { event: 'cr', register, comparison: { mask: null, operator: null, value: null }, bits };
  }

  /** [& mask] [op value] */
  private comparison(): Comparison {
    let mask: Literal | null = null;
    if (this.symbol('&')) { this.take(); mask = this.literal('a mask'); }
    const operator = this.operator();
    if (operator === null) return { mask, operator: null, value: null };
    this.take();
    return { mask, operator, value: this.literal('a value') };
  }

  private operator(): Exclude<Operator, '&'> | null {
    const token = this.next();
    if (token.kind !== 'symbol') return null;
    switch (token.text) {
      case '==': case '!=': case '<': case '<=': case '>': case '>=': return token.text;
      default: return null;
    }
  }

  private range(): Range {
    const physical = this.symbol('phys:');
    if (physical) this.take();
    const first = this.address();
    if (!this.symbol('..')) return { physical, first, last: null };
    this.take();
    return { physical, first, last: this.address() };
  }

  private address(): Address {
    const base = this.literal('an address or a symbol');
    if (!this.symbol('+')) return { base, offset: 0, column: base.column };
    this.take();
    const offset = this.take();
    if (offset.kind !== 'number' || offset.hi >= 0x20_0000) throw this.unexpected('a number of bytes', offset);
    return { base, offset: offset.hi * 0x1_0000_0000 + offset.lo, column: base.column };
  }

  private literal(expected: string): Literal {
    const literal = this.optionalLiteral();
    if (literal === null) throw this.unexpected(expected);
    return literal;
  }

  private optionalLiteral(): Literal | null {
    const { kind, text, lo, hi, column } = this.next();
    if (kind === 'number') { this.take(); return { kind, lo, hi, column }; }
    if (kind === 'text') { this.take(); return { kind, text, column }; }
    if (kind === 'word' && !isReserved(text)) { this.take(); return { kind, word: text, column }; }
    return null;
  }

  private close(): void {
    if (!this.symbol(')')) throw this.unexpected('"and", "or" or ")"');
    this.take();
  }

  private next(): Token { return this.tokens[this.at] ?? END; }
  private take(): Token { const token = this.next(); this.at += 1; return token; }
  private symbol(text: string): boolean { const token = this.next(); return token.kind === 'symbol' && token.text === text; }
  private word(text: string): boolean { const token = this.next(); return token.kind === 'word' && token.text.toLowerCase() === text; }

  private unexpected(expected: string, token = this.next()): Refused {
    const found = token.kind === 'end' ? 'the expression ends too early' : `unexpected ${JSON.stringify(token.text)}`;
    return new Refused(`${found}: expected ${expected}`, { column: token.column, expected });
  }

  private refused(message: string, expected: string): Refused {
    return new Refused(message, { column: this.next().column, expected });
  }
}
