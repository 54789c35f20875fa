// The options of `npm run differential`, read and checked. Peers are the programs the processor is held against, or the processor that runs this.

import { parseArgs } from 'node:util';

export const EMULATORS = ['bochs', 'qemu'] as const, PEERS = [...EMULATORS, 'host'] as const;
export type EmulatorName = (typeof EMULATORS)[number];
export type PeerName = (typeof PEERS)[number];

export interface Options {
  readonly seed: number;
  /** Cases a mode. */
  readonly cases: number;
  readonly modes: readonly string[];
  readonly peers: readonly PeerName[];
  /** One case alone, by its number: what a difference's last line names. */
  readonly only: number | null;
  /** Differences printed a mode and peer. */
  readonly shown: number;
  /** With no peer installed, exit 0: nothing was compared, and it says so. */
  readonly allowsNone: boolean;
}

const USAGE = 'usage: npm run differential -- [--seed N] [--cases N] [--mode NAME]… [--against bochs|qemu|host]… [--only CASE] [--show N] [--allow-none]';
const DEFAULT_CASES = 10_000, DEFAULT_SHOWN = 3;

/** The options; throws an Error of one line for a usage that makes no sense. `known` are the names of the modes. */
export function readOptions(words: readonly string[], known: readonly string[]): Options {
  const { values } = parse(words);
  return {
    seed: values.seed === undefined ? 1 : count('seed', values.seed), cases: values.cases === undefined ? DEFAULT_CASES : count('cases', values.cases),
    modes: among('mode', values.mode, known), peers: among('against', values.against, PEERS), only: values.only === undefined ? null : count('only', values.only),
    shown: values.show === undefined ? DEFAULT_SHOWN : count('show', values.show), allowsNone: values['allow-none'] === true,
  };
}

function parse(words: readonly string[]) {
  const text = { type: 'string' } as const, texts = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({ args: [...words], options: { seed: text, cases: text, mode: texts, against: texts, only: text, show: text, 'allow-none': { type: 'boolean' } } });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; ${USAGE}`, { cause: error });
  }
}

function count(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} wants a number, not ${text}; ${USAGE}`);
  return Number(text);
}

/** The chosen ones in the order of `known`; all when none was chosen. */
function among<T extends string>(name: string, chosen: readonly string[] | undefined, known: readonly T[]): T[] {
  const unknown = chosen?.find((one) => !known.includes(one as T));
  if (unknown !== undefined) throw new Error(`--${name} is one of ${known.join(', ')}, not ${unknown}`);
  return known.filter((one) => chosen?.includes(one) ?? true);
}
