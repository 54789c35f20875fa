// What a ladder shows beside each rule: the names of its operands, as core/cpu passes them, and where the value it turns on is read from.
// Words only, no conditions. The rules themselves: rules.ts.

import type { AccessKind, AccessPart } from './heard.ts';
import type { RuleId } from './rules.ts';

/**
 * `rights`: access-rights bits as core/arch/descriptor.ts packs them. `page-rights`: U/S and R/W of all levels together, in their places of an entry,
 * and XD in bit 31. `segment`: number of a segment register. `vector`: vector number. `access`: kind of an access to a page, as core/cpu/access.ts
 * packs it. `features`: HAS_ bits of core/arch/cpu-models.ts. `bits`, `high-bits`: which bits are set, numbered from 0 or from 32 on. `exceptions`: flags of MXCSR.
 */
export type OperandFormat = 'features' | 'hex' | 'decimal' | 'rights' | 'page-rights' | 'segment' | 'vector' | 'access' | 'bits' | 'high-bits' | 'exceptions';
export interface Operand { readonly name: string; readonly format: OperandFormat }

export interface RuleReading {
  /** Names of `a` and `b`, in order; fewer when a rule has fewer. */
  readonly operands: readonly Operand[];
  /**
   * Memory of this kind: the last read of it heard before the check (of `part`, where one is named). Of several kinds the last one heard of any;
   * when there is none, the instruction names the value. A register-file name (`idtr.limit`): `?` in it stands for the segment register that the
   * `segment-usable` check of the same access names, or for the number of the breakpoint register that the check itself names. The instruction itself and its operands. Null where there is nothing to read.
   */
  readonly reads: AccessKind | readonly AccessKind[] | { readonly register: string; readonly bits?: string } | 'instruction' | null;
  readonly part?: AccessPart;
}

const hexadecimal = (name: string): Operand => ({ name, format: 'hex' });
const vector = (name: string): Operand => ({ name, format: 'vector' });
const decimal = (name: string): Operand => ({ name, format: 'decimal' });
const RIGHTS: Operand = { name: 'access rights', format: 'rights' }, SEGMENT: Operand = { name: 'segment register', format: 'segment' };
const SELECTOR = hexadecimal('selector'), CPL = decimal('CPL'), DPL = decimal('DPL'), RPL = decimal('RPL'), NEW_CPL = decimal('new CPL'), RPL_OF_CS = decimal('RPL of CS');
const ASKING = decimal('CPL or RPL'), OFFSET = hexadecimal('offset'), LIMIT = hexadecimal('limit'), EIP = hexadecimal('EIP');
const IN_TABLE = [SELECTOR, hexadecimal('limit of the table')], OF_TYPE = [SELECTOR, RIGHTS], WITHIN = [OFFSET, LIMIT];
const ROOM = [hexadecimal('stack pointer'), decimal('bytes')], LAST_BYTE = hexadecimal('last byte'), NEEDED = hexadecimal('limit needed');
const GATE_WORD = hexadecimal('upper half of the gate'), ACCESS: Operand = { name: 'access', format: 'access' };
const PAGE_RIGHTS: readonly Operand[] = [{ name: 'rights', format: 'page-rights' }, ACCESS], ENTRY = [hexadecimal('entry'), ACCESS];
const RESERVED_BITS: readonly Operand[] = [{ name: 'reserved bits set, of 31:0', format: 'bits' }, { name: 'of 63:32', format: 'high-bits' }];
const EXECUTE_DISABLE = [hexadecimal('upper half of the entry'), hexadecimal('EFER')];

const reading = (operands: readonly Operand[], reads: RuleReading['reads'], part?: AccessPart): RuleReading => (part === undefined ? { operands, reads } : { operands, reads, part });
const register = (name: string, bits?: string): RuleReading['reads'] => (bits === undefined ? { register: name } : { register: name, bits });
const flag = (bits: string): RuleReading['reads'] => register('rflags', bits);
const DEBUG_REGISTER = decimal('DR'), BREAKPOINT = register('dr?');
const STACK_POINTER = register('rsp'), TSS_LIMIT = register('tr.limit'), IDT_LIMIT = register('idtr.limit'), FLAGS = register('rflags');

