// The consequence fits into 60 words for every rule, whatever the names; every rule has a remedy, and what it proposes to set is accepted.

import { describe, expect, it } from 'vitest';
import { parseChange } from '../../../../core/event/change.ts';
import type { FaultEvent } from '../../../../core/event/event.ts';
import { CHECK_FAIL } from '../../../../core/event/probe.ts';
import { readingOf } from '../../../../core/event/rule-readings.ts';
import { RULES, type RuleId } from '../../../../core/event/rules.ts';
import { consequenceOf, wordsIn, WORDS_MAX } from '../../../../core/replay/explain/consequence.ts';
import type { ValueRead } from '../../../../core/replay/explain/explanation.ts';
import { ladderOf } from '../../../../core/replay/explain/ladder.ts';
import { REMEDIES } from '../../../../core/replay/explain/remedies.ts';
import { check, event as heardEvent } from './heard.ts';

const FACTS: Readonly<Record<string, string>> = { cpl: '3', vector: '0x80', table: 'gdt', index: '3', linear: '0x7ff000', entry: 'pte[0x7ff000]', kernelSs: '0x10', kernelCs: '0x8' };
const filled = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => FACTS[name] ?? '?');

const RULE_IDS = RULES.map(({ id }) => id).filter((id) => id !== 'none');
const WORST = 0xffff_fffc;

const fault = (rule: string): FaultEvent => ({
  kind: 'fault', seq: 9, icount: 123_456_789_012, mode: 'protected', cpl: 3, cs: 0x1b, ip: 0xffff_fff0n, cpu: 0, vector: 13, mnemonic: '#GP', class: 'fault', errorCode: 0xfffc, rule, during: 'delivery',
  deliveryOf: { source: 'software', vector: 0x80, seq: null },
});
const memory: ValueRead = { name: 'LDT entry 8191 (selector 0xffff)', value: '0xffffffffffffffff', meaning: 'not shown', from: { kind: 'memory', linear: 0xffff_fff8n, physical: 0xffff_fff8n, size: 8 } };
const register: ValueRead = { name: 'IA32_SYSENTER_CS', value: '0xffffffffffffffff', meaning: null, from: { kind: 'register', register: 'sysenter_cs' } };
const code: ValueRead = { name: 'the instruction', value: 'ff ff ff ff', meaning: 'mov dword [page_directory+0x123 (0x102000)], 0x103003', from: { kind: 'instruction', linear: 0n, physical: 0n, size: 4 } };

function textOf(id: string): string {
  const { reads } = readingOf(id);
  const value = reads === null ? null : reads === 'instruction' ? code : typeof reads === 'object' && 'register' in reads ? register : memory;
  const { steps } = ladderOf([check(id, CHECK_FAIL, WORST, WORST), heardEvent(9, 'fault')], 9)!;
  return consequenceOf({
    event: fault(id), steps, failed: steps[0]!, value, insight: null, remedy: filled(REMEDIES[id as RuleId].words),
    lastWriter: { by: 'cpu', icount: 123_456_789_012, seq: null, cpl: 0, cs: 8, ip: 0xffff_fff0n, before: 0n, after: 0n }, writerSymbol: `a_very_long_${'symbol_'.repeat(20)}name+0x1234`,
  });
}

describe('the consequence', () => {
  it.each(RULE_IDS)('of %s names rule, value, writer and remedy in at most 60 words', (id) => {
    const text = textOf(id);
    expect(wordsIn(text), text).toBeLessThanOrEqual(WORDS_MAX);
    expect(text).toContain(`${id} failed`);
    expect(text).toMatch(/Last written by a_very_long_/);
    expect(text.toLowerCase()).toContain(filled(REMEDIES[id].words).toLowerCase());
    if (readingOf(id).reads !== null) expect(text).toMatch(/0xffffffffffffffff|ff ff ff ff/);
    expect(text).toMatch(/^[^{}]*\.$/);
  });

  it('leaves out what is known beyond that before it leaves out the value', () => {
    const { steps } = ladderOf([check('gate-dpl', CHECK_FAIL, 3, 0), heardEvent(9, 'fault')], 9)!;
    const parts = { event: fault('gate-dpl'), steps, failed: steps[0]!, value: memory, remedy: REMEDIES['gate-dpl'].words, lastWriter: null, writerSymbol: null };
    expect(consequenceOf({ ...parts, insight: 'The frame is known' })).toContain('The frame is known. LDT entry 8191');
    const long = consequenceOf({ ...parts, insight: 'word '.repeat(40).trim() });
    expect(long).not.toContain('word');
    expect(long).toContain('LDT entry 8191');
  });

  it('says that all checks passed where none failed', () => {
    const { steps } = ladderOf([check('gate-dpl'), heardEvent(9, 'transition')], 9)!;
    expect(consequenceOf({ event: { kind: 'marker', seq: 9, icount: 1, mode: null, cpl: null, cs: null, ip: null, cpu: 0 }, steps, failed: null, value: null, insight: null, remedy: null, lastWriter: null, writerSymbol: null })).toBe('Every check passed: 1 held.');
  });
});

it('what a remedy proposes to set is in the language of whatif', () => {
  const sets = RULE_IDS.flatMap((id) => REMEDIES[id].sets).map(filled);
  expect(sets.length).toBeGreaterThan(20);
  for (const text of sets) expect(() => parseChange(text), text).not.toThrow();
});
