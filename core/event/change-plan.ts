// The changes of a recording and the boundaries they are made at, as a trace's header keeps them in one text: `131 idt[0x20].DPL=0x3; 140 cr0.WP=0x0`.

import { BadInput } from '../base/bad-input.ts';
import { CHANGES_MAX, parseChange, printChange, type Change } from './change.ts';

/** A change at the boundary before which `attempts` instruction attempts were made. */
export interface PlannedChange { readonly attempts: number; readonly change: Change }

/** The device `input` events name when a change was made. */
export const WHAT_IF_DEVICE = 'what-if';

/** These changes in the order they are made: by boundary, those of one boundary as given. Throws BadInput when there are too many. */
export function orderedPlan(changes: readonly PlannedChange[]): readonly PlannedChange[] {
  if (changes.length > CHANGES_MAX) throw new BadInput(`${String(changes.length)} changes in one recording are too many: at most ${String(CHANGES_MAX)} can be made`);
  return [...changes].sort((a, b) => a.attempts - b.attempts);
}

/** The text of a plan. */
export function printPlan(changes: readonly PlannedChange[]): string {
  return changes.map(({ attempts, change }) => `${String(attempts)} ${printChange(change)}`).join('; ');
}

/** The plan a text means. Throws BadInput. */
export function parsePlan(text: string): readonly PlannedChange[] {
  return orderedPlan(text.split(';').map((part) => {
    const found = /^ *(\d{1,16}) +(.*)$/.exec(part);
    const attempts = Number(found?.[1]);
    if (found === null || !Number.isSafeInteger(attempts)) throw new BadInput(`the changes of the recording cannot be read at ${JSON.stringify(part.slice(0, 60))}: "131 cr0.WP=0x0" is expected`);
    return { attempts, change: parseChange(found[2] ?? '') };
  }));
}
