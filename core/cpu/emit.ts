// How events leave the processor: begin a row with the common fields, fill it, hand it out. Events of the machine around the
// processor (console, exit, halt…) have their helpers here too. What is in a row: core/event/schema.ts.
//
// Order: `beforeEvent` while the registers still hold the state before; then changes; then begin, fill, `emitEvent`.
// `icount` counts instructions retired before the event, so everything an instruction reports (its own transition too: it has
// not retired yet) carries the count before that instruction.

import { CR0_PE } from '../arch/control-registers.ts';
import { EFLAGS_VM } from '../arch/flags.ts';
import { registerOffset } from '../arch/register-file.ts';
import { codeOf, EVENT_KINDS, EXIT_WAYS, LINE_SOURCES, MODES, type EventKind, type ExitWay, type LineSource } from '../event/kinds.ts';
import type { EventDraft } from '../event/draft.ts';
import { commonHandle, handleOf } from '../event/schema.ts';
import { materialiseFlags } from './flags.ts';
import { CS, type Cpu } from './state.ts';

const H_ICOUNT = commonHandle('icount'), H_ITERATION = commonHandle('iteration'), H_MODE = commonHandle('mode'), H_CPL = commonHandle('cpl'),
  H_CS = commonHandle('cs'), H_IP = commonHandle('ip'), H_CPU = commonHandle('cpu');
const CR0 = registerOffset('cr0');
const MODE_REAL = codeOf(MODES, 'real'), MODE_V86 = codeOf(MODES, 'v86'), MODE_PROTECTED = codeOf(MODES, 'protected');

/** Code of a kind, for `beginEvent`; evaluate once per module. */
export const kindCode = (kind: EventKind): number => codeOf(EVENT_KINDS, kind);

/** Code in MODES of the current operating mode. */
export function modeOf(cpu: Cpu): number {
  if ((cpu.register(CR0) & CR0_PE) === 0) return MODE_REAL;
  return (cpu.rawFlags & EFLAGS_VM) !== 0 ? MODE_V86 : MODE_PROTECTED;
}

/** Tells the probe that something is about to change. It sees EIP at the instruction responsible, and all flags. */
export function beforeEvent(cpu: Cpu): void {
  materialiseFlags(cpu);
  const eip = cpu.eip;
  cpu.eip = cpu.instructionEip;
  cpu.probe.before();
  cpu.eip = eip;
}

/** Starts an event with every common field, from the registers as they are: `ip` is the instruction being executed. */
export function beginEvent(cpu: Cpu, kind: number): EventDraft {
  const draft = cpu.draft;
  draft.begin(kind);
  draft.setNumber(H_ICOUNT, cpu.icount);
  if (cpu.iteration !== 0) draft.setNumber(H_ITERATION, cpu.iteration);
  draft.set(H_MODE, modeOf(cpu));
  draft.set(H_CPL, cpu.cpl);
  draft.set(H_CS, cpu.segmentSelector(CS));
  draft.set64(H_IP, cpu.instructionEip, 0);
  draft.set(H_CPU, 0);
  return draft;
}

/** Hands the draft out; the registers hold the state after it. Returns the event's sequence number. */
export function emitEvent(cpu: Cpu): number {
  const seq = cpu.seq;
  cpu.seq = seq + 1;
  materialiseFlags(cpu);
  cpu.probe.emit(seq, cpu.draft);
  return seq;
}

const K_CONSOLE = kindCode('console'), K_MARKER = kindCode('marker'), K_HALT = kindCode('halt'), K_EXIT = kindCode('exit'), K_RESET = kindCode('reset'),
  K_UNSUPPORTED = kindCode('unsupported'), K_LINE = kindCode('interrupt-line'), K_INPUT = kindCode('input'), K_MODE_CHANGE = kindCode('mode-change');
const H_TEXT = handleOf('console', 'text'), H_DEVICE = handleOf('console', 'device'), H_WAKE = handleOf('halt', 'wake'), H_EXIT = handleOf('exit', 'value'), H_EXIT_BY = handleOf('exit', 'by'),
  H_REASON = handleOf('reset', 'reason'), H_INSTRUCTION = handleOf('unsupported', 'instruction'), H_DETAIL = handleOf('unsupported', 'detail'),
  H_LINE = handleOf('interrupt-line', 'line'), H_STATE = handleOf('interrupt-line', 'state'), H_LINE_VECTOR = handleOf('interrupt-line', 'vector'), H_LINE_SOURCE = handleOf('interrupt-line', 'source'),
  H_INPUT_DEVICE = handleOf('input', 'device'), H_INPUT_DATA = handleOf('input', 'data'),
  H_MODE_BEFORE = handleOf('mode-change', 'before'), H_MODE_AFTER = handleOf('mode-change', 'after');

