// QEMU, Bochs and Ringscope run every scenario and must tell the same story: vectors, error codes, CR2, shutdown, console.
// The agreed story of each is test/witness/expected/NAME.txt; UPDATE_GOLDEN=1 rewrites it from Bochs, if QEMU agrees; where Bochs is known to
// leave something out, from Ringscope.
// A witness that is not installed is skipped with its reason, and is a failure where CI=true.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { isBootScenario } from './lib/boot-disk.ts';
import { corrected, KNOWN_DIFFERENCES, leavesOut, withoutAbsent } from './lib/known-differences.ts';
import { ROOT } from './lib/programs.ts';
import { differences, lineOf, textOf } from './lib/witness-event.ts';
import { reasonMissing, witnessRun, type Witness } from './lib/witness.ts';

const LIMIT_MS = 120_000;
/** Boot disks need a BIOS before them, so their witness is a log that was kept: test/unit/scenarios/tour32.test.ts. */
const isBare = (name: string): boolean => !isBootScenario(name);
/** The timer interrupts it where each machine happens to be: tiny-kernel.test.ts. */
const TIMED = 'tiny-kernel';
const scenarios = readdirSync(path.join(ROOT, 'traces')).filter((file) => file.endsWith('.img')).map((file) => file.slice(0, -4)).filter((name) => isBare(name) && name !== TIMED).sort();
const golden = (name: string): string => path.join(ROOT, 'test/witness/expected', `${name}.txt`);

/** Skips the test loudly when a witness is missing; fails it where CI=true. */
function need(context: TestContext, ...witnesses: Witness[]): void {
  for (const witness of witnesses) {
    const reason = reasonMissing(witness);
    if (reason === null) continue;
    if (process.env['CI'] === 'true') throw new Error(`missing witness: ${reason}`);
    console.warn(`SKIPPED, ${witness} cannot witness: ${reason}`);
    context.skip(reason);
  }
}

/** The golden's text is what Bochs prints: it logs every field. The others may differ only where known-differences.ts says so. */
async function updateGolden(name: string): Promise<void> {
  writeFileSync(golden(name), textOf(await witnessRun(leavesOut(name, 'bochs') ? 'ringscope' : 'bochs', name)));
}

/** Both runs, each without what the other is known to leave out: nothing else may differ. */
async function differencesOf(name: string, left: Witness, right: Witness): Promise<string[]> {
  const [one, other] = await Promise.all([witnessRun(left, name), witnessRun(right, name)]);
  return differences(withoutAbsent(corrected(one, name, left), name, { of: left, against: right }), withoutAbsent(corrected(other, name, right), name, { of: right, against: left }));
}

it('has scenarios to run', () => { expect(scenarios.length).toBeGreaterThanOrEqual(25); });

describe.each(scenarios)('%s', (name) => {
  it('QEMU and Bochs agree', { timeout: LIMIT_MS }, async (context) => {
    need(context, 'qemu', 'bochs');
    expect(await differencesOf(name, 'qemu', 'bochs')).toEqual([]);
    if (process.env['UPDATE_GOLDEN'] === '1') await updateGolden(name);
  });

  it('Bochs tells what is written in expected/', { timeout: LIMIT_MS }, async (context) => {
    need(context, 'bochs');
    expect(existsSync(golden(name)), `no golden; make it with UPDATE_GOLDEN=1`).toBe(true);
    const written = leavesOut(name, 'bochs') ? textOf(withoutAbsent(await witnessRun('ringscope', name), name, { of: 'ringscope', against: 'bochs' })) : readFileSync(golden(name), 'utf8');
    expect(textOf(await witnessRun('bochs', name))).toBe(written);
  });

  it('QEMU keeps silent only where it is known to', { timeout: LIMIT_MS }, async (context) => {
    need(context, 'qemu');
    const silent = (await witnessRun('qemu', name)).events.filter((event) => event.notLogged.length > 0).map(lineOf);
    const known = KNOWN_DIFFERENCES.filter((difference) => difference.scenario === name && difference.witness === 'qemu');
    expect([...new Set(silent)]).toEqual(known.map((difference) => difference.line));
  });

  it('Ringscope tells what is written in expected/', { timeout: LIMIT_MS }, async (context) => {
    need(context, 'ringscope');
    expect(textOf(await witnessRun('ringscope', name))).toBe(readFileSync(golden(name), 'utf8'));
  });

  it.for(['qemu', 'bochs'] as const)('Ringscope and %s agree', { timeout: LIMIT_MS }, async (witness, context) => {
    need(context, 'ringscope', witness);
    expect(await differencesOf(name, 'ringscope', witness)).toEqual([]);
  });
});
