// IN and OUT: SDM 1 "I/O Instructions". Permission is ports.ts; devices are behind the bus.
import { IMMEDIATE, type Insn, type Operand } from '../../isa/insn.ts';
import { meetPorts } from '../breakpoints.ts';
import { writeOperand } from '../operands.ts';
import { checkIoPermission } from '../ports.ts';
import { EAX, EDX, type Cpu } from '../state.ts';
import type { SemanticsRows } from './execute-type.ts';

function portOf(cpu: Cpu, insn: Insn, operand: Operand): number {
  return operand.kind === IMMEDIATE ? insn.immediate : cpu.get16(EDX);
}

function input(cpu: Cpu, insn: Insn): void {
  const port = portOf(cpu, insn, insn.source);
  const bytes = insn.destination.sizeBits >>> 3;
  checkIoPermission(cpu, port, bytes);

  writeOperand(cpu, insn, insn.destination, cpu.bus.readPort(port, bytes));
  if (!cpu.isQuick) meetPorts(cpu, port, bytes);
}

function output(cpu: Cpu, insn: Insn): void {
  const port = portOf(cpu, insn, insn.destination);
  const bytes = insn.source.sizeBits >>> 3;
  checkIoPermission(cpu, port, bytes);

  const value = bytes === 1 ? cpu.get8(EAX) : bytes === 2 ? cpu.get16(EAX) : cpu.get32(EAX) >>> 0;
  cpu.bus.writePort(port, bytes, value);
  if (!cpu.isQuick) meetPorts(cpu, port, bytes);
}

export const INPUT_OUTPUT = { in: input, out: output } satisfies SemanticsRows<'in' | 'out'>;
