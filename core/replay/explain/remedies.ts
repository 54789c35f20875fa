// One remedy per rule, in words, and what `whatif --set` would change where one field makes the check pass. Words only: nothing is decided here.
// `{cpl}` and the others are filled in by consequence.ts; a suggestion whose places cannot all be filled is left out.

import type { RuleId } from '../../event/rules.ts';

export interface Remedy {
  /** One sentence that begins with a verb, at most 16 words. */
  readonly words: string;
  /** Changes in the language of `whatif --set` (core/event/change.ts); empty when no single field is enough. */
  readonly sets: readonly string[];
}

const say = (words: string, ...sets: readonly string[]): Remedy => ({ words, sets });

const SELECTOR = say('load a selector of a descriptor that exists, or raise the limit in LGDT or LLDT');
const NULL = say('load a selector that is not null');
const CODE = say('use the selector of a code segment'), STACK = say('use the selector of a writable data segment');
const READABLE = say('make the descriptor a data segment or readable code, or load another selector');
const PRESENT = say('set P in the descriptor, after making the segment available', '{table}[{index}].P=1');
const DPL_TO_CPL = say('give the descriptor DPL {cpl}, or use a selector of this ring', '{table}[{index}].DPL={cpl}');
const DPL_DOWN = say('give the code segment a DPL that is not above CPL {cpl}', '{table}[{index}].DPL={cpl}');
const LIMIT = say('correct the offset, or raise the limit of the segment');
const ROOM = say('give the stack more room: its pointer lies too near the end of its segment');
const TSS_PLACE = say('give the TSS at least 68H bytes, and load TR with it before ring 3 runs');
const TSS_SS = say('write a ring-0 data selector to ss0 of the TSS', 'tss.ss0={kernelSs}');
const RETURN_RPL = say('push a CS of this ring or of an outer one: a return never goes inwards');
const RETURN_DPL = say('push a CS whose RPL is the DPL of its descriptor');
const RETURN_SS = say('push an SS with the RPL and DPL of the CS that is popped');
const PE = say('enter protected mode first: set CR0.PE', 'cr0.PE=1');
const SYSENTER_CS = say('write the kernel code selector to IA32_SYSENTER_CS with WRMSR', 'IA32_SYSENTER_CS={kernelCs}');
const NEW_TASK = 'correct the TSS of the new task: ';
const GDT_ONLY = say('use a selector with TI = 0: it must refer to the GDT');
const USER_RIGHT = say('set U/S at every level of the walk, and INVLPG, if ring 3 may use it', '{entry}.US=1');
const WRITE_RIGHT = say('set R/W at every level of the walk, and INVLPG, if it may be written', '{entry}.RW=1');
const RESERVED_BITS = say('clear the reserved bits of the entry');
const NO_EXECUTE = say('set EFER.NXE with WRMSR before entries use bit 63, or clear the bit', 'IA32_EFER.NXE=1', '{entry}.XD=0');
const DISARM = say('nothing to repair: DR7 asks for the trap; clear Ln and Gn to disarm it');
const TRAP = say('nothing to repair: the program asked for the trap');

