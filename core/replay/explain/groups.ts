// Which steps of a ladder belong together. Fetches, accesses to memory and page walks are nested in other procedures and happen again
// and again: each is a group of its own, named after what it was for. Every other procedure is one group, however often it is interrupted.

import { hex } from '../../base/u64.ts';
import type { StepGroup } from '../../event/ladder.ts';
import type { Rule } from '../../event/rules.ts';

/** Procedures that run inside others, with the check each begins with. */
const FIRST_OF: Readonly<Record<string, string>> = { 'fetch': 'fetch-limit', 'memory-access': 'segment-usable', 'page-walk': 'page-pdpte-present' };
export const isNested = (procedure: string): boolean => procedure in FIRST_OF;

/** Names of procedures for people, where replacing hyphens is not enough. */
const NAMES: Readonly<Record<string, string>> = {
  'fetch': 'instruction fetch', 'memory-access': 'access to memory', 'iret': 'IRET', 'real-iret': 'IRET outside protected mode', 'sysenter': 'SYSENTER', 'sysexit': 'SYSEXIT',
  'lldt': 'LLDT', 'ltr': 'LTR', 'pusha': 'PUSHA', 'far-return': 'far RET', 'far-jump': 'far JMP or CALL', 'load-stack-segment': 'loading SS', 'load-data-segment': 'loading a data segment register',
  'real-interrupt': 'interrupt outside protected mode', 'real-far-transfer': 'far transfer outside protected mode', 'io-permission': 'I/O permission', 'virtual-8086': 'virtual-8086 mode',
  'iret-to-virtual-8086': 'IRET to virtual-8086 mode', 'cr0-write': 'write of CR0', 'cr4-write': 'write of CR4', 'pdpte-load': 'loading the PDPTE registers', 'access-flag': 'STAC or CLAC', 'bound': 'BOUND', 'fpu': 'FPU instruction', 'icebp': 'INT1', 'io-breakpoint': 'I/O breakpoint', 'breakpoint': 'INT3', 'overflow': 'INTO',
};
/** `interrupt delivery`, `IRET`. */
export const nameOfProcedure = (procedure: string): string => NAMES[procedure] ?? procedure.replaceAll('-', ' ');

/** What a walk that follows a check is for: by that check's id, first match; `a` is its first operand. */
const PURPOSES: readonly (readonly [RegExp, (a: number) => string])[] = [
  [/^idt-limit$/, (a) => `reading gate ${hex(a >>> 3)}`], [/^vector-table-limit$/, (a) => `reading vector ${hex(a >>> 2)}`],
  [/table-limit$/, (a) => `reading descriptor ${hex(a & 0xfffc)}`], [/tss-(stack-)?limit$/, () => 'reading the TSS'],
  [/-room$/, () => 'pushing the new frame'], [/^io-/, () => 'reading the I/O permission map'],
  [/^(handler|iret|return|jump|call-gate)-limit$/, () => 'marking the descriptor accessed'], [/^fetch-limit$/, () => 'fetching the instruction'],
  [/^(segment-|access-aligned)/, () => 'for the operand'],
];

/** Gives each step of one slice its group, in order. */
export class Groups {
  /** The latest group of each procedure. */
  private readonly latest = new Map<string, StepGroup>();
  private outer: { readonly rule: string; readonly a: number } | null = null;

  /** The group of the next step; `a` is its first operand. */
  of({ id: rule, procedure }: Pick<Rule, 'id' | 'procedure'>, a: number): StepGroup {
    const latest = this.latest.get(procedure);
    const group = latest === undefined || (isNested(procedure) && FIRST_OF[procedure] === rule) ? this.begin(procedure, latest) : latest;
    if (procedure !== 'page-walk') this.outer = { rule, a };
    return group;
  }

  /** The latest group of a procedure that was entered, for steps that were not reached. */
  now(procedure: string): StepGroup {
    return this.latest.get(procedure) ?? this.begin(procedure, undefined);
  }

  private begin(procedure: string, latest: StepGroup | undefined): StepGroup {
    const label = procedure === 'page-walk' ? `page walk${this.purpose()}` : nameOfProcedure(procedure);
    const group = { procedure, instance: latest === undefined ? 0 : latest.instance + 1, label };
    this.latest.set(procedure, group);
    return group;
  }

  private purpose(): string {
    const { outer } = this;
    const known = outer === null ? undefined : PURPOSES.find(([pattern]) => pattern.test(outer.rule));
    return outer === null || known === undefined ? '' : `: ${known[1](outer.a)}`;
  }
}