const READINGS: Readonly<Record<RuleId, RuleReading>> = {
  'none': reading([], null),

  'instruction-breakpoint': reading([hexadecimal('linear address'), DEBUG_REGISTER], BREAKPOINT),

  'fetch-limit': reading(WITHIN, register('cs.limit')),
  'instruction-length': reading([EIP, decimal('most bytes')], 'instruction'),
  'opcode-defined': reading([EIP, { name: 'missing features', format: 'features' }], 'instruction'),
  'lock-allowed': reading([EIP], 'instruction'),

  'segment-usable': reading([SEGMENT, SELECTOR], register('?.selector')),
  'segment-readable': reading([SEGMENT, RIGHTS], register('?.rights')),
  'segment-writable': reading([SEGMENT, RIGHTS], register('?.rights')),
  'segment-limit': reading(WITHIN, register('?.limit')),
  'segment-expand-down': reading(WITHIN, register('?.limit')),
  'operand-aligned': reading([hexadecimal('linear address'), decimal('bytes')], 'instruction'),
  'access-aligned': reading([hexadecimal('linear address'), decimal('size')], flag('AC')),

  'page-pdpte-present': reading(ENTRY, 'page-entry', 'pointer-entry'),
  'page-directory-present': reading(ENTRY, 'page-entry', 'directory-entry'),
  'page-directory-reserved': reading(RESERVED_BITS, 'page-entry', 'directory-entry'),
  'page-directory-nxe': reading(EXECUTE_DISABLE, 'page-entry', 'directory-entry'),
  'page-table-present': reading(ENTRY, 'page-entry', 'table-entry'),
  'page-table-reserved': reading(RESERVED_BITS, 'page-entry', 'table-entry'),
  'page-table-nxe': reading(EXECUTE_DISABLE, 'page-entry', 'table-entry'),
  'page-user': reading(PAGE_RIGHTS, ['page-entry', 'tlb']),
  'page-user-writable': reading(PAGE_RIGHTS, ['page-entry', 'tlb']),
  'page-supervisor-writable': reading(PAGE_RIGHTS, ['page-entry', 'tlb']),
  'page-smap': reading([decimal('EFLAGS.AC'), ACCESS], register('cr4', 'SMAP')),
  'page-smep': reading(PAGE_RIGHTS, register('cr4', 'SMEP')),
  'page-nx': reading(PAGE_RIGHTS, ['page-entry', 'tlb']),

  'data-table-limit': reading(IN_TABLE, 'instruction'),
  'data-type': reading(OF_TYPE, 'descriptor', 'data'),
  'data-privilege': reading([ASKING, DPL], 'descriptor', 'data'),
  'data-present': reading(OF_TYPE, 'descriptor', 'data'),

  'ss-not-null': reading([SELECTOR], 'instruction'),
  'ss-table-limit': reading(IN_TABLE, 'instruction'),
  'ss-rpl': reading([RPL, CPL], 'instruction'),
  'ss-type': reading(OF_TYPE, 'descriptor', 'ss'),
  'ss-dpl': reading([DPL, CPL], 'descriptor', 'ss'),
  'ss-present': reading(OF_TYPE, 'descriptor', 'ss'),

  'jump-not-null': reading([SELECTOR], 'instruction'),
  'jump-table-limit': reading(IN_TABLE, 'instruction'),
  'jump-type': reading(OF_TYPE, ['descriptor', 'gate'], 'target'),
  'jump-conforming-dpl': reading([DPL, CPL], 'descriptor', 'target'),
  'jump-rpl': reading([RPL, CPL], 'instruction'),
  'jump-dpl': reading([DPL, CPL], 'descriptor', 'target'),
  'jump-present': reading(OF_TYPE, 'descriptor', 'target'),
  'jump-limit': reading(WITHIN, 'descriptor', 'target'),

  'call-gate-dpl': reading([ASKING, decimal('gate DPL')], 'gate'),
  'call-gate-present': reading(OF_TYPE, 'gate'),
  'call-gate-code-not-null': reading([SELECTOR], 'gate'),
  'call-gate-code-table-limit': reading(IN_TABLE, 'gate'),
  'call-gate-code-type': reading(OF_TYPE, 'descriptor', 'cs'),
  'call-gate-code-dpl': reading([DPL, CPL], 'descriptor', 'cs'),
  'call-gate-jump-dpl': reading([DPL, CPL], 'descriptor', 'cs'),
  'call-gate-code-present': reading(OF_TYPE, 'descriptor', 'cs'),
  'call-gate-same-room': reading(ROOM, STACK_POINTER),
  'call-gate-tss-limit': reading([LAST_BYTE, LIMIT], TSS_LIMIT),
  'call-gate-ss-not-null': reading([SELECTOR], 'tss', 'ss'),
  'call-gate-ss-table-limit': reading(IN_TABLE, 'tss', 'ss'),
  'call-gate-ss-rpl': reading([RPL, NEW_CPL], 'tss', 'ss'),
  'call-gate-ss-dpl': reading([DPL, NEW_CPL], 'descriptor', 'ss'),
  'call-gate-ss-type': reading(OF_TYPE, 'descriptor', 'ss'),
  'call-gate-ss-present': reading(OF_TYPE, 'descriptor', 'ss'),
  'call-gate-inner-room': reading(ROOM, 'tss', 'sp'),
  'call-gate-limit': reading(WITHIN, 'gate'),

  'return-cs-not-null': reading([SELECTOR], 'frame', 'cs'),
  'return-cs-table-limit': reading(IN_TABLE, 'frame', 'cs'),
  'return-cs-type': reading(OF_TYPE, 'descriptor', 'cs'),
  'return-cs-rpl': reading([RPL, CPL], 'frame', 'cs'),
  'return-cs-conforming-dpl': reading([DPL, RPL], 'descriptor', 'cs'),
  'return-cs-dpl': reading([DPL, RPL], 'descriptor', 'cs'),
  'return-cs-present': reading(OF_TYPE, 'descriptor', 'cs'),
  'return-ss-not-null': reading([SELECTOR], 'frame', 'ss'),
  'return-ss-table-limit': reading(IN_TABLE, 'frame', 'ss'),
  'return-ss-rpl': reading([RPL, RPL_OF_CS], 'frame', 'ss'),
  'return-ss-type': reading(OF_TYPE, 'descriptor', 'ss'),
  'return-ss-dpl': reading([DPL, RPL_OF_CS], 'descriptor', 'ss'),
  'return-ss-present': reading(OF_TYPE, 'descriptor', 'ss'),
  'return-limit': reading(WITHIN, 'frame', 'ip'),

  'idt-limit': reading([LAST_BYTE, LIMIT], IDT_LIMIT),
  'gate-type': reading([hexadecimal('type'), GATE_WORD], 'gate'),
  'gate-dpl': reading([CPL, decimal('gate DPL')], 'gate'),
  'gate-present': reading([hexadecimal('vector'), GATE_WORD], 'gate'),
  'handler-not-null': reading([SELECTOR], 'gate'),
  'handler-table-limit': reading(IN_TABLE, 'gate'),
  'handler-type': reading(OF_TYPE, 'descriptor', 'cs'),
  'handler-dpl': reading([DPL, CPL], 'descriptor', 'cs'),
  'handler-present': reading(OF_TYPE, 'descriptor', 'cs'),
  'handler-v86': reading(OF_TYPE, 'descriptor', 'cs'),
  'tss-stack-limit': reading([LAST_BYTE, LIMIT], TSS_LIMIT),
  'inner-ss-not-null': reading([SELECTOR], 'tss', 'ss'),
  'inner-ss-table-limit': reading(IN_TABLE, 'tss', 'ss'),
  'inner-ss-rpl': reading([RPL, NEW_CPL], 'tss', 'ss'),
  'inner-ss-dpl': reading([DPL, NEW_CPL], 'descriptor', 'ss'),
  'inner-ss-type': reading(OF_TYPE, 'descriptor', 'ss'),
  'inner-ss-present': reading(OF_TYPE, 'descriptor', 'ss'),
  'inner-frame-room': reading(ROOM, 'tss', 'sp'),
  'same-frame-room': reading(ROOM, STACK_POINTER),
  'handler-limit': reading(WITHIN, 'gate'),

  'exceptions-serial': reading([vector('first vector'), vector('second vector')], null),
  'double-fault-delivered': reading([vector('vector'), vector('second vector')], null),

  'iret-cs-not-null': reading([SELECTOR], 'frame', 'cs'),
  'iret-cs-table-limit': reading(IN_TABLE, 'frame', 'cs'),
  'iret-cs-type': reading(OF_TYPE, 'descriptor', 'cs'),
  'iret-cs-rpl': reading([RPL, CPL], 'frame', 'cs'),
  'iret-cs-conforming-dpl': reading([DPL, RPL], 'descriptor', 'cs'),
  'iret-cs-dpl': reading([DPL, RPL], 'descriptor', 'cs'),
  'iret-cs-present': reading(OF_TYPE, 'descriptor', 'cs'),
  'iret-ss-not-null': reading([SELECTOR], 'frame', 'ss'),
  'iret-ss-table-limit': reading(IN_TABLE, 'frame', 'ss'),
  'iret-ss-rpl': reading([RPL, RPL_OF_CS], 'frame', 'ss'),
  'iret-ss-type': reading(OF_TYPE, 'descriptor', 'ss'),
  'iret-ss-dpl': reading([DPL, RPL_OF_CS], 'descriptor', 'ss'),
  'iret-ss-present': reading(OF_TYPE, 'descriptor', 'ss'),
  'iret-limit': reading(WITHIN, 'frame', 'ip'),
  'iret-v86-limit': reading(WITHIN, 'frame', 'ip'),

  'real-far-limit': reading(WITHIN, ['frame'], 'ip'),
  'vector-table-limit': reading([LAST_BYTE, LIMIT], IDT_LIMIT),
  'vector-frame-room': reading(ROOM, STACK_POINTER),
  'redirection-tss': reading([RIGHTS, LIMIT], TSS_LIMIT),
  'redirection-map-limit': reading([LAST_BYTE, LIMIT], 'tss', 'io-map'),
  'v86-iopl': reading([decimal('IOPL'), decimal('IOPL needed')], flag('IOPL')),
  'virtual-flag-trap': reading([hexadecimal('popped FLAGS'), hexadecimal('TF')], ['frame', 'operand']),
  'virtual-flag-pending': reading([hexadecimal('popped FLAGS'), hexadecimal('EFLAGS')], FLAGS),
  'pusha-pointer': reading([hexadecimal('stack pointer')], STACK_POINTER),
  'real-iret-limit': reading(WITHIN, 'frame', 'ip'),

  'task-dpl': reading([ASKING, DPL], ['gate', 'descriptor'], 'target'),
  'task-gate-present': reading(OF_TYPE, 'gate', 'target'),
  'task-tss-in-gdt': reading([SELECTOR], ['gate', 'tss']),
  'task-tss-table-limit': reading(IN_TABLE, ['gate', 'tss']),
  'task-tss-type': reading(OF_TYPE, 'descriptor', 'tss'),
  'task-tss-present': reading(OF_TYPE, 'descriptor', 'tss'),
  'task-tss-limit': reading([LIMIT, NEEDED], 'descriptor', 'tss'),
  'task-old-tss-limit': reading([LIMIT, NEEDED], TSS_LIMIT),
  'task-ldt-in-gdt': reading([SELECTOR], 'tss', 'ldt'),
  'task-ldt-table-limit': reading(IN_TABLE, 'tss', 'ldt'),
  'task-ldt-type': reading(OF_TYPE, 'descriptor', 'ldt'),
  'task-ldt-present': reading(OF_TYPE, 'descriptor', 'ldt'),
  'task-cs-not-null': reading([SELECTOR], 'tss', 'cs'),
  'task-cs-table-limit': reading(IN_TABLE, 'tss', 'cs'),
  'task-cs-type': reading(OF_TYPE, 'descriptor', 'cs'),
  'task-cs-dpl': reading([DPL, CPL], 'descriptor', 'cs'),
  'task-ss-not-null': reading([SELECTOR], 'tss', 'ss'),
  'task-ss-table-limit': reading(IN_TABLE, 'tss', 'ss'),
  'task-ss-type': reading(OF_TYPE, 'descriptor', 'ss'),
  'task-ss-present': reading(OF_TYPE, 'descriptor', 'ss'),
  'task-ss-dpl': reading([DPL, CPL], 'descriptor', 'ss'),
  'task-cs-present': reading(OF_TYPE, 'descriptor', 'cs'),
  'task-ss-rpl': reading([RPL, CPL], 'tss', 'ss'),
  'task-data-table-limit': reading(IN_TABLE, 'tss'),
  'task-data-type': reading(OF_TYPE, 'descriptor', 'data'),
  'task-data-present': reading(OF_TYPE, 'descriptor', 'data'),
  'task-data-privilege': reading([ASKING, DPL], 'descriptor', 'data'),
  'task-error-code-room': reading(ROOM, 'tss', 'sp'),
  'task-limit': reading(WITHIN, 'tss', 'ip'),

  'sysenter-protected': reading([hexadecimal('CR0')], register('cr0', 'PE')),
  'sysenter-cs-set': reading([hexadecimal('IA32_SYSENTER_CS')], register('sysenter_cs')),
  'sysexit-protected': reading([hexadecimal('CR0')], register('cr0', 'PE')),
  'sysexit-cs-set': reading([hexadecimal('IA32_SYSENTER_CS')], register('sysenter_cs')),
  'sysexit-cpl': reading([CPL], register('cpl')),

  'dr-exists': reading([decimal('debug register'), hexadecimal('CR4')], register('cr4', 'DE')),
  'general-detect': reading([decimal('debug register'), hexadecimal('DR7')], register('dr7', 'GD')),
  'privileged-cpl': reading([CPL], register('cpl')),
  'msr-exists': reading([hexadecimal('MSR')], register('rcx')),
  'msr-value': reading([hexadecimal('EAX'), hexadecimal('EDX')], register('rax')),
  'tsc-cpl': reading([CPL, hexadecimal('CR4')], register('cr4', 'TSD')),
  'rdpmc-cpl': reading([CPL, hexadecimal('CR4')], register('cr4', 'PCE')),
  'rdpmc-counter': reading([hexadecimal('counter')], register('rcx')),
  'umip-cpl': reading([CPL, hexadecimal('CR4')], register('cr4', 'UMIP')),
  'cr-exists': reading([decimal('control register')], 'instruction'),
  'cr0-paging-protected': reading([hexadecimal('new CR0'), hexadecimal('CR0')], 'instruction'),
  'cr0-cache-bits': reading([hexadecimal('new CR0'), hexadecimal('CR0')], 'instruction'),
  'cr4-reserved': reading([hexadecimal('new CR4'), hexadecimal('bits there are')], 'instruction'),
  'pdpte-reserved': reading(RESERVED_BITS, 'page-entry', 'pointer-entry'),
  'protected-mode-only': reading([hexadecimal('CR0'), hexadecimal('EFLAGS')], register('cr0')),
  'lldt-in-gdt': reading([SELECTOR], 'instruction'),
  'lldt-table-limit': reading(IN_TABLE, 'instruction'),
  'lldt-type': reading(OF_TYPE, 'descriptor', 'ldt'),
  'lldt-present': reading(OF_TYPE, 'descriptor', 'ldt'),
  'ltr-not-null': reading([SELECTOR], 'instruction'),
  'ltr-in-gdt': reading([SELECTOR], 'instruction'),
  'ltr-table-limit': reading(IN_TABLE, 'instruction'),
  'ltr-type': reading(OF_TYPE, 'descriptor', 'tss'),
  'ltr-present': reading(OF_TYPE, 'descriptor', 'tss'),

  'stac-cpl': reading([CPL], register('cpl')),
  'iopl-interrupt-flag': reading([CPL, decimal('IOPL')], flag('IOPL')),
  'sti-virtual-pending': reading([hexadecimal('EFLAGS'), hexadecimal('VIP')], flag('VIP')),
  'virtual-interrupt-due': reading([hexadecimal('EFLAGS'), hexadecimal('CR4')], flag('VIP')),
  'io-tss': reading([RIGHTS, LIMIT], TSS_LIMIT),
  'io-map-limit': reading([LAST_BYTE, LIMIT], 'tss', 'io-map'),
  'io-map-bit': reading([hexadecimal('port'), hexadecimal('bits')], 'io-map'),

  'divisor-not-zero': reading([hexadecimal('dividend'), hexadecimal('divisor')], 'instruction'),
  'quotient-fits': reading([hexadecimal('dividend'), hexadecimal('divisor')], 'instruction'),
  'bound-range': reading([hexadecimal('index'), hexadecimal('bound')], 'operand'),
  'fpu-available': reading([hexadecimal('CR0'), hexadecimal('bits that ask for a trap')], register('cr0')),
  'fpu-no-error': reading([hexadecimal('x87 status word'), hexadecimal('control word')], null),
  'fxsave-aligned': reading([hexadecimal('linear address'), decimal('boundary')], 'instruction'),
  'simd-emulation': reading([hexadecimal('CR0')], register('cr0', 'EM')),
  'simd-os-support': reading([hexadecimal('CR4')], register('cr4', 'OSFXSR')),
  'simd-task-switched': reading([hexadecimal('CR0')], register('cr0', 'TS')),
  'mxcsr-reserved': reading([hexadecimal('new MXCSR'), hexadecimal('bits there are')], 'operand'),
  'simd-exception-support': reading([hexadecimal('CR4'), hexadecimal('MXCSR')], register('cr4', 'OSXMMEXCPT')),
  'simd-exception': reading([{ name: 'unmasked exceptions', format: 'exceptions' }, hexadecimal('MXCSR')], 'instruction'),
  'icebp-trap': reading([EIP], 'instruction'),
  'breakpoint-trap': reading([EIP], 'instruction'),
  'overflow-trap': reading([hexadecimal('EFLAGS')], FLAGS),
  'task-switch-trap': reading([SELECTOR], 'tss', 'trap'),
  'data-breakpoint': reading([hexadecimal('breakpoint address'), DEBUG_REGISTER], BREAKPOINT),
  'io-breakpoint': reading([hexadecimal('port'), DEBUG_REGISTER], BREAKPOINT),
  'single-step-trap': reading([EIP], flag('TF')),
};

const UNKNOWN: RuleReading = { operands: [], reads: null };

/** The reading of a rule; nothing is named for an id this version does not have. */
export function readingOf(id: string): RuleReading {
  return Object.hasOwn(READINGS, id) ? READINGS[id as RuleId] : UNKNOWN;
}

/** True when a rule's value may stand in this access; the last such access before the check is it. */
export function isReadFrom({ reads, part }: RuleReading, access: { readonly what: AccessKind; readonly part: AccessPart | null; readonly write: boolean }): boolean {
  if (access.write || reads === null || reads === 'instruction') return false;
  const kinds = typeof reads === 'string' ? [reads] : 'register' in reads ? [] : reads;
  return kinds.includes(access.what) && (part === undefined || access.part === part);
}