/** Where an instruction began: mode (code in MODES), CPL and CS selector. */
export interface Place { readonly mode: number; readonly cpl: number; readonly cs: number }
/** Where the processor stands. */
export const placeOf = (cpu: Cpu): Place => ({ mode: modeOf(cpu), cpl: cpu.cpl, cs: cpu.segmentSelector(CS) });

/** The operating mode is not what it was: follows the event whose effect it is, and stands where that does. Nothing when the mode is the same. */
export function emitModeChange(cpu: Cpu, before: Place): void {
  const after = modeOf(cpu);
  if (before.mode === after) return;
  beforeEvent(cpu);
  const draft = beginEvent(cpu, K_MODE_CHANGE);
  draft.set(H_MODE, before.mode);
  draft.set(H_CPL, before.cpl);
  draft.set(H_CS, before.cs);
  draft.set(H_MODE_BEFORE, before.mode);
  draft.set(H_MODE_AFTER, after);
  emitEvent(cpu);
}

/** Text a device printed. */
export function emitConsole(cpu: Cpu, text: string, device: string): number {
  beforeEvent(cpu);
  const draft = beginEvent(cpu, K_CONSOLE);
  draft.setText(H_TEXT, text);
  draft.setText(H_DEVICE, device);
  return emitEvent(cpu);
}

/** `xchg bx, bx`. */
export function emitMarker(cpu: Cpu): number {
  beforeEvent(cpu);
  beginEvent(cpu, K_MARKER);
  return emitEvent(cpu);
}

/** HLT; `wake` is false when nothing can ever wake the processor. */
export function emitHalt(cpu: Cpu, state: { readonly wake: boolean }): number {
  beforeEvent(cpu);
  beginEvent(cpu, K_HALT).set(H_WAKE, state.wake ? 1 : 0);
  return emitEvent(cpu);
}

/** The guest asked to end with a value; switching the machine off has 0. */
export function emitExit(cpu: Cpu, { value, by }: { readonly value: number; readonly by: ExitWay }): number {
  beforeEvent(cpu);
  const draft = beginEvent(cpu, K_EXIT);
  draft.set(H_EXIT, value);
  draft.set(H_EXIT_BY, codeOf(EXIT_WAYS, by));
  return emitEvent(cpu);
}

/** The machine was reset. */
export function emitReset(cpu: Cpu, reason: string): number {
  beforeEvent(cpu);
  beginEvent(cpu, K_RESET).setText(H_REASON, reason);
  return emitEvent(cpu);
}

/** What this core does not do yet: names the instruction; the run ends here. */
export function emitUnsupported(cpu: Cpu, instruction: string, detail: string): number {
  beforeEvent(cpu);
  const draft = beginEvent(cpu, K_UNSUPPORTED);
  draft.setText(H_INSTRUCTION, instruction);
  draft.setText(H_DETAIL, detail);
  return emitEvent(cpu);
}

/** Codes of `interrupt-line`'s `state`. */
export const LINE_RAISED = 0, LINE_ACKNOWLEDGED = 1, LINE_LOWERED = 2;

/**
 * A request for an interrupt was latched, taken or withdrawn, by an instruction or between two. By the 8259 (`source` null) `vector` is given when it is
 * taken, otherwise null; the local APIC knows it from the start. `line` is null for what has none.
 */
export function emitInterruptLine(cpu: Cpu, change: { readonly line: number | null; readonly state: number; readonly vector: number | null; readonly source: LineSource | null }): number {
  beforeEvent(cpu);
  const draft = beginEvent(cpu, K_LINE);
  if (change.line !== null) draft.set(H_LINE, change.line);
  draft.set(H_STATE, change.state);
  if (change.vector !== null) draft.set(H_LINE_VECTOR, change.vector);
  if (change.source !== null) draft.set(H_LINE_SOURCE, codeOf(LINE_SOURCES, change.source));
  return emitEvent(cpu);
}

/** Something from outside (a key, a byte, a change), between two instructions; `arrive` makes what it changes, and emits nothing. */
export function emitInput(cpu: Cpu, input: { readonly device: string; readonly data: string }, arrive: () => void): number {
  cpu.instructionEip = cpu.eip;
  beforeEvent(cpu);
  const draft = beginEvent(cpu, K_INPUT);
  draft.setText(H_INPUT_DEVICE, input.device);
  draft.setText(H_INPUT_DATA, input.data);
  arrive();
  return emitEvent(cpu);
}
