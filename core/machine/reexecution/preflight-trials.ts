// What a pre-flight tries after a set-up event, and when. No rule is stated here: every trial runs a procedure of core/cpu as it is, which
// raises its fault or does not. The table at the end says which set-up asks for which trials.

import { EFLAGS_FIXED } from '../../arch/flags.ts';
import { gateDpl } from '../../arch/gate.ts';
import { registerOffset } from '../../arch/register-file.ts';
import { findVector } from '../../arch/vectors.ts';
import { sysenter } from '../../cpu/fast-system-calls.ts';
import { blockCacheOf } from '../../cpu/block-cache.ts';
import { fetchBlock } from '../../cpu/fetch.ts';
import { writeFlags } from '../../cpu/flags.ts';
import { enterHandler } from '../../cpu/interrupt-gate.ts';
import { interruptReturn } from '../../cpu/iret.ts';
import { isProtectedMode } from '../../cpu/mode.ts';
import { loadSegmentRegister } from '../../cpu/real-mode.ts';
import { FLAT_CODE, FLAT_DATA, installFlat } from '../../cpu/segmentation.ts';
import { push32 } from '../../cpu/stack.ts';
import { CS, SS, TR, type Cpu } from '../../cpu/state.ts';
import { commitTransition, openTransition, setCpl } from '../../cpu/transition.ts';
import { codeOf, SOURCES, VIAS } from '../../event/kinds.ts';
import type { PreflightTrial } from '../../event/reexecutor.ts';
import type { SetUp } from '../../event/set-up.ts';
import { noExecuteTrials, pdpteTrials } from './page-trials.ts';
import { readLinear } from './peek.ts';
import type { Trial } from './trial.ts';

const IDTR_BASE = registerOffset('idtr.base'), IDTR_LIMIT = registerOffset('idtr.limit'), GDTR_LIMIT = registerOffset('gdtr.limit');
const MSR_CS = registerOffset('sysenter_cs'), MSR_ESP = registerOffset('sysenter_esp'), MSR_EIP = registerOffset('sysenter_eip');
const SOFTWARE = codeOf(SOURCES, 'software'), EXCEPTION = codeOf(SOURCES, 'exception'), EXTERNAL = codeOf(SOURCES, 'external'), NMI = codeOf(SOURCES, 'nmi');
const VIA_UNKNOWN = codeOf(VIAS, 'unknown');
const GATE_BYTES = 8, VECTORS = 256, EXCEPTIONS = 32, NMI_VECTOR = 2, OPERAND_SIZE = 32, USER = 3;
/** Without handlers for these a mistake of the guest ends in a triple fault: their absence is told. */
const NEEDED_VECTORS = [8, 13, 14];
/** INT3 and INTO, and what is free for interrupts, may be asked for by INT n. */
const isForPrograms = (vector: number): boolean => vector === 3 || vector === 4 || vector >= EXCEPTIONS;

/** Ring 3 as a program would run there, with flat segments that no table need have. Nobody is told. */
function toRing3(cpu: Cpu): void {
  if (cpu.cpl === USER) return;
  openTransition(cpu, VIA_UNKNOWN);
  setCpl(cpu, USER);
  installFlat(cpu, CS, USER, FLAT_CODE, USER);
  installFlat(cpu, SS, USER, FLAT_DATA, USER);
  commitTransition(cpu);
}

function fetchNext(cpu: Cpu): void {
  cpu.instructionEip = cpu.eip;
  fetchBlock(cpu, blockCacheOf(cpu));
}

/** Deliveries through every gate that is there; of those that are not, only the vectors every kernel needs. */
function deliveries(cpu: Cpu, from: 'here' | 'ring 3'): readonly Trial[] {
  const isVectorTable = cpu.register(IDTR_BASE) === 0 && (cpu.register(IDTR_LIMIT) === 0x3ff || cpu.register(IDTR_LIMIT) === 0xffff);
  // what reset or a BIOS left, and tables that are not loaded yet, are no mistakes
  if (cpu.register(GDTR_LIMIT) === 0 || isVectorTable) return [];
  return Array.from({ length: VECTORS }, (_, vector) => vector).flatMap((vector) => delivery(cpu, vector, from) ?? []);
}

