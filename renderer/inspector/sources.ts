// Registers of a transition that came from one place, put together.

import type { TransitionSource } from '../../core/replay/explain/explanation.ts';

export interface SourceGroup extends Pick<TransitionSource, 'from' | 'lastWriter' | 'writerSymbol'> { readonly registers: readonly { readonly name: string; readonly value: string }[] }

/** The sources by where they are from, in the order of their first register. */
export function groupsOfSources(sources: readonly TransitionSource[]): readonly SourceGroup[] {
  const groups = new Map<string, TransitionSource[]>();
  for (const one of sources) groups.set(one.from, [...(groups.get(one.from) ?? []), one]);
  return [...groups.values()].flatMap((all) => {
    const [first] = all;
    return first === undefined ? [] : [{ from: first.from, lastWriter: first.lastWriter, writerSymbol: first.writerSymbol, registers: all.map(({ register, value }) => ({ name: register, value })) }];
  });
}
