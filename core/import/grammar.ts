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

/** `next`: what came behind such a line the last time. */
interface Candidate { readonly pattern: Pattern; readonly rule: number; readonly variant: number; next: Candidate | null }

/** Finds the rule of a line. `rule` and `variant` (which of its patterns) of the last match are left here, with its fields. */
export class Grammar {
  readonly rules: readonly RuleSpec[];
  readonly fields = new Captured();
  rule = -1;
  variant = -1;
  private last: Candidate | null = null;
  /** Candidates by the first byte of a line; 256: the empty line. */
  private readonly byFirstByte: Candidate[][] = Array.from({ length: 257 }, () => []);

  constructor(rules: readonly RuleSpec[]) {
    this.rules = rules;
    rules.forEach(({ patterns }, rule) => {
      patterns.forEach((text, variant) => {
        const pattern = compilePattern(text);
        const candidate = { pattern, rule, variant, next: null };
        for (const byte of new Set(pattern.firstBytes)) this.byFirstByte[byte < 0 ? 256 : byte]!.push(candidate);
      });
    });
  }

  /** True when a rule knows this line. */
  match(bytes: Uint8Array, first: number, end: number): boolean {
    // the lines of a dump come in one order, so the guess is nearly always right; patterns exclude one another
    const guess = this.last?.next ?? null;
    if (guess !== null && matches(guess.pattern, bytes, first, end, this.fields)) return this.found(guess);
    const candidates = this.byFirstByte[first === end ? 256 : bytes[first]!]!;
    for (let index = 0; index < candidates.length; index += 1) {
      const candidate = candidates[index]!;
      if (matches(candidate.pattern, bytes, first, end, this.fields)) return this.found(candidate);
    }
    return false;
  }

  private found(candidate: Candidate): true {
    if (this.last !== null) this.last.next = candidate;
    this.last = candidate;
    this.rule = candidate.rule;
    this.variant = candidate.variant;
    return true;
  }
}
