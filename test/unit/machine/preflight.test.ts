// Pre-flights on machines of the scenarios, with one thing made wrong: the check of the procedure itself tells it. And nothing stays behind.

import { describe, expect, it } from 'vitest';
import { parseChanges } from '../../../core/event/change.ts';
import type { MsrWriteEvent, RegisterWriteEvent, TableLoadEvent, TraceEvent, TransitionEvent } from '../../../core/event/event.ts';
import type { PreflightFinding } from '../../../core/event/reexecutor.ts';
import { ruleOf } from '../../../core/event/rules.ts';
import { applyChange } from '../../../core/machine/apply-change.ts';
import { preflight } from '../../../core/machine/reexecution/preflight.ts';
import type { Rewinder } from '../../../core/machine/reexecution/rewinder.ts';
import { hashOf, rewinderOf } from './stop-at.ts';

const common = { seq: 0, icount: 0, mode: 'protected' as const, cpl: 0, cs: 8, ip: 0n, cpu: 0 };
const loads = (register: TableLoadEvent['register']): TableLoadEvent => ({ ...common, kind: 'table-load', register, before: { base: 0n, limit: 0 }, after: { base: 0n, limit: 0 } });
const MSR: MsrWriteEvent = { ...common, kind: 'msr-write', msr: 0x176, name: 'IA32_SYSENTER_EIP', before: 0n, after: 1n, refused: false };
const PAGING: RegisterWriteEvent = { ...common, kind: 'cr-write', register: 'cr0', before: 1n, after: 0x8000_0001n };
const side = { cs: 0, ip: 0n, ss: 0, sp: 0n, flags: 0n, mode: 'protected' as const };
const RING_3: TransitionEvent = { ...common, kind: 'transition', via: 'iret', from: { ...side, cpl: 0 }, to: { ...side, cpl: 3 } };

/** The scenario before event `seq`, with changes made. */
function at(name: string, seq: number, changes: string): Rewinder {
  const rewinder = rewinderOf(name);
  while (rewinder.machine.cpu.seq < seq) rewinder.session.run(1);
  if (changes !== '') for (const change of parseChanges(changes)) applyChange(rewinder.machine.cpu, change);
  return rewinder;
}
const told = ({ trial, vectors, rule, fault }: PreflightFinding): string => `${trial} ${vectors.length === 0 ? '' : `${String(vectors[0])}..${String(vectors.at(-1))} `}${ruleOf(rule)?.id ?? '?'} ${fault}`;
const findings = (rewinder: Rewinder, event: TraceEvent): readonly string[] => preflight(rewinder, event).map(told);

// sysenter-sysexit: 3 events load tables, 6 to 8 write the MSRs, 11 enters ring 3; IDT and GDT are complete
const SCENARIO = 'sysenter-sysexit', BEHIND_MSRS = 9, IN_RING_3 = 12;

