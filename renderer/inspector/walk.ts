// A page walk as levels to draw, whether it was recorded with a fault or made now; and as text.

import { rightsText, WALK_PRESENT } from '../../core/event/heap-lists.ts';
import type { LastWriter } from '../../core/event/json.ts';
import type { WalkNow } from '../../core/event/reexecutor.ts';
import type { ExplainedLevel } from '../../core/replay/explain/explanation.ts';
import { entryRow, type EventFacts, type WalkRow } from '../../core/replay/facts.ts';
import type { SymbolTable } from '../../core/symbols/symbol-table.ts';
import { writerLine, writeText } from './jumps.ts';

/** One level. `took`: letters of the rights this level took away. `sets`: bits the access itself changes. `broken`: the walk ends here. */
export interface LevelView extends Omit<WalkRow, 'lastWriter'> {
  readonly took: string; readonly reserved: readonly string[]; readonly sets: readonly string[]; readonly writer: LastWriter | null; readonly broken: boolean;
}
export type FactWalk = NonNullable<EventFacts['walk']>;

/** The levels of a recorded walk, with what explaining the event added. */
export function levelsOfFault(walk: FactWalk, explained: readonly ExplainedLevel[]): readonly LevelView[] {
  return walk.levels.map(({ lastWriter, ...level }, index) => {
    const more = explained.find((one) => one.level === level.level);
    const last = index === walk.levels.length - 1;
    return {
      ...level, took: more?.took ?? lostBetween(walk.levels[index - 1]?.rightsSoFar ?? null, level.rightsSoFar), reserved: more?.reserved ?? [], sets: more?.sets ?? [],
      writer: more?.lastWriter ?? lastWriter, broken: !level.present || (last && walk.rule !== null),
    };
  });
}

/** The levels of a walk made now. */
export function levelsNow({ levels, physical }: WalkNow): readonly LevelView[] {
  return levels.map(({ level, physical: at, entry, flags, pageSize, rights }, index) => {
    const present = (flags & WALK_PRESENT) !== 0;
    const rightsSoFar = rightsText(rights);
    const above = levels[index - 1];
    return {
      ...entryRow(level, entry), level, physical: `0x${at.toString(16)}`, present, rightsSoFar, pageSize, took: present ? lostBetween(above === undefined ? null : rightsText(above.rights), rightsSoFar) : '',
      reserved: [], sets: [], writer: null, broken: !present || (index === levels.length - 1 && physical === null),
    };
  });
}

function lostBetween(before: string | null, now: string): string {
  return before === null ? '' : Array.from(before).filter((letter, at) => letter !== now[at] && letter !== '-' && letter !== 's').join('');
}

/** A walk as plain text, one level a line. */
export function levelsText(levels: readonly LevelView[], symbols: SymbolTable | null): string {
  return levels.map((level) => {
    const line = level.writer === null ? null : writerLine(level.writer, symbols);
    const writer = line === null ? '' : `; ${'absent' in line ? `last writer absent: ${line.absent}` : writeText(line)}`;
    const rights = level.present ? `rights so far ${level.rightsSoFar}${level.took === '' ? '' : ` (took ${level.took})`}` : 'not present';
    return `  ${level.title} at ${level.physical}: ${level.entry}, ${rights}${level.reserved.length === 0 ? '' : `, reserved bits set: ${level.reserved.join(', ')}`}${level.sets.length === 0 ? '' : `, sets ${level.sets.join(', ')}`}${writer}`;
  }).join('\n');
}
