// What the pages of the scenarios tell their reader to type: the expressions of "Try" are expressions and find something in the page's
// own trace, and a command names that trace.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile, describeRefusal, isRefusal } from '../../../core/replay/expression/compile.ts';
import { findEvent } from '../../../core/replay/search.ts';
import { open } from '../ringscope/recorded.ts';

const traces = new URL('../../../traces/', import.meta.url);
const names = readdirSync(traces).filter((file) => file.endsWith('.rtrace')).map((file) => file.slice(0, -7)).sort();
const page = (name: string): string => readFileSync(new URL(`${name}.md`, traces), 'utf8');
const START = { icount: -1, iteration: 0, seq: 0 };

/** Code in "Try" that begins with the name of an event: an expression. */
function expressionsOf(text: string): readonly string[] {
  const section = /^## Try\n([\s\S]*?)(?=^## )/m.exec(text)?.[1] ?? '';
  return [...section.matchAll(/`((?:fault|table|cr|cpl|msr|irq|int|tlb)(?: [^`]*)?)`/g)].map((match) => match[1] ?? '');
}

it('finds expressions to look at', () => { expect(names.flatMap((name) => expressionsOf(page(name))).length).toBeGreaterThanOrEqual(25); });

describe.each(names)('%s', (name) => {
  it.runIf(expressionsOf(page(name)).length > 0).each(expressionsOf(page(name)))('finds "%s"', (text) => {
    const compiled = compile(text);
    if (isRefusal(compiled)) throw new Error(`${name}.md: ${describeRefusal(compiled)}`);
    expect(findEvent(open(readFileSync(new URL(`${name}.rtrace`, traces))).reader, compiled, { from: START, direction: 'forward' })).not.toBeNull();
  });

  it('names its own trace in commands', () => {
    for (const [, other] of page(name).matchAll(/traces\/([a-z0-9-]+)\.rtrace/g)) expect(other).toBe(name);
  });
});