describe('a pre-flight', () => {
  it('finds nothing where nothing is wrong', () => {
    for (const event of [loads('gdtr'), loads('idtr'), loads('tr'), loads('ldtr'), MSR, PAGING]) expect(findings(at(SCENARIO, BEHIND_MSRS, ''), event), event.kind).toEqual([]);
    expect(findings(at(SCENARIO, IN_RING_3, ''), RING_3)).toEqual([]);
    expect(findings(at(SCENARIO, 0, ''), loads('gdtr'))).toEqual([]);
  });

  const wrong: readonly (readonly [string, TraceEvent, string, readonly string[]])[] = [
    ['a gate that is absent', loads('idtr'), 'idt[14].P=0', ['delivery 14..14 gate-present #NP(0x73)']],
    ['a gate that is none', loads('idtr'), 'idt[14].type=2', ['delivery 14..14 gate-type #GP(0x73)']],
    ['gates of zeros, of which only three are needed', loads('idtr'), 'idt[0]=0; idt[8]=0; idt[13]=0; idt[0x80]=0', ['delivery 8..13 gate-type #GP(0x43)']],
    ['a handler whose segment is data', loads('idtr'), 'idt[13].selector=0x10', ['delivery 13..13 handler-type #GP(0x11)']],
    ['a handler whose selector lies beyond the GDT', loads('gdtr'), 'gdtr.limit=0x27; idt[3].selector=0x28', ['delivery 3..3 handler-table-limit #GP(0x29)']],
    ['a handler that is not mapped', PAGING, 'idt[13].offset=0x7ff123; idt[14].offset=0x7ff456', ['delivery 13..14 page-table-present #PF(0x0)']],
    ['no ring-0 stack segment', loads('tr'), 'tss.ss0=0', ['delivery-from-ring-3 0..128 inner-ss-not-null #TS(0x1)']],
    ['a ring-0 stack of ring 3', loads('tr'), 'tss.ss0=0x23', ['delivery-from-ring-3 0..128 inner-ss-rpl #TS(0x21)']],
    ['a ring-0 stack that is not mapped', loads('tr'), 'tss.esp0=0x7ff000', ['delivery-from-ring-3 0..128 page-table-present #PF(0x2)']],
    ['SYSENTER to a page that is not mapped', MSR, 'IA32_SYSENTER_EIP=0x7ff000', ['sysenter page-table-present #PF(0x0)']],
    ['SYSENTER to a user stack that is not mapped', MSR, 'IA32_SYSENTER_ESP=0x7ff000', ['sysenter-stack page-table-present #PF(0x2)']],
    ['the order of the GDT: no data behind the code', MSR, 'IA32_SYSENTER_CS=0x10', ['sysenter-ss ss-type #GP(0x18)', 'sysenter-cs iret-cs-type #GP(0x10)', 'sysexit-segments iret-cs-type #GP(0x20)']],
    ['user segments that are absent', MSR, 'gdt[4].P=0', ['sysexit-segments iret-ss-present #NP(0x20)']],
    ['an MSR that is not set yet', MSR, 'IA32_SYSENTER_EIP=0', []],
  ];
  it.each(wrong)('finds %s', (_, event, changes, expected) => {
    expect(findings(at(SCENARIO, BEHIND_MSRS, changes), event)).toEqual(expected);
  });

  it('finds a TSS too short for a stack', () => {
    const rewinder = at(SCENARIO, 2, 'gdt[5].limit=0x7');
    while (rewinder.machine.cpu.seq < 3) rewinder.session.run(1);
    expect(findings(rewinder, loads('tr'))).toEqual(['delivery-from-ring-3 0..128 tss-stack-limit #TS(0x29)']);
  });

  it('before ring 3 asks for what was not complete before', () => {
    expect(findings(at(SCENARIO, IN_RING_3, 'IA32_SYSENTER_CS=0'), RING_3)).toEqual(['sysenter sysenter-cs-set #GP(0x0)']);
    expect(findings(at(SCENARIO, IN_RING_3, 'idt[8]=0'), RING_3)).toEqual(['delivery-from-ring-3 8..8 gate-type #GP(0x43)']);
  });

  it('marks what is not there yet', () => {
    const unset = (changes: string, event: TraceEvent): readonly boolean[] => preflight(at(SCENARIO, BEHIND_MSRS, changes), event).map(({ isUnset }) => isUnset);
    expect(unset('idt[8]=0', loads('idtr'))).toEqual([true]);
    expect(unset('idt[8].P=0', loads('idtr'))).toEqual([false]);
    expect(unset('tss.esp0=0', loads('tr'))).toEqual([true]);
    expect(unset('tss.ss0=0x23', loads('tr'))).toEqual([false]);
  });

  it('hears the procedure from its beginning to the check that failed', () => {
    const [finding] = preflight(at(SCENARIO, BEHIND_MSRS, 'idt[14].P=0'), loads('idtr'));
    const checks = finding!.heard.flatMap((one) => (one.kind === 'check' && ruleOf(one.rule)?.procedure !== 'page-walk' ? [`${ruleOf(one.rule)?.id ?? '?'} ${String(one.outcome)}`] : []));
    expect(checks).toEqual(['idt-limit 0', 'gate-type 0', 'gate-dpl 2', 'gate-present 1']);
    expect(finding!.heard.some((one) => one.kind === 'access' && one.what === 'gate')).toBe(true);
  });

  it('leaves the machine as it was', () => {
    for (const [, event, changes] of wrong) {
      const rewinder = at(SCENARIO, BEHIND_MSRS, changes);
      const before = hashOf(rewinder);
      preflight(rewinder, event);
      expect(hashOf(rewinder), changes).toBe(before);
    }
  });
});
