// One register dump: its lines fill a register file of its own, which counts only when every part has been there. The 32-bit form (EAX=)
// is printed whenever CS.L is clear, of a 64-bit guest too; it then lacks the upper halves and R8 to R15, which read 0.

import { RIGHTS_P, rightsOf } from '../../arch/descriptor.ts';
import { REGISTER_FILE_WORDS, REGISTER_FILE, RIGHTS_UNUSABLE, registerOffset } from '../../arch/register-file.ts';
import type { Captured } from '../pattern.ts';
import type { QemuRuleId } from './grammar.ts';

/** Registers no QEMU dump shows, by their names in the register file. */
export const NOT_DUMPED = [
  'cr8', 'xcr0', 'sysenter_cs', 'sysenter_esp', 'sysenter_eip', 'star', 'lstar', 'cstar', 'fmask', 'kernel_gs_base', 'tsc_aux', 'apic_base', 'pat', 'misc_enable',
  'pdpte0', 'pdpte1', 'pdpte2', 'pdpte3',
] as const;

/** What a captured field becomes: a register of one or two words, or the access rights in a descriptor's high word. */
interface Target { readonly offset: number; readonly words: 1 | 2; readonly isRights: boolean }
interface DumpLine { readonly part: number; readonly targets: readonly (Target | null)[]; readonly form: 0 | 32 | 64; readonly isLast: boolean }

const target = (name: string): Target => ({ offset: registerOffset(name), words: REGISTER_FILE.find((one) => one.name === name)!.words, isRights: name.endsWith('.rights') });
const targets = (text: string): (Target | null)[] => text.split(' ').map((name) => (name === '-' ? null : target(name)));

let parts = 0;
const line = (text: string, more: { readonly form?: 0 | 32 | 64; readonly isLast?: boolean; readonly part?: number } = {}): DumpLine => {
  const part = more.part ?? 1 << parts;
  if (more.part === undefined) parts += 1;
  return { part, targets: targets(text), form: more.form ?? 0, isLast: more.isLast ?? false };
};
const OPTIONAL = 1 << 30;

const LOW = line('rax rbx rcx rdx', { form: 32 }), HIGH = line('rsi rdi rbp rsp', { form: 32 });
const EXTENDED = [line('r8 r9 r10 r11', { form: 64 }), line('r12 r13 r14 r15', { form: 64 })];
const POINTER = line('rip rflags cpl - - - activity', { form: 32 });
const twice = (one: DumpLine): DumpLine[] => [one, one];
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'].flatMap((name) => twice(line(`${name}.selector ${name}.base ${name}.limit ${name}.rights -`)));

/** By rule and variant of the grammar. */
const LINES: Partial<Readonly<Record<QemuRuleId, readonly DumpLine[]>>> = {
  'general-registers': [LOW, HIGH, { ...LOW, form: 64 }, { ...HIGH, form: 64 }, ...EXTENDED],
  'instruction-pointer': [POINTER, { ...POINTER, form: 64 }],
  'segment': SEGMENTS,
  'table-register': [line('gdtr.base gdtr.limit'), line('idtr.base idtr.limit')],
  'control-registers': [line('cr0 cr2 cr3 cr4')],
  'debug-registers': [line('dr0 dr1 dr2 dr3', { part: OPTIONAL }), line('dr6 dr7', { part: OPTIONAL })],
  'efer': [line('efer', { isLast: true })],
};
const WHOLE_64 = (1 << parts) - 1;
const WHOLE_32 = WHOLE_64 & ~EXTENDED.reduce((bits, { part }) => bits | part, 0);

export const DUMP_NEXT = 0, DUMP_AGAIN = 1, DUMP_COMPLETE = 2, DUMP_BROKEN = 3;

export class Dump {
  /** The register file of the dump being read. */
  readonly registers = new Uint32Array(REGISTER_FILE_WORDS);
  private seen = 0;
  private form = 0;

  /** True for the 32-bit form. */
  get isNarrow(): boolean {
    return this.form === 32;
  }

  /** Forgets what was read of an unfinished dump. */
  reset(): void {
    this.seen = 0;
    this.form = 0;
    this.registers.fill(0);
  }

  /** True when the rule is one of a dump's lines. */
  static has(rule: QemuRuleId): boolean {
    return LINES[rule] !== undefined;
  }

  /** Takes one line. DUMP_COMPLETE: it was the last and none is missing. DUMP_BROKEN: it was the last and some are. */
  take(rule: QemuRuleId, variant: number, fields: Captured): number {
    const one = LINES[rule]![variant]!;
    const isAgain = one.part !== OPTIONAL && (this.seen & one.part) !== 0;
    if (isAgain || (one.form !== 0 && this.form !== 0 && one.form !== this.form)) this.reset();
    this.seen |= one.part;
    if (one.form !== 0) this.form = one.form;
    for (let index = 0; index < fields.count; index += 1) this.put(one.targets[index] ?? null, fields.lo[index]!, fields.hi[index]!);
    if (!one.isLast) return isAgain ? DUMP_AGAIN : DUMP_NEXT;
    const whole = this.form === 64 ? WHOLE_64 : WHOLE_32;
    return (this.seen & whole) === whole ? DUMP_COMPLETE : DUMP_BROKEN;
  }

  private put(to: Target | null, lo: number, hi: number): void {
    if (to === null) return;
    this.registers[to.offset] = to.isRights ? rightsFrom(lo) : lo;
    if (to.words === 2) this.registers[to.offset + 1] = hi;
  }
}

// QEMU prints the descriptor's high word; without P nothing usable was loaded
function rightsFrom(high: number): number {
  const rights = rightsOf(high);
  return (rights & RIGHTS_P) === 0 ? rights | RIGHTS_UNUSABLE : rights;
}
