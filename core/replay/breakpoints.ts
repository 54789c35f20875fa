// Breakpoints: an expression with a name, a switch and a count, and all its hits at once for the timeline. A set is a plain readonly
// list; every change makes a new one. Hits are event sequence numbers; hits of `exec` lie between events and are found when run to.

import { compile, describeRefusal, isRefusal } from './expression/compile.ts';
import type { Compiled } from './expression/compiled.ts';
import type { SymbolLookup } from './expression/test-field.ts';
import { matchesEvent } from './search.ts';
import type { TraceSource } from './source.ts';

export interface Breakpoint {
  readonly id: number;
  /** As typed. */
  readonly text: string;
  /** Shown in lists; the text when none was given. */
  readonly name: string;
  readonly enabled: boolean;
  /** Null when the text is refused; then `problem` says why. */
  readonly compiled: Compiled | null;
  readonly problem: string | null;
}

/** A breakpoint of this text; a refused text makes one that never stops and says why. */
export function makeBreakpoint(
  id: number, text: string, options: { readonly name?: string | null; readonly enabled?: boolean; readonly symbols?: SymbolLookup | null } = {},
): Breakpoint {
  const result = compile(text, { symbols: options.symbols ?? null });
  const refused = isRefusal(result);
  return {
    id, text, name: options.name ?? text, enabled: options.enabled ?? true,
    compiled: refused ? null : result, problem: refused ? describeRefusal(result) : null,
  };
}

/** The set with one more; ids count up. */
export function addBreakpoint(set: readonly Breakpoint[], text: string, options: Parameters<typeof makeBreakpoint>[2] = {}): readonly Breakpoint[] {
  const id = set.reduce((most, one) => Math.max(most, one.id), 0) + 1;
  return [...set, makeBreakpoint(id, text, options)];
}

/** The set with changes to one. A new text is compiled again. */
export function changeBreakpoint(
  set: readonly Breakpoint[], id: number, change: { readonly text?: string; readonly name?: string; readonly enabled?: boolean; readonly symbols?: SymbolLookup | null },
): readonly Breakpoint[] {
  return set.map((one) => {
    if (one.id !== id) return one;
    const name = change.name ?? (one.name === one.text && change.text !== undefined ? change.text : one.name);
    const enabled = change.enabled ?? one.enabled;
    if (change.text === undefined) return { ...one, name, enabled };
    return makeBreakpoint(id, change.text, { name, enabled, symbols: change.symbols ?? null });
  });
}

/** The set without one. */
export function removeBreakpoint(set: readonly Breakpoint[], id: number): readonly Breakpoint[] {
  return set.filter((one) => one.id !== id);
}

/** Those that can stop a run. */
export function activeBreakpoints(set: readonly Breakpoint[]): readonly (Breakpoint & { readonly compiled: Compiled })[] {
  return set.flatMap((one) => (one.enabled && one.compiled !== null ? [{ ...one, compiled: one.compiled }] : []));
}

const HITS_FIRST = 256;

/** Collects all event hits of one expression in slices, so that a window stays responsive. */
export class HitScan {
  private readonly trace: TraceSource;
  private readonly compiled: Compiled;
  private found = new Uint32Array(HITS_FIRST);
  private count = 0;
  private at = 0;

  constructor(trace: TraceSource, compiled: Compiled) {
    this.trace = trace;
    this.compiled = compiled;
  }

  /** Looks at up to `budget` more stored events (100 000 unless told otherwise). True when all were seen. */
  advance(budget = 100_000): boolean {
    const end = Math.min(this.trace.rowCount, this.at + budget);
    for (; this.at < end; this.at += 1) {
      const seq = this.trace.seqAt(this.at);
      if (matchesEvent(this.trace, this.compiled, seq)) this.push(seq);
    }
    return this.at >= this.trace.rowCount;
  }

  /** Hits found so far, ascending: sequence numbers. A copy. */
  hits(): Uint32Array {
    return this.found.slice(0, this.count);
  }

  /** Share of the events seen, 0 to 1. */
  progress(): number {
    return this.trace.rowCount === 0 ? 1 : this.at / this.trace.rowCount;
  }

  private push(seq: number): void {
    if (this.count === this.found.length) {
      const larger = new Uint32Array(this.found.length * 2);
      larger.set(this.found);
      this.found = larger;
    }
    this.found[this.count] = seq;
    this.count += 1;
  }
}

/** All event hits of an expression at once, ascending; its length is the breakpoint's count. */
export function collectHits(trace: TraceSource, compiled: Compiled): Uint32Array {
  const scan = new HitScan(trace, compiled);
  scan.advance(trace.rowCount);
  return scan.hits();
}

/** How many hits lie before event `seq`: "hit 3 of 12". */
export function hitsBefore(hits: Uint32Array, seq: number): number {
  let low = 0, high = hits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hits[middle]! < seq) low = middle + 1; else high = middle;
  }
  return low;
}
