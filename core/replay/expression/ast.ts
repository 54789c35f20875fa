// The breakpoint language as a tree: what the parser builds, the printer prints and the compiler reads.
// Every node knows the column (1-based) it began at, for messages; printing and comparing ignore it.

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '&';

/** A literal: an unsigned 64-bit number in two words, a bare word (`protected`, `#PF`, a symbol), or a quoted text. */
export type Literal =
  | { readonly kind: 'number'; readonly lo: number; readonly hi: number; readonly column: number }
  | { readonly kind: 'word'; readonly word: string; readonly column: number }
  | { readonly kind: 'text'; readonly text: string; readonly column: number };

/** An address: a number or a symbol, with an offset in bytes to add. */
export interface Address { readonly base: Literal; readonly offset: number; readonly column: number }
/** `first` to `last`, both included; without `last` the one address. */
export interface Range { readonly physical: boolean; readonly first: Address; readonly last: Address | null }

/** `& mask`, then `op value`; both may be missing. */
export interface Comparison { readonly mask: Literal | null; readonly operator: Exclude<Operator, '&'> | null; readonly value: Literal | null }

/** A ring 0..3, or null for `*`. */
export type Ring = number | null;

export type EventTest =
  | { readonly event: 'cpl'; readonly change: { readonly from: Ring; readonly to: Ring } | null; readonly via: Literal | null }
  | { readonly event: 'msr'; readonly register: Literal | null; readonly comparison: Comparison; readonly changed: boolean }
  | { readonly event: 'fault'; readonly vector: Literal | null }
  | { readonly event: 'cr'; readonly register: Literal | null; readonly comparison: Comparison; readonly bits: readonly Literal[] }
  | { readonly event: 'int'; readonly vector: Literal | null }
  | { readonly event: 'irq'; readonly number: Literal | null }
  | { readonly event: 'nmi' | 'task' | 'tlb' | 'marker' }
  | { readonly event: 'mode'; readonly mode: Literal | null }
  | { readonly event: 'table'; readonly table: Literal | null; readonly index: Literal | null }
  | { readonly event: 'console'; readonly text: Literal | null }
  | { readonly event: 'exec' | 'read' | 'write'; readonly range: Range }
  | { readonly event: 'walk'; readonly address: Address };

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression; readonly column: number }
  | { readonly kind: 'not'; readonly operand: Expression; readonly column: number }
  | { readonly kind: 'event'; readonly test: EventTest; readonly condition: Expression | null; readonly column: number }
  | { readonly kind: 'test'; readonly field: string; readonly comparison: Comparison; readonly column: number };

/** Why an expression is refused: one line for a person, the column (1-based) and what would have been right there. */
export interface ExpressionError { readonly error: string; readonly column: number; readonly expected: string }

/** Thrown inside parser and compiler only; `compile` and `parse` turn it into an ExpressionError. */
export class Refused extends Error {
  readonly column: number;
  readonly expected: string;

  constructor(message: string, at: { readonly column: number; readonly expected: string }) {
    super(message);
    this.column = at.column;
    this.expected = at.expected;
  }
}