export const REMEDIES: Readonly<Record<RuleId, Remedy>> = {
  'none': say('nothing to repair'),
  'instruction-breakpoint': say('set RF in the EFLAGS that IRET pops, to go on; clear Ln and Gn in DR7 to disarm it'),
  'fetch-limit': say('correct the jump, or raise the limit of CS'), 'instruction-length': say('remove prefixes: an instruction has 15 bytes at most'),
  'opcode-defined': say('find out how control came here: these bytes raise #UD, as UD2 does on purpose'), 'lock-allowed': say('remove LOCK, or use a memory destination'),
  'segment-usable': say('load the segment register with a selector before using it'), 'segment-readable': say('read through a data segment, or make the code segment readable'),
  'segment-writable': say('write through a writable data segment'), 'segment-limit': LIMIT, 'segment-expand-down': say('keep the offset above the limit: the segment grows downwards'),
  'operand-aligned': say('align the operand to 16 bytes, or use MOVUPS, MOVUPD or MOVDQU'), 'access-aligned': say('align the address, or clear EFLAGS.AC', 'eflags.AC=0'),
  'page-directory-present': say('map the page: its directory entry needs a page table and P', 'pde[{linear}].P=1'), 'page-directory-reserved': RESERVED_BITS, 'page-directory-nxe': NO_EXECUTE,
  'page-pdpte-present': say('set P in the PDPTE and load CR3 again: PDPTE registers are only loaded then'), 'page-table-reserved': RESERVED_BITS, 'page-table-nxe': NO_EXECUTE,
  'page-table-present': say('map the page, set P, and go on; or correct the address', 'pte[{linear}].P=1'), 'page-user': USER_RIGHT, 'page-user-writable': WRITE_RIGHT,
  'page-supervisor-writable': say('set R/W in the entry, or copy the page first if it is shared', '{entry}.RW=1', 'cr0.WP=0'),
  'page-smap': say('let the kernel touch user memory between STAC and CLAC only', 'eflags.AC=1', 'cr4.SMAP=0'), 'page-smep': say('find out why ring 0 jumps to a user page; kernel code belongs in supervisor pages', '{entry}.US=0', 'cr4.SMEP=0'),
  'page-nx': say('clear XD at every level of the walk, and INVLPG, if this is code', '{entry}.XD=0'),
  'data-table-limit': SELECTOR, 'data-type': READABLE, 'data-privilege': say('use a selector of ring {cpl}; the descriptor is for inner rings', '{table}[{index}].DPL={cpl}'), 'data-present': PRESENT,
  'ss-not-null': say('load SS with a data segment of this ring; null is not allowed'), 'ss-table-limit': SELECTOR, 'ss-rpl': say('load SS with a selector whose RPL is CPL {cpl}'), 'ss-type': STACK, 'ss-dpl': DPL_TO_CPL, 'ss-present': PRESENT,
  'jump-not-null': NULL, 'jump-table-limit': SELECTOR, 'jump-type': say('jump to code, a call gate, a task gate or an available TSS'), 'jump-conforming-dpl': DPL_DOWN,
  'jump-rpl': say('use a selector whose RPL is not above CPL {cpl}'), 'jump-dpl': say('go through a gate: a plain far transfer keeps its ring'), 'jump-present': PRESENT, 'jump-limit': LIMIT,
  'call-gate-dpl': say('give the call gate DPL {cpl} if this ring may call it', '{table}[{index}].DPL={cpl}'), 'call-gate-present': say('set P in the call gate', '{table}[{index}].P=1'),
  'call-gate-code-not-null': say('write a code selector into the call gate'), 'call-gate-code-table-limit': SELECTOR, 'call-gate-code-type': CODE, 'call-gate-code-dpl': DPL_DOWN,
  'call-gate-jump-dpl': say('use CALL: JMP through a gate does not change the ring'), 'call-gate-code-present': PRESENT, 'call-gate-same-room': ROOM, 'call-gate-tss-limit': TSS_PLACE, 'call-gate-ss-not-null': TSS_SS,
  'call-gate-ss-table-limit': TSS_SS, 'call-gate-ss-rpl': TSS_SS, 'call-gate-ss-dpl': TSS_SS, 'call-gate-ss-type': TSS_SS, 'call-gate-ss-present': PRESENT, 'call-gate-inner-room': ROOM, 'call-gate-limit': LIMIT,
  'return-cs-not-null': NULL, 'return-cs-table-limit': SELECTOR, 'return-cs-type': CODE, 'return-cs-rpl': RETURN_RPL, 'return-cs-conforming-dpl': RETURN_DPL, 'return-cs-dpl': RETURN_DPL, 'return-cs-present': PRESENT,
  'return-ss-not-null': NULL, 'return-ss-table-limit': SELECTOR, 'return-ss-rpl': RETURN_SS, 'return-ss-type': STACK, 'return-ss-dpl': RETURN_SS, 'return-ss-present': PRESENT, 'return-limit': LIMIT,
  'idt-limit': say('let LIDT cover this gate: its limit is 8 times the number of gates minus 1', 'idtr.limit=0x7ff'), 'gate-type': say('make the IDT entry an interrupt, trap or task gate', 'idt[{vector}].type=14'),
  'gate-dpl': say('give gate {vector} DPL {cpl} if this ring may call it; a hardware interrupt would have passed', 'idt[{vector}].DPL={cpl}'),
  'gate-present': say('write the gate and set P in it', 'idt[{vector}].P=1'), 'handler-not-null': say('write the kernel code selector into the gate'), 'handler-table-limit': say('write the kernel code selector into the gate, or correct the GDT'),
  'handler-type': say('write the selector of a code segment into the gate, or correct the GDT'), 'handler-dpl': DPL_DOWN, 'handler-present': PRESENT, 'handler-v86': say('let the gate name nonconforming code of ring 0'),
  'tss-stack-limit': TSS_PLACE, 'inner-ss-not-null': TSS_SS, 'inner-ss-table-limit': TSS_SS, 'inner-ss-rpl': TSS_SS, 'inner-ss-dpl': TSS_SS, 'inner-ss-type': TSS_SS, 'inner-ss-present': PRESENT,
  'inner-frame-room': say('let esp0 of the TSS point above a stack with room'), 'same-frame-room': ROOM, 'handler-limit': LIMIT,
  'exceptions-serial': say('make the handler of the first exception reachable; #DF itself is only the message'), 'double-fault-delivered': say('give #DF a task gate with a stack of its own'),
  'iret-cs-not-null': NULL, 'iret-cs-table-limit': say('look at the frame: what IRET popped as CS is no selector of yours'), 'iret-cs-type': say('look at the frame: what IRET popped as CS is no code selector'), 'iret-cs-rpl': RETURN_RPL,
  'iret-cs-conforming-dpl': RETURN_DPL, 'iret-cs-dpl': RETURN_DPL, 'iret-cs-present': PRESENT, 'iret-ss-not-null': NULL, 'iret-ss-table-limit': say('push an SS of the GDT that is loaded now'), 'iret-ss-rpl': RETURN_SS,
  'iret-ss-type': STACK, 'iret-ss-dpl': RETURN_SS, 'iret-ss-present': PRESENT, 'iret-limit': LIMIT, 'iret-v86-limit': say('push an EIP below 10000H for virtual-8086 mode'),
  'real-far-limit': LIMIT, 'vector-table-limit': say('raise the limit of IDTR: outside protected mode it should be 3FFH', 'idtr.limit=0x3ff'), 'vector-frame-room': ROOM,
  'redirection-tss': say('load TR with a 32-bit TSS that has an I/O map base'), 'redirection-map-limit': say('put the 32 bytes of the redirection bit map before the I/O map, within the TSS limit'),
  'virtual-flag-trap': say('let the monitor emulate it: TF cannot be set by the program'), 'virtual-flag-pending': say('deliver the interrupt that waits, then clear VIP', 'eflags.VIP=0'),
  'v86-iopl': say('let the monitor emulate it, or run the task with IOPL 3', 'eflags.IOPL=3'), 'pusha-pointer': say('use an even stack pointer'), 'real-iret-limit': LIMIT,
  'task-dpl': say('give the task gate or TSS descriptor DPL {cpl}', '{table}[{index}].DPL={cpl}'), 'task-gate-present': say('set P in the task gate', '{table}[{index}].P=1'), 'task-tss-in-gdt': GDT_ONLY, 'task-tss-table-limit': SELECTOR,
  'task-tss-type': say('name an available TSS; a busy one is running or waits to be returned to', '{table}[{index}].type=9'), 'task-tss-present': PRESENT, 'task-tss-limit': TSS_PLACE, 'task-old-tss-limit': TSS_PLACE,
  'task-ldt-in-gdt': say(`${NEW_TASK}its LDT selector must refer to the GDT`), 'task-ldt-table-limit': say(`${NEW_TASK}its LDT selector`), 'task-ldt-type': say(`${NEW_TASK}its LDT selector`), 'task-ldt-present': PRESENT,
  'task-cs-not-null': say(`${NEW_TASK}CS`), 'task-cs-table-limit': say(`${NEW_TASK}CS`), 'task-cs-type': say(`${NEW_TASK}CS must be code`), 'task-cs-dpl': say(`${NEW_TASK}RPL and DPL of CS must agree`),
  'task-ss-not-null': say(`${NEW_TASK}SS`), 'task-ss-table-limit': say(`${NEW_TASK}SS`), 'task-ss-type': say(`${NEW_TASK}SS must be writable data`), 'task-ss-present': PRESENT, 'task-ss-dpl': say(`${NEW_TASK}DPL of SS must be its CPL`),
  'task-cs-present': PRESENT, 'task-ss-rpl': say(`${NEW_TASK}RPL of SS must be its CPL`), 'task-data-table-limit': say(`${NEW_TASK}a data selector`), 'task-data-type': say(`${NEW_TASK}a data selector`),
  'task-data-present': PRESENT, 'task-data-privilege': say(`${NEW_TASK}a data selector its ring may use`), 'task-error-code-room': say(`${NEW_TASK}its stack has no room for the error code`), 'task-limit': say(`${NEW_TASK}EIP`),
  'sysenter-protected': PE, 'sysenter-cs-set': SYSENTER_CS, 'sysexit-protected': PE, 'sysexit-cs-set': SYSENTER_CS, 'sysexit-cpl': say('leave SYSEXIT to ring 0'),
  'dr-exists': say('name DR6 and DR7, or clear CR4.DE', 'cr4.DE=0'), 'general-detect': say('nothing to repair: the handler finds GD clear, and the instruction runs again'),
  'privileged-cpl': say('ask the kernel: the instruction belongs to ring 0'), 'msr-exists': say('ask CPUID before using this MSR'), 'msr-value': say('leave reserved bits of the MSR as they were read'),
  'rdpmc-cpl': say('set CR4.PCE if user code may read performance counters', 'cr4.PCE=1'), 'rdpmc-counter': say('ask CPUID which performance counters there are'),
  'umip-cpl': say('clear CR4.UMIP, or let the kernel answer for the program', 'cr4.UMIP=0'),
  'tsc-cpl': say('clear CR4.TSD if user code may read the counter', 'cr4.TSD=0'), 'cr-exists': say('use CR0, CR2, CR3 or CR4'), 'cr0-paging-protected': say('set CR0.PE together with CR0.PG, or before it'),
  'cr0-cache-bits': say('set CR0.CD together with CR0.NW'), 'pdpte-reserved': say('clear the reserved bits of the PDPTE: it carries no rights'), 'cr4-reserved': say('ask CPUID which bits of CR4 exist'), 'protected-mode-only': say('enter protected mode before using this instruction'),
  'lldt-in-gdt': GDT_ONLY, 'lldt-table-limit': SELECTOR, 'lldt-type': say('name a descriptor of an LDT', '{table}[{index}].type=2'), 'lldt-present': PRESENT,
  'ltr-not-null': NULL, 'ltr-in-gdt': GDT_ONLY, 'ltr-table-limit': SELECTOR, 'ltr-type': say('name an available TSS; LTR makes it busy, so load it once', '{table}[{index}].type=9'), 'ltr-present': PRESENT,
  'sti-virtual-pending': say('deliver the interrupt that waits, then clear VIP', 'eflags.VIP=0'), 'virtual-interrupt-due': say('deliver the interrupt that waits, then clear VIP', 'eflags.VIP=0'),
  'stac-cpl': say('leave STAC and CLAC to the kernel; ring 3 has POPF for EFLAGS.AC'), 'iopl-interrupt-flag': say('leave IF to the kernel, or give the task IOPL {cpl}', 'eflags.IOPL={cpl}'), 'io-tss': say('load TR with a 32-bit TSS that has an I/O map base'),
  'io-map-limit': say('let the TSS limit reach the bits of this port, or leave the port to the kernel'), 'io-map-bit': say('clear the bit of the port in the I/O map if ring {cpl} may use it'),
  'divisor-not-zero': say('test the divisor before dividing'), 'quotient-fits': say('clear or sign-extend the upper half of the dividend, or use a wider division'),
  'bound-range': say('test the index before using it'), 'fpu-available': say('let the handler of #NM load the FPU state and clear CR0.TS', 'cr0.TS=0'),
  'simd-emulation': say('clear CR0.EM: MMX and SSE are not emulated', 'cr0.EM=0'),
  'simd-os-support': say('set CR4.OSFXSR when the kernel saves XMM registers', 'cr4.OSFXSR=1'), 'simd-task-switched': say('let the handler of #NM load the FPU and SSE state and clear CR0.TS', 'cr0.TS=0'),
  'fpu-no-error': say('let the handler of #MF clear the exception by FNCLEX, or mask it in the control word'), 'fxsave-aligned': say('align the save area to 16 bytes'),
  'mxcsr-reserved': say('keep to the MXCSR mask that FXSAVE stores'),
  'simd-exception-support': say('set CR4.OSXMMEXCPT when the kernel handles #XM', 'cr4.OSXMMEXCPT=1'), 'simd-exception': say('mask the exception in MXCSR, or handle #XM'),
  'task-switch-trap': say('clear the T flag in the TSS (offset 64H) to enter the task without a trap'), 'data-breakpoint': DISARM, 'io-breakpoint': DISARM,
  'icebp-trap': TRAP, 'breakpoint-trap': TRAP, 'overflow-trap': TRAP, 'single-step-trap': say('clear EFLAGS.TF to stop single steps', 'eflags.TF=0'),
};
