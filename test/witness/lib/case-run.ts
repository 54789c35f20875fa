// Runs differential cases on Ringscope (in this process), QEMU and Bochs, and gives what each case left behind.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createMachine } from '../../../core/machine/machine.ts';
import { describeEnd } from '../../../core/machine/run-end.ts';
import { Session } from '../../../core/machine/session.ts';
import type { Case, Outcome } from './case.ts';
import { bochsConfiguration, LOADER } from './bochs.ts';
import { isOver } from './bochs-log.ts';
import { assembleRunner, caseImage, caseRecords, parseOutcomes, RECORDS_ADDRESS } from './case-image.ts';
import { inFolder, run } from './programs.ts';
import { wrapIntoRom } from './rom.ts';

const LIMIT_MS = 240_000;
const INSTRUCTIONS_PER_CASE = 100_000;

let assembled: Promise<Buffer> | null = null;
const runner = (): Promise<Buffer> => (assembled ??= assembleRunner());

/** What the cases left behind, in order; fewer than there are when the run ended before, with the reason why. */
export interface Ended { readonly outcomes: readonly Outcome[]; readonly problem: string | null }

/** What each case left behind on Ringscope. */
export async function runOnRingscope(cases: readonly Case[]): Promise<Ended> {
  const printed: number[] = [];
  const request = { format: 'elf', memoryBytes: 64 << 20, maxInstructions: 1_000_000 + cases.length * INSTRUCTIONS_PER_CASE } as const;
  const machine = createMachine({ image: caseImage(await runner(), caseRecords(cases)), request, allocate: (bytes) => new ArrayBuffer(bytes) });
  machine.devices.console.listener = (_, byte) => { printed.push(byte); };
  const end = new Session(machine).run(Infinity);
  return { outcomes: parseOutcomes(Buffer.from(printed)), problem: end?.kind === 'exit' ? null : end === null ? 'no end' : describeEnd(end) };
}

/** What each case left behind on QEMU. */
export async function runOnQemu(cases: readonly Case[]): Promise<Ended> {
  return inFolder(async (folder) => {
    writeFileSync(path.join(folder, 'image'), caseImage(await runner(), caseRecords(cases)));
    const result = await run('qemu-system-i386', [
      '-accel', 'tcg', '-cpu', 'pentium2', '-machine', 'pc,smm=off', '-m', '64', '-nodefaults', '-display', 'none', '-no-reboot', '-kernel', 'image',
      '-debugcon', 'file:printed', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04',
    ], { cwd: folder, limitMs: LIMIT_MS });
    return { outcomes: parseOutcomes(readFileSync(path.join(folder, 'printed'))), problem: result.code === 1 ? null : `QEMU ended with ${String(result.code)}: ${result.stderr.trim()}` };
  });
}

/** Bochs loads at most four files, each into one of its blocks of memory. */
const BOCHS_BLOCK_BYTES = 0x2_0000, BOCHS_IMAGES = 4;
/** What fits into them. */
export const BOCHS_CASES_MAX = 1600;

/** Writes the records in blocks; the lines of Bochs's configuration that load them. */
function writeRamImages(folder: string, records: Buffer): string {
  let lines = '';
  for (let block = 0; block * BOCHS_BLOCK_BYTES < records.length; block += 1) {
    if (block === BOCHS_IMAGES) throw new Error('too many cases for one run of Bochs');
    const first = block * BOCHS_BLOCK_BYTES;
    writeFileSync(path.join(folder, `records${block}`), records.subarray(first, first + BOCHS_BLOCK_BYTES));
    lines += `optramimage${block + 1}: file=records${block}, address=0x${(RECORDS_ADDRESS + first).toString(16)}\n`;
  }
  return lines;
}

/** What each case left behind on Bochs: the runner in a ROM, the records put into memory by Bochs itself. */
export async function runOnBochs(cases: readonly Case[]): Promise<Ended> {
  return inFolder(async (folder) => {
    const file = (name: string): string => path.join(folder, name);
    const assembledLoader = await run('nasm', ['-f', 'bin', '-o', file('loader'), LOADER], { cwd: folder, limitMs: LIMIT_MS });
    if (assembledLoader.code !== 0) throw new Error(`nasm could not assemble loader.asm: ${assembledLoader.stderr.trim()}`);
    writeFileSync(file('rom'), wrapIntoRom(caseImage(await runner(), Buffer.alloc(0)), readFileSync(file('loader'))));
    writeFileSync(file('bochsrc'), bochsConfiguration({ hasDebugConsole: true }) + writeRamImages(folder, caseRecords(cases)));
    writeFileSync(file('commands'), 'c\n');
    const result = await run('bochs', ['-q', '-f', 'bochsrc', '-rc', 'commands'], { cwd: folder, limitMs: LIMIT_MS, isDone: () => existsSync(file('log')) && isOver(readFileSync(file('log'), 'latin1')) });
    const outcomes = parseOutcomes(Buffer.from(result.stdout, 'latin1'));
    return { outcomes, problem: outcomes.length < cases.length ? `Bochs ended with ${String(result.code)}: ${readFileSync(file('log'), 'latin1').slice(-300)}` : null };
  });
}
