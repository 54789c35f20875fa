// The grammar of a kind of log: named rules, each with its patterns. Every line belongs to exactly one rule, or is unknown: there is no
// rule for "everything else", so the counts say what was understood.

import { Captured, compilePattern, matches, type Pattern } from './pattern.ts';

/** `event`: lines events are made of. `context`: lines that complete them. `ignored`: understood, and left for a later version. */
export type LineClass = 'event' | 'context' | 'ignored' | 'unknown';

export interface RuleSpec {
  readonly id: string;
  /** What such a line is, in a few words. */
  readonly title: string;
  readonly class: LineClass;
  readonly patterns: readonly string[];
}

interface Candidate { readonly pattern: Pattern; readonly rule: number; readonly variant: number }

/** Finds the rule of a line. `rule` and `variant` (which of its patterns) of the last match are left here, with its fields. */
export class Grammar {
  readonly rules: readonly RuleSpec[];
  readonly fields = new Captured();
  rule = -1;
  variant = -1;
  /** Candidates by the first byte of a line; 256: the empty line. */
  private readonly byFirstByte: Candidate[][] = Array.from({ length: 257 }, () => []);

  constructor(rules: readonly RuleSpec[]) {
    this.rules = rules;
    rules.forEach(({ patterns }, rule) => {
      patterns.forEach((text, variant) => {
        const pattern = compilePattern(text);
        for (const byte of new Set(pattern.firstBytes)) this.byFirstByte[byte < 0 ? 256 : byte]!.push({ pattern, rule, variant });
      });
    });
  }

  /** True when a rule knows this line. */
  match(bytes: Uint8Array, first: number, end: number): boolean {
    const candidates = this.byFirstByte[first === end ? 256 : bytes[first]!]!;
    for (let index = 0; index < candidates.length; index += 1) {
      const { pattern, rule, variant } = candidates[index]!;
      if (!matches(pattern, bytes, first, end, this.fields)) continue;
      this.rule = rule;
      this.variant = variant;
      return true;
    }
    return false;
  }
}
