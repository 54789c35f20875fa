// Runs differential cases on Ringscope (in this process), QEMU and Bochs, and gives what each case left behind.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createMachine } from '../../../core/machine/machine.ts';
import { describeEnd } from '../../../core/machine/run-end.ts';
import { Session } from '../../../core/machine/session.ts';
import type { Case, Outcome } from './case.ts';
import { bochsConfiguration, LOADER } from './bochs.ts';
import { isOver } from './bochs-log.ts';
import { assembleRunner, caseImage, parseOutcomes, type Runner } from './case-image.ts';
import { inFolder, run, type Run } from './programs.ts';
import { wrapIntoRom } from './rom.ts';

const LIMIT_MS = 30_000;
/** A case that makes no end within this is endless. */
const SLICE = 200_000;

let assembled: Promise<Runner> | null = null;
const runner = (): Promise<Runner> => (assembled ??= assembleRunner());

/** What the cases left behind, in order; fewer than there are when the run ended before, with the reason why. */
export interface Ended { readonly outcomes: readonly Outcome[]; readonly problem: string | null }
/** Which processor the peers are to be. */
export interface Models { readonly bochs: string; readonly qemu: string }
export const PLAIN_MODELS: Models = { bochs: 'p3_katmai', qemu: 'pentium2' };

/** What each case left behind on Ringscope. */
export async function runOnRingscope(cases: readonly Case[]): Promise<Ended> {
  const printed: number[] = [];
  const request = { format: 'elf', memoryBytes: 64 << 20, maxInstructions: Number.MAX_SAFE_INTEGER } as const;
  const machine = createMachine({ image: caseImage(await runner(), cases), request, allocate: (bytes) => new ArrayBuffer(bytes) });
  machine.devices.console.listener = (_, byte) => { printed.push(byte); };
  const session = new Session(machine);
  let end = null, before = -1;
  while (end === null && printed.length > before) {
    before = printed.length;
    end = session.run(SLICE);
  }
  return { outcomes: parseOutcomes(Buffer.from(printed), cases), problem: end?.kind === 'exit' ? null : end === null ? 'endless' : describeEnd(end) };
}

const howItEnded = ({ late, code }: Run): string => (late ? `did not end within ${LIMIT_MS / 1000} s` : `ended with ${String(code)}`);

/** What each case left behind on QEMU. */
export async function runOnQemu(cases: readonly Case[], models: Models = PLAIN_MODELS): Promise<Ended> {
  return inFolder(async (folder) => {
    writeFileSync(path.join(folder, 'image'), caseImage(await runner(), cases));
    const result = await run('qemu-system-i386', [
      '-accel', 'tcg', '-cpu', models.qemu, '-machine', 'pc,smm=off', '-m', '64', '-nodefaults', '-display', 'none', '-no-reboot', '-kernel', 'image',
      '-debugcon', 'file:printed', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04',
    ], { cwd: folder, limitMs: LIMIT_MS, mayBeLate: true });
    return { outcomes: parseOutcomes(readFileSync(path.join(folder, 'printed')), cases), problem: result.code === 1 ? null : `QEMU ${howItEnded(result)}: ${result.stderr.trim()}` };
  });
}

/** What each case left behind on Bochs: all of it in a ROM that copies itself to memory. */
export async function runOnBochs(cases: readonly Case[], models: Models = PLAIN_MODELS): Promise<Ended> {
  return inFolder(async (folder) => {
    const file = (name: string): string => path.join(folder, name);
    const assembledLoader = await run('nasm', ['-f', 'bin', '-o', file('loader'), LOADER], { cwd: folder, limitMs: LIMIT_MS });
    if (assembledLoader.code !== 0) throw new Error(`nasm could not assemble loader.asm: ${assembledLoader.stderr.trim()}`);
    const rom = wrapIntoRom(caseImage(await runner(), cases), readFileSync(file('loader')));
    writeFileSync(file('rom'), rom);
    writeFileSync(file('bochsrc'), bochsConfiguration({ hasDebugConsole: true, rom, model: models.bochs }));
    writeFileSync(file('commands'), 'c\n');
    const result = await run('bochs', ['-q', '-f', 'bochsrc', '-rc', 'commands'], { cwd: folder, limitMs: LIMIT_MS, mayBeLate: true, isDone: () => existsSync(file('log')) && isOver(readFileSync(file('log'), 'latin1')) });
    const outcomes = parseOutcomes(Buffer.from(result.stdout, 'latin1'), cases);
    return { outcomes, problem: outcomes.length < cases.length ? `Bochs ${howItEnded(result)}: ${readFileSync(file('log'), 'latin1').slice(-300)}` : null };
  });
}
