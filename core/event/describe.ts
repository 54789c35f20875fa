// What an event says, in one plain sentence without a full stop, and in a label of a word or two. Facts in the event only: no guess at
// causes, no advice. The event table, the inspector and the command line's text all print these.

import { namesOfSetBits, type BitField } from '../arch/bit-field.ts';
import { CR0_FIELDS, CR4_FIELDS } from '../arch/control-registers.ts';
import { describeErrorCode, ERROR_IDT } from '../arch/error-code.ts';
import { findVector, vectorName } from '../arch/vectors.ts';
import { unreachable } from '../base/assert.ts';
import { hex as hexOf } from '../base/u64.ts';
import { WHAT_IF_DEVICE } from './change-plan.ts';
import type { FaultEvent, InterruptLineEvent, OsEvent, RegisterWriteEvent, Side, TableLoadEvent, TableValue, TlbFlushEvent, TraceEvent, TransitionEvent } from './event.ts';
import type { LineSource, Source, Via } from './kinds.ts';
import { RULES, type RuleId } from './rules.ts';

/** One sentence on what happened, on one line. */
export function describeEvent(event: TraceEvent): string {
  return sentenceOf(event).replace(/\s+/g, ' ');
}

/** The same sentence without the check that failed, for where that stands beside it. */
export function describeWithoutRule(event: TraceEvent): string {
  return event.kind === 'fault' ? faultParts(event).join('; ').replace(/\s+/g, ' ') : describeEvent(event);
}

function sentenceOf(event: TraceEvent): string {
  switch (event.kind) {
    case 'fault': return describeFault(event);
    case 'transition': return describeTransition(event);
    case 'msr-write': return `${event.refused ? 'refused: ' : ''}${event.inferred === undefined ? `WRMSR writes ${shown(event.name)}` : `${shown(event.name)} has changed`} (MSR ${hex(event.msr)}): ${change(event.before, event.after)}`;
    case 'msr-read': return `${event.refused ? 'refused: ' : ''}RDMSR reads ${shown(event.name)} (MSR ${hex(event.msr)})${optional(event.value, (value) => `: ${hex(value)}`)}`;
    case 'cr-write': case 'dr-write': return describeRegister(event);
    case 'table-load': return describeTableLoad(event);
    case 'mode-change': return event.inferred === undefined ? `the processor goes from ${shown(event.before)} mode to ${shown(event.after)} mode` : `the processor has gone from ${shown(event.before)} mode to ${shown(event.after)} mode`;
    case 'table-write': return `the guest writes ${shown(event.table)} entry ${shown(event.index)} at physical ${hex(event.physical)}: ${change(event.before, event.after)}`;
    case 'tlb-flush': return describeFlush(event);
    case 'interrupt-line': return describeLine(event);
    case 'input': return event.device === WHAT_IF_DEVICE ? `what if: ${event.data}, set from outside the guest` : `input arrives at ${shown(event.device)}: ${quoted(event.data)}`;
    case 'snapshot': return `the log shows ${count(listed(event.registers).length, 'register')}${optional(event.detail, (text) => `: ${text}`)}`;
    case 'vm-exit': return `the guest leaves to its hypervisor: ${shown(event.reason)}${optional(event.qualification, (value) => `, qualification ${hex(value)}`)}${optional(event.detail, (text) => ` (${text})`)}`;
    case 'os': return describeOs(event);
    case 'console': return `the guest prints to ${shown(event.device)}: ${quoted(event.text)}`;
    case 'marker': return 'the guest marks this place with XCHG BX, BX';
    case 'halt': return `HLT: the processor waits for an interrupt${event.wake === false ? ', and nothing can wake it' : ''}`;
    case 'exit': return event.by === 'power-off' ? 'the guest switches the machine off' : `the guest ends the run with value ${shown(event.value)}${event.by === 'port-0x501' ? ', by port 0x501' : ''}`;
    case 'reset': return `the machine is reset${optional(event.reason, (text) => `: ${text}`)}`;
    case 'shutdown': return describeShutdown(event.chain);
    case 'unsupported': return `the run ends: ${shown(event.instruction)} is not implemented${optional(event.detail, (text) => ` (${text})`)}`;
    default: return unreachable(event);
  }
}

/** A label of a word or two for a mark: `#PF`, `INT 0x80`, `SYSEXIT`, `IA32_SYSENTER_CS`, `CR3`. */
export function labelEvent(event: TraceEvent): string {
  return wordOf(event).replace(/\s+/g, ' ');
}

