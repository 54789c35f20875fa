// The protection matrix: some 12 500 cases of segment loads, far transfers, returns, gates, stack switches and page rights (matrix.asm), 10 700
// of task switches with TSSs of 32 and 16 bits (tasks.asm), and 6 100 of virtual-8086 mode, the virtual interrupt flag and the I/O bit map
// (virtual.asm), run as guests; each must end as Bochs 2.7 says (expected*.txt: one line for each outcome of a suite, with the cases that have
// it; test/witness/matrix.test.ts has Bochs say it again).

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Bus } from '../../../../core/cpu/bus.ts';
import { PENDING_STOP } from '../../../../core/cpu/attention.ts';
import { NO_LIMITS, run } from '../../../../core/cpu/run.ts';
import { startProtected32 } from '../../../../core/cpu/start.ts';
import { Cpu, stateBytes } from '../../../../core/cpu/state.ts';
import { MATRICES, summary } from './summary.ts';

const HERE = import.meta.dirname;
const RAM = 0x80_0000, IMAGE_AT = 0x10_0000, HEADERS = 0x1000, ATTEMPTS_MAX = 30_000_000;
const CONSOLE = 0xe9, EXIT = 0xf4;

function runGuest(name: string): string {
  const image = readFileSync(path.join(HERE, name));
  const characters: number[] = [];
  const bus: Bus = {
    readPort: () => 0xff, readDevice: () => -1, writeDevice: () => undefined, acknowledgeInterrupt: () => 0x20, willWake: () => false, apicBaseWritten: () => undefined, setFpuError: () => undefined, ignoresFpuError: () => false,
    writePort: (port, _, value) => {
      if (port === CONSOLE) characters.push(value);
      if (port === EXIT) cpu.pending |= PENDING_STOP;
    },
  };
  const cpu = new Cpu(new ArrayBuffer(stateBytes(RAM)), RAM, bus);
  cpu.ram.set(image.subarray(HEADERS), IMAGE_AT);
  startProtected32(cpu, image.readUInt32LE(24));
  expect(run(cpu, { ...NO_LIMITS, attempts: ATTEMPTS_MAX })).toEqual({ kind: 'stop' });
  return Buffer.from(characters).toString('latin1');
}

test.each(MATRICES)('every case of $what ends as the witness says', { timeout: 180_000 }, ({ image, expected }) => {
  expect(summary(runGuest(image))).toBe(readFileSync(path.join(HERE, expected), 'utf8'));
});
