// Services of the BIOS, asked in QEMU's `pc` and here with the same registers (bios.asm): diskette and hard disk, memory, keyboard, screen.
// A witness that is not installed is skipped with its reason, and is a failure where CI=true.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, vi, type TestContext } from 'vitest';
import { createMachine } from '../../core/machine/machine.ts';
import { Session } from '../../core/machine/session.ts';
import { inFolder, missing, ROOT, run } from './lib/programs.ts';

vi.setConfig({ testTimeout: 120_000 });

const LIMIT_MS = 60_000;
/** isa-debug-exit ends QEMU with (value << 1) | 1. */
const EXIT_OK = 1;

/** Skips the test loudly when a witness is missing; fails it where CI=true. */
function need(context: TestContext): void {
  for (const reason of [missing('nasm', 'nasm'), missing('qemu-system-i386', 'qemu-system-x86')]) {
    if (reason === null) continue;
    if (process.env['CI'] === 'true') throw new Error(`missing witness: ${reason}`);
    console.warn(`SKIPPED, cannot witness: ${reason}`);
    context.skip(reason);
  }
}

async function inQemu(image: string, kind: string, folder: string): Promise<readonly string[]> {
  const log = path.join(folder, 'log');
  const result = await run('qemu-system-i386', [
    '-accel', 'tcg', '-machine', 'pc', '-m', '64', '-nodefaults', '-display', 'none', '-vga', 'std', '-no-reboot', '-drive', `file=${image},format=raw,snapshot=on,if=${kind}`,
    '-boot', kind === 'floppy' ? 'a' : 'c', '-debugcon', `file:${log}`, '-device', 'isa-debug-exit,iobase=0xf4,iosize=1',
  ], { cwd: folder, limitMs: LIMIT_MS });
  if (result.code !== EXIT_OK) throw new Error(`QEMU ended with ${String(result.code)}: ${result.stderr.trim()}`);
  // its own BIOS logs to the same port
  return rowsOf(readFileSync(log, 'latin1'));
}

function here(image: Uint8Array): readonly string[] {
  const machine = createMachine({ image, request: { format: 'boot', maxInstructions: 5_000_000 }, allocate: (bytes) => new ArrayBuffer(bytes) });
  let printed = '';
  machine.devices.console.listener = (device, byte) => { if (device === 'debug') printed += String.fromCharCode(byte); };
  expect(new Session(machine).run(Infinity)).toEqual({ kind: 'exit', value: 0 });
  return rowsOf(printed);
}

const rowsOf = (text: string): readonly string[] => text.split('\n').filter((line) => /^([0-9a-f]{4} ){5}[0-9a-f]{2}$/.test(line));
/** The rows as the source says them. */
const questions = (source: string, isHardDisk: boolean): readonly string[] => {
  let isIn = true;
  return source.split('\n').flatMap((line) => {
    if (line.startsWith('%ifdef HARD_DISK')) isIn = isHardDisk;
    else if (line.startsWith('%else')) isIn = !isHardDisk;
    else if (line.startsWith('%endif')) isIn = true;
    return isIn && line.startsWith('    ask ') ? [line.trim()] : [];
  });
};

it.for([['floppy', []], ['ide', ['-dHARD_DISK']]] as const)('asked about a drive of kind %s, it answers as the BIOS of QEMU', async ([kind, options], context) => {
  need(context);
  await inFolder(async (folder) => {
    const source = path.join(ROOT, 'test/witness/bios.asm'), image = path.join(folder, 'bios.img');
    const made = await run('nasm', ['-f', 'bin', ...options, source, '-o', image], { cwd: folder, limitMs: LIMIT_MS });
    expect(made.stderr).toBe('');
    const asked = questions(readFileSync(source, 'latin1'), options.length > 0);
    const [ours, theirs] = [here(readFileSync(image)), await inQemu(image, kind, folder)];
    expect(ours).toHaveLength(asked.length);
    expect(ours.map((row, index) => `${asked[index]!}: ${row}`)).toEqual(theirs.map((row, index) => `${asked[index]!}: ${row}`));
  });
});
