// What the parts of the statistics stand on, as badges.

import type { CostAnatomy } from '../../core/replay/cost/anatomy.ts';

export interface BasisBadge { readonly text: string; readonly tone: 'plain' | 'good' | 'warn' | 'accent'; readonly why: string }

export const RECORDED: BasisBadge = { text: 'recorded', tone: 'good', why: 'Counted from the recorded events.' };
export const REEXECUTED: BasisBadge = { text: 're-executed', tone: 'accent', why: 'Each set-up was tried on the machine of its moment, executed again up to there.' };
export const ABSENT = (reason: string): BasisBadge => ({ text: 'absent', tone: 'warn', why: `${reason}.` });

/** How many calls were executed again, of how many. */
export function costBadge({ basis, mechanisms }: CostAnatomy): BasisBadge {
  if (basis.kind === 'absent') return ABSENT(basis.reason);
  const counted = mechanisms.reduce((sum, one) => sum + one.listened.length, 0);
  const all = mechanisms.reduce((sum, one) => sum + one.count, 0);
  const text = `re-executed, ${counted.toLocaleString('en')} of ${all.toLocaleString('en')}`;
  return { text, tone: 'accent', why: `${counted.toLocaleString('en')} of ${all.toLocaleString('en')} transitions were executed again with a listening probe, some of each mechanism; the commonest outcome of each stands for all its calls.` };
}
