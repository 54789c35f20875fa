// The words of the breakpoint language.

import { EVENT_KINDS } from '../../event/kinds.ts';

/** Words that begin an event test. */
export const EVENT_WORDS = [
  'cpl', 'msr', 'fault', 'cr', 'int', 'irq', 'nmi', 'task', 'mode', 'table', 'tlb', 'console', 'marker', 'exec', 'read', 'write', 'walk',
] as const;
export type EventWord = (typeof EVENT_WORDS)[number];

/** Words that never name a field, a symbol or a value. */
export const RESERVED_WORDS: readonly string[] = ['and', 'or', 'not', 'if', 'via', 'changed', 'bits'];

/** Forms whose answer needs more than the rows and the instructions passed; they parse and are refused with a sentence. */
export const NOT_YET: Readonly<Partial<Record<EventWord, string>>> = {
  read: 'breakpoints on memory reads', write: 'breakpoints on memory writes', walk: 'breakpoints on page walks',
};

/** The event word of this spelling (any case), or null. */
export function eventWord(word: string): EventWord | null {
  const lower = word.toLowerCase();
  return EVENT_WORDS.find((one) => one === lower) ?? null;
}

/** True for `and`, `or` and the other words with a meaning of their own, in any case. */
export function isReserved(word: string): boolean {
  return RESERVED_WORDS.includes(word.toLowerCase());
}

/** Bit mask over kind codes with one bit per name. */
export function kindMask(...kinds: readonly (typeof EVENT_KINDS)[number][]): number {
  return kinds.reduce((mask, kind) => mask | (1 << EVENT_KINDS.indexOf(kind)), 0);
}

/** Every kind. */
export const ALL_KINDS = (1 << EVENT_KINDS.length) - 1;
