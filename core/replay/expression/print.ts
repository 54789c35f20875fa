// An expression back as text, in one normal form: parsing the result gives an equal tree.

import { hexU64 } from '../../base/u64.ts';
import type { Address, Comparison, EventTest, Expression, Literal, Range } from './ast.ts';

const STRENGTH = { or: 1, and: 2, not: 3, event: 4, test: 4 } as const;

/** The normal form of an expression, as breakpoints are listed. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'and': case 'or': {
      const own = STRENGTH[expression.kind];
      return `${wrapped(expression.left, own)} ${expression.kind} ${wrapped(expression.right, own + 1)}`;
    }
    case 'not': return `not ${wrapped(expression.operand, STRENGTH.not)}`;
    case 'test': return `${expression.field}${printComparison(expression.comparison)}`;
    case 'event': {
      const test = printEvent(expression.test);
      return expression.condition === null ? test : `${test} if (${printExpression(expression.condition)})`;
    }
  }
}

function wrapped(expression: Expression, strength: number): string {
  const text = printExpression(expression);
  return STRENGTH[expression.kind] < strength ? `(${text})` : text;
}

function printEvent(test: EventTest): string {
  switch (test.event) {
    case 'cpl': {
      const change = test.change === null ? '' : ` ${String(test.change.from ?? '*')}->${String(test.change.to ?? '*')}`;
      return `cpl${change}${test.via === null ? '' : ` via ${printLiteral(test.via)}`}`;
    }
    case 'msr': return `msr${optional(test.register)}${printComparison(test.comparison)}${test.changed ? ' changed' : ''}`;
    case 'fault': return `fault${optional(test.vector)}`;
    case 'cr': return `cr${optional(test.register)}${test.bits.length > 0 ? ` bits ${test.bits.map(printLiteral).join(', ')}` : printComparison(test.comparison)}`;
    case 'int': return `int${optional(test.vector)}`;
    case 'irq': return `irq${optional(test.number)}`;
    case 'nmi': case 'task': case 'tlb': case 'marker': return test.event;
    case 'mode': return `mode${optional(test.mode)}`;
    case 'table': return `table${optional(test.table)}${optional(test.index)}`;
    case 'console': return `console${optional(test.text)}`;
    case 'exec': case 'read': case 'write': return `${test.event} ${printRange(test.range)}`;
    case 'walk': return `walk ${printAddress(test.address)}`;
  }
}

function optional(literal: Literal | null): string {
  return literal === null ? '' : ` ${printLiteral(literal)}`;
}

function printComparison({ mask, operator, value }: Comparison): string {
  const masked = mask === null ? '' : ` & ${printLiteral(mask)}`;
  return operator === null || value === null ? masked : `${masked} ${operator} ${printLiteral(value)}`;
}

function printRange({ physical, first, last }: Range): string {
  return `${physical ? 'phys:' : ''}${printAddress(first)}${last === null ? '' : `..${printAddress(last)}`}`;
}

function printAddress({ base, offset }: Address): string {
  return `${printLiteral(base)}${offset === 0 ? '' : `+${hexU64(offset, Math.floor(offset / 0x1_0000_0000))}`}`;
}

/** One value: small numbers in decimal, others in hexadecimal, words as they are, texts in quotes. */
export function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'number': return literal.hi === 0 && literal.lo < 10 ? String(literal.lo) : hexU64(literal.lo, literal.hi);
    case 'word': return literal.word;
    case 'text': return `"${literal.text.replaceAll(/[\\"\n\t\r]/g, (one) => `\\${{ '\n': 'n', '\t': 't', '\r': 'r' }[one] ?? one}`)}"`;
  }
}
