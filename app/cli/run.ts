// The command line as a function: arguments and an Io in, an exit code out. Commands are one file each in commands/.
// Exit codes: 0 ok, 1 a negative answer, 2 usage or bad input. Errors are one line on stderr; --debug adds the stack.

import { BadInput } from '../../core/base/bad-input.ts';
import { nearest } from '../../core/base/nearest-word.ts';
import { OK, parseArguments, REFUSED, type Command } from './command.ts';
import { eventsCommand } from './commands/events.ts';
import { explainCommand } from './commands/explain.ts';
import { findCommand } from './commands/find.ts';
import { importCommand } from './commands/import.ts';
import { infoCommand } from './commands/info.ts';
import { NOT_YET_COMMANDS } from './commands/not-yet.ts';
import { lintCommand } from './commands/lint.ts';
import { openCommand } from './commands/open.ts';
import { recordCommand } from './commands/record.ts';
import { rulesCommand } from './commands/rules.ts';
import { screenCommand } from './commands/screen.ts';
import { stateCommand } from './commands/state.ts';
import { statsCommand } from './commands/stats.ts';
import { verifyCommand } from './commands/verify.ts';
import { visitsCommand } from './commands/visits.ts';
import { walkCommand } from './commands/walk.ts';
import { whatifCommand } from './commands/whatif.ts';
import { whoCommand } from './commands/who.ts';
import type { Io } from './io.ts';

const COMMANDS: readonly Command[] = [
  recordCommand, importCommand, infoCommand, eventsCommand, explainCommand, visitsCommand, statsCommand, findCommand, stateCommand, screenCommand, walkCommand, whoCommand, lintCommand, whatifCommand,
  verifyCommand, rulesCommand, openCommand,
];

/** Runs one command line (without the program's own name) and answers the exit code. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const debug = argv.includes('--debug');
  try {
    return await dispatch(argv.filter((one) => one !== '--debug'), io);
  } catch (problem) {
    io.err(`${describe(problem, debug)}\n`);
    return REFUSED;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) { io.err(overview(io)); return REFUSED; }
  if (name === '--help' || name === '-h' || name === 'help') return help(rest[0] ?? null, io);
  if (name === '--version' || name === '-V') { io.out(`ringscope ${io.version}\n`); return OK; }
  const command = commandOf(name);
  if (rest.includes('--help') || rest.includes('-h')) { io.out(`${command.help}\n`); return OK; }
  return command.run(parseArguments(command, rest), io);
}

function help(name: string | null, io: Io): number {
  io.out(name === null || name.startsWith('-') ? overview(io) : `${commandOf(name).help}\n`);
  return OK;
}

function commandOf(name: string): Command {
  const found = COMMANDS.find((one) => one.name === name);
  if (found !== undefined) return found;
  const later = NOT_YET_COMMANDS[name];
  if (later !== undefined) throw new BadInput(`"ringscope ${name}" (${later}) is not available yet: ringscope --help lists what is`);
  if (name.startsWith('-')) throw new BadInput(`there is no option ${name} before a command: see ringscope --help`);
  const near = nearest(name, COMMANDS.map((one) => one.name));
  throw new BadInput(`there is no command ${JSON.stringify(name)}${near === null ? '' : ` (did you mean "${near}"?)`}: see ringscope --help`);
}

function overview(io: Io): string {
  const width = Math.max(...COMMANDS.map((one) => one.name.length));
  return [
    `Ringscope ${io.version}: records what an x86 guest does with its privileges, and replays it in both directions.`,
    '',
    'usage: ringscope COMMAND …',
    '',
    ...COMMANDS.map((one) => `  ${one.name.padEnd(width)}  ${one.summary}`),
    '',
    'ringscope COMMAND --help explains a command. "-" stands for standard input or output.',
    'Exit code: 0 ok, 1 a negative answer (no hit, a difference), 2 usage or bad input. --debug shows where an error came from.',
    '',
    'A first look:',
    '  ringscope record traces/sysenter-sysexit.img -o a.rtrace',
    '  ringscope events a.rtrace --where "cpl"',
    '  ringscope find a.rtrace "msr IA32_SYSENTER_EIP" --backward',
    '',
  ].join('\n');
}

/** One line for people; a bug of ours says so. */
function describe(problem: unknown, debug: boolean): string {
  const message = (problem instanceof Error ? problem.message : String(problem)).replaceAll(/\s*[\r\n]+\s*/g, ' ');
  const line = problem instanceof BadInput ? `error: ${message}` : `error: ${message} (a bug in Ringscope: run again with --debug and report what it says)`;
  return debug && problem instanceof Error ? `${line}\n${problem.stack ?? ''}` : line;
}
