// What rule-readings.ts says of a rule is what the processor passes and reads: names for every operand that says something, and an access
// of the kind it names, heard in the same attempt before the check that failed.

import { describe, expect, test } from 'vitest';
import { findRegister } from '../../../core/arch/register-file.ts';
import type { HeardAccess, HeardCheck } from '../../../core/event/heard.ts';
import { isReadFrom, readingOf } from '../../../core/event/rule-readings.ts';
import { RULES, rule } from '../../../core/event/rules.ts';
import { RULE_CASES as BASE_CASES, type RuleCase } from './rule-cases.ts';
import { INSTRUCTION_CASES } from './rule-cases-instructions.ts';
import { MODE_CASES } from './rule-cases-modes.ts';
import { MODEL_CASES } from './rule-cases-models.ts';
import { PAGING_CASES } from './rule-cases-paging.ts';
import { listen, newWorld, outcome } from './world.ts';

const CASES: readonly RuleCase[] = [...BASE_CASES, ...MODE_CASES, ...INSTRUCTION_CASES, ...MODEL_CASES, ...PAGING_CASES];
/** What is heard when the bent state runs. */
function heardOf(one: RuleCase): { readonly accesses: readonly HeardAccess[]; readonly failed: HeardCheck | undefined } {
  const world = newWorld();
  one.setup?.(world);
  one.bend(world);
  listen(world);
  outcome(() => { one.act(world); });
  const failed = world.heard.filter((heard) => heard.kind === 'check').at(-1);
  return { accesses: world.heard.filter((heard) => heard.kind === 'access'), failed };
}

describe.each(CASES.map((one) => ({ ...one, title: `${one.rule}${one.name === undefined ? '' : ` (${one.name})`}` })))('$title', (one) => {
  const reading = readingOf(one.rule);
  const { accesses, failed } = heardOf(one);

  test('the memory its reading names was told before the check', () => {
    const { reads } = reading;
    if (reads === null || reads === 'instruction' || (typeof reads === 'object' && 'register' in reads)) return;
    const isOptional = typeof reads !== 'string';
    const found = accesses.filter((access) => isReadFrom(reading, access)).at(-1);
    expect(found !== undefined || isOptional, accesses.map((access) => `${access.what} ${String(access.part)}`).join(', ')).toBe(true);
  });

  test('a selector or offset among the operands is in the value that was read', () => {
    const found = accesses.filter((access) => isReadFrom(reading, access)).at(-1);
    const name = reading.operands[0]?.name;
    if (found === undefined || (name !== 'selector' && name !== 'offset') || (found.what !== 'frame' && found.what !== 'tss') || one.rule === 'task-data-table-limit') return;
    expect(Number(found.value & 0xffff_ffffn) & (name === 'selector' ? 0xffff : -1)).toBe(failed!.a | 0);
  });

  test('no operand without a name says anything', () => {
    expect(failed?.rule).toBe(rule(one.rule));
    if (reading.operands.length < 1) expect(failed?.a).toBe(0);
    if (reading.operands.length < 2) expect(failed?.b).toBe(0);
  });
});

test('names of one rule differ, and registers exist', () => {
  for (const { id } of RULES) {
    const { operands, reads } = readingOf(id);
    expect(new Set(operands.map((one) => one.name)).size, id).toBe(operands.length);
    if (reads !== null && typeof reads === 'object' && 'register' in reads) expect(findRegister(reads.register.replace('dr?', 'dr0').replace('?', 'ds')), id).not.toBeNull();
  }
});

