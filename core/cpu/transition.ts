// A change of control flow by interrupt, return or fast system call is one transition: opened when every check has passed, committed with
// one event. CPL changes nowhere else. Order: openTransition, fields and registers in any order, commitTransition.

import { CR0_AM } from '../arch/control-registers.ts';
import { registerOffset } from '../arch/register-file.ts';
import { assert } from '../base/assert.ts';
import type { EventDraft } from '../event/draft.ts';
import { handleOf } from '../event/schema.ts';
import { beforeEvent, beginEvent, emitEvent, emitModeChange, kindCode, modeOf } from './emit.ts';
import { readFlags } from './flags.ts';
import { refreshFlatSegments } from './segmentation.ts';
import { CS, SS, type Cpu } from './state.ts';

const CPL = registerOffset('cpl'), CR0 = registerOffset('cr0');
const K_TRANSITION = kindCode('transition');
const SIDE = ['cpl', 'cs', 'ip', 'ss', 'sp', 'flags', 'mode'] as const;
const [F_CPL, F_CS, F_IP, F_SS, F_SP, F_FLAGS, F_MODE] = SIDE.map((name) => handleOf('transition', `from.${name}`)) as [number, number, number, number, number, number, number];
const [T_CPL, T_CS, T_IP, T_SS, T_SP, T_FLAGS, T_MODE] = SIDE.map((name) => handleOf('transition', `to.${name}`)) as [number, number, number, number, number, number, number];
const H_VIA = handleOf('transition', 'via');

let openOn: Cpu | null = null;
/** Where the open transition began; reused. */
const began = { mode: 0, cpl: 0, cs: 0 };

/**
 * Opens a transition: the probe sees the state before, and the event's row gets its common fields and the `from` side. From here on
 * nothing may fault. `from.ip` is the instruction responsible (of an interrupt, the interrupted one). Returns the row to fill.
 */
export function openTransition(cpu: Cpu, via: number): EventDraft {
  assert(openOn === null, 'no transition inside a transition');
  openOn = cpu;
  beforeEvent(cpu);
  const draft = beginEvent(cpu, K_TRANSITION);
  draft.set(H_VIA, via);
  began.mode = modeOf(cpu);
  began.cpl = cpu.cpl;
  began.cs = cpu.segmentSelector(CS);
  draft.set(F_CPL, began.cpl);
  draft.set(F_CS, began.cs);
  draft.set64(F_IP, cpu.instructionEip, 0);
  draft.set(F_SS, cpu.segmentSelector(SS));
  draft.set64(F_SP, cpu.esp, 0);
  draft.set64(F_FLAGS, cpu.rawFlags, 0);
  draft.set(F_MODE, began.mode);
  return draft;
}

/** The one writer of CPL; a bug of ours outside an open transition. */
export function setCpl(cpu: Cpu, cpl: number): void {
  assert(openOn === cpu, 'CPL to change inside a transition only');
  cpu.setNarrow(CPL, cpl);
}

/** Ends the transition: fills the `to` side from the registers and emits its one event, and `mode-change` when it is one. Returns the event's sequence number. */
export function commitTransition(cpu: Cpu): number {
  assert(openOn === cpu, 'an open transition to commit');
  openOn = null;
  if ((cpu.register(CR0) & CR0_AM) !== 0) refreshFlatSegments(cpu);
  const draft = cpu.draft;
  const flags = readFlags(cpu);
  draft.set(T_CPL, cpu.cpl);
  draft.set(T_CS, cpu.segmentSelector(CS));
  draft.set64(T_IP, cpu.eip, 0);
  draft.set(T_SS, cpu.segmentSelector(SS));
  draft.set64(T_SP, cpu.esp, 0);
  draft.set64(T_FLAGS, flags, 0);
  draft.set(T_MODE, modeOf(cpu));
  const seq = emitEvent(cpu);
  emitModeChange(cpu, began);
  return seq;
}
