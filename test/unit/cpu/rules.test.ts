// Every protection rule: the nearest state that passes, the nearest that faults with the right vector, code and rule; and the
// catalogue is complete and in order. The states are in rule-cases.ts.

import { describe, expect, test } from 'vitest';
import { CHECK_FAIL, CHECK_PASS, CHECK_SKIPPED } from '../../../core/event/probe.ts';
import { RULES, rulesOfProcedure } from '../../../core/event/rules.ts';
import { RULE_CASES as BASE_CASES, type RuleCase } from './rule-cases.ts';
import { DEBUG_CASES, DEBUG_JUDGED, DEBUG_SKIPPING } from './rule-cases-debug.ts';
import { INSTRUCTION_CASES, JUDGED_CASES as BASE_JUDGED, SKIPPING as BASE_SKIPPING, type JudgedCase } from './rule-cases-instructions.ts';
import { MODE_CASES } from './rule-cases-modes.ts';
import { MODEL_CASES } from './rule-cases-models.ts';
import { X87_CASES } from './rule-cases-x87.ts';
import { SIMD_CASES, SIMD_JUDGED, SIMD_SKIPPING } from './rule-cases-simd.ts';
import { VIRTUAL_CASES } from './rule-cases-virtual.ts';
import { PAGING_CASES, PAGING_SKIPPING } from './rule-cases-paging.ts';
import { listen, newWorld, outcome, type Check, type World } from './world.ts';

const RULE_CASES: readonly RuleCase[] = [...BASE_CASES, ...MODE_CASES, ...VIRTUAL_CASES, ...INSTRUCTION_CASES, ...SIMD_CASES, ...MODEL_CASES, ...PAGING_CASES, ...DEBUG_CASES, ...X87_CASES];
const JUDGED_CASES: readonly JudgedCase[] = [...BASE_JUDGED, ...SIMD_JUDGED, ...DEBUG_JUDGED];
const SKIPPING = [...BASE_SKIPPING, ...DEBUG_SKIPPING];

function prepared(one: Pick<RuleCase, 'setup' | 'bend'>, state: 'passing' | 'faulting'): World {
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

/** What an attempt ended in: the mnemonic of the fault that names the rule, or `shutdown`. */
function ending({ events }: World, { rule, fault }: JudgedCase): string {
  if (events.some((event) => event.kind === 'shutdown')) return 'shutdown';
  const found = events.find((event) => event.kind === 'fault' && event.rule === rule);
  return found?.kind === 'fault' ? found.mnemonic : `no ${fault}`;
}

describe.each(JUDGED_CASES.map((one) => ({ ...one, title: one.rule })))('$title, a judgement', (one) => {
  const told = (world: World): readonly number[] => world.checks.filter((check) => check.rule === one.rule).map((check) => check.outcome);

  test('the nearest state that passes', () => {
    const world = prepared(one, 'passing');
    one.act(world);
    expect(told(world)).toEqual(one.isSilent === true ? [] : [CHECK_PASS]);
    expect(ending(world, one)).toBe(`no ${one.fault}`);
  });

  test('the nearest state that fails', () => {
    const world = prepared(one, 'faulting');
    one.act(world);
    expect(told(world).filter((outcome) => outcome === CHECK_FAIL)).toHaveLength(1);
    expect(ending(world, one)).toBe(one.fault);
  });
});

test('every rule of the catalogue has a nearest state that passes and one that fails', () => {
  const met = new Set<string>([...RULE_CASES, ...JUDGED_CASES].map((one) => one.rule));
  expect(RULES.map((one) => one.id).filter((id) => !met.has(id))).toEqual(['none']);
});

/** Rules that hold or fail wherever their procedure is entered; every other one can be left out. */
const NEVER_SKIPPED: readonly string[] = [
  'fetch-limit', 'instruction-length', 'opcode-defined', 'lock-allowed', 'segment-usable',
  'ss-not-null', 'ss-table-limit', 'ss-rpl', 'ss-type', 'ss-dpl', 'ss-present', 'jump-not-null', 'jump-table-limit', 'jump-type',
  'call-gate-dpl', 'call-gate-present', 'call-gate-code-not-null', 'call-gate-code-table-limit', 'call-gate-code-type', 'call-gate-code-dpl', 'call-gate-code-present', 'call-gate-limit',
  'return-cs-not-null', 'return-cs-table-limit', 'return-cs-type', 'return-cs-rpl', 'return-cs-present', 'return-limit', 'idt-limit', 'gate-type', 'gate-present',
  'iret-cs-not-null', 'iret-cs-table-limit', 'iret-cs-type', 'iret-cs-rpl', 'iret-cs-present', 'iret-limit', 'iret-v86-limit',
  'real-far-limit', 'vector-frame-room', 'real-iret-limit',
  'task-tss-in-gdt', 'task-tss-table-limit', 'task-tss-type', 'task-tss-present', 'task-tss-limit', 'task-old-tss-limit', 'task-limit',
  'sysenter-protected', 'sysenter-cs-set', 'sysexit-protected', 'sysexit-cs-set', 'sysexit-cpl', 'dr-exists', 'general-detect', 'privileged-cpl', 'msr-exists', 'tsc-cpl', 'rdpmc-cpl', 'rdpmc-counter',
  'cr-exists', 'cr0-paging-protected', 'cr0-cache-bits', 'cr4-reserved', 'protected-mode-only', 'ltr-not-null', 'ltr-in-gdt', 'ltr-table-limit', 'ltr-type', 'ltr-present',
  'stac-cpl', 'virtual-interrupt-due', 'divisor-not-zero', 'quotient-fits', 'bound-range', 'fpu-available', 'fxsave-aligned', 'simd-emulation', 'simd-task-switched', 'mxcsr-reserved', 'simd-exception', 'icebp-trap', 'breakpoint-trap', 'overflow-trap', 'task-switch-trap', 'data-breakpoint', 'io-breakpoint',
];

test('every rule that can be left out is met as skipped, and no other', () => {
  const skipped = new Set<string>();
  const note = (world: World): void => { for (const check of world.checks) if (check.outcome === CHECK_SKIPPED) skipped.add(check.rule); };
  for (const one of [...RULE_CASES, ...JUDGED_CASES]) {
    for (const state of ['passing', 'faulting'] as const) {
      const world = prepared(one, state);
      outcome(() => { one.act(world); });
      note(world);
    }
  }
  for (const { rules, act } of [...SKIPPING, ...SIMD_SKIPPING, ...PAGING_SKIPPING]) {
    const world = newWorld();
    outcome(() => { act(world); });
    for (const rule of rules) expect(world.checks).toContainEqual({ rule, outcome: CHECK_SKIPPED });
    note(world);
  }
  expect(RULES.map((one) => one.id).filter((id) => !skipped.has(id))).toEqual(['none', ...NEVER_SKIPPED]);
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
  for (const one of [...RULE_CASES, ...JUDGED_CASES]) {
    const world = prepared(one, state);
    outcome(() => { one.act(world); });
    expect(outOfOrder(world.checks), `${one.rule} ${one.name ?? ''}`).toEqual([]);
  }
});
