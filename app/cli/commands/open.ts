// `ringscope open`: the desktop app, with a trace or on its gallery.

import { BadInput } from '../../../core/base/bad-input.ts';
import { NEGATIVE, OK, type Arguments, type Command } from '../command.ts';
import type { Io } from '../io.ts';
import { openTraceFile, warn } from '../open-trace.ts';

export const openCommand: Command = {
  name: 'open',
  summary: 'open a trace in the app',
  help: `usage: ringscope open [TRACE]

Starts the desktop app with TRACE, or on its gallery of samples, and waits for it to end.`,
  options: {},
  positionals: { least: 0, most: 1 },
  async run(args: Arguments, io: Io): Promise<number> {
    const path = args.positionals[0] ?? null;
    if (path === '-') throw new BadInput('the app opens files, not standard input: write the trace into a file first');
    if (path !== null) warn(openTraceFile(path, io), io);
    return (await io.launchApp(path)) === 0 ? OK : NEGATIVE;
  },
};
