// MOV to and from TR3..TR7 of the i486, which test its cache and TLB. Values are kept. There is no cache to test, and the TLB here is another one:
// a command that would read or write either is unsupported. i486 Processor Programmer's Reference Manual "Testing"; SDM 3B "Test Registers".
//
//   TR5  3..2 entry of a line  1..0 control: 0 fill or read buffer, 1 cache write, 2 cache read, 3 cache flush        TR6  0 command: 0 TLB write, 1 lookup

import { Unsupported } from './fault.ts';
import { demandPrivileged } from './privilege.ts';
import { TEST_REGISTERS, type Cpu } from './state.ts';

const CACHE_CONTROL = 5, CONTROL_MASK = 3, CACHE_WRITE = 1, CACHE_READ = 2, TLB_COMMAND = 6;

/** MOV from TRn (3..7). Faults with #GP(0) outside ring 0. */
export function movFromTr(cpu: Cpu, tr: number): number {
  demandPrivileged(cpu);
  return cpu.register(TEST_REGISTERS + tr);
}

/** MOV to TRn (3..7). Faults with #GP(0) outside ring 0. Flushing the cache does nothing, as none is modelled. */
export function movToTr(cpu: Cpu, tr: number, value: number): void {
  demandPrivileged(cpu);
  const control = value & CONTROL_MASK;
  if (tr === TLB_COMMAND) throw new Unsupported('a TLB test command (a write of TR6)');
  if (tr === CACHE_CONTROL && (control === CACHE_WRITE || control === CACHE_READ)) throw new Unsupported('a cache test command (bits 1:0 of TR5)');

  cpu.setNarrow(TEST_REGISTERS + tr, value);
}
