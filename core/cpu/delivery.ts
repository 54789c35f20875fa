// Interrupts and exceptions from their cause to their handler, and what happens when delivery itself faults: one after the other,
// double fault, shutdown. The gate procedure is interrupt-gate.ts, that of real-address mode real-mode-interrupt.ts. SDM 3A "Interrupt and Exception Handling".
// Faults of INT n, INT3 and INTO travel on to the run loop (the instruction did not retire), which hands them to deliverFault.

import { DR6_B, DR6_BS } from '../arch/debug-registers.ts';
import { ERROR_EXT } from '../arch/error-code.ts';
import { EFLAGS_OF, EFLAGS_RF } from '../arch/flags.ts';
import { contributionOf, DOUBLE_FAULT_TABLE } from '../arch/vectors.ts';
import { registerOffset } from '../arch/register-file.ts';
import { difference } from '../arch/vendor-differences.ts';
import { codeOf, SOURCES } from '../event/kinds.ts';
import { rule } from '../event/rules.ts';
import { PENDING_ACTIVITY } from './attention.ts';
import { differ } from './differ.ts';
import { DB, Fault, faultErrorCode, faultVector, judge, skip, type Delivering, type FaultCode } from './fault.ts';
import { emitDoubleFault, emitFault, emitShutdown, emitTrap, hasErrorCode, isFaultClass } from './fault-events.ts';
import { readFlags } from './flags.ts';
import { enterHandler, type Delivery } from './interrupt-gate.ts';
import { isRealMode } from './mode.ts';
import { demandVirtual8086Iopl } from './privilege.ts';
import { isRedirected, skipRedirection } from './interrupt-redirection.ts';
import { enterProgramHandler, enterRealHandler } from './real-mode-interrupt.ts';
import { SHUTDOWN, type Cpu } from './state.ts';

const SOFTWARE = codeOf(SOURCES, 'software'), EXCEPTION = codeOf(SOURCES, 'exception'), EXTERNAL = codeOf(SOURCES, 'external'), NMI = codeOf(SOURCES, 'nmi');
const R_SERIAL = rule('exceptions-serial'), R_DOUBLE = rule('double-fault-delivered'), R_VIRTUAL_8086 = rule('v86-iopl');
const R_BREAKPOINT = rule('breakpoint-trap'), R_OVERFLOW = rule('overflow-trap'), R_ICEBP = rule('icebp-trap'),
  R_GENERAL_DETECT = rule('general-detect');
const D_FRAME = difference('breakpoint-on-delivery'), D_EXT = difference('error-code-ext');
const ACTIVITY = registerOffset('activity');
const DEBUG_VECTOR = 1, BREAKPOINT_VECTOR = 3, OVERFLOW_VECTOR = 4, DOUBLE_FAULT_VECTOR = 8, NMI_VECTOR = 2, PAGE_FAULT_VECTOR = 14;
const BP: FaultCode = BREAKPOINT_VECTOR << 16, OF: FaultCode = OVERFLOW_VECTOR << 16;

/** INT n. The transition's `icount` does not count INT n itself yet: it retires when this returns. Faults as the gate procedure does. */
export function softwareInterrupt(cpu: Cpu, vector: number): void {
  deliverAsked(cpu, vector, -1);
}

/** INT3: a #BP trap, then its handler. */
export function breakpoint(cpu: Cpu): void {
  // SDM 3A "Interrupt 3—Breakpoint Exception (#BP)": nothing is looked at, the instruction itself is the breakpoint.
  judge(cpu, R_BREAKPOINT, false, cpu.instructionEip, 0);
  deliverAsked(cpu, BREAKPOINT_VECTOR, emitTrap(cpu, BP, R_BREAKPOINT, { isSoftware: true }));
}

/** INTO: with OF set an #OF trap, then its handler; otherwise nothing. */
export function trapOverflow(cpu: Cpu): void {
  const flags = readFlags(cpu);
  // SDM 3A "Interrupt 4—Overflow Exception (#OF)".
  if (judge(cpu, R_OVERFLOW, (flags & EFLAGS_OF) === 0, flags, 0)) return;
  deliverAsked(cpu, OVERFLOW_VECTOR, emitTrap(cpu, OF, R_OVERFLOW, { isSoftware: true }));
}

