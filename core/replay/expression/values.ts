// Values while an expression is evaluated: one scratch pair of u32 words and three answers. No bigint, nothing allocated.

import type { Comparison } from './ast.ts';

/** Answers of a test. `and` is the lesser, `or` the greater, `not` the negative: a missing field stays missing under `not`. */
export const NO = -1, UNKNOWN = 0, YES = 1;
export type Answer = -1 | 0 | 1;

export interface Words { readonly lo: number; readonly hi: number }
export type Operator = NonNullable<Comparison['operator']>;

/** Yes or no. */
export function answer(condition: boolean): Answer {
  return condition ? YES : NO;
}

/** What a comparison asks of a value: `(value & mask) op wanted`, unsigned, 64 bits. */
export interface NumberQuestion { readonly mask: Words | null; readonly operator: Operator | null; readonly wanted: Words | null }

/** Answers a question about a value of two u32 words. Without an operator: is any (masked) bit set? */
export function ask(question: NumberQuestion, lo: number, hi: number): Answer {
  const { mask, operator, wanted } = question;
  const low = (mask === null ? lo : lo & mask.lo) >>> 0;
  const high = (mask === null ? hi : hi & mask.hi) >>> 0;
  if (operator === null || wanted === null) return answer((low | high) !== 0);
  const order = high !== wanted.hi ? (high < wanted.hi ? -1 : 1) : low === wanted.lo ? 0 : low < wanted.lo ? -1 : 1;
  switch (operator) {
    case '==': return answer(order === 0);
    case '!=': return answer(order !== 0);
    case '<': return answer(order < 0);
    case '<=': return answer(order <= 0);
    case '>': return answer(order > 0);
    case '>=': return answer(order >= 0);
  }
}