function delivery(cpu: Cpu, vector: number, from: 'here' | 'ring 3'): Trial | null {
  const isBeyond = vector * GATE_BYTES + GATE_BYTES - 1 > cpu.register(IDTR_LIMIT);
  const bytes = readLinear(cpu, (cpu.register(IDTR_BASE) + vector * GATE_BYTES) >>> 0, GATE_BYTES);
  const isUnset = isBeyond || (bytes.length === GATE_BYTES && bytes.every((byte) => byte === 0));
  if (isUnset && !NEEDED_VECTORS.includes(vector)) return null;
  const isFromRing3 = from === 'ring 3' || cpu.cpl === USER;
  const dpl = bytes.length === GATE_BYTES ? gateDpl(new DataView(bytes.buffer).getUint32(4, true)) : 0;
  const isSoftware = isFromRing3 && dpl === USER && isForPrograms(vector);
  const source = isSoftware ? SOFTWARE : vector === NMI_VECTOR ? NMI : vector < EXCEPTIONS ? EXCEPTION : EXTERNAL;
  const errorCode = !isSoftware && findVector(vector)?.hasErrorCode === true ? 0 : -1;
  return {
    trial: isSoftware ? 'int-from-ring-3' : isFromRing3 ? 'delivery-from-ring-3' : 'delivery', vector, isUnset: isUnset && !isBeyond,
    prepare: (on) => { if (isFromRing3) toRing3(on); },
    run: (on) => { enterHandler(on, { source, vector, errorCode, resume: false }); fetchNext(on); },
  };
}

const hasIdt = (cpu: Cpu): boolean => cpu.register(IDTR_LIMIT) !== 0;
const deliveriesHere = (cpu: Cpu): readonly Trial[] => (hasIdt(cpu) ? deliveries(cpu, 'here') : []);
const deliveriesFromRing3 = (cpu: Cpu): readonly Trial[] => (hasIdt(cpu) && cpu.segmentSelector(TR) !== 0 ? deliveries(cpu, 'ring 3') : []);
/** Behind LIDT an IDT of no entries is what the guest wanted. */
const deliveriesOfLoaded = (cpu: Cpu): readonly Trial[] => deliveries(cpu, 'here');

/** SYSENTER once its code segment and target are set; before ring 3 as soon as any of its MSRs is. */
function sysenterTrials(cpu: Cpu, need: 'complete' | 'any'): readonly Trial[] {
  const [cs, esp, eip] = [cpu.register(MSR_CS), cpu.register(MSR_ESP), cpu.register(MSR_EIP)];
  if (need === 'complete' ? cs === 0 || eip === 0 : cs === 0 && esp === 0 && eip === 0) return [];
  const trial = (name: PreflightTrial, prepare: Trial['prepare'], run: Trial['run']): Trial => ({ trial: name, vector: null, isUnset: false, prepare, run });
  const entered = (on: Cpu): void => { toRing3(on); sysenter(on); };
  const inRing0 = (on: Cpu): void => {
    if (on.cpl === USER) sysenter(on);
    writeFlags(on, EFLAGS_FIXED);
  };
  const selector = cs & 0xfffc;
  const trials = [trial('sysenter', toRing3, (on) => { sysenter(on); fetchNext(on); })];
  if (selector === 0) return trials;
  if (esp !== 0 || need === 'any') trials.push(trial('sysenter-stack', entered, (on) => { push32(on, 0); }));
  if (cpu.register(GDTR_LIMIT) === 0) return trials;
  return [
    ...trials,
    trial('sysenter-ss', inRing0, (on) => { loadSegmentRegister(on, SS, (selector + 8) & 0xffff); }),
    trial('sysenter-cs', (on) => { inRing0(on); pushAll(on, [EFLAGS_FIXED, selector, eip]); }, (on) => { interruptReturn(on, OPERAND_SIZE); }),
    trial('sysexit-segments', (on) => { inRing0(on); pushAll(on, [((selector + 24) & 0xffff) | USER, 0, EFLAGS_FIXED, ((selector + 16) & 0xffff) | USER, 0]); },
      (on) => { interruptReturn(on, OPERAND_SIZE); }),
  ];
}

function pushAll(cpu: Cpu, values: readonly number[]): void {
  for (const value of values) push32(cpu, value);
}

/** Which trials belong to which set-up. */
const TRIALS: Readonly<Record<SetUp, readonly ((cpu: Cpu) => readonly Trial[])[]>> = {
  'gdtr': [deliveriesHere, deliveriesFromRing3, (cpu) => sysenterTrials(cpu, 'complete')],
  'idtr': [deliveriesOfLoaded, deliveriesFromRing3],
  'ldtr': [deliveriesHere, deliveriesFromRing3],
  'tr': [deliveriesFromRing3],
  'sysenter-msr': [(cpu) => sysenterTrials(cpu, 'complete')],
  'efer': [noExecuteTrials],
  'control': [deliveriesHere, deliveriesFromRing3, (cpu) => sysenterTrials(cpu, 'complete'), noExecuteTrials, pdpteTrials],
  'ring-3': [deliveriesHere, (cpu) => sysenterTrials(cpu, 'any'), noExecuteTrials],
};

/** The trials of a set-up, on the machine as it stands behind it. None outside protected mode. */
export function trialsOf(cpu: Cpu, setUp: SetUp): readonly Trial[] {
  return isProtectedMode(cpu) ? TRIALS[setUp].flatMap((make) => make(cpu)) : [];
}
