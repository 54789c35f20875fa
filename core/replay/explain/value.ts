// The value a failed check turned on: which memory, register or instruction bytes, where they lie, what they mean. Which kind of thing a
// rule reads is said by core/event/rule-readings.ts; the value itself is what the probe heard, or the register file as it was.

import { entryBytes } from '../../arch/page-entry.ts';
import { hex } from '../../base/u64.ts';
import type { TraceEvent } from '../../event/event.ts';
import type { LadderAccess, LadderStep } from '../../event/ladder.ts';
import { isReadFrom, readingOf } from '../../event/rule-readings.ts';
import { tssFieldAt } from '../../arch/tss.ts';
import { describeSelector } from '../state.ts';
import type { Attempt } from './attempt.ts';
import type { ValueRead } from './explanation.ts';
import { descriptorAt, describeDescriptor, describeGate, gateAt, nameOfEntry, nameOfPart, nameOfRegister, registerValue, type TableEntry } from './names.ts';
import { registerOperand } from './origin.ts';
import { tellingLevel } from './walk-levels.ts';

const BYTES_SHOWN = 4;

/** A value with the table entry it lies in, for remedies. */
export interface FailedValue { readonly value: ValueRead; readonly entry: TableEntry | null }

export interface ValueQuestion {
  readonly event: TraceEvent;
  readonly failed: LadderStep;
  /** Registers just before the event. */
  readonly registers: Uint32Array;
  /** All steps of its ladder. */
  readonly steps: readonly LadderStep[];
  /** The attempt, where the rule reads the instruction; else null. */
  readonly attempt: Attempt | null;
  /** Where the first byte of its instruction lies. */
  readonly codePhysical: number | null;
}

/** The value; null where the rule reads nothing, or what it reads was not heard. */
export function valueOf(question: ValueQuestion): FailedValue | null {
  const { event, failed, registers } = question;
  const reading = readingOf(failed.rule);
  const { reads } = reading;
  if (reads === null) return null;
  const isOfEntries = typeof reads === 'string' || Array.isArray(reads);
  if (isOfEntries && failed.procedure === 'page-walk' && event.kind === 'fault' && event.walk !== undefined && event.cr2 !== undefined) return ofWalk(event.walk.levels, { failed, event, registers });
  if (typeof reads === 'object' && 'register' in reads) return ofRegister(reads.register.replace('?', registerNamed(question)), registers, reads.bits);
  const access = failed.accesses.filter((one) => isReadFrom(reading, one)).at(-1);
  return access === undefined ? ofInstruction(question) : ofAccess(access, registers);
}

/** Of a check on what a selector names: where the selector was read, the other thing that may be wrong; null where it was not in memory. */
export function selectorOf({ failed, steps, registers }: ValueQuestion): FailedValue | null {
  if (!failed.rule.endsWith('-type') || !('selector' in failed.operands)) return null;
  const selector = BigInt(failed.operands['selector'] ?? 0);
  const reads = steps.flatMap(({ accesses }) => accesses).filter((one) => !one.write);
  const access = reads.filter((one) => holds(one, selector)).at(-1);
  return access === undefined ? null : ofAccess(access, registers);
}

function holds({ what, value }: LadderAccess, selector: bigint): boolean {
  if (what === 'gate') return ((value >> 16n) & 0xffffn) === selector;
  return (what === 'frame' || what === 'tss' || what === 'operand') && (value & 0xffffn) === selector;
}

/** The breakpoint register a check names, or the segment register of the access it is part of: the one its first check named. */
function registerNamed({ steps, failed }: ValueQuestion): string {
  const breakpoint = failed.operands['DR'];
  if (breakpoint !== undefined) return breakpoint;
  const usable = steps.filter((step) => step.rule === 'segment-usable' && step.group === failed.group).at(-1);
  return (usable?.operands['segment register'] ?? 'ds').toLowerCase();
}

/** What a memory access read, named. */
export function ofAccess(access: LadderAccess, registers: Uint32Array): FailedValue {
  const { linear, physical, size, value } = access;
  const { name, meaning, entry } = describeAccess(access, registers);
  return { value: { name, value: hex(value), meaning, from: { kind: 'memory', linear, physical, size } }, entry };
}