function wordOf(event: TraceEvent): string {
  switch (event.kind) {
    case 'fault': return shown(event.mnemonic);
    case 'transition': return nameOfTransition(event);
    case 'msr-write': case 'msr-read': return shown(event.name);
    case 'cr-write': case 'dr-write': case 'table-load': return upper(event.register);
    case 'mode-change': return `${shown(event.after)} mode`;
    case 'table-write': return `${shown(event.table)} write`;
    case 'tlb-flush': return event.scope === 'page' ? 'INVLPG' : 'TLB flush';
    case 'interrupt-line': return nameOfLine(event);
    case 'vm-exit': return shown(event.reason);
    case 'os': return shown(event.what);
    case 'console': return quoted(shown(event.text).slice(0, 12));
    case 'halt': return 'HLT';
    case 'exit': return event.by === 'power-off' ? 'power off' : `exit ${shown(event.value)}`;
    case 'input': case 'snapshot': case 'marker': case 'reset': case 'shutdown': case 'unsupported': return event.kind;
    default: return unreachable(event);
  }
}

// imported rows may lack any field, whatever the event types promise for recorded ones: what is missing reads `?`
type Maybe<Value> = Value | null | undefined;
const hex = (value: Maybe<number | bigint>): string => (value === null || value === undefined ? '?' : hexOf(value));
const shown = (value: Maybe<string | number>): string => (value === null || value === undefined ? '?' : String(value));
const upper = (value: Maybe<string>): string => shown(value).toUpperCase();
const listed = <Item>(value: Maybe<readonly Item[]>): readonly Item[] => value ?? [];
const optional = <Value>(value: Value | null | undefined, text: (value: Value) => string): string => (value === undefined || value === null ? '' : text(value));
const count = (many: number, noun: string): string => `${String(many)} ${noun}${many === 1 ? '' : 's'}`;
const change = (before: Maybe<bigint>, after: Maybe<bigint>): string =>
  typeof before === 'bigint' && before === after ? `${hex(before)}, unchanged` : `${hex(before)} -> ${hex(after)}`;
const quoted = (text: Maybe<string>): string => JSON.stringify(shown(text));

function faultParts(event: FaultEvent): string[] {
  const { mnemonic, vector } = event;
  const parts = [`${shown(mnemonic)}${optional(findVector(vector), ({ title }) => ` (${title})`)}${accessOf(event)}`];
  const code = optional(event.errorCode, (value) => `error code ${hex(value)}: ${describeFaultCode(event, value)}`);
  const causes = listed(event.causes).map((seq) => `event ${String(seq)}`).join(' and ');
  if (code !== '') parts.push(code);
  if (causes !== '') parts.push(`caused by ${causes}`);
  if (event.during === 'delivery') parts.push(deliveryOf(event));
  return parts;
}

/**
 * The error code of a fault in words. In a log of QEMU's long mode a code that names a gate is vector * 16 + 2 instead of vector * 8 + 2; it
 * is read so where the event itself tells which delivery was refused.
 */
export function describeFaultCode({ vector, mode, deliveryOf: of, sourceLine }: FaultEvent, code: number): string {
  const isQemuGate = sourceLine !== undefined && (mode === 'long' || mode === 'compat') && vector !== 14 && (code & ERROR_IDT) !== 0 && of !== undefined && code >>> 4 === of.vector && code >>> 3 !== of.vector;
  return isQemuGate ? `IDT gate ${hex(of.vector)}, as QEMU counts: vector * 16 + 2` : describeErrorCode(vector, code);
}

/** What a debug exception is about, by its rule: nothing of it is wrong, somebody asked. */
const DEBUG_CAUSES: Readonly<Partial<Record<string, string>>> = {
  'instruction-breakpoint': 'an instruction breakpoint, before the instruction', 'data-breakpoint': 'a data breakpoint was met', 'io-breakpoint': 'an I/O breakpoint was met',
  'single-step-trap': 'a single step', 'task-switch-trap': 'the new task has T set in its TSS', 'icebp-trap': 'INT1', 'general-detect': 'a debug register is used with DR7.GD set',
} satisfies Partial<Record<RuleId, string>>;

function describeFault(event: FaultEvent): string {
  const { rule } = event;
  const parts = faultParts(event);
  const cause = rule === null ? undefined : DEBUG_CAUSES[rule];
  if (cause !== undefined) return [`${parts[0] ?? ''}: ${cause} [${shown(rule)}]`, ...parts.slice(1)].join('; ');
  if (rule === null || rule === 'none' || event.class === 'trap') return parts.join('; ');
  const known = RULES.find(({ id }) => id === rule);
  parts.push(known === undefined ? `by the check ${rule}` : `failed check: ${known.title} [${rule}]`);
  return parts.join('; ');
}

