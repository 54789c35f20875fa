// The breakpoint language: every form against rows it must and must not match, and refusals with their columns.

import { describe, expect, it } from 'vitest';
import type { EventDraft } from '../../../core/event/draft.ts';
import { compile, isRefusal } from '../../../core/replay/expression/compile.ts';
import type { Compiled } from '../../../core/replay/expression/compiled.ts';
import { registers, row, transition } from './synthetic.ts';

function compiled(text: string, symbols: Readonly<Record<string, number>> = {}): Compiled {
  const result = compile(text, { symbols: { addressOf: (name) => symbols[name] ?? null } });
  if (isRefusal(result)) throw new Error(`${text}: ${result.error}`);
  return result;
}
const matches = (text: string, draft: EventDraft, state: Readonly<Record<string, number>> = {}, seq?: number): boolean =>
  compiled(text).matches(draft, () => registers(state), seq);
function refusal(text: string): { readonly error: string; readonly column: number; readonly expected: string } {
  const result = compile(text);
  if (!isRefusal(result)) throw new Error(`${text} was accepted`);
  return result;
}

const SYSENTER = transition(3, 0, 'sysenter', { 'to.cs': 8, 'to.flags': 0x2 });
const SYSEXIT = transition(0, 3, 'sysexit', { 'to.cs': 0x1b });
const SAME_RING = transition(0, 0, 'exception', { vector: 14 });
const INT80 = transition(3, 0, 'int', { vector: 0x80, source: 'software' });
const EIP_WRITE = row('msr-write', { msr: 0x176, name: 'IA32_SYSENTER_EIP', before: 0, after: 0x10_1000, refused: false });
const PAGE_FAULT = row('fault', { vector: 14, mnemonic: '#PF', class: 'fault', errorCode: 5, cr2: 0xffff_8000_0000_0123n, 'access.type': 'read', cpl: 3, cs: 0x1b, ip: 0x1000 });
const GP_FAULT = row('fault', { vector: 13, mnemonic: '#GP', class: 'fault', errorCode: 0x402 });

describe('cpl', () => {
  it.each<[string, EventDraft, boolean]>([
    ['cpl', SYSENTER, true], ['cpl', SAME_RING, false], ['cpl', EIP_WRITE, false],
    ['cpl 3->0', SYSENTER, true], ['cpl 3 -> 0', SYSENTER, true], ['cpl 3->0', SYSEXIT, false],
    ['cpl *->0', SYSENTER, true], ['cpl *->0', SAME_RING, false], ['cpl 0->*', SYSEXIT, true], ['cpl *->*', SAME_RING, false],
    ['cpl 0->0', SAME_RING, true],
    ['cpl 3->0 via sysenter', SYSENTER, true], ['cpl 3->0 via int', SYSENTER, false], ['cpl via INT', INT80, true], ['cpl via exception', SAME_RING, false],
    ['cpl 3->0 if (to.cs == 8)', SYSENTER, true], ['cpl 3->0 if (to.cs == 9)', SYSENTER, false],
    ['via == sysenter', SYSENTER, true], ['via == sysenter', SYSEXIT, false], ['via', PAGE_FAULT, false], ['not via == iret and cpl', SYSEXIT, true], ['cpl if (via != int)', INT80, false],
    ['kind == "transition"', SYSENTER, true], ['kind == "fault"', SYSENTER, false],
    ['cpl == 3', PAGE_FAULT, true], ['cpl == 0', PAGE_FAULT, false],
  ])('%s', (text, draft, wanted) => { expect(matches(text, draft)).toBe(wanted); });

  it('says nothing about an unknown ring', () => {
    const unknown = transition(3, 0, 'unknown', { 'from.cpl': null });
    expect(matches('cpl', unknown)).toBe(false);
    expect(matches('not cpl', unknown)).toBe(false);
  });
});

