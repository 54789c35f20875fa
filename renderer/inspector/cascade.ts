// A fault cascade as steps to draw, with the cell of the double-fault table each pair of exceptions falls into.

import { CONTRIBUTIONS, DOUBLE_FAULT_TABLE, findMnemonic, type Contribution } from '../../core/arch/vectors.ts';
import type { CascadeStep } from '../../core/replay/explain/explanation.ts';

export interface PairCell { readonly first: Contribution; readonly second: Contribution; readonly outcome: 'serial' | 'double fault'; readonly isHere: boolean }

const WORDS: Readonly<Record<Contribution, string>> = { 'benign': 'benign', 'contributory': 'contributory', 'page-fault': 'page fault' };
/** A class of the table in words. */
export const classWords = (one: Contribution): string => WORDS[one];

/** The class that is meant by a class's name or a mnemonic (`page fault`, `#GP(0x10)`), or null. */
export function classOf(name: string): Contribution | null {
  const named = CONTRIBUTIONS.find((one) => one === name.replace(' ', '-'));
  return named ?? findMnemonic(name.replace(/\(.*/, ''))?.contribution ?? null;
}

/** The rows of the double-fault table with the pair's cell marked; null when the pair is not one of the table (a failing #DF). */
export function tableOf(pair: NonNullable<CascadeStep['pair']>): readonly { readonly first: Contribution; readonly cells: readonly PairCell[] }[] | null {
  const one = classOf(pair.first), two = classOf(pair.second);
  if (pair.outcome === 'shutdown' || one === null || two === null) return null;
  return CONTRIBUTIONS.map((first) => ({
    first, cells: CONTRIBUTIONS.map((second) => ({ first, second, outcome: DOUBLE_FAULT_TABLE[first][second], isHere: first === one && second === two })),
  }));
}

/** The cascade as plain text, one step a line. */
export function cascadeText(steps: readonly CascadeStep[]): string {
  return ['cascade:', ...steps.map(({ seq, name, when, title, rule, pair }) => `  event ${String(seq)}: ${name}, ${when}${title === null ? '' : `; failed: ${title} [${rule ?? ''}]`}${pair === null ? '' : `; ${pair.first}, then ${pair.second}: ${pair.outcome}`}`)].join('\n');
}
