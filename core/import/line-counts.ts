// Which rules the lines of a log belonged to, and the first ones nobody knew. The counts always sum up to the number of lines.

import type { LineClass, RuleSpec } from './grammar.ts';

export interface RuleCount { readonly rule: string; readonly title: string; readonly class: LineClass; readonly lines: number }
export interface UnknownLine { readonly line: number; readonly text: string }

const UNKNOWN_KEPT = 8, TEXT_MAX = 120;

export class LineCounts {
  lines = 0;
  /** First unknown lines, with what is not printable as dots. */
  readonly unknown: UnknownLine[] = [];
  private readonly rules: readonly RuleSpec[];
  private readonly counts: Float64Array;
  private overlong = 0;
  private cut = 0;

  constructor(rules: readonly RuleSpec[]) {
    this.rules = rules;
    this.counts = new Float64Array(rules.length + 1);
  }

  addRule(rule: number): void {
    this.lines += 1;
    this.counts[rule]! += 1;
  }

  addUnknown(bytes: Uint8Array, first: number, end: number): void {
    this.lines += 1;
    this.counts[this.rules.length]! += 1;
    if (this.unknown.length < UNKNOWN_KEPT) this.unknown.push({ line: this.lines, text: printable(bytes, first, end) });
  }

  /** A last line without its end that no rule knows: the log was cut there. */
  addCut(): void {
    this.lines += 1;
    this.cut += 1;
  }

  addOverlong(): void {
    this.lines += 1;
    this.overlong += 1;
  }

  /** Lines of a rule, by its id. */
  of(id: string): number {
    return this.counts[this.rules.findIndex((rule) => rule.id === id)] ?? 0;
  }

  get unknownLines(): number {
    return this.counts[this.rules.length]! + this.overlong;
  }

  /** Every rule that met a line, in the order of the grammar; then cut, overlong and unknown lines. */
  list(): readonly RuleCount[] {
    return [
      ...this.rules.map(({ id, title, class: kind }, index) => ({ rule: id, title, class: kind, lines: this.counts[index]! })),
      { rule: 'cut', title: 'the last line, cut off', class: 'ignored' as const, lines: this.cut },
      { rule: 'overlong', title: 'a line longer than 16 KiB, not read', class: 'unknown' as const, lines: this.overlong },
      { rule: 'unknown', title: 'a line no rule knows', class: 'unknown' as const, lines: this.counts[this.rules.length]! },
    ].filter(({ lines }) => lines > 0);
  }
}

/** Bytes as a short text for people: what is not printable ASCII becomes a dot. */
export function printable(bytes: Uint8Array, first: number, end: number): string {
  const shown = Array.from(bytes.subarray(first, Math.min(end, first + TEXT_MAX)), (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
  return end - first > TEXT_MAX ? `${shown}…` : shown;
}