describe('msr', () => {
  const refused = row('msr-write', { msr: 0x174, name: 'IA32_SYSENTER_CS', before: 8, after: 0x1_0000_0000n, refused: true });
  it.each<[string, EventDraft, boolean]>([
    ['msr', EIP_WRITE, true], ['msr', SYSENTER, false], ['msr IA32_SYSENTER_EIP', EIP_WRITE, true], ['msr sysenter_eip', EIP_WRITE, true],
    ['msr 0x176', EIP_WRITE, true], ['msr 0x174', EIP_WRITE, false],
    ['msr == 0x101000', EIP_WRITE, true], ['msr IA32_SYSENTER_EIP > 0x101000', EIP_WRITE, false], ['msr & 0xfff == 0', EIP_WRITE, true],
    ['msr & 0xfff', EIP_WRITE, false], ['msr IA32_SYSENTER_EIP changed', EIP_WRITE, true], ['msr & 0xfff changed', EIP_WRITE, false],
    ['msr & 0x1000 changed', EIP_WRITE, true], ['msr', refused, true], ['msr changed', refused, false], ['msr > 0xffffffff', refused, true],
    ['msr if (refused)', refused, true], ['msr if (not refused)', EIP_WRITE, true], ['msr if (msr == IA32_SYSENTER_EIP)', EIP_WRITE, true],
    ['msr if (name == "IA32_SYSENTER_EIP")', EIP_WRITE, true],
  ])('%s', (text, draft, wanted) => { expect(matches(text, draft)).toBe(wanted); });

  it('does not call a write changed when the value before is unknown', () => {
    const draft = row('msr-write', { msr: 0x176, before: null, after: 1 });
    expect(matches('msr changed', draft)).toBe(false);
    expect(matches('not msr changed', draft)).toBe(false);
  });
});

describe('fault and its fields', () => {
  it.each<[string, EventDraft, boolean]>([
    ['fault', PAGE_FAULT, true], ['fault', SYSENTER, false], ['fault #PF', PAGE_FAULT, true], ['fault pf', PAGE_FAULT, true], ['fault 14', PAGE_FAULT, true],
    ['fault #GP', PAGE_FAULT, false], ['fault #PF if (cr2 == 0xffff800000000123)', PAGE_FAULT, true], ['fault #PF if (cr2 == 0x123)', PAGE_FAULT, false],
    ['cr2 >= 0xffff800000000000 and cr2 < 0xffff800000001000', PAGE_FAULT, true],
    ['fault if (error.user)', PAGE_FAULT, true], ['fault if (error.present and error.user and not error.write)', PAGE_FAULT, true],
    ['fault if (error.user)', GP_FAULT, false], ['fault if (not error.user)', GP_FAULT, false],
    ['fault #GP if (error.idt == 1 and error.index == 0x80)', GP_FAULT, true], ['error == 5', PAGE_FAULT, true], ['errorcode == 5', PAGE_FAULT, true],
    ['fault if (access.type == read)', PAGE_FAULT, true], ['access.type == write', PAGE_FAULT, false], ['class == abort', PAGE_FAULT, false],
    ['vector == #PF', PAGE_FAULT, true], ['mnemonic == "#PF"', PAGE_FAULT, true], ['kind == fault', PAGE_FAULT, true], ['kind != fault', PAGE_FAULT, false],
    ['not fault', PAGE_FAULT, false], ['not fault', SYSENTER, true], ['not (vector == 14)', PAGE_FAULT, false], ['not vector == 14', EIP_WRITE, false],
    ['fault #PF or msr', EIP_WRITE, true], ['fault and msr', EIP_WRITE, false], ['cs == 0x1b and ip == 0x1000', PAGE_FAULT, true], ['cs & 3 == 3', PAGE_FAULT, true],
  ])('%s', (text, draft, wanted) => { expect(matches(text, draft)).toBe(wanted); });
});

