// Every protection rule: the nearest state that passes, the nearest that faults with the right vector, code and rule; and the
// catalogue is complete and in order. The states are in rule-cases.ts.

import { describe, expect, test } from 'vitest';
import { CHECK_FAIL, CHECK_PASS } from '../../../core/event/probe.ts';
import { RULES, rulesOfProcedure } from '../../../core/event/rules.ts';
import { RULE_CASES as BASE_CASES, type RuleCase } from './rule-cases.ts';
import { MODE_CASES } from './rule-cases-modes.ts';
import { listen, newWorld, outcome, type Check, type World } from './world.ts';

const RULE_CASES: readonly RuleCase[] = [...BASE_CASES, ...MODE_CASES];

/** Rules the tables here do not state, and where they are met. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'none': 'stands for no check',
  'instruction-length': 'instruction fetch: the decoder\'s tests', 'opcode-defined': 'instruction fetch', 'lock-allowed': 'instruction fetch',
  'divisor-not-zero': 'DIV and IDIV', 'quotient-fits': 'DIV and IDIV', 'bound-range': 'BOUND', 'pusha-pointer': 'modes.test.ts', 'fpu-available': 'x87 instructions and WAIT',
  'exceptions-serial': 'delivery.test.ts', 'double-fault-delivered': 'delivery.test.ts',
  'breakpoint-trap': 'not a check: names the reason of #BP', 'overflow-trap': 'not a check: names the reason of #OF', 'single-step-trap': 'not a check: names the reason of #DB',
};

function prepared(one: RuleCase, state: 'passing' | 'faulting'): World {
  const world = newWorld();
  one.setup?.(world);
  if (state === 'faulting') one.bend(world);
  listen(world);
  return world;
}

describe.each(RULE_CASES.map((one) => ({ ...one, title: `${one.rule}${one.name === undefined ? '' : ` (${one.name})`}` })))('$title', (one) => {
  test('the nearest state that passes', () => {
    const world = prepared(one, 'passing');
    expect(outcome(() => { one.act(world); })).toBe('ok');
    expect(world.checks).toContainEqual({ rule: one.rule, outcome: CHECK_PASS });
  });

  test('the nearest state that faults', () => {
    const world = prepared(one, 'faulting');
    const before = Array.from(world.cpu.registerFile);
    expect(outcome(() => { one.act(world); })).toBe(`${one.fault} ${one.rule}`);
    expect(world.checks.at(-1)).toEqual({ rule: one.rule, outcome: CHECK_FAIL });
    // Check, then commit: a fault leaves every register as it was.
    if (one.late !== true) expect(Array.from(world.cpu.registerFile)).toEqual(before);
  });
});

test('every rule of the catalogue has a case here or a reason', () => {
  const met = new Set<string>(RULE_CASES.map((one) => one.rule));
  expect(RULES.map((one) => one.id).filter((id) => !met.has(id) && !(id in ELSEWHERE))).toEqual([]);
  expect(Object.keys(ELSEWHERE).filter((id) => met.has(id) || !RULES.some((one) => one.id === id))).toEqual([]);
});

/** A procedure may begin again, with its first rule; and a task switch loads four data segments, one after the other. */
const BEGINS_AGAIN: readonly string[] = ['task-data-table-limit'];

/** Where checks do not come in the order of the catalogue: the rule that came too late. */
function outOfOrder(checks: readonly Check[]): readonly string[] {
  const at = new Map<string, number>();
  return checks.flatMap(({ rule }) => {
    const { procedure } = RULES.find((row) => row.id === rule)!;
    const order = rulesOfProcedure(procedure), position = order.indexOf(rule);
    const isLate = position <= (at.get(procedure) ?? -1) && position > 0 && !BEGINS_AGAIN.includes(rule);
    at.set(procedure, position);
    return isLate ? [rule] : [];
  });
}

test.each(['passing', 'faulting'] as const)('checks come in the order of the catalogue, procedure by procedure: %s', (state) => {
  for (const one of RULE_CASES) {
    const world = prepared(one, state);
    outcome(() => { one.act(world); });
    expect(outOfOrder(world.checks), `${one.rule} ${one.name ?? ''}`).toEqual([]);
  }
});
