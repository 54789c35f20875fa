// `--os`: whether the layer of an operating system stands over the events. On by itself only where the recorder loaded that system, and said.

import { BadInput } from '../../core/base/bad-input.ts';
import { SYSTEM_TITLES, SYSTEMS, systemIn, type System } from '../../core/replay/os/system-call.ts';
import { SystemView } from '../../core/replay/os/system-view.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';
import type { TraceFile } from './open-trace.ts';

/** The option, and its line for help texts. */
export const SYSTEM_OPTION = { os: { type: 'string' } } as const;
export const SYSTEM_HELP = `  --os ${SYSTEMS.join('|')}|none  name system calls and address spaces as that system's; by itself only in recordings of a kernel
                   that was started as Linux (a note says so)`;

/** The system whose layer is wanted, or null; says on stderr when it is on by itself. Throws BadInput for a name that is none. */
export function systemOf(args: Arguments, { reader }: TraceFile, io: Io): System | null {
  const given = args.text('os');
  if (given === 'none') return null;
  if (given === null) {
    const system = systemIn(reader.header);
    if (system !== null) io.err(`note: the guest is a ${SYSTEM_TITLES[system]} kernel: system calls and address spaces are named as ${SYSTEM_TITLES[system]}'s; --os none leaves that out\n`);
    return system;
  }
  const system = SYSTEMS.find((one) => one === given);
  if (system === undefined) throw new BadInput(`--os ${JSON.stringify(given)} is not known: give ${SYSTEMS.join(', ')} or none`);
  return system;
}

/** The layer as events are printed with it, or null. */
export function systemViewOf(args: Arguments, trace: TraceFile, io: Io): SystemView | null {
  const system = systemOf(args, trace, io);
  return system === null ? null : new SystemView(trace.reader, system);
}
