// The guest modes.asm under Bochs, QEMU and here: virtual-8086 mode, 16-bit gates, real-address mode. It prints what it finds after each step,
// so the printed texts are compared. expected/modes.txt is what Bochs prints; UPDATE_GOLDEN=1 rewrites it.
// A witness that is not installed is skipped with its reason, and is a failure where CI=true.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import { runBochs } from './lib/bochs.ts';
import { inFolder, missing, ROOT, run } from './lib/programs.ts';
import { runQemu } from './lib/qemu.ts';
import { ringscopeEvents } from './lib/ringscope.ts';
import { reasonMissing, type Witness } from './lib/witness.ts';
import type { WitnessRun } from './lib/witness-event.ts';

const LIMIT_MS = 120_000;
const GOLDEN = path.join(ROOT, 'test/witness/expected/modes.txt');
const STEPS = 86, STEPS_WITHOUT_LIMITS = 77;

/**
 * QEMU, for an INT out of virtual-8086 mode to a handler of ring 1, first looks for a stack of ring 1 (#TS); the manual refuses the
 * handler (#GP with its selector). SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure", "Operation".
 */
const QEMU_RING1 = { step: '0022', manual: ['000d', '0038'], qemu: ['000a', '0000'] } as const;
const VECTOR_FIELD = 1, ERROR_FIELD = 10;

/** AF is undefined behind the logic instructions and shifts of the guest, and is what a 386 leaves here: cleared wherever a word looks like FLAGS (bit 1 set; 3, 5 and 15 clear). */
const withoutAdjust = (line: string): string => line.replace(/\b[0-9a-f]{4}\b/g, (word) => {
  const value = parseInt(word, 16);
  return (value & 0x802a) === 2 ? (value & ~0x10).toString(16).padStart(4, '0') : word;
});

/** Skips the test loudly when a witness is missing; fails it where CI=true. */
function need(context: TestContext, ...witnesses: Witness[]): void {
  for (const reason of [missing('nasm', 'nasm'), ...witnesses.map(reasonMissing)]) {
    if (reason === null) continue;
    if (process.env['CI'] === 'true') throw new Error(`missing witness: ${reason}`);
    console.warn(`SKIPPED, cannot witness: ${reason}`);
    context.skip(reason);
  }
}

/** What the guest prints under a witness, as lines. */
async function printed(witness: (imagePath: string) => Promise<WitnessRun>, options: readonly string[]): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    const image = path.join(folder, 'modes.img');
    const assembled = await run('nasm', ['-f', 'bin', '-Wall', '-Werror', '-I', 'traces/', ...options, '-o', image, 'test/witness/modes.asm'], { cwd: ROOT, limitMs: LIMIT_MS });
    if (assembled.code !== 0) throw new Error(`nasm could not assemble modes.asm: ${assembled.stderr.trim()}`);
    return (await witness(image)).console.trimEnd().split('\n').map((line) => line.trimEnd());
  });
}

it('Bochs prints what is written in expected/', { timeout: LIMIT_MS }, async (context) => {
  need(context, 'bochs');
  const lines = await printed(runBochs, ['-D', 'LIMITS']);
  expect(lines).toHaveLength(STEPS);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, `${lines.join('\n')}\n`);
  expect(`${lines.join('\n')}\n`).toBe(readFileSync(GOLDEN, 'utf8'));
});

it('Ringscope prints what is written in expected/', { timeout: LIMIT_MS }, async (context) => {
  need(context, 'ringscope');
  expect(withoutAdjust(`${(await printed(ringscopeEvents, ['-D', 'LIMITS'])).join('\n')}\n`)).toBe(withoutAdjust(readFileSync(GOLDEN, 'utf8')));
});

it('Ringscope and QEMU agree, but for RF and a handler of ring 1', { timeout: LIMIT_MS }, async (context) => {
  need(context, 'ringscope', 'qemu');
  // QEMU never sets RF in the EFLAGS a fault pushes. SDM 3B "Instruction-Breakpoint Exception Condition". Behind it: ESP of the guest.
  const withoutRf = (line: string): string => line.replace(/ 000([13]) (0100|4000) /, (_, high: string, sp: string) => ` 000${String(Number(high) - 1)} ${sp} `);
  const qemu = await printed(runQemu, []);
  const ours = (await printed(ringscopeEvents, [])).map(withoutRf).map((line) => {
    const fields = line.split(' ');
    if (fields[0] !== QEMU_RING1.step) return line;
    expect([fields[VECTOR_FIELD], fields[ERROR_FIELD]]).toEqual(QEMU_RING1.manual);
    [fields[VECTOR_FIELD], fields[ERROR_FIELD]] = QEMU_RING1.qemu;
    return fields.join(' ');
  });
  expect(qemu).toHaveLength(STEPS_WITHOUT_LIMITS);
  expect(ours.map(withoutAdjust)).toEqual(qemu.map(withoutAdjust));
});
