// A machine of a scenario, brought to the boundary before one of its events, for tests of what is done there.

import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import { Session } from '../../../core/machine/session.ts';
import { scenario } from '../ringscope/recorded.ts';

/** The scenario's machine before the attempt that makes event `seq`. */
export function machineBefore(name: string, seq: number): Machine {
  const image = scenario(name);
  const build = (): Machine => createMachine({ image, request: { memoryBytes: 0x80_0000 }, allocate: (bytes) => new ArrayBuffer(bytes) });
  const measured = build();
  const session = new Session(measured);
  while (session.end === null && measured.cpu.seq <= seq) session.run(1);
  const machine = build();
  new Session(machine).run(measured.cpu.attempts - 1);
  return machine;
}
