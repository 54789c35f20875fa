// The pre-flight of a set-up: each trial on the machine of that moment with a listening probe, and everything is put back. A fault is a
// finding; its rule, operands and accesses are what the processor told. Trials that fail alike are one finding.

import { Fault, faultErrorCode, faultVector, Unsupported } from '../../cpu/fault.ts';
import { ERROR_IDT } from '../../arch/error-code.ts';
import type { TraceEvent } from '../../event/event.ts';
import type { Heard } from '../../event/heard.ts';
import { SILENT_PROBE } from '../../event/probe.ts';
import type { PreflightFinding } from '../../event/reexecutor.ts';
import { setUpOf } from '../../event/set-up.ts';
import { faultName } from './fault-words.ts';
import { ListeningProbe } from './listening-probe.ts';
import { trialsOf } from './preflight-trials.ts';
import type { Trial } from './trial.ts';
import type { Rewinder } from './rewinder.ts';

const PAGE_FAULT = 14;

interface Failure { readonly trial: Trial; readonly fault: Fault; readonly heard: readonly Heard[] }

/** What the set-up `event` leaves wrong; the rewinder stands behind its attempt, and stays there. */
export function preflight(rewinder: Rewinder, event: TraceEvent): readonly PreflightFinding[] {
  const setUp = setUpOf(event);
  if (setUp === null || rewinder.session.end !== null) return [];
  const found = new Map<string, PreflightFinding>();
  for (const trial of trialsOf(rewinder.machine.cpu, setUp)) {
    const failure = attempt(rewinder, trial);
    if (failure !== null) fold(found, failure);
  }
  return [...found.values()];
}

function attempt(rewinder: Rewinder, trial: Trial): Failure | null {
  return rewinder.trial(() => {
    const { cpu } = rewinder.machine;
    const probe = new ListeningProbe(SILENT_PROBE);
    try {
      cpu.probe = SILENT_PROBE;
      trial.prepare(cpu);
      cpu.probe = probe;
      trial.run(cpu);
    } catch (thrown) {
      // what this core does not do, and what the preparation already met (another trial tells), is no finding
      if (thrown instanceof Unsupported) return null;
      if (thrown instanceof Fault) return cpu.probe === probe ? { trial, fault: thrown, heard: probe.heard } : null;
      throw thrown;
    }
    return null;
  });
}

function fold(found: Map<string, PreflightFinding>, { trial, fault, heard }: Failure): void {
  const key = keyOf(trial, fault);
  const known = found.get(key);
  if (known === undefined) {
    found.set(key, {
      trial: trial.trial, vectors: trial.vector === null ? [] : [trial.vector], heard, rule: fault.rule, fault: faultName(fault),
      linear: faultVector(fault.code) === PAGE_FAULT ? fault.linear : null, isUnset: trial.isUnset || hasNoStack(heard),
    });
  } else if (trial.vector !== null && !known.vectors.includes(trial.vector)) {
    found.set(key, { ...known, vectors: [...known.vectors, trial.vector].sort((a, b) => a - b) });
  }
}

// the TSS holds zeros where the stack pointer or segment of the inner ring should be
const hasNoStack = (heard: readonly Heard[]): boolean => heard.some((one) => one.kind === 'access' && one.what === 'tss' && !one.write && one.value === 0n);

// Deliveries are alike when one check fails for one selector or page: the vector in the error code is what differs. A gate that fails from here fails from ring 3, too.
function keyOf(trial: Trial, fault: Fault): string {
  const isPageFault = faultVector(fault.code) === PAGE_FAULT;
  const code = faultErrorCode(fault.code);
  const object = isPageFault ? fault.linear >>> 12 : (code & ERROR_IDT) !== 0 ? 'gate' : code & 0xfffc;
  return [trial.vector === null ? trial.trial : 'delivery', trial.isUnset, fault.rule, faultVector(fault.code), object].join(' ');
}
