// The states a processor starts in, against the manual's table and what a BIOS leaves.

import { expect, test } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { readFlags } from '../../../core/cpu/flags.ts';
import { startBoot, startReal } from '../../../core/cpu/start.ts';
import { CS, Cpu, DS, EAX, EDX, ES, FS, GS, LDTR, SS, stateBytes, TR } from '../../../core/cpu/state.ts';
import { EmptyBus } from './bare-cpu.ts';

const RAM = 0x1_0000;
const fresh = (): Cpu => new Cpu(new ArrayBuffer(stateBytes(RAM)), RAM, new EmptyBus());
const segment = (cpu: Cpu, register: number): readonly number[] =>
  [cpu.segmentSelector(register), cpu.segmentBase(register), cpu.segmentLimit(register), cpu.segmentRights(register)];

test('after reset as in SDM 3A "Processor State After Reset"', () => {
  const cpu = fresh();
  startReal(cpu);
  expect(segment(cpu, CS)).toEqual([0xf000, 0xffff_0000, 0xffff, 0x93]);
  for (const one of [ES, SS, DS, FS, GS]) expect(segment(cpu, one)).toEqual([0, 0, 0xffff, 0x93]);
  expect(segment(cpu, LDTR)).toEqual([0, 0, 0xffff, 0x82]);
  expect(segment(cpu, TR)).toEqual([0, 0, 0xffff, 0x8b]);
  expect([cpu.eip, readFlags(cpu), cpu.cpl, cpu.esp, cpu.get32(EAX), cpu.get32(EDX)]).toEqual([0xfff0, 2, 0, 0, 0, 0x6f3]);
  expect(['cr0', 'cr3', 'cr4', 'dr6', 'dr7'].map((name) => cpu.register(registerOffset(name)))).toEqual([0x6000_0010, 0, 0, 0xffff_0ff0, 0x400]);
  expect(['gdtr.limit', 'idtr.limit', 'gdtr.base', 'idtr.base'].map((name) => cpu.register(registerOffset(name)))).toEqual([0xffff, 0xffff, 0, 0]);
  expect([cpu.code32, cpu.stack32]).toEqual([0, 0]);
});

test('a boot sector finds itself at 0000:7C00 with the drive in DL, a stack below, interrupts on', () => {
  const cpu = fresh();
  startBoot(cpu, { drive: 0x80 });
  expect(segment(cpu, CS)).toEqual([0, 0, 0xffff, 0x93]);
  expect([cpu.eip, readFlags(cpu), cpu.get32(EDX), cpu.esp, cpu.get32(EAX)]).toEqual([0x7c00, 0x202, 0x80, 0x6f00, 0xaa55]);
  expect([cpu.register(registerOffset('cr0')), cpu.register(registerOffset('idtr.limit')), cpu.register(registerOffset('gdtr.limit'))]).toEqual([0x10, 0x3ff, 0]);
});
