// Integer instructions on the host and on our processor, from the same state: registers, memory, the flags that are defined, the fault.

import { FLAG_DF, readFlags, STATUS_FLAGS, writeFlags } from '../../../core/cpu/flags.ts';
import { NO_LIMITS, run } from '../../../core/cpu/run.ts';
import { EAX, EBX, ECX, EDI, EDX, ESI, HALTED } from '../../../core/cpu/state.ts';
import { bareCpu, DATA } from '../../unit/cpu/bare-cpu.ts';
import {
  CODE_BYTES, IMAGE_FCW, IMAGE_MXCSR, OPERAND_BYTES, RECORD_BYTES, RECORD_CODE, RECORD_EAX, RECORD_EDX, RECORD_EFLAGS, RECORD_IMAGE, RECORD_OPERAND, RECORD_SIGNAL, runOnHost,
} from './host-float.ts';
import { INTEGER_FORMS, type IntegerForm } from './integer-forms.ts';
import { randomFrom, type Random } from './random.ts';

export interface IntegerTally { readonly compared: number; readonly faulted: number; readonly differing: readonly string[] }

const NOP = 0x90, HLT = 0xf4, ALWAYS = 0x202;
/** As the host starts a program: all exceptions masked. */
const START_FCW = 0x37f, START_MXCSR = 0x1f80;
const ATTEMPTS_MAX = 64;

/** Runs `perForm` cases of every form on both. Deterministic for a seed, but for what the host is. */
export function compareIntegers({ seed, perForm }: { readonly seed: number; readonly perForm: number }): IntegerTally {
  const random = randomFrom(seed);
  const cases = INTEGER_FORMS.flatMap((form) => Array.from({ length: perForm }, () => ({ form, record: newRecord(random, form) })));
  const answers = runOnHost(cases.map(({ record }) => record));
  const differing: string[] = [];
  let faulted = 0;
  cases.forEach(({ form, record }, index) => {
    const answer = Buffer.from(answers[index]!);
    if (answer.readUInt32LE(RECORD_SIGNAL) !== 0) faulted += 1;
    const differences = differencesOf(form, record, answer);
    if (differences.length > 0) differing.push(`${form.name} [${record.toString('hex', RECORD_CODE, RECORD_CODE + CODE_BYTES)}] eax=${hex(record, RECORD_EAX)} edx=${hex(record, RECORD_EDX)} eflags=${hex(record, RECORD_EFLAGS)}: ${differences.join(', ')}`);
  });
  return { compared: cases.length, faulted, differing };
}

function newRecord(random: Random, { bytes }: IntegerForm): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  record.fill(NOP, RECORD_CODE, RECORD_CODE + CODE_BYTES);
  record.set(bytes(random), RECORD_CODE);
  record.writeInt32LE(random.word(), RECORD_EAX);
  record.writeInt32LE(random.word(), RECORD_EDX);
  record.writeUInt32LE(ALWAYS | (random.below(0x1000) & STATUS_FLAGS), RECORD_EFLAGS);
  for (let at = 0; at < OPERAND_BYTES; at += 4) record.writeInt32LE(random.word(), RECORD_OPERAND + at);
  record.writeUInt16LE(START_FCW, RECORD_IMAGE + IMAGE_FCW);
  record.writeUInt32LE(START_MXCSR, RECORD_IMAGE + IMAGE_MXCSR);
  return record;
}

function differencesOf({ undefinedFlags }: IntegerForm, record: Buffer, host: Buffer): readonly string[] {
  const cpu = bareCpu([...record.subarray(RECORD_CODE, RECORD_CODE + CODE_BYTES), HLT]);
  for (const register of [EBX, ESI, EDI]) cpu.set32(register, 0);
  cpu.set32(EAX, record.readInt32LE(RECORD_EAX));
  cpu.set32(EDX, record.readInt32LE(RECORD_EDX));
  cpu.set32(ECX, DATA);
  cpu.ram.set(record.subarray(RECORD_OPERAND, RECORD_OPERAND + OPERAND_BYTES), DATA);
  writeFlags(cpu, record.readUInt32LE(RECORD_EFLAGS));
  run(cpu, { ...NO_LIMITS, attempts: cpu.attempts + ATTEMPTS_MAX });
  // bareCpu has no interrupt table: any fault ends in shutdown
  const hasFaulted = cpu.activity !== HALTED, signal = host.readUInt32LE(RECORD_SIGNAL);
  if (hasFaulted !== (signal !== 0)) return [`${hasFaulted ? 'faults' : 'does not fault'}, signal ${String(signal)}`];
  if (hasFaulted) return [];
  const differences: string[] = [];
  if (cpu.get32(EAX) !== host.readInt32LE(RECORD_EAX)) differences.push(`eax=${(cpu.get32(EAX) >>> 0).toString(16)}, host ${hex(host, RECORD_EAX)}`);
  if (cpu.get32(EDX) !== host.readInt32LE(RECORD_EDX)) differences.push(`edx=${(cpu.get32(EDX) >>> 0).toString(16)}, host ${hex(host, RECORD_EDX)}`);
  const flags = (readFlags(cpu) ^ host.readUInt32LE(RECORD_EFLAGS)) & (STATUS_FLAGS | FLAG_DF) & ~undefinedFlags;
  if (flags !== 0) differences.push(`flags differ in ${flags.toString(16)}`);
  if (Buffer.compare(cpu.ram.subarray(DATA, DATA + OPERAND_BYTES), host.subarray(RECORD_OPERAND, RECORD_OPERAND + OPERAND_BYTES)) !== 0) differences.push('memory differs');
  return differences;
}

const hex = (record: Buffer, at: number): string => record.readUInt32LE(at).toString(16);
