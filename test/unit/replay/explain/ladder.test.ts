// The ladder from what was heard: slices of an attempt, groups, accesses with their checks, and what was not reached.

import { describe, expect, it } from 'vitest';
import type { Heard } from '../../../../core/event/heard.ts';
import { CHECK_FAIL, CHECK_PASS, CHECK_SKIPPED } from '../../../../core/event/probe.ts';
import { RULES, rule, rulesOfProcedure, type RuleId } from '../../../../core/event/rules.ts';
import { ladderOf } from '../../../../core/replay/explain/ladder.ts';
import { PHRASES } from '../../../../core/replay/explain/phrases.ts';
import { sliceOf } from '../../../../core/replay/explain/slice.ts';
import { access, check, event } from './heard.ts';

const ids = (heard: readonly Heard[], seq: number): readonly string[] => ladderOf(heard, seq)!.steps.map((step) => `${step.outcome} ${step.rule}`);

describe('a slice', () => {
  const heard = [check('fetch-limit'), event(4, 'tlb-flush'), check('idt-limit', CHECK_FAIL), event(5, 'fault'), check('gate-type'), event(6, 'transition'), event(7, 'table-load')];

  it('begins behind the last fault or transition, not behind other events', () => {
    expect(sliceOf(heard, 4)).toEqual([heard[0]]);
    expect(sliceOf(heard, 5)).toEqual(heard.slice(0, 3));
    expect(sliceOf(heard, 6)).toEqual([heard[4]]);
    expect(sliceOf(heard, 7)).toEqual([]);
  });

  it('is null for an event the attempt did not emit', () => {
    expect(sliceOf(heard, 8)).toBeNull();
    expect(ladderOf(heard, 8)).toBeNull();
  });
});

describe('steps', () => {
  it('carry the accesses made for them, and those their rule looks at again', () => {
    const heard = [check('idt-limit'), access('gate', 0x1000), check('gate-type'), check('gate-dpl', CHECK_FAIL, 3, 0), event(1, 'fault')];
    const steps = ladderOf(heard, 1)!.steps;
    expect(steps.slice(0, 3).map((step) => step.accesses.map(({ what, physical }) => [what, physical]))).toEqual([[], [['gate', 0x1000n]], [['gate', 0x1000n]]]);
    expect(steps[2]).toMatchObject({ outcome: 'fail', operands: { 'CPL': '3', 'gate DPL': '0' }, why: "CPL 3 is above the gate's DPL 0" });
  });

  it('tell page entries, which belong to the walk, from what the walk was for', () => {
    const heard = [check('idt-limit', CHECK_PASS, 0x407, 0x7ff), access('page-entry', 0x2000), check('page-directory-present'), access('page-entry', 0x3000), check('page-table-present'), access('gate', 0x1000), check('gate-type'), event(1, 'transition')];
    const steps = ladderOf(heard, 1)!.steps;
    expect(steps.map(({ rule: id, group, accesses }) => [id, group.label, group.instance, accesses.length])).toEqual([
      ['idt-limit', 'interrupt delivery', 0, 0], ['page-directory-present', 'page walk: reading gate 0x80', 0, 1], ['page-table-present', 'page walk: reading gate 0x80', 0, 1], ['gate-type', 'interrupt delivery', 0, 1],
    ]);
  });

  it('number walks and accesses, and go on with a fetch behind its walk', () => {
    const walk = [check('page-pdpte-present', CHECK_SKIPPED), check('page-directory-present')];
    const heard = [check('fetch-limit'), ...walk, check('instruction-length'), check('segment-usable'), ...walk, check('segment-usable'), event(1, 'transition')];
    expect(ladderOf(heard, 1)!.steps.map(({ group }) => `${group.procedure} ${String(group.instance)}`)).toEqual(
      ['fetch 0', 'page-walk 0', 'page-walk 0', 'fetch 0', 'memory-access 0', 'page-walk 1', 'page-walk 1', 'memory-access 1']);
  });

  it('hand writes behind the last check out apart', () => {
    const ladder = ladderOf([check('handler-limit'), access('frame', 0x5000, { write: true }), event(1, 'transition')], 1)!;
    expect(ladder.writes.map(({ physical }) => physical)).toEqual([0x5000n]);
    expect(ladder.steps[0]!.accesses).toEqual([]);
  });

  it('show of a frame the slot their rule is about, and both levels where rights come from both', () => {
    const heard = [
      access('frame', 0x10, { part: 'ip' }), access('frame', 0x14, { part: 'cs' }), check('iret-cs-not-null'), access('frame', 0x20, { part: 'ss' }), check('iret-ss-not-null'), check('iret-cs-rpl'),
      access('page-entry', 0x100, { part: 'directory-entry' }), check('page-directory-present'), access('page-entry', 0x200, { part: 'table-entry' }), check('page-table-present'), check('page-user', CHECK_FAIL), event(1, 'fault'),
    ];
    const steps = ladderOf(heard, 1)!.steps;
    expect(steps[2]!.accesses.map(({ part }) => part)).toEqual(['cs']);
    expect(steps.find((step) => step.rule === 'page-user')!.accesses.map(({ part }) => part)).toEqual(['directory-entry', 'table-entry']);
  });

  it('say that the TLB held a translation, instead of that a check did not apply', () => {
    const heard = [access('tlb', 0x5000), check('page-directory-present', CHECK_SKIPPED), check('page-user', CHECK_SKIPPED), event(1, 'transition')];
    const steps = ladderOf(heard, 1)!.steps;
    expect(steps[0]).toMatchObject({ why: 'does not apply: the TLB holds the translation, no table is walked', accesses: [{ what: 'tlb' }] });
    expect(steps[1]!.why).toBe('does not apply: a supervisor-mode access');
  });

  it('that were skipped say why and show no operands', () => {
    const [step] = ladderOf([check('gate-dpl', CHECK_SKIPPED), event(1, 'transition')], 1)!.steps;
    expect(step).toMatchObject({ outcome: 'skipped', operands: {}, why: "does not apply: only INT n, INT3 and INTO look at the gate's DPL" });
  });
});

