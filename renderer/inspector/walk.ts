// A page walk as levels to draw, whether it was recorded with a fault or made now; and as text.

import type { LastWriter } from '../../core/event/json.ts';
import type { NamedLevel } from '../../core/replay/explain/explanation.ts';
import { entryRow, ruleOf, type EventFacts, type WalkRow } from '../../core/replay/facts.ts';
import type { WalkAt } from '../../core/replay/walk/walk-at.ts';
import type { Named } from '../../core/replay/code-names.ts';
import { writerLine, writeText } from './jumps.ts';

/** One level. `took`: letters of the rights this level took away. `sets`: bits the access itself changes. `broken`: the walk ends here. */
export interface LevelView extends Omit<WalkRow, 'lastWriter'> {
  readonly took: string; readonly reserved: readonly string[]; readonly sets: readonly string[]; readonly writer: LastWriter | null; readonly symbol: string | null; readonly broken: boolean;
}
export type FactWalk = NonNullable<EventFacts['walk']>;

/** The levels of a recorded walk, with what explaining the event added. `isStale`: the TLB refused, not an entry. */
export function levelsOfFault(walk: FactWalk, explained: readonly NamedLevel[], isStale = false): readonly LevelView[] {
  return walk.levels.map(({ lastWriter, ...level }, index) => {
    const more = explained.find((one) => one.level === level.level);
    const last = index === walk.levels.length - 1;
    return {
      ...level, took: more?.took ?? lostBetween(walk.levels[index - 1]?.rightsSoFar ?? null, level.rightsSoFar), reserved: more?.reserved ?? [], sets: more?.sets ?? [],
      writer: more?.lastWriter ?? lastWriter, symbol: more?.writerSymbol ?? null, broken: !level.present || (last && walk.rule !== null && !isStale),
    };
  });
}

/** The levels of a walk made at a point. */
export function levelsAt({ levels, verdict }: WalkAt): readonly LevelView[] {
  return levels.map(({ level, physical, rightsSoFar, took, reserved, sets, lastWriter, read }, index) => ({
    ...entryRow(read), level, physical: `0x${physical.toString(16)}`, present: read.present, rightsSoFar, pageSize: read.pageSize, took: read.present ? took : '', reserved, sets,
    writer: lastWriter, symbol: null, broken: !read.present || (index === levels.length - 1 && verdict.rule !== null),
  }));
}

/** How a walk made at a point ends, where it leads nowhere. */
export function verdictOf({ verdict }: WalkAt): { readonly failed: boolean; readonly text: string } {
  const rule = verdict.rule === null ? null : ruleOf(verdict.rule);
  return rule === null ? { failed: false, text: 'The translation is found.' } : { failed: true, text: `Failed check: ${rule.title} [${rule.id}]` };
}

/** A walk made at a point as plain text. */
export function walkedText(walk: WalkAt, named: Named | null): string {
  const end = walk.physical === null ? verdictOf(walk).text : `physical address 0x${walk.physical.toString(16)}`;
  return [`walk of 0x${walk.linear.toString(16)}:`, ...(walk.isPaging ? [levelsText(levelsAt(walk), named)] : []), `  ${end}`].join('\n');
}

function lostBetween(before: string | null, now: string): string {
  return before === null ? '' : Array.from(before).filter((letter, at) => letter !== now[at] && letter !== '-' && letter !== 's').join('');
}

/** A walk as plain text, one level a line. */
export function levelsText(levels: readonly LevelView[], named: Named | null): string {
  return levels.map((level) => {
    const line = level.writer === null ? null : writerLine(level.writer, named, { symbol: level.symbol });
    const writer = line === null ? '' : `; ${'absent' in line ? `last writer absent: ${line.absent}` : writeText(line)}`;
    const rights = level.present ? `rights so far ${level.rightsSoFar}${level.took === '' ? '' : ` (took ${level.took})`}` : 'not present';
    return `  ${level.title} at ${level.physical}: ${level.entry}, ${rights}${level.reserved.length === 0 ? '' : `, reserved bits set: ${level.reserved.join(', ')}`}${level.sets.length === 0 ? '' : `, sets ${level.sets.join(', ')}`}${writer}`;
  }).join('\n');
}
