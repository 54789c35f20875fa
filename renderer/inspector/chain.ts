// Words for the links of a cause chain.

import type { CauseLink } from '../../core/replay/explain/explanation.ts';
import { placeWords } from './jumps.ts';

const WORDS: Readonly<Record<CauseLink['kind'], string>> = {
  check: 'the check that failed', memory: 'read from memory', push: 'pushed on the stack', register: 'held in a register', selector: 'loaded as a selector', msr: 'kept in an MSR',
  constant: 'written in the code', loader: 'brought by the loader', gap: 'here the proof ends',
};
/** What kind of link it is, in words. */
export const linkWords = (kind: CauseLink['kind']): string => WORDS[kind];

/** The chain as plain text, one link a line. */
export function chainText(chain: readonly CauseLink[]): string {
  return ['cause chain:', ...chain.map(({ text, kind, place }) => {
    const where = place === null ? '' : placeWords(place);
    return `  ${kind === 'gap' ? '… ' : ''}${text}${where === '' ? '' : ` (${where})`}`;
  })].join('\n');
}
