// Sets a register or MSR of a machine that stands at a boundary, through the functions that own it, so that all that is derived follows.

import { EFLAGS_AC, EFLAGS_VM } from '../arch/flags.ts';
import { findMsr, msrName } from '../arch/msrs.ts';
import { registerOffset } from '../arch/register-file.ts';
import { findWholeField, wholeFields, wholeValue, withWholeValue, type WholeField } from '../arch/whole-field.ts';
import { assert } from '../base/assert.ts';
import { BadInput } from '../base/bad-input.ts';
import { hex, highU32, lowU32 } from '../base/u64.ts';
import { setControlRegister } from '../cpu/control-registers.ts';
import { Fault } from '../cpu/fault.ts';
import { materialiseFlags, writeFlags } from '../cpu/flags.ts';
import { msrValue, takesMsrValue, writeMsr } from '../cpu/model-specific-registers.ts';
import { loadSegmentRegister } from '../cpu/real-mode.ts';
import { refreshFlatSegments } from '../cpu/segmentation.ts';
import { DS, ES, FS, GS, SS, type Cpu } from '../cpu/state.ts';
import { setTableRegister } from '../cpu/system-tables.ts';
import type { Change } from '../event/change.ts';
import { REGISTER_TARGETS } from '../event/change-targets.ts';
import { faultWords } from './reexecution/fault-words.ts';

const SEGMENTS: Readonly<Record<string, number>> = { es: ES, ss: SS, ds: DS, fs: FS, gs: GS };
const CONTROL: Readonly<Record<string, 0 | 2 | 3 | 4>> = { cr0: 0, cr2: 2, cr3: 3, cr4: 4 };

/** A value of so many bits as people read it: small fields decimal, others hexadecimal. */
export const valueText = (value: bigint, bits: number): string => (bits <= 2 ? String(value) : hex(value));

/** Sets a register; what was set, in words: `CR0.WP: 1 -> 0`. Throws BadInput for a value it does not take. */
export function changeRegister(cpu: Cpu, { register, field, value }: Extract<Change, { kind: 'register' }>): string {
  const target = REGISTER_TARGETS.find(({ spelled }) => spelled === register);
  assert(target !== undefined, 'a register that can be changed');
  const whole = field === null ? null : findWholeField(target.fields, field);
  materialiseFlags(cpu);
  const offset = registerOffset(target.name);
  const before = BigInt(cpu.register(offset));
  writeRegister(cpu, register, Number(whole === null ? value : withWholeValue(before, whole, value)));
  return words(register.toUpperCase(), whole, { before, after: BigInt(cpu.register(offset)), width: target.width });
}

/** Sets an MSR; in words as above. Throws BadInput for one this processor does not have, and for a value it does not take. */
export function changeMsr(cpu: Cpu, { msr, field, value }: Extract<Change, { kind: 'msr' }>): string {
  const before = msrValue(cpu, msr);
  if (before === null) throw new BadInput(`this processor has no ${msrName(msr)}`);
  const whole = field === null ? null : findWholeField(wholeFields(findMsr(msr)?.fields ?? []), field);
  const wanted = whole === null ? value : withWholeValue(before, whole, value);
  if (!takesMsrValue(cpu, msr, lowU32(wanted), highU32(wanted))) throw new BadInput(`${msrName(msr)} does not take ${hex(wanted)}: WRMSR would raise #GP(0)`);

  writeMsr(cpu, msr, lowU32(wanted), highU32(wanted));
  return words(msrName(msr), whole, { before, after: msrValue(cpu, msr) ?? wanted, width: 64 });
}

function words(name: string, field: WholeField | null, to: { readonly before: bigint; readonly after: bigint; readonly width: number }): string {
  const shown = (value: bigint): string => (field === null ? valueText(value, to.width) : valueText(wholeValue(value, field), field.width));
  const what = field === null ? name : `${name}.${field.name}`;
  return to.before === to.after ? `${what}: ${shown(to.before)}, unchanged` : `${what}: ${shown(to.before)} -> ${shown(to.after)}`;
}

function writeRegister(cpu: Cpu, register: string, value: number): void {
  const segment = SEGMENTS[register], control = CONTROL[register];
  if (segment !== undefined) orRefuse(() => { loadSegmentRegister(cpu, segment, value); });
  else if (control !== undefined) orRefuse(() => { setControlRegister(cpu, control, value); });
  else switch (register) {
    case 'eip': cpu.eip = value; cpu.instructionEip = value; return;
    case 'eflags': writeEflags(cpu, value); return;
    case 'gdtr.base': setTableRegister(cpu, 'gdtr', { base: value, limit: null }); return;
    case 'gdtr.limit': setTableRegister(cpu, 'gdtr', { base: null, limit: value }); return;
    case 'idtr.base': setTableRegister(cpu, 'idtr', { base: value, limit: null }); return;
    case 'idtr.limit': setTableRegister(cpu, 'idtr', { base: null, limit: value }); return;
    default: cpu.set32(GENERAL.indexOf(register), value);
  }
}

const GENERAL: readonly string[] = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];

function writeEflags(cpu: Cpu, value: number): void {
  const before = cpu.rawFlags;
  if (((before ^ value) & EFLAGS_VM) !== 0) throw new BadInput('EFLAGS.VM is changed by IRET and task switches only');
  writeFlags(cpu, value);
  if (((before ^ value) & EFLAGS_AC) !== 0) refreshFlatSegments(cpu);
}

function orRefuse(write: () => void): void {
  try {
    write();
  } catch (thrown) {
    if (thrown instanceof Fault) throw new BadInput(`the processor refuses this value with ${faultWords(thrown)}`);
    throw thrown;
  }
}
