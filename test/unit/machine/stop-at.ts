// Machines of the scenarios, brought to the boundary before one of their events, for tests of what is done there.

import { pageBytes } from '../../../core/cpu/storage.ts';
import { CheckpointMaker } from '../../../core/machine/checkpoint-maker.ts';
import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import { Rewinder } from '../../../core/machine/reexecution/rewinder.ts';
import { saveState } from '../../../core/machine/save-state.ts';
import { Session } from '../../../core/machine/session.ts';
import { MemoryHash } from '../../../core/machine/state-hash.ts';
import { scenario } from '../ringscope/recorded.ts';

/** The scenario's machine before the attempt that makes event `seq`. */
export function machineBefore(name: string, seq: number): Machine {
  const measured = build(name);
  const session = new Session(measured);
  while (session.end === null && measured.cpu.seq <= seq) session.run(1);
  const machine = build(name);
  new Session(machine).run(measured.cpu.attempts - 1);
  return machine;
}

function build(name: string): Machine {
  return createMachine({ image: scenario(name), request: { memoryBytes: 0x80_0000 }, allocate: (bytes) => new ArrayBuffer(bytes) });
}

/** A rewinder of the scenario, at its first instruction, that knows no checkpoint but that. */
export function rewinderOf(name: string): Rewinder {
  const session = new Session(build(name));
  const checkpoint = new CheckpointMaker(session).make();
  return new Rewinder(session, { positions: [checkpoint.position], load: () => checkpoint });
}

/** A hash of the whole machine, all of memory read anew, not only what is said to have changed. */
export function hashOf({ session }: Rewinder): string {
  const hash = new MemoryHash(session.machine.cpu.pageFlags.length);
  for (let page = 0; page < session.machine.cpu.pageFlags.length; page += 1) hash.update(page, pageBytes(session.machine.cpu, page));
  const saved = saveState(session);
  return hash.withParts([saved.processor, saved.devices]);
}
