// `ringscope verify`: is the file whole and unchanged, and does executing it again give the same events? Exit 1 when not.

import { BadInput } from '../../../core/base/bad-input.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { NEGATIVE, REFUSED, type Arguments, type Command } from '../command.ts';
import type { Io } from '../io.ts';
import { openTraceFile, warn } from '../open-trace.ts';

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'check a trace: integrity, and the same events when executed again',
  help: `usage: ringscope verify TRACE [--json]

Checks checksums and content hash of the file, then executes the whole recording again and compares every event and checkpoint.
Exit code 0 when everything agrees (an imported trace, which cannot be executed, only has to be sound), 1 when something differs,
2 when the trace was cut off or is damaged, or when a recording lacks its image and so cannot be executed again.

  --json         one JSON object: ok, damage, reexecution (same, differs, absent), differsAt, sentence, events, checkpoints`,
  options: { json: { type: 'boolean' } },
  positionals: { least: 1, most: 1 },
  async run(args: Arguments, io: Io): Promise<number> {
    const trace = openTraceFile(args.positionals[0] ?? '-', io);
    const result = await verifyRecording(trace);
    const isImpossible = result.ok && result.reexecution === 'absent' && trace.reader.header.kind === 'recorded';
    if (isImpossible && !args.flag('json')) throw new BadInput(result.sentence);
    warn(trace, io);
    io.out(args.flag('json') ? `${JSON.stringify(result)}\n` : `${result.sentence}\n`);
    if (isImpossible) return REFUSED;
    if (trace.exitCode !== 0) return trace.exitCode;
    return result.ok ? 0 : NEGATIVE;
  },
};
