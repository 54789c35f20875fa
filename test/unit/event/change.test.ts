// The language of what-ifs: text to data and back, and refusals that name the column and what was expected.

import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { MSRS } from '../../../core/arch/msrs.ts';
import { TSS32_FIELDS } from '../../../core/arch/tss.ts';
import { wholeFields } from '../../../core/arch/whole-field.ts';
import { CHANGES_MAX, parseChange, parseChanges, printChange, type Change } from '../../../core/event/change.ts';
import { ENTRY_TABLES, FIELDS_OF_ENTRY, REGISTER_TARGETS, type EntryTable } from '../../../core/event/change-targets.ts';

const refusal = (text: string): string => {
  try {
    parseChange(text);
  } catch (problem) {
    if (problem instanceof BadInput) return problem.message;
    throw problem;
  }
  return 'not refused';
};

describe('a change is read', () => {
  const cases: readonly (readonly [string, Change])[] = [
    ['cr0.WP=0', { kind: 'register', register: 'cr0', field: 'WP', value: 0n }],
    ['CR4.pse = 1', { kind: 'register', register: 'cr4', field: 'PSE', value: 1n }],
    ['eflags.if=1', { kind: 'register', register: 'eflags', field: 'IF', value: 1n }],
    ['eax=0x10', { kind: 'register', register: 'eax', field: null, value: 0x10n }],
    ['eip=1_000', { kind: 'register', register: 'eip', field: null, value: 1000n }],
    ['ss=0x23', { kind: 'register', register: 'ss', field: null, value: 0x23n }],
    ['idtr.limit=0x7ff', { kind: 'register', register: 'idtr.limit', field: null, value: 0x7ffn }],
    ['GDTR.BASE=0', { kind: 'register', register: 'gdtr.base', field: null, value: 0n }],
    ['IA32_SYSENTER_CS=0x8', { kind: 'msr', msr: 0x174, field: null, value: 8n }],
    ['sysenter_cs.cs=8', { kind: 'msr', msr: 0x174, field: 'CS', value: 8n }],
    ['gdt[3].p=1', { kind: 'entry', table: 'gdt', index: 3, field: 'P', value: 1n }],
    ['gdt[5].limit=0x67', { kind: 'entry', table: 'gdt', index: 5, field: 'limit', value: 0x67n }],
    ['gdt[6].D/B=1', { kind: 'entry', table: 'gdt', index: 6, field: 'DB', value: 1n }],
    ['ldt[1].type=0b1011', { kind: 'entry', table: 'ldt', index: 1, field: 'type', value: 11n }],
    ['idt[0x80].dpl=3', { kind: 'entry', table: 'idt', index: 0x80, field: 'DPL', value: 3n }],
    ['idt[14].offset=0x100800', { kind: 'entry', table: 'idt', index: 14, field: 'offset', value: 0x10_0800n }],
    ['idt[8]=0x108e00000801fb', { kind: 'entry', table: 'idt', index: 8, field: null, value: 0x108e_0000_0801_fbn }],
    ['tss.esp0=0x9000', { kind: 'tss', field: 'esp0', value: 0x9000n }],
    ['tss.IOMAPBASE=104', { kind: 'tss', field: 'ioMapBase', value: 104n }],
    ['pte[0x7ff000].us=1', { kind: 'page-entry', level: 1, linear: 0x7f_f000, field: 'US', value: 1n }],
    ['pte[0x7ff000].U/S=1', { kind: 'page-entry', level: 1, linear: 0x7f_f000, field: 'US', value: 1n }],
    ['pde[0x400000].rw=1', { kind: 'page-entry', level: 2, linear: 0x40_0000, field: 'RW', value: 1n }],
    ['[0x8000]=0x55', { kind: 'memory', space: 'linear', address: 0x8000, bytes: 1, value: 0x55n }],
    ['[0x8000]:4=0xdeadbeef', { kind: 'memory', space: 'linear', address: 0x8000, bytes: 4, value: 0xdead_beefn }],
    ['phys:0x8000:2=0x55', { kind: 'memory', space: 'physical', address: 0x8000, bytes: 2, value: 0x55n }],
  ];
  for (const [text, change] of cases) it(text, () => { expect(parseChange(text)).toEqual(change); });

  it('several, with semicolons between them', () => {
    expect(parseChanges('cr0.WP=0; eflags.IF=1;').map(printChange)).toEqual(['cr0.WP=0x0', 'eflags.IF=0x1']);
    expect(() => parseChanges('cr0.WP=0;; eax=1')).toThrow(/a change is empty/);
    expect(() => parseChanges('eax=1;'.repeat(CHANGES_MAX + 1))).toThrow(/65 changes are too many/);
  });
});

