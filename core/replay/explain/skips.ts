// Why a check was skipped: a sentence per rule or family of rules. Words only; that it was skipped is told by core/cpu.

import type { RuleId } from '../../event/rules.ts';

const SAME_RING = 'does not apply: the ring stays, so no stack is read from the TSS';
const RETURNS_INSIDE = 'does not apply: the return stays in its ring, so no SS is popped';
const NOT_CONFORMING = 'does not apply: the code segment is nonconforming', CONFORMING = 'does not apply: the code segment is conforming';
const FROM_TLB = 'does not apply: the TLB holds the translation, no table is walked';
const NO_REDIRECTION = 'does not apply: only INT n in virtual-8086 mode with CR4.VME is redirected', NO_VIRTUAL_FLAG = 'does not apply: IF itself is popped, or kept';
const NULL_DATA = 'does not apply: a null selector may be loaded, using it faults';

const REASONS: Readonly<Partial<Record<RuleId, string>>> = {
  'gate-dpl': "does not apply: only INT n, INT3 and INTO look at the gate's DPL", 'handler-v86': 'does not apply: control does not come out of virtual-8086 mode',
  'same-frame-room': 'does not apply: the frame goes to the stack of another ring', 'call-gate-same-room': 'does not apply: the return address goes to the stack of another ring, or there is none (JMP)',
  'call-gate-jump-dpl': 'does not apply: CALL, or a conforming target', 'segment-limit': 'does not apply: the segment is expand-down', 'segment-expand-down': 'does not apply: the segment is not expand-down',
  'access-aligned': 'does not apply: alignment is not checked (CPL 3, CR0.AM and EFLAGS.AC together ask for it)', 'page-user': 'does not apply: a supervisor-mode access',
  'page-supervisor-writable': 'does not apply: no supervisor-mode write with CR0.WP = 1', 'page-directory-present': FROM_TLB,
  'page-directory-reserved': 'does not apply: the entry points to a page table', 'page-table-present': 'does not apply: the directory entry maps the page itself',
  'page-pdpte-present': 'does not apply: 32-bit paging has no PDPTEs', 'page-directory-nxe': 'does not apply: entries of 32-bit paging have no bit 63, or EFER.NXE is 1',
  'page-table-reserved': 'does not apply: entries of 32-bit page tables have no reserved bit, or the directory entry maps the page itself',
  'page-table-nxe': 'does not apply: entries of 32-bit paging have no bit 63, EFER.NXE is 1, or the directory entry maps the page itself',
  'page-smap': 'does not apply: no supervisor-mode access to data with CR4.SMAP = 1', 'page-smep': 'does not apply: no supervisor-mode fetch with CR4.SMEP = 1',
  'page-nx': 'does not apply: no fetch, or pages cannot forbid execution (CR4.PAE and EFER.NXE together let them)', 'pdpte-reserved': 'does not apply: the PDPTE has P = 0',
  'segment-readable': 'does not apply: the access writes', 'segment-writable': 'does not apply: the access reads', 'v86-iopl': 'does not apply: not in virtual-8086 mode, or INT3 or INTO, or CR4.VME lets VIF stand in or leaves the vector to the program',
  'redirection-tss': NO_REDIRECTION, 'redirection-map-limit': NO_REDIRECTION, 'vector-table-limit': 'does not apply: the vector table of a virtual-8086 program is at 0 and has no limit',
  'virtual-flag-trap': NO_VIRTUAL_FLAG, 'virtual-flag-pending': NO_VIRTUAL_FLAG, 'sti-virtual-pending': 'does not apply: STI sets IF itself', 'iopl-interrupt-flag': 'does not apply: VIF stands in for IF',
  'pusha-pointer': 'does not apply: in protected mode', 'task-dpl': 'does not apply: no far JMP or CALL asked for the task', 'msr-value': 'does not apply: nothing is written', 'umip-cpl': 'does not apply: CR4.UMIP is clear',
  'exceptions-serial': 'does not apply: #DF was being delivered', 'double-fault-delivered': 'does not apply: it was no #DF that was being delivered',
  'instruction-breakpoint': 'does not apply: RF is set, or the instruction before was MOV SS or POP SS',
  'single-step-trap': 'does not apply: this instruction cleared TF, or holds the trap back',
  'page-user-writable': 'does not apply: no user-mode write', 'data-table-limit': NULL_DATA, 'data-type': NULL_DATA, 'data-present': NULL_DATA,
  'data-privilege': 'does not apply: conforming code may be read from any ring', 'task-data-table-limit': NULL_DATA, 'task-data-privilege': 'does not apply: conforming code may be read from any ring',
  'task-gate-present': 'does not apply: the selector names the TSS itself, or the gate was checked before', 'task-ldt-in-gdt': 'does not apply: the new task has no LDT', 'lldt-in-gdt': 'does not apply: a null selector empties LDTR',
  'task-error-code-room': 'does not apply: no error code is pushed', 'io-tss': 'does not apply: CPL is not above IOPL', 'io-map-limit': 'does not apply: CPL is not above IOPL', 'io-map-bit': 'does not apply: CPL is not above IOPL',
  'jump-conforming-dpl': NOT_CONFORMING, 'iret-cs-conforming-dpl': NOT_CONFORMING, 'return-cs-conforming-dpl': NOT_CONFORMING, 'jump-rpl': CONFORMING, 'jump-dpl': CONFORMING, 'iret-cs-dpl': CONFORMING, 'return-cs-dpl': CONFORMING,
};
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(tss-stack-limit|inner-)/, SAME_RING], [/^call-gate-(tss|ss|inner)/, SAME_RING], [/^(iret|return)-ss-/, RETURNS_INSIDE], [/^jump-/, 'does not apply: the target is a gate or a task, not code'],
  [/^handler-/, 'does not apply: the gate leads to a task'], [/^task-(cs|ss)-/, 'does not apply: the new task runs in virtual-8086 mode'], [/^task-ldt-/, 'does not apply: the new task has no LDT'],
  [/^lldt-/, 'does not apply: a null selector empties LDTR'], [/^task-data-/, NULL_DATA],
];

const OF_WALK: readonly string[] = [
  'page-pdpte-present', 'page-directory-present', 'page-directory-reserved', 'page-directory-nxe', 'page-table-present', 'page-table-reserved', 'page-table-nxe',
];

/** Why a check that was skipped does not apply. `isCached`: the TLB held the translation, so that nothing was walked. */
export function reasonOfSkip(rule: string, isCached = false): string {
  if (isCached && OF_WALK.includes(rule)) return FROM_TLB;
  return REASONS[rule as RuleId] ?? FAMILIES.find(([pattern]) => pattern.test(rule))?.[1] ?? 'does not apply to this instruction';
}