function accessOf({ cr2, access, tlb }: FaultEvent): string {
  const who = optional(access, ({ user, type, implicit }) => `${user ? 'user' : 'supervisor'} ${type ?? 'access'}${implicit === true ? ' by the processor itself' : ''} at `);
  return optional(cr2, (linear) => ` on ${who}${hex(linear)}${tlb === 'stale' ? ', by a stale TLB entry' : ''}`);
}

function deliveryOf({ deliveryOf: of }: FaultEvent): string {
  if (of === undefined) return 'while something else was delivered';
  const what = of.source === 'software' ? `INT ${hex(of.vector)}` : nameOfVector(of.vector);
  return `while ${what} was delivered${optional(of.seq, (seq) => ` (event ${String(seq)})`)}`;
}

const nameOfVector = (vector: Maybe<number>): string => (vector === null || vector === undefined ? '?' : vectorName(vector));

const VIA_NAMES: Readonly<Record<Via, string>> = {
  'int': 'INT', 'exception': 'exception', 'interrupt': 'interrupt', 'nmi': 'NMI', 'iret': 'IRET', 'sysenter': 'SYSENTER', 'sysexit': 'SYSEXIT', 'syscall': 'SYSCALL',
  'sysret': 'SYSRET', 'call-gate': 'call gate', 'far-call': 'far CALL', 'far-jump': 'far JMP', 'far-return': 'far RET', 'task-switch': 'task switch', 'smi': 'SMI',
  'rsm': 'RSM', 'unknown': 'transition',
};
const viaName = (via: Maybe<Via>): string => (via === null || via === undefined ? '?' : VIA_NAMES[via]);
/** Mechanisms whose name does not say what caused them. */
const WORDED: readonly Via[] = ['interrupt', 'unknown'];
const SOURCE_WORDS: Readonly<Record<Source, string>> = { software: 'software', exception: 'an exception', external: 'an external interrupt', nmi: 'an NMI' };

function nameOfTransition({ via, vector }: TransitionEvent): string {
  if (vector !== undefined && via === 'int') return `INT ${hex(vector)}`;
  if (vector !== undefined && via === 'exception') return nameOfVector(vector);
  if (vector !== undefined && via === 'task-switch') return `task switch for ${nameOfVector(vector)}`;
  return vector !== undefined && via === 'interrupt' ? `interrupt ${hex(vector)}` : viaName(via);
}

function describeTransition(event: TransitionEvent): string {
  const { via, from, to, source, frame } = event;
  const name = event.inferred !== undefined ? 'a change of ring the log does not show' : `${nameOfTransition(event)}${via === 'exception' && event.vector !== undefined ? ' is delivered' : ''}`;
  const cause = WORDED.includes(via) ? optional(source, (one) => ` (${SOURCE_WORDS[one]}${takenVector(event)})`) : '';
  const slots = listed(frame?.slots).length;
  const moved = slots === 0 ? '' : `, ${EXITS.includes(via) ? 'popping' : 'pushing'} ${count(slots, 'value')} at ${hex(frame?.linear)}`;
  return `${name}${cause}${wayOf(from, to)}${moved}${modes(from, to)}`;
}

// in real-address mode the BIOS has the lines there; a kernel that finds them there takes them for exceptions
function takenVector({ via, vector, mode }: TransitionEvent | InterruptLineEvent & { readonly via?: never }): string {
  if (vector === undefined || mode === 'real' || (via !== undefined && via !== 'interrupt')) return '';
  return optional(findVector(vector), ({ mnemonic }) => `, the vector of ${mnemonic}`);
}

// a log may know one side only, or the rings alone: what it does not know is left out, not filled with question marks
function wayOf(from: Side, to: Side): string {
  const isFromKnown = isPlaceKnown(from), isToKnown = isPlaceKnown(to);
  const stack = (from.ss === to.ss && from.cpl === to.cpl) || !isToKnown ? '' : `, stack ${place(to.ss, to.sp)}`;
  const rings = from.cpl !== null && to.cpl !== null && from.cpl !== to.cpl ? `: ring ${shown(from.cpl)} -> ring ${shown(to.cpl)}`
    : from.cpl !== null && to.cpl === null ? ` from ring ${shown(from.cpl)}` : optional(to.cpl ?? from.cpl, (cpl) => ` in ring ${shown(cpl)}`);
  if (!isToKnown) return `${rings}${isFromKnown ? `, at ${place(from.cs, from.ip)}` : ''}`;
  return `${rings}, ${place(from.cs, from.ip)} -> ${place(to.cs, to.ip)}${stack}`;
}
const isPlaceKnown = ({ cs, ip }: Side): boolean => cs !== null || ip !== null;