/**
 * INT1 (ICEBP): a #DB trap like one of the processor's own: no gate's DPL is looked at, EXT is 1, and DR6 says nothing of it. SDM 3A "Interrupt 1—Debug Exception (#DB)",
 * SDM 2A "INT n/INTO/INT3/INT1". A trap that MOV SS held back is reported with it.
 */
export function debugInterrupt(cpu: Cpu): void {
  judge(cpu, R_ICEBP, false, cpu.instructionEip, 0);
  cpu.debugCauses &= ~DR6_BS;
  deliverAsked(cpu, DEBUG_VECTOR, emitTrap(cpu, DB, R_ICEBP, { isSoftware: false }));
}

/** What the instruction itself asked for: INT n, INT3, INTO, INT1. `seq` is its own event, -1 for INT n. */
function deliverAsked(cpu: Cpu, vector: number, seq: number): void {
  // INT1 has an event, INT 1 has none
  const source = vector === DEBUG_VECTOR && seq >= 0 ? EXCEPTION : SOFTWARE;
  // SDM 3B "Instruction-Breakpoint Exception Condition": a software interrupt clears RF when it begins.
  if ((cpu.rawFlags & EFLAGS_RF) !== 0) cpu.rawFlags &= ~EFLAGS_RF;
  try {
    const delivery = { source, vector, errorCode: -1, resume: false };
    if (isForProgram(cpu, vector, seq)) enterProgramHandler(cpu, delivery);
    else enter(cpu, delivery);
  } catch (thrown) {
    if (thrown instanceof Fault) thrown.delivering = { source, vector, seq };
    throw thrown;
  }
  // the handler begins with TF clear: INT n is not stepped over
  if (cpu.debugCauses !== 0) cpu.debugCauses &= ~DR6_BS;
}

/** Whether INT n calls the handler of the virtual-8086 program itself; where it does not, virtual-8086 mode needs IOPL 3. */
function isForProgram(cpu: Cpu, vector: number, seq: number): boolean {
  // INT3 and INTO, which have an event of their own by now, are neither redirected nor sensitive to IOPL.
  if (seq >= 0) {
    skipRedirection(cpu);
    skip(cpu, R_VIRTUAL_8086);
    return false;
  }
  if (isRedirected(cpu, vector)) {
    skip(cpu, R_VIRTUAL_8086);
    return true;
  }
  demandVirtual8086Iopl(cpu);
  return false;
}

/** Delivers the fault of the instruction at `cpu.instructionEip`, which is undone: EIP goes back to it. May end in shutdown (`cpu.activity`). */
export function deliverFault(cpu: Cpu, fault: Fault): void {
  cpu.eip = cpu.instructionEip;
  // A fault while an INT n was delivered is not paired with it: software interrupts are benign, so the fault is delivered next.
  const seq = emitFault(cpu, fault, fault.delivering);
  deliverUntilDone(cpu, exceptionOf(cpu, fault), seq, [seq]);
}

/** Delivers an external interrupt between two instructions (or between two iterations of a REP). */
export function deliverExternal(cpu: Cpu, vector: number): void {
  deliverBetween(cpu, EXTERNAL, vector);
}

/** Delivers a non-maskable interrupt between two instructions. Blocking of further ones is the caller's concern (SHADOW_NMI). */
export function deliverNmi(cpu: Cpu): void {
  deliverBetween(cpu, NMI, NMI_VECTOR);
}

function deliverBetween(cpu: Cpu, source: number, vector: number): void {
  cpu.instructionEip = cpu.eip;
  // SDM 3B "Instruction-Breakpoint Exception Condition": RF is set in the frame when a REP was interrupted between iterations.
  deliverUntilDone(cpu, { source, vector, errorCode: -1, resume: cpu.iteration !== 0 }, -1, []);
}

/**
 * #DB behind the instruction at `cpu.instructionEip`, which completed (of a REP: an iteration did), for all that `cpu.debugCauses` holds; `broken` is the rule of
 * the first cause. SDM 3A "Interrupt 1—Debug Exception (#DB)".
 */
