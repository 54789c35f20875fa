// What a command is, and how its arguments are read. Help texts are written by hand in each command; this prints and parses.

import { parseArgs, type ParseArgsConfig } from 'node:util';
import { BadInput } from '../../core/base/bad-input.ts';
import type { Io } from './io.ts';

/** Exit codes of every command. */
export const OK = 0, NEGATIVE = 1, REFUSED = 2;

export type OptionTable = NonNullable<ParseArgsConfig['options']>;
/** Arguments after parsing: positionals in order, options by name. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** The text of an option, or null when it was not given. */
  text(name: string): string | null;
  flag(name: string): boolean;
  /** Every value of an option that may be repeated. */
  all(name: string): readonly string[];
}

export interface Command {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** The usage line, the options and examples, as printed by --help. */
  readonly help: string;
  readonly options: OptionTable;
  /** How many positionals, for the usage error. */
  readonly positionals: { readonly least: number; readonly most: number };
  run(args: Arguments, io: Io): Promise<number> | number;
}

const COMMON: OptionTable = { help: { type: 'boolean', short: 'h' }, debug: { type: 'boolean' } };

/** Parses the arguments of a command. Throws BadInput that names the mistake and the help. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const hint = `see ringscope ${command.name} --help`;
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options: { ...command.options, ...COMMON }, allowPositionals: true, strict: true });
  } catch (problem) {
    throw new BadInput(`${usageProblem(problem)}; ${hint}`);
  }
  const { positionals, values } = parsed;
  const { least, most } = command.positionals;
  if (values['help'] !== true && positionals.length < least) throw new BadInput(`${command.name} needs ${missing(command, positionals.length)}; ${hint}`);
  if (positionals.length > most) throw new BadInput(`${command.name} does not know what to do with ${JSON.stringify(positionals[most])}; ${hint}`);
  return {
    positionals,
    text: (name) => { const value = values[name]; return typeof value === 'string' ? value : null; },
    flag: (name) => values[name] === true,
    all: (name) => { const value = values[name]; return Array.isArray(value) ? value.map(String) : []; },
  };
}

/** First line of a parseArgs error without its advice about `--`. */
function usageProblem(problem: unknown): string {
  const message = problem instanceof Error ? problem.message : String(problem);
  const unknown = /Unknown option '([^']+)'/.exec(message);
  if (unknown !== null) return `there is no option ${unknown[1] ?? ''}`;
  const noValue = /Option '([^']+)' argument missing/.exec(message) ?? /Option '([^']+)' argument is ambiguous/.exec(message);
  if (noValue !== null) return `the option ${noValue[1] ?? ''} needs a value`;
  const value = /Option '([^']+)' does not take an argument/.exec(message);
  if (value !== null) return `the option ${value[1] ?? ''} takes no value`;
  return (message.split('\n')[0] ?? message).replace(/\.$/, '');
}

/** The capital word of the usage line that stands at the first missing place. */
function missing(command: Command, given: number): string {
  const usage = command.help.split('\n')[0] ?? '';
  const words = usage.replace(/\[[^\]]*\]/g, '').split(' ').filter((word) => /^[A-Z]+$/.test(word));
  return words[given] ?? 'more arguments';
}
