// The face of this library: `witnessRun(witness, scenario)`, kept so that each program runs once a scenario.

import path from 'node:path';
import { bochsMissing, runBochs } from './bochs.ts';
import { ROOT } from './programs.ts';
import { qemuMissing, runQemu } from './qemu.ts';
import { ringscopeEvents, ringscopeMissing } from './ringscope.ts';
import type { WitnessEvent, WitnessRun } from './witness-event.ts';

export type Witness = 'qemu' | 'bochs' | 'ringscope';

const RUNNERS: Readonly<Record<Witness, (imagePath: string) => Promise<WitnessRun>>> = { qemu: runQemu, bochs: runBochs, ringscope: ringscopeEvents };
const MISSING: Readonly<Record<Witness, () => string | null>> = { qemu: qemuMissing, bochs: bochsMissing, ringscope: ringscopeMissing };

const runs = new Map<string, Promise<WitnessRun>>();
const reasons = new Map<Witness, string | null>();

/** Why this witness cannot be asked here (what to install), or null. */
export function reasonMissing(witness: Witness): string | null {
  const known = reasons.get(witness);
  if (known !== undefined) return known;
  const reason = MISSING[witness]();
  reasons.set(witness, reason);
  return reason;
}

/** What the witness saw of traces/NAME.img; asked once, then remembered. */
export function witnessRun(witness: Witness, name: string): Promise<WitnessRun> {
  const key = `${witness} ${name}`;
  const known = runs.get(key) ?? RUNNERS[witness](path.join(ROOT, 'traces', `${name}.img`));
  runs.set(key, known);
  return known;
}

/** The events alone, of one scenario as one witness saw it. */
export async function witnessEvents(witness: Witness, name: string): Promise<readonly WitnessEvent[]> {
  return (await witnessRun(witness, name)).events;
}
