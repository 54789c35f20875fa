// A processor with a little RAM and no devices, for tests that execute a few bytes of machine code.
import type { Bus } from '../../../core/cpu/bus.ts';
import { readFlags, writeFlags } from '../../../core/cpu/flags.ts';
import { NO_LIMITS, run, step, type StopReason } from '../../../core/cpu/run.ts';
import { startProtected32 } from '../../../core/cpu/start.ts';
import { Cpu, stateBytes } from '../../../core/cpu/state.ts';

export const CODE = 0x1000;
export const STACK = 0x8000;
export const DATA = 0x4000;
const RAM_BYTES = 0x2_0000;

/** A bus with nothing on it; what is written to ports is kept. */
export class EmptyBus implements Bus {
  readonly written: { port: number; size: number; value: number }[] = [];
  readPort(): number { return 0xffff_ffff; }
  writePort(port: number, size: number, value: number): void { this.written.push({ port, size, value }); }
  readDevice(): number { return 0xffff_ffff; }
  writeDevice(): void { /* nothing there */ }
  acknowledgeInterrupt(): number { return 0x20; }
  apicBaseWritten(): void { /* there is no APIC */ }
  willWake(): boolean { return false; }
  setFpuError(): void { /* nobody listens */ }
  ignoresFpuError(): boolean { return false; }
}

/** A processor in flat 32-bit ring 0 with `code` at CODE and ESP at STACK. */
export function bareCpu(code: readonly number[], bus: Bus = new EmptyBus()): Cpu {
  const cpu = new Cpu(new ArrayBuffer(stateBytes(RAM_BYTES)), RAM_BYTES, bus);
  startProtected32(cpu, CODE);
  cpu.ram.set(code, CODE);
  cpu.esp = STACK;
  return cpu;
}

/** Begins again at CODE with other bytes and these flags; registers stay. */
export function restart(cpu: Cpu, code: readonly number[], flags: number): void {
  cpu.ram.set(code, CODE);
  cpu.pageFlags.fill(0);
  cpu.eip = CODE;
  writeFlags(cpu, flags);
}

/** Executes one instruction; the flags afterwards. Fails the test when it did not retire. */
export function execute(cpu: Cpu): number {
  const before = cpu.icount;
  const stop = step(cpu);
  if (cpu.icount !== before + 1) throw new Error(`did not retire: ${JSON.stringify(stop)} at ${cpu.eip.toString(16)}`);
  return readFlags(cpu);
}

/** Runs at most `attempts` instruction attempts. */
export function runFor(cpu: Cpu, attempts: number): StopReason {
  return run(cpu, { ...NO_LIMITS, attempts: cpu.attempts + attempts });
}