const EXITS: readonly Via[] = ['iret', 'far-return', 'rsm'];
const place = (selector: number | null, offset: bigint | null): string => `${hex(selector)}:${hex(offset)}`;
const modes = (from: Side, to: Side): string => (from.mode === to.mode || from.mode === null || to.mode === null ? '' : `, ${from.mode} -> ${to.mode} mode`);

function describeRegister({ register, before, after, inferred }: RegisterWriteEvent): string {
  // not by which instruction: LMSW, CLTS and a task switch write CR0, too, and the event does not tell
  const what = `${upper(register)} ${inferred === undefined ? 'is written' : 'has changed'}`;
  if (typeof before !== 'bigint' || typeof after !== 'bigint') return `${what}: ${change(before, after)}`;
  const sets = flagsIn(register, after & ~before);
  const clears = flagsIn(register, before & ~after);
  return `${what}: ${change(before, after)}${sets === '' ? '' : `, sets ${sets}`}${clears === '' ? '' : `, clears ${clears}`}`;
}

function flagsIn(register: string, bits: bigint): string {
  const fields: readonly BitField[] = register === 'cr0' ? CR0_FIELDS : register === 'cr4' ? CR4_FIELDS : [];
  return namesOfSetBits(bits, fields).join(' ');
}

function describeTableLoad({ register, before, after, inferred }: TableLoadEvent): string {
  const name = upper(register);
  if (inferred !== undefined) return `${name} has changed: ${tableValue(before)} -> ${tableValue(after)}`;
  return `${name} is loaded: ${tableValue(before)} -> ${tableValue(after)}`;
}
function tableValue(value: Maybe<TableValue>): string {
  if (value === null || value === undefined) return '?';
  return `${optional(value.selector, (selector) => `selector ${hex(selector)}, `)}base ${hex(value.base)}, limit ${hex(value.limit)}`;
}

function describeFlush({ scope, linear }: TlbFlushEvent): string {
  if (scope === 'page') return `the TLB forgets the page at ${hex(linear)}`;
  return scope === 'all' ? 'the TLB forgets all entries' : 'the TLB forgets all entries that are not global';
}

/** What an interrupt of the local APIC without a line is called. */
const SOURCE_NAMES: Readonly<Record<Exclude<LineSource, 'io-apic'>, string>> = { timer: 'APIC timer', error: 'APIC error', lint0: 'LINT0', lint1: 'LINT1', ipi: 'IPI' };
/** Its source as one of these names' keys; null for what came by a line. */
function localSource({ source }: { readonly source?: Maybe<LineSource> }): keyof typeof SOURCE_NAMES | null {
  return source === undefined || source === null || source === 'io-apic' ? null : source;
}
function nameOfLine(event: InterruptLineEvent): string {
  const local = localSource(event);
  return local === null ? `IRQ ${shown(event.line)}` : SOURCE_NAMES[local];
}

function describeLine(event: InterruptLineEvent): string {
  const { line, state, vector, source } = event, local = localSource(event);
  const what = local === null ? `interrupt line ${shown(line)}${source === 'io-apic' ? ', by the I/O APIC,' : ''}` : `the interrupt of the local APIC (${SOURCE_NAMES[local]})`;
  return `${what} is ${shown(state)}${optional(vector, (value) => ` as vector ${hex(value)}${takenVector(event)}`)}`;
}

function describeOs({ what, number, value, detail }: OsEvent): string {
  const noun = { 'system-call': 'a system call begins', 'system-call-return': 'a system call returns', 'signal': 'a signal arrives', 'switch': 'another process runs' }[what] ?? 'the operating system reports';
  return `${noun}${optional(number, (one) => ` (number ${String(one)})`)}${optional(value, (one) => `, value ${hex(one)}`)}${optional(detail, (text) => `: ${text}`)}`;
}

function describeShutdown(chain: Maybe<readonly number[]>): string {
  const seqs = listed(chain).map((seq) => `event ${String(seq)}`);
  return `the processor shuts down${seqs.length === 0 ? '' : ` after ${seqs.join(', ')}`}`;
}