function describeAccess({ what, part, linear, value }: LadderAccess, registers: Uint32Array): { readonly name: string; readonly meaning: string | null; readonly entry: TableEntry | null } {
  const place = linear === null ? 0 : Number(linear);
  switch (what) {
    case 'gate': {
      // a call or task gate of a far transfer lies in the GDT or LDT
      const entry = (part === 'target' ? descriptorAt(registers, place) : null) ?? gateAt(registers, place);
      return { name: nameOfEntry(entry), meaning: describeGate(value), entry };
    }
    case 'descriptor': {
      const entry = descriptorAt(registers, place);
      return { name: entry === null ? 'the descriptor' : nameOfEntry(entry), meaning: describeDescriptor(value), entry };
    }
    case 'tss': {
      const field = tssFieldAt(place - Number(registerValue(registers, 'tr.base')));
      return { name: field === null ? 'the TSS' : `the ${field.name} field of the TSS`, meaning: part === 'ss' || part === 'cs' ? describeSelector(Number(value)) : field?.title ?? null, entry: null };
    }
    case 'frame': return { name: `the ${nameOfPart(part)} slot of the frame`, meaning: part === 'ss' || part === 'cs' ? describeSelector(Number(value & 0xffffn)) : null, entry: null };
    case 'io-map': return { name: 'the I/O permission bits', meaning: null, entry: null };
    case 'redirection-map': return { name: 'the interrupt redirection bits', meaning: null, entry: null };
    case 'pseudo-descriptor': return { name: `the ${nameOfPart(part)} of the pseudo-descriptor`, meaning: null, entry: null };
    case 'operand': return { name: 'the operand', meaning: null, entry: null };
    case 'page-entry': return { name: 'the page entry', meaning: null, entry: null };
    case 'tlb': return { name: 'the TLB entry', meaning: null, entry: null };
  }
}

function ofRegister(name: string, registers: Uint32Array, bits?: string): FailedValue {
  const value = registerValue(registers, name);
  return { value: { name: nameOfRegister(name), value: name === 'cpl' ? String(value) : hex(value), meaning: name.endsWith('.selector') ? describeSelector(Number(value)) : null, from: { kind: 'register', register: name, ...(bits === undefined ? {} : { bits }) } }, entry: null };
}

/** What the instruction itself brought: its bytes, or the operand it took from a register or memory. */
function ofInstruction({ failed, attempt, codePhysical, registers }: ValueQuestion): FailedValue | null {
  if (attempt === null) return null;
  const operand = failed.accesses.filter((one) => !one.write && (one.what === 'operand' || one.what === 'frame')).at(-1);
  if (operand !== undefined) return ofAccess(operand, registers);
  const source = failed.procedure === 'fetch' ? null : registerOperand(attempt.insn);
  if (source !== null) return ofRegister(source, registers);
  const { linear, bytes } = attempt.code;
  const shown = [...bytes.subarray(0, BYTES_SHOWN)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const from = { kind: 'instruction', linear: BigInt(linear), physical: codePhysical === null ? null : BigInt(codePhysical), size: Math.min(BYTES_SHOWN, bytes.length) } as const;
  return { value: { name: 'the instruction', value: shown, meaning: attempt.insn === null ? null : attempt.text, from }, entry: null };
}

function ofWalk(levels: Parameters<typeof tellingLevel>[0], { failed, event, registers }: { readonly failed: LadderStep; readonly event: TraceEvent & { readonly kind: 'fault' }; readonly registers: Uint32Array }): FailedValue | null {
  const level = tellingLevel(levels, failed.rule);
  if (level === null) return null;
  if (level.register !== undefined) return ofRegister(level.register.name, registers);
  const name = `the page-${level.level === 1 ? 'table' : 'directory'} entry of ${event.cr2 === null || event.cr2 === undefined ? 'the page' : hex(event.cr2)}`;
  return { value: { name, value: hex(level.entry), meaning: level.meaning, from: { kind: 'memory', linear: null, physical: BigInt(level.physical), size: entryBytes(level.paging) } }, entry: null };
}
