// Runs differential cases on Ringscope (in this process), QEMU and Bochs, and gives what each case left behind.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createMachine } from '../../../core/machine/machine.ts';
import { describeEnd } from '../../../core/machine/run-end.ts';
import { Session } from '../../../core/machine/session.ts';
import type { Case, Outcome } from './case.ts';
import { assembleRunner, caseImage, parseOutcomes, writeCaseImage } from './case-image.ts';
import { inFolder, run } from './programs.ts';

const LIMIT_MS = 240_000;
const INSTRUCTIONS_PER_CASE = 100_000;

let assembled: Promise<Buffer> | null = null;
const runner = (): Promise<Buffer> => (assembled ??= assembleRunner());

/** What each case left behind on Ringscope. Throws when the run ends otherwise than by the guest's own end, naming the case. */
export async function runOnRingscope(cases: readonly Case[]): Promise<Outcome[]> {
  const printed: number[] = [];
  const request = { format: 'elf', memoryBytes: 64 << 20, maxInstructions: 1_000_000 + cases.length * INSTRUCTIONS_PER_CASE } as const;
  const machine = createMachine({ image: caseImage(await runner(), cases), request, allocate: (bytes) => new ArrayBuffer(bytes) });
  machine.devices.onConsole = (_, byte) => { printed.push(byte); };
  const end = new Session(machine).run(Infinity);
  const outcomes = parseOutcomes(Buffer.from(printed));
  if (end?.kind !== 'exit') throw new Error(`case ${outcomes.length}, ${cases[outcomes.length]?.name ?? 'none'}: ${end === null ? 'no end' : describeEnd(end)}`);
  return outcomes;
}

/** What each case left behind on QEMU. */
export async function runOnQemu(cases: readonly Case[]): Promise<Outcome[]> {
  return inFolder(async (folder) => {
    const image = writeCaseImage(folder, await runner(), cases);
    const result = await run('qemu-system-i386', [
      '-accel', 'tcg', '-cpu', 'pentium2', '-machine', 'pc,smm=off', '-m', '64', '-nodefaults', '-display', 'none', '-no-reboot', '-kernel', image,
      '-debugcon', 'file:printed', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04',
    ], { cwd: folder, limitMs: LIMIT_MS });
    const outcomes = parseOutcomes(readFileSync(path.join(folder, 'printed')));
    if (result.code !== 1) throw new Error(`QEMU ended with ${String(result.code)} at case ${outcomes.length}, ${cases[outcomes.length]?.name ?? 'none'}: ${result.stderr.trim()}`);
    return outcomes;
  });
}
