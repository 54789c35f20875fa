// Words for what the TLB said to an access.

export interface TlbWords { readonly title: string; readonly text: string; readonly isStale: boolean }

/** `miss`, `hit` or `stale` as the event has it. */
export function tlbWords(outcome: string): TlbWords {
  if (outcome === 'miss') return { title: 'TLB miss.', text: 'The tables were walked for this access.', isStale: false };
  if (outcome === 'hit') return { title: 'TLB hit.', text: 'A translation was held, and refused the access.', isStale: false };
  return { title: 'Stale TLB entry.', text: 'The access used a translation that the tables no longer say: a change to them was not followed by a flush (INVLPG, or a load of CR3).', isStale: true };
}
