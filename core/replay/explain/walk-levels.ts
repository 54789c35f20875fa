// The walk of a page fault level by level, as recorded, with its writers (core/replay/walk), named for an explanation; and which level a
// refusal is about.

import { rightsText, type WalkLevel } from '../../event/heap-lists.ts';
import type { FaultEvent } from '../../event/event.ts';
import { lostLetters, walkOfFault } from '../walk/walk-at.ts';
import { isAbsent } from '../writers/place.ts';
import type { NamedLevel } from './explanation.ts';
import type { Inquiry } from './inquiry.ts';
import { describePageEntry } from './names.ts';

/** The level a refusal is about: the one that took the right away, for a missing or malformed entry the last. */
export function tellingLevel(levels: readonly WalkLevel[], rule: string): (WalkLevel & { readonly meaning: string }) | null {
  const lost = rule === 'page-user' ? 'u' : rule.endsWith('-writable') ? 'w' : rule === 'page-nx' ? 'x' : null;
  const found = lost === null ? undefined : levels.find((level, index) => lostLetters(levels[index - 1]?.rightsSoFar ?? rightsText(~0), level).includes(lost));
  const level = found ?? levels.at(-1);
  return level === undefined ? null : { ...level, meaning: describePageEntry(level.level, level.entry, level.paging) };
}

/** Every level with its last writer. */
export async function explainWalk(inquiry: Inquiry, event: FaultEvent): Promise<readonly NamedLevel[]> {
  if (event.walk === undefined) return [];
  const walk = await walkOfFault(inquiry.source, inquiry.before(event.seq), event);
  if (isAbsent(walk)) return [];
  return walk.levels.map(({ level, physical, entry, rightsSoFar, took, reserved, sets, lastWriter, read }) => ({
    level, physical, entry, meaning: describePageEntry(level, entry, read.paging), rightsSoFar, took, reserved, sets, lastWriter, register: read.register ?? null, writerSymbol: inquiry.writerName(lastWriter),
  }));
}