describe('the other events', () => {
  const write = row('cr-write', { register: 'cr0', before: 0x11, after: 0x8001_0011 });
  const kernelMode = row('mode-change', { before: 'real', after: 'protected' });
  const gdt = row('table-write', { table: 'gdt', index: 5, physical: 0x1000, before: 0, after: 1 });
  const line = row('interrupt-line', { line: 1, state: 'raised', vector: 0x21 });
  it.each<[string, EventDraft, boolean]>([
    ['cr', write, true], ['cr cr0', write, true], ['cr 0', write, true], ['cr CR3', write, false], ['cr cr0 bits PG', write, true], ['cr bits PG, WP', write, true],
    ['cr bits TS', write, false], ['cr cr0 & 1 == 1', write, true], ['cr cr0 == 0x80010011', write, true], ['cr == 0', write, false],
    ['int', INT80, true], ['int 0x80', INT80, true], ['int 3', INT80, false], ['int', SYSENTER, false],
    ['irq', line, true], ['irq 1', line, true], ['irq 0x21', line, true], ['irq 2', line, false], ['irq', transition(3, 0, 'interrupt', { vector: 0x20 }), true],
    ['irq 0x20', transition(3, 0, 'interrupt', { vector: 0x20 }), true], ['irq', INT80, false], ['nmi', transition(0, 0, 'nmi'), true], ['nmi', INT80, false],
    ['task', transition(0, 0, 'task-switch'), true], ['task', transition(0, 0, 'iret'), false],
    ['mode', kernelMode, true], ['mode protected', kernelMode, true], ['mode long', kernelMode, false],
    ['mode', transition(3, 0, 'int', { 'from.mode': 'v86', 'to.mode': 'protected' }), false],
    ['table gdt', gdt, true], ['table gdt 5', gdt, true], ['table gdt 6', gdt, false], ['table gdtr', gdt, false], ['table', gdt, true],
    ['table gdtr', row('table-load', { register: 'gdtr' }), true], ['table == gdt', gdt, true],
    ['tlb', row('tlb-flush', { scope: 'all' }), true], ['tlb if (scope == page)', row('tlb-flush', { scope: 'all' }), false],
    ['console', row('console', { text: 'hello world' }), true], ['console "world"', row('console', { text: 'hello world' }), true], ['console "moon"', row('console', { text: 'hello world' }), false],
    ['marker', row('marker'), true], ['marker', row('halt'), false], ['kind == halt', row('halt'), true], ['before == protected', kernelMode, false], ['after == protected', kernelMode, true],
  ])('%s', (text, draft, wanted) => { expect(matches(text, draft)).toBe(wanted); });

  it('compares seq only where it is told', () => {
    expect(matches('seq >= 3', row('marker'), {}, 3)).toBe(true);
    expect(matches('seq >= 3', row('marker'), {}, 2)).toBe(false);
    expect(matches('seq >= 0', row('marker'))).toBe(false);
  });
});

describe('registers just before the event', () => {
  const state = { rax: 0x1234_5678, rflags: 0x3202, cr0: 0x8001_0011, 'cs.rights': 0x40fb, 'cs.selector': 0x1b, 'ss.selector': 0x23, cr2: 0x77, rip: 0x99 };
  it.each<[string, boolean]>([
    ['eax == 0x12345678', true], ['rax == 0x12345678', true], ['ax == 0x5678', true], ['al == 0x78', true], ['ah == 0x56', true], ['eflags.IF', true], ['eflags.IF == 0', false],
    ['rflags.IOPL == 3', true], ['flags.CF', false], ['cr0.WP and cr0.PG', true], ['cr0.TS', false], ['cs.dpl == 3', true], ['cs.p', true], ['ss.rpl == 3', true],
    ['ss.index == 4', true], ['cs == 0x1b', true], ['cr2 == 0x77', true], ['ip == 0x99', true], ['mode == protected', true], ['EAX == 0x12345678', true],
  ])('%s', (text, wanted) => { expect(matches(text, row('marker'), state)).toBe(wanted); });

  it('reads registers only when it must', () => {
    const never = (): Uint32Array => { throw new Error('registers were read'); };
    expect(compiled('fault #PF if (rax == 0)').matches(GP_FAULT, never)).toBe(false);
    expect(compiled('fault #PF if (rax == 0)').needsRegisters).toBe(true);
    expect(compiled('cpl').needsRegisters).toBe(false);
  });

  it('reads flags of a side of a transition', () => {
    expect(matches('to.flags.IF', SYSENTER)).toBe(false);
    expect(matches('to.flags & 2', SYSENTER)).toBe(true);
  });
});