describe('not reached', () => {
  it('is what follows in the procedure of the failing check', () => {
    expect(ids([check('gate-type'), check('gate-dpl', CHECK_FAIL), event(1, 'fault')], 1)).toEqual([
      'pass gate-type', 'fail gate-dpl', ...rulesOfProcedure('interrupt-delivery').slice(3).map((id) => `not-reached ${id}`)]);
  });

  it('goes on in the procedure the walk was made for', () => {
    const heard = [check('handler-dpl'), check('same-frame-room'), check('page-pdpte-present', CHECK_FAIL), event(1, 'fault')];
    expect(ids(heard, 1)).toEqual([
      'pass handler-dpl', 'pass same-frame-room', 'fail page-pdpte-present', ...rulesOfProcedure('page-walk').slice(1).map((id) => `not-reached ${id}`), 'not-reached handler-limit']);
  });

  it('counts what an access and the procedure around it had still to check', () => {
    const heard = [check('iret-cs-not-null'), check('segment-usable'), check('segment-readable'), check('segment-limit'), check('page-directory-present', CHECK_FAIL), event(1, 'fault')];
    const rest = ids(heard, 1).slice(5);
    expect(rest).toContain('not-reached access-aligned');
    expect(rest).toContain('not-reached iret-cs-table-limit');
    expect(rest).not.toContain('not-reached iret-cs-not-null');
  });

  it('is empty where nothing failed, and where a procedure only collects checks', () => {
    expect(ids([check('idt-limit'), event(1, 'transition')], 1)).toEqual(['pass idt-limit']);
    expect(ids([check('privileged-cpl', CHECK_FAIL, 3), event(1, 'fault')], 1)).toEqual(['fail privileged-cpl']);
  });
});

it('every rule has a phrase for a pass and one for a failure, filled in by its operands', () => {
  for (const { id } of RULES) {
    if (id === 'none') continue;
    for (const outcome of [CHECK_PASS, CHECK_FAIL]) {
      const [step] = ladderOf([check(id, outcome, 0x18, 0x2f), event(1, 'fault')], 1)!.steps;
      expect(step!.why, id).toMatch(/^[^{}]{8,}$/);
    }
    expect(PHRASES[id as RuleId][1].split(' ').length, id).toBeLessThanOrEqual(14);
  }
  expect(rule('gate-dpl')).toBeGreaterThan(0);
});

it('names SIMD exceptions by their flags', () => {
  const [step] = ladderOf([check('simd-exception', CHECK_FAIL, 0x24, 0x1da4), event(1, 'fault')], 1)!.steps;
  expect([step!.why, step!.operands['unmasked exceptions']]).toEqual(['MXCSR 0x1da4 does not mask ZE, PE', 'ZE, PE']);
});
