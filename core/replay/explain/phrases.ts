// What a check compared, in words: one phrase for a check that passed and one for a check that failed. `{a}` and `{b}` stand for the
// operands, in the format core/event/rule-readings.ts gives them. Words only: which phrase is used is decided by the outcome core/cpu told.

import type { RuleId } from '../../event/rules.ts';

/** The phrase of a pass and of a failure. */
export type Phrases = readonly [pass: string, fail: string];

const inTable = (what: string): Phrases => [`${what} {a} lies within its table, limit {b}`, `${what} {a} lies beyond the limit {b} of its table`];
const notNull = (what: string): Phrases => [`${what} {a} is not null`, `${what} {a} is null`];
const is = (wanted: string): Phrases => ['selector {a} names {b}', `selector {a} names {b}: not ${wanted}`];
const present = (what: string): Phrases => [`${what} {a} is present`, `${what} {a} has P = 0`];
const equal = (one: string, other: string): Phrases => [`${one} {a} equals ${other} {b}`, `${one} {a} is not ${other} {b}`];
const notAbove = (one: string, other: string): Phrases => [`${one} {a} is not above ${other} {b}`, `${one} {a} is above ${other} {b}`];
const asking = (other: string): Phrases => [`the larger of CPL and RPL is {a}, not above ${other} {b}`, `the larger of CPL and RPL is {a}, above ${other} {b}`];
const within = (what: string): Phrases => [`${what} {a} lies within the limit {b}`, `${what} {a} lies beyond the limit {b}`];
const room: Phrases = ['{b} bytes below {a} fit on the stack', '{b} bytes below {a} do not fit on the stack'];
const inGdt: Phrases = ['selector {a} refers to the GDT', 'selector {a} refers to the LDT'];
const onlyCr0 = (bit: string): Phrases => [`CR0 {a} has ${bit}`, `CR0 {a} lacks ${bit}`];
const divides: Phrases = ['the quotient of {a} by {b} fits', 'the quotient of {a} by {b} does not fit'];
const reservedBits: Phrases = ['no reserved bit is set', 'reserved bits are set: {a} below bit 32, {b} above'];
const executeDisable: Phrases = ['bit 63 (XD) is clear', 'bit 63 (XD) is set, and EFER {b} has NXE = 0'];
const CODE = 'a code segment', STACK = 'writable data', DATA = 'data or readable code', TSS = 'an available TSS', LDT = 'an LDT';

