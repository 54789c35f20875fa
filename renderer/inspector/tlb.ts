// What the TLB said to an access, in words, and what the tables say beside it.

import { RIGHT_EXECUTE, RIGHT_USER, RIGHT_WRITE } from '../../core/event/heap-lists.ts';
import type { WalkNow } from '../../core/event/reexecutor.ts';

/** A translation: where it leads, and what it allows. */
export interface Translation { readonly physical: number; readonly user: boolean; readonly writable: boolean; readonly nx: boolean }

/** The translation the tables give; null when they map nothing there. */
export function tablesOf({ physical, levels }: WalkNow): Translation | null {
  const rights = levels[levels.length - 1]?.rights ?? 0;
  return physical === null ? null : { physical, user: (rights & RIGHT_USER) !== 0, writable: (rights & RIGHT_WRITE) !== 0, nx: (rights & RIGHT_EXECUTE) === 0 };
}

export interface TlbWords { readonly title: string; readonly text: string; readonly isStale: boolean }

/** `miss`, `hit` or `stale`, of an access that was made, or of an address that is only asked about. */
export function tlbWords(outcome: string, asked: boolean): TlbWords {
  if (outcome === 'miss') return { title: asked ? 'Not in the TLB.' : 'TLB miss.', text: asked ? 'An access would walk the tables.' : 'The tables were walked for this access.', isStale: false };
  if (outcome === 'hit') return { title: asked ? 'In the TLB.' : 'TLB hit.', text: asked ? 'The translation held there agrees with the tables.' : 'A translation was held, and refused the access.', isStale: false };
  return { title: 'Stale TLB entry.', text: 'It holds a translation that the tables no longer say: a change to them was not followed by a flush (INVLPG, or a load of CR3).', isStale: true };
}