describe('exec', () => {
  it('knows its ranges and decides on registers', () => {
    const one = compiled('exec kernel_entry+4..0x2000 if (eax == 7) or fault', { kernel_entry: 0x1000 });
    expect(one.needsExecution).toBe(true);
    expect(one.ranges).toEqual([{ first: 0x1004, end: 0x2001 }]);
    const at = (eip: number, eax: number): boolean => one.matchesMoment(registers({ cr0: 1, rip: eip, rax: eax }));
    expect([at(0x1004, 7), at(0x2000, 7), at(0x1003, 7), at(0x2001, 7), at(0x1004, 6)]).toEqual([true, true, false, false, false]);
    expect(one.matches(PAGE_FAULT, () => registers())).toBe(true);
  });

  it.each<[string, number]>([
    ['read 0x1000', 1], ['cpl or write 0x1000..0x1fff', 8], ['walk 0x1000', 1], ['exec phys:0x1000', 11], ['not exec 0x1000', 5], ['exec 0x10 and fault', 11], ['exec nowhere', 6], ['exec 9..3', 9],
  ])('refuses %s', (text, column) => { expect(refusal(text).column).toBe(column); });
});

describe('refusals', () => {
  it.each<[string, number, RegExp]>([
    ['', 1, /empty/], ['cpl 3-', 6, /unexpected/], ['cpl 4->0', 5, /ring from 0 to 3/], ['cpl 3->', 8, /ends too early/], ['cpl 3->0 via sysentr', 14, /did you mean "sysenter"/],
    ['msr IA32_SYSENTER_EPI', 5, /did you mean "IA32_SYSENTER_EIP"/], ['fault #PX', 7, /did you mean/], ['falt #PF', 1, /did you mean "fault"/], ['cp 3->0', 1, /did you mean "cpl"/],
    ['fault if cr2 < 1', 10, /expected "\("/], ['fault if (cr2 < 0x1000', 23, /"\)"/], ['fault #PF cr2', 11, /"and", "or" or the end/], ['(cpl', 5, /"\)"/],
    ['cr2 = 5', 5, /"=="/], ['eflags.IX', 1, /did you mean "eflags/], ['cr2 < ', 7, /a value/], ['mode == lng', 9, /did you mean "long"/], ['cr cr9', 4, /control register/],
    ['cr cr0 bits XX', 13, /not a bit of CR0/], ['fault if (cpl 3->0)', 15, /"and", "or" or "\)"/], ['fault if (fault)', 11, /an event; inside/], ['console "abc', 9, /closing/],
    ['msr 0x1ffffffffffffffff', 5, /64 bits/], ['0x10', 1, /expected an event/], ['fault 300', 7, /0 to 255/], ['table foo', 7, /not a table/], ['frame.slots == 3', 1, /cannot be compared/],
    ['kind == falt', 9, /did you mean "fault"/], ['cpl == banana', 8, /not a value of cpl/],
  ])('%s', (text, column, message) => {
    const { error, column: found, expected } = refusal(text);
    expect(`${error}; expected ${expected}`).toMatch(message);
    expect(found).toBe(column);
    expect(error).not.toContain('\n');
  });
});

describe('kinds', () => {
  it('never hides a match', () => {
    expect(compiled('cpl').kinds).toBe(2);
    expect(compiled('fault #PF').kinds).toBe(1);
    expect(compiled('fault or cpl').kinds).toBe(3);
    expect(compiled('not fault').kinds & 1).toBe(0);
    expect(compiled('rax == 1').kinds).toBe(2 ** 22 - 1);
  });
});