export function deliverDebugTrap(cpu: Cpu, broken: number): void {
  const resume = cpu.iteration !== 0;
  const seq = emitTrap(cpu, DB, broken, { isSoftware: false });
  deliverUntilDone(cpu, { source: EXCEPTION, vector: DEBUG_VECTOR, errorCode: -1, resume }, seq, [seq]);
}

// The chain is finite: each failed delivery adds a contributory or page fault, and two of those that do not follow one another make #DF.
function deliverUntilDone(cpu: Cpu, first: Delivery, firstSeq: number, chain: number[]): void {
  let current = first;
  let seq = firstSeq;
  for (;;) {
    const failed = tryDelivery(cpu, current);
    if (failed === null) {
      if (current === DOUBLE_FAULT) judge(cpu, R_DOUBLE, true, DOUBLE_FAULT_VECTOR, 0);
      forgetFrame(cpu);
      return;
    }
    if (isExternal(failed)) differ(cpu, D_EXT);
    const delivering: Delivering = { source: current.source, vector: current.vector, seq };
    const failedSeq = emitFault(cpu, failed, delivering);
    chain.push(failedSeq);
    if (current === DOUBLE_FAULT) {
      skip(cpu, R_SERIAL);
      judge(cpu, R_DOUBLE, false, DOUBLE_FAULT_VECTOR, faultVector(failed.code));
      shutDown(cpu, chain);
      return;
    }
    if (judge(cpu, R_SERIAL, isSerial(current, failed), current.vector, faultVector(failed.code))) {
      skip(cpu, R_DOUBLE);
      current = exceptionOf(cpu, failed);
      seq = failedSeq;
    } else {
      seq = emitDoubleFault(cpu, delivering, failedSeq);
      chain.push(seq);
      current = DOUBLE_FAULT;
    }
  }
}

/** Bit 0 of the error code is EXT, but for a page fault. */
const isExternal = ({ code }: Fault): boolean => faultVector(code) !== PAGE_FAULT_VECTOR && (faultErrorCode(code) & ERROR_EXT) !== 0;

/** Data breakpoints that the frame of an exception or external interrupt met are not reported. */
function forgetFrame(cpu: Cpu): void {
  if ((cpu.debugCauses & DR6_B) === 0) return;
  differ(cpu, D_FRAME);
  cpu.debugCauses &= ~DR6_B;
}

const DOUBLE_FAULT: Delivery = { source: EXCEPTION, vector: DOUBLE_FAULT_VECTOR, errorCode: 0, resume: false };

function exceptionOf(cpu: Cpu, { code, rule: broken }: Fault): Delivery {
  const vector = faultVector(code);
  // of the faults, #DB of an instruction breakpoint alone pushes RF as it is: the handler sets it to go on. SDM 3B "Instruction-Breakpoint Exception Condition"
  return { source: EXCEPTION, vector, errorCode: hasErrorCode(cpu, code) ? faultErrorCode(code) : -1, resume: isFaultClass(vector) || broken === R_GENERAL_DETECT };
}

function enter(cpu: Cpu, delivery: Delivery): void {
  if (isRealMode(cpu)) enterRealHandler(cpu, delivery);
  else enterHandler(cpu, delivery);
}

function tryDelivery(cpu: Cpu, delivery: Delivery): Fault | null {
  try {
    enter(cpu, delivery);
    return null;
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
}

/** SDM 3A "Interrupt 8—Double Fault Exception (#DF)", table "Conditions for Generating a Double Fault". */
function isSerial(first: Delivery, second: Fault): boolean {
  const one = first.source === EXCEPTION ? contributionOf(first.vector) : 'benign';
  return DOUBLE_FAULT_TABLE[one][contributionOf(faultVector(second.code))] === 'serial';
}

function shutDown(cpu: Cpu, chain: readonly number[]): void {
  cpu.setNarrow(ACTIVITY, SHUTDOWN);
  cpu.pending |= PENDING_ACTIVITY;
  emitShutdown(cpu, chain);
}