describe('a change is refused in one line with the column and what was expected', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /^a change is empty: give one such as cr0\.WP=0/],
    ['cr0.WPP=0', /at column 5: CR0 has no field "WPP" \(did you mean "WP"\?\): give one of PE MP EM TS ET NE WP AM NW CD PG$/],
    ['cr0.WP=2', /at column 8: 0x2 does not fit into one bit: give 0 to 0x1$/],
    ['cr0.WP', /at column 7: the end stands where "=" and a value is expected$/],
    ['cr0.WP=', /at column 8: the end is no number: give a value from 0 to 0x1$/],
    ['cr0.WP=off', /at column 8: "off" is no number/],
    ['crO.WP=0', /at column 1: there is no "crO" that can be set \(did you mean "cr0"\?\)/],
    ['IA32_SYSENTER_C=8', /did you mean "IA32_SYSENTER_CS"\?/],
    ['eax.low=1', /at column 4: EAX has no fields: set all of it with "="$/],
    ['cs=8', /at column 1: CS is loaded by far transfers and interrupts only/],
    ['cpl=0', /at column 1: CPL changes by transitions only/],
    ['tr=0x28', /at column 1: TR is loaded by LTR only/],
    ['dr7=1', /at column 1: debug registers are kept but arm no breakpoint/],
    ['gdtr.size=1', /at column 6: GDTR has no "size": give "gdtr\.base" or "gdtr\.limit"$/],
    ['idt[256].P=1', /at column 5: 0x100 is too large for an entry of the IDT: give 0 to 0xff$/],
    ['idt[13.P=1', /at column 7: "\." stands where "\]" is expected$/],
    ['idt[13].dlp=3', /at column 9: a gate has no field "dlp" \(did you mean "DPL"\?\)/],
    ['idt.p=1', /at column 4: "\." stands where "\[" and an entry of the IDT is expected/],
    ['tss.esp3=1', /at column 5: a TSS has no field "esp3" \(did you mean "esp0"\?\)/],
    ['pte[0x100000000].p=1', /at column 5: 0x100000000 is too large for a linear address/],
    ['pte[0x1000].us=1 and more', /at column 18: there is "and more" behind the value/],
    ['[0x8000]:3=1', /at column 10: 3 bytes cannot be set at once: give 1, 2 or 4$/],
    ['[0x8000]=0x100', /at column 10: 0x100 does not fit into 8 bits/],
    ['phys=1', /at column 5: "=" stands where ":" and a physical address, such as phys:0x8000 is expected/],
    [`eax=${'1'.repeat(300)}`, /at most 200 characters/],
  ];
  for (const [text, message] of cases) it(JSON.stringify(text.slice(0, 30)), () => { expect(refusal(text)).toMatch(message); });
});

// a small generator: the same numbers every time
function* numbers(): Generator<number, never> {
  for (let state = 0x2545_f491; ;) {
    state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
    yield state >>> 0;
  }
}

describe('print and parse', () => {
  const source = numbers();
  const below = (end: number): number => source.next().value % end;
  const value = (width: number): bigint => ((BigInt(source.next().value) << 32n) | BigInt(source.next().value)) & ((1n << BigInt(width)) - 1n);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)]!;
  const fieldOf = (fields: readonly { readonly name: string; readonly width: number }[], width: number): { readonly field: string | null; readonly value: bigint } => {
    const field = fields.length === 0 || below(4) === 0 ? null : pick(fields);
    return { field: field?.name ?? null, value: value(field?.width ?? width) };
  };
  const makers: readonly (() => Change)[] = [
    () => { const target = pick(REGISTER_TARGETS); return { kind: 'register', register: target.spelled, ...fieldOf(target.fields, target.width) }; },
    () => { const msr = pick(MSRS); return { kind: 'msr', msr: msr.number, ...fieldOf(wholeFields(msr.fields), 64) }; },
    () => { const table = pick(Object.keys(ENTRY_TABLES) as EntryTable[]); return { kind: 'entry', table, index: below(ENTRY_TABLES[table].entries), ...fieldOf(FIELDS_OF_ENTRY[table], 64) }; },
    () => { const field = pick(TSS32_FIELDS); return { kind: 'tss', field: field.name, value: value(field.bytes * 8) }; },
    () => { const level = pick([1, 2] as const); return { kind: 'page-entry', level, linear: source.next().value, ...fieldOf(FIELDS_OF_ENTRY[level === 2 ? 'pde' : 'pte'], 32) }; },
    () => { const bytes = pick([1, 2, 4] as const); return { kind: 'memory', space: pick(['linear', 'physical'] as const), address: source.next().value, bytes, value: value(bytes * 8) }; },
  ];

  it('give back what was put in, for any change', () => {
    for (let round = 0; round < 5000; round += 1) {
      const change = pick(makers)();
      expect(parseChange(printChange(change)), printChange(change)).toEqual(change);
    }
  });

  it('never throws anything but a refusal, for any text', () => {
    const letters = 'cr0.WP=[]:;idt80x_ 1phys/';
    for (let round = 0; round < 5000; round += 1) {
      const text = Array.from({ length: below(20) }, () => letters[below(letters.length)]!).join('');
      expect(() => { refusal(text); }).not.toThrow();
    }
  });
});
