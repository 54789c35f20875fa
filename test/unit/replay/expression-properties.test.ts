// What must hold for any text: the parser never throws, printing and reparsing agree, and the kind mask never hides a match.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expression } from '../../../core/replay/expression/ast.ts';
import { compile, isRefusal } from '../../../core/replay/expression/compile.ts';
import { parse } from '../../../core/replay/expression/parser.ts';
import { printExpression } from '../../../core/replay/expression/print.ts';
import { registers, row, transition } from './synthetic.ts';

const PIECES = [
  'cpl', '3->0', '*->3', 'via', 'sysenter', 'msr', 'IA32_SYSENTER_EIP', '& 0xff', '== 5', 'changed', 'fault', '#PF', '14', 'cr', 'cr0', 'bits', 'PG', ',', 'int', '0x80', 'irq', 'nmi', 'task',
  'mode', 'long', 'table', 'gdt', 'tlb', 'console', '"text \\" x"', 'marker', 'exec', '0x1000..0x2000', 'start+4', 'read', 'write', 'walk', 'phys:', 'if', '(', ')', 'and', 'or', 'not', 'cr2', 'error.user',
  'eflags.IF', '<', '>=', '!=', '0xffffffffffffffff', 'kind == fault', 'rax',
];
const EVENTS = ['cpl', 'cpl 3->0 via int', 'msr 0x176 & 0xf == 3 changed', 'fault #PF', 'fault 99', 'cr cr0 bits PG, WP', 'int 0x80', 'irq 3', 'nmi', 'mode long', 'table gdt 4', 'tlb', 'console "a\\nb"', 'marker', 'exec 0x1000..0x1fff', 'read phys:0x10', 'walk 7', 'task'];
const TESTS = ['cr2 < 0x1000', 'error.present', 'eflags.IF == 1', 'cs & 3 == 3', 'to.cs != 8', 'rax & 0xff00000000', 'mode == protected', 'kind == fault', 'vector >= 14', 'cpl == 0'];

const condition = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, fc.constantFrom(...TESTS), fc.tuple(tie('tree'), fc.constantFrom('and', 'or'), tie('tree')).map(([a, op, b]) => `(${a}) ${op} ${b}`), tie('tree').map((one) => `not (${one})`)),
})).tree;
const expression = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 }, fc.constantFrom(...EVENTS), condition, fc.tuple(fc.constantFrom(...EVENTS), condition).map(([event, test]) => `${event} if (${test})`),
    fc.tuple(tie('tree'), fc.constantFrom('and', 'or'), tie('tree')).map(([a, op, b]) => `${a} ${op} (${b})`), tie('tree').map((one) => `not (${one})`),
  ),
})).tree;

const withoutColumns = (tree: unknown): unknown => JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === 'column' ? undefined : value)));
function tree(text: string): Expression {
  const result = parse(text);
  if ('error' in result) throw new Error(`${text}: ${result.error} at ${String(result.column)}`);
  return result;
}

describe('the parser', () => {
  it('never throws, and points into the text', () => {
    const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(' ')));
    fc.assert(fc.property(texts, (text) => {
      const result = compile(text);
      if (!isRefusal(result)) return;
      expect(result.column).toBeGreaterThanOrEqual(1);
      expect(result.column).toBeLessThanOrEqual(text.length + 1);
      expect(result.error).not.toMatch(/[\n\r]/);
    }), { numRuns: 3000 });
  });

  it('reads back what was printed', () => {
    fc.assert(fc.property(expression, (text) => {
      const first = tree(text);
      const printed = printExpression(first);
      expect(withoutColumns(tree(printed))).toEqual(withoutColumns(first));
      expect(printExpression(tree(printed))).toBe(printed);
    }), { numRuns: 1500 });
  });

  it('refuses deep nesting and long texts instead of overflowing', () => {
    expect(isRefusal(compile(`${'('.repeat(2000)}cpl${')'.repeat(2000)}`))).toBe(true);
    expect(isRefusal(compile('not '.repeat(900) + 'cpl'))).toBe(true);
    expect(isRefusal(compile(`cpl${' or cpl'.repeat(580)}`))).toBe(false);
    expect(isRefusal(compile(`cpl${' or cpl'.repeat(1000)}`))).toBe(true);
  });
});

describe('the kind mask', () => {
  const rows = [
    transition(3, 0, 'int', { vector: 0x80, cs: 0x1b }), row('fault', { vector: 14, errorCode: 5, cr2: 0x10, mode: 'protected', cpl: 3 }), row('marker', { cpl: 0 }), row('mode-change', { before: 'real', after: 'long' }),
    row('msr-write', { msr: 0x176, before: 0, after: 3, refused: false }), row('cr-write', { register: 'cr0', before: 0, after: 0x8000_0000 }), row('console', { text: 'a\nb' }),
  ];
  it('allows every kind the evaluation says yes to', () => {
    fc.assert(fc.property(expression, (text) => {
      const whole = compile(text);
      const negated = compile(`not (${text})`);
      if (isRefusal(whole) || isRefusal(negated)) return;
      for (const one of rows) {
        const state = (): Uint32Array => registers({ rflags: 0x202 });
        const yes = whole.matches(one, state), no = negated.matches(one, state);
        expect(yes && no).toBe(false);
        const wide = compile(`(${text}) or (seq == 1 and seq == 2)`);
        if (!isRefusal(wide)) expect(wide.matches(one, state, 0)).toBe(yes || whole.matches(one, state, 0));
      }
    }), { numRuns: 800 });
  });
});