export const PHRASES: Readonly<Record<RuleId, Phrases>> = {
  'none': ['nothing was checked', 'nothing was checked'],
  'instruction-breakpoint': ['the instruction at {a} is not where DR{b} points', 'the instruction at {a} is where DR{b} points'],
  'fetch-limit': within('EIP'),
  'instruction-length': ['the instruction at {a} has at most {b} bytes', 'the instruction at {a} has more than {b} bytes'],
  'opcode-defined': ['the opcode at {a} is defined', 'the opcode at {a} is not defined{b}'],
  'lock-allowed': ['LOCK is allowed, or not there, at {a}', 'LOCK at {a} stands before what cannot be locked'],
  'segment-usable': ['{a} holds selector {b}, not null', '{a} holds the null selector {b}'],
  'segment-readable': ['{a} may be read: {b}', '{a} may not be read: {b}'],
  'segment-writable': ['{a} may be written: {b}', '{a} may not be written: {b}'],
  'segment-limit': within('offset'),
  'segment-expand-down': ['offset {a} lies above the limit {b} of an expand-down segment', 'offset {a} is not above the limit {b} of an expand-down segment'],
  'operand-aligned': ['linear address {a} lies on a 16-byte boundary', 'linear address {a} does not lie on a 16-byte boundary'], 'access-aligned': ['address {a} is aligned to {b} bytes', 'address {a} is not aligned to {b} bytes'],
  'page-pdpte-present': ['the PDPTE register {a} has P = 1', 'the PDPTE register {a} has P = 0'],
  'page-directory-present': ['the page-directory entry {a} has P = 1', 'the page-directory entry {a} has P = 0'],
  'page-directory-reserved': reservedBits, 'page-directory-nxe': executeDisable,
  'page-table-present': ['the page-table entry {a} has P = 1', 'the page-table entry {a} has P = 0'],
  'page-table-reserved': reservedBits, 'page-table-nxe': executeDisable,
  'page-user': ['every level has U/S = 1', 'the levels together give: {a}'],
  'page-user-writable': ['every level has R/W = 1', 'the rights found are {a}'],
  'page-supervisor-writable': ['every level has R/W = 1', 'CR0.WP = 1, and the rights found are {a}'],
  'page-smap': ['a {b} of a supervisor page, or with EFLAGS.AC = {a}', 'a {b} of a user page with CR4.SMAP = 1 and EFLAGS.AC = {a}'],
  'page-smep': ['the page is not a user page: {a}', 'a {b} from a user page with CR4.SMEP = 1'],
  'page-nx': ['no level has XD = 1', 'a {b}, and the levels together give: {a}'],
  'data-table-limit': inTable('selector'), 'data-type': is(DATA), 'data-privilege': asking('DPL'), 'data-present': present('the segment of selector'),
  'ss-not-null': notNull('selector'), 'ss-table-limit': inTable('selector'), 'ss-rpl': equal('RPL', 'CPL'), 'ss-type': is(STACK), 'ss-dpl': equal('DPL', 'CPL'),
  'ss-present': present('the segment of selector'),
  'jump-not-null': notNull('selector'), 'jump-table-limit': inTable('selector'), 'jump-type': is('code, a gate or an available TSS'), 'jump-conforming-dpl': notAbove('DPL', 'CPL'),
  'jump-rpl': notAbove('RPL', 'CPL'), 'jump-dpl': equal('DPL', 'CPL'), 'jump-present': present('the segment of selector'), 'jump-limit': within('offset'),
  'call-gate-dpl': asking('the gate\'s DPL'), 'call-gate-present': present('the gate of selector'), 'call-gate-code-not-null': notNull('selector'),
  'call-gate-code-table-limit': inTable('selector'), 'call-gate-code-type': is(CODE), 'call-gate-code-dpl': notAbove('DPL', 'CPL'), 'call-gate-jump-dpl': equal('DPL', 'CPL'),
  'call-gate-code-present': present('the segment of selector'), 'call-gate-same-room': room, 'call-gate-tss-limit': within('offset'), 'call-gate-ss-not-null': notNull('selector'),
  'call-gate-ss-table-limit': inTable('selector'), 'call-gate-ss-rpl': equal('RPL', 'the new CPL'), 'call-gate-ss-dpl': equal('DPL', 'the new CPL'), 'call-gate-ss-type': is(STACK),
  'call-gate-ss-present': present('the segment of selector'), 'call-gate-inner-room': room, 'call-gate-limit': within('offset'),
  'return-cs-not-null': notNull('CS selector'), 'return-cs-table-limit': inTable('CS selector'), 'return-cs-type': is(CODE), 'return-cs-rpl': ['RPL {a} is not below CPL {b}', 'RPL {a} is below CPL {b}'],
  'return-cs-conforming-dpl': notAbove('DPL', 'RPL'), 'return-cs-dpl': equal('DPL', 'RPL'), 'return-cs-present': present('the segment of selector'),
  'return-ss-not-null': notNull('SS selector'), 'return-ss-table-limit': inTable('SS selector'), 'return-ss-rpl': equal('RPL of SS', 'RPL of CS'), 'return-ss-type': is(STACK),
  'return-ss-dpl': equal('DPL of SS', 'RPL of CS'), 'return-ss-present': present('the segment of selector'), 'return-limit': within('EIP'),
  'idt-limit': ['the gate ends at byte {a}, within the IDT limit {b}', 'the gate ends at byte {a}, beyond the IDT limit {b}'],
  'gate-type': ['type {a} is a gate the IDT may hold', 'type {a} is no gate the IDT may hold'], 'gate-dpl': notAbove('CPL', "the gate's DPL"), 'gate-present': present('gate'),
  'handler-not-null': notNull('selector'), 'handler-table-limit': inTable('selector'), 'handler-type': is(CODE), 'handler-dpl': notAbove('DPL', 'CPL'),
  'handler-present': present('the segment of selector'), 'handler-v86': ['selector {a} names {b} of ring 0', 'selector {a} names {b}, not nonconforming code of ring 0'],
  'tss-stack-limit': ['the stack pointer ends at byte {a}, within the TSS limit {b}', 'the stack pointer ends at byte {a}, beyond the TSS limit {b}'],
  'inner-ss-not-null': notNull('selector'), 'inner-ss-table-limit': inTable('selector'), 'inner-ss-rpl': equal('RPL', 'the new CPL'), 'inner-ss-dpl': equal('DPL', 'the new CPL'),
  'inner-ss-type': is(STACK), 'inner-ss-present': present('the segment of selector'), 'inner-frame-room': room, 'same-frame-room': room, 'handler-limit': within('handler offset'),
  'exceptions-serial': ['{b} while delivering {a} is delivered next', '{b} while delivering {a} makes a double fault'],
  'double-fault-delivered': ['{a} was delivered', '{b} while delivering {a}: shutdown'],
  'iret-cs-not-null': notNull('CS selector'), 'iret-cs-table-limit': inTable('CS selector'), 'iret-cs-type': is(CODE), 'iret-cs-rpl': ['RPL {a} is not below CPL {b}', 'RPL {a} is below CPL {b}'],
  'iret-cs-conforming-dpl': notAbove('DPL', 'RPL'), 'iret-cs-dpl': equal('DPL', 'RPL'), 'iret-cs-present': present('the segment of selector'),
  'iret-ss-not-null': notNull('SS selector'), 'iret-ss-table-limit': inTable('SS selector'), 'iret-ss-rpl': equal('RPL of SS', 'RPL of CS'), 'iret-ss-type': is(STACK),
  'iret-ss-dpl': equal('DPL of SS', 'RPL of CS'), 'iret-ss-present': present('the segment of selector'), 'iret-limit': within('EIP'), 'iret-v86-limit': within('EIP'),
  'real-far-limit': within('offset'), 'vector-table-limit': ['the vector ends at byte {a}, within the limit {b}', 'the vector ends at byte {a}, beyond the limit {b}'],
  'vector-frame-room': room, 'redirection-tss': ['TR holds {a}, limit {b}', 'TR holds {a}, limit {b}: no 32-bit TSS with an I/O map base'],
  'redirection-map-limit': ['byte {a} of the TSS lies within its limit {b}', 'byte {a} of the TSS lies beyond its limit {b}'], 'v86-iopl': ['IOPL {a} equals {b}', 'IOPL {a} is not {b}'], 'pusha-pointer': ['SP {a} is not one PUSHA refuses', 'SP {a} is one PUSHA refuses'], 'real-iret-limit': within('EIP'),
  'virtual-flag-trap': ['FLAGS {a} have TF clear', 'FLAGS {a} have TF set'], 'virtual-flag-pending': ['FLAGS {a} do not set IF, or VIP is clear in {b}', 'FLAGS {a} set IF while VIP is set'],
  'task-dpl': asking('DPL'), 'task-gate-present': present('the task gate of selector'), 'task-tss-in-gdt': inGdt, 'task-tss-table-limit': inTable('selector'),
  'task-tss-type': is(TSS), 'task-tss-present': present('the TSS of selector'), 'task-tss-limit': ['TSS limit {a} is at least {b}', 'TSS limit {a} is below {b}'],
  'task-old-tss-limit': ['TSS limit {a} is at least {b}', 'TSS limit {a} is below {b}'], 'task-ldt-in-gdt': inGdt, 'task-ldt-table-limit': inTable('selector'), 'task-ldt-type': is(LDT),
  'task-ldt-present': present('the LDT of selector'), 'task-cs-not-null': notNull('CS selector'), 'task-cs-table-limit': inTable('CS selector'), 'task-cs-type': is(CODE),
  'task-cs-dpl': ['DPL {a} suits the new CPL {b}', 'DPL {a} does not suit the new CPL {b}'], 'task-ss-not-null': notNull('SS selector'), 'task-ss-table-limit': inTable('SS selector'),
  'task-ss-type': is(STACK), 'task-ss-present': present('the segment of selector'), 'task-ss-dpl': equal('DPL of SS', 'CPL'), 'task-cs-present': present('the segment of selector'),
  'task-ss-rpl': equal('RPL of SS', 'CPL'), 'task-data-table-limit': inTable('selector'), 'task-data-type': is(DATA), 'task-data-present': present('the segment of selector'),
  'task-data-privilege': asking('DPL'), 'task-error-code-room': room, 'task-limit': within('EIP'),
  'sysenter-protected': onlyCr0('PE = 1'), 'sysenter-cs-set': ['IA32_SYSENTER_CS is {a}', 'IA32_SYSENTER_CS is {a}: bits 15:2 are zero'],
  'sysexit-protected': onlyCr0('PE = 1'), 'sysexit-cs-set': ['IA32_SYSENTER_CS is {a}', 'IA32_SYSENTER_CS is {a}: bits 15:2 are zero'], 'sysexit-cpl': ['CPL is {a}', 'CPL is {a}, not 0'],
  'dr-exists': ['DR{a} may be named with CR4 {b}', 'DR{a} does not exist with CR4 {b}, which has DE set'], 'general-detect': ['DR{a} is used with GD clear in DR7 {b}', 'DR{a} is used with GD set in DR7 {b}'],
  'privileged-cpl': ['CPL is {a}', 'CPL is {a}, not 0'], 'msr-exists': ['MSR {a} exists', 'MSR {a} does not exist on this processor'],
  'rdpmc-cpl': ['CPL {a} may read a performance counter with CR4 {b}', 'CPL {a} may not read a performance counter with CR4.PCE clear ({b})'],
  'rdpmc-counter': ['performance counter {a} exists', 'performance counter {a} does not exist on this processor'],
  'umip-cpl': ['CPL is {a}', 'CPL is {a}, not 0, and CR4 is {b}, with UMIP set'],
  'msr-value': ['EDX:EAX = {b}:{a} may be written', 'EDX:EAX = {b}:{a} sets what must be clear'], 'tsc-cpl': ['CPL {a} may read the counter with CR4 {b}', 'CPL {a} may not read the counter with CR4.TSD set ({b})'],
  'cr-exists': ['CR{a} exists', 'CR{a} does not exist'], 'cr0-paging-protected': ['CR0 {a} does not set PG without PE', 'CR0 {a} sets PG without PE'],
  'cr0-cache-bits': ['CR0 {a} does not set NW without CD', 'CR0 {a} sets NW without CD'], 'cr4-reserved': ['CR4 {a} sets no bit outside {b}', 'CR4 {a} sets a bit outside {b}'],
  'pdpte-reserved': reservedBits,
  'protected-mode-only': ['the processor is in protected mode', 'the processor is not in protected mode'], 'lldt-in-gdt': inGdt, 'lldt-table-limit': inTable('selector'), 'lldt-type': is(LDT),
  'lldt-present': present('the LDT of selector'), 'ltr-not-null': notNull('selector'), 'ltr-in-gdt': inGdt, 'ltr-table-limit': inTable('selector'), 'ltr-type': is(TSS),
  'ltr-present': present('the TSS of selector'), 'stac-cpl': ['CPL is {a}', 'CPL is {a}, not 0'], 'iopl-interrupt-flag': notAbove('CPL', 'IOPL'),
  'sti-virtual-pending': ['VIP is clear in {a}', 'VIP is set in {a}'], 'virtual-interrupt-due': ['VIF and VIP in {a} do not count here', 'VIF and VIP are both set in {a}'],
  'io-tss': ['TR holds {a}, limit {b}', 'TR holds {a}, limit {b}: no 32-bit TSS with an I/O map base'], 'io-map-limit': ['byte {a} of the TSS lies within its limit {b}', 'byte {a} of the TSS lies beyond its limit {b}'],
  'io-map-bit': ['the bits of port {a} are clear in {b}', 'a bit of port {a} is set in {b}'], 'divisor-not-zero': ['the divisor is {b}', 'the divisor is {b}'], 'quotient-fits': divides,
  'bound-range': ['index {a} lies within the bounds', 'index {a} lies beyond the bound {b}'], 'fpu-available': ['CR0 {a} lets the instruction run', 'CR0 {a} asks for #NM'],
  'simd-emulation': onlyCr0('EM = 0'),
  'simd-os-support': ['CR4 {a} has OSFXSR set', 'CR4 {a} has OSFXSR clear'], 'simd-task-switched': onlyCr0('TS = 0'),
  'fpu-no-error': ['x87 status {a} has no unmasked exception waiting to be told by #MF', 'x87 status {a} has an exception waiting that control word {b} does not mask'],
  'fxsave-aligned': ['address {a} is a multiple of {b}', 'address {a} is no multiple of {b}'],
  'mxcsr-reserved': ['MXCSR {a} sets no bit outside {b}', 'MXCSR {a} sets a bit outside {b}'],
  'simd-exception-support': ['CR4 {a} has OSXMMEXCPT set', 'CR4 {a} has OSXMMEXCPT clear'], 'simd-exception': ['there was no exception that MXCSR {b} does not mask', 'MXCSR {b} does not mask {a}'],
  'task-switch-trap': ['the TSS of selector {a} has T clear', 'the TSS of selector {a} has T set'],
  'data-breakpoint': ['nothing touched {a}, which DR{b} watches', 'the instruction touched {a}, which DR{b} watches'],
  'io-breakpoint': ['port {a}, which DR{b} watches, was not used', 'the instruction used port {a}, which DR{b} watches'],
  'icebp-trap': ['INT1 asks for #DB', 'INT1 asks for #DB'], 'breakpoint-trap': ['INT3 asks for #BP', 'INT3 asks for #BP'], 'overflow-trap': ['OF is clear', 'INTO finds OF set'], 'single-step-trap': ['TF was clear', 'the instruction began with TF set'],
};
