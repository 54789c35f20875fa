// The protection matrix: some 12 500 cases of segment loads, far transfers, returns, gates, stack switches and page rights (matrix.asm), 10 700
// of task switches with TSSs of 32 and 16 bits (tasks.asm), and 6 100 of virtual-8086 mode, the virtual interrupt flag and the I/O bit map
// (virtual.asm), run as guests; each must end as Bochs 2.7 says (expected*.txt: one line for each outcome of a suite, with the cases that have it).

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Bus } from '../../../../core/cpu/bus.ts';
import { PENDING_STOP } from '../../../../core/cpu/attention.ts';
import { NO_LIMITS, run } from '../../../../core/cpu/run.ts';
import { startProtected32 } from '../../../../core/cpu/start.ts';
import { Cpu, stateBytes } from '../../../../core/cpu/state.ts';

const HERE = import.meta.dirname;
const RAM = 0x80_0000, IMAGE_AT = 0x10_0000, HEADERS = 0x1000, ATTEMPTS_MAX = 30_000_000;
const CONSOLE = 0xe9, EXIT = 0xf4;

function runGuest(name: string): string {
  const image = readFileSync(path.join(HERE, name));
  const characters: number[] = [];
  const bus: Bus = {
    readPort: () => 0xff, readDevice: () => -1, writeDevice: () => undefined, acknowledgeInterrupt: () => 0x20, willWake: () => false, setFpuError: () => undefined, ignoresFpuError: () => false,
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

/** `suite outcome: cases` with runs of cases as `first-last`, sorted by first case. */
function summary(text: string): string {
  const outcomes = new Map<string, number[]>();
  for (const line of text.split('\n')) {
    const match = /^([0-9a-f]{2})([0-9a-f]{2}) (.+)$/.exec(line);
    if (match === null) continue;
    const key = `${match[1]!} ${match[3]!}`;
    outcomes.set(key, [...(outcomes.get(key) ?? []), parseInt(match[2]!, 16)]);
  }
  return [...outcomes].map(([key, cases]) => `${key}: ${runsOf(cases)}\n`).join('');
}
function runsOf(cases: readonly number[]): string {
  const hex = (value: number): string => value.toString(16).padStart(2, '0');
  const runs: [number, number][] = [];
  for (const one of cases) {
    const last = runs.at(-1);
    if (last?.[1] === one - 1) last[1] = one;
    else runs.push([one, one]);
  }
  return runs.map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`)).join(' ');
}

test.each([
  { what: 'the protection matrix', image: 'matrix.img', expected: 'expected.txt', variable: 'MATRIX_WITNESS' },
  { what: 'the task switches', image: 'tasks.img', expected: 'expected-tasks.txt', variable: 'TASKS_WITNESS' },
  { what: 'virtual-8086 mode', image: 'virtual.img', expected: 'expected-virtual.txt', variable: 'VIRTUAL_WITNESS' },
])('every case of $what ends as the witness says', { timeout: 180_000 }, ({ image, expected, variable }) => {
  const golden = path.join(HERE, expected);
  const witness = process.env[variable];
  // The golden comes from the witness's console, never from us.
  if (process.env['UPDATE_GOLDEN'] === '1' && witness !== undefined) writeFileSync(golden, summary(readFileSync(witness, 'latin1')));
  expect(summary(runGuest(image))).toBe(readFileSync(golden, 'utf8'));
});
