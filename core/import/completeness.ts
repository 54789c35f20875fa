// Marks what an imported event does not have from its log: `absent`, or `reconstructed` from other lines. The marks of a kind of event
// are made once, as the words of a `completeness` list, and copied into each.

import type { EventDraft } from '../event/draft.ts';
import { COMPLETENESS, codeOf, type EventKind } from '../event/kinds.ts';
import { COMMON_FIELDS, commonHandle, handleOf } from '../event/schema.ts';

export interface MarkSpec { readonly absent?: readonly string[]; readonly reconstructed?: readonly string[] }
/** A completeness list, ready to be appended. */
export type Marks = Uint32Array;

const COMPLETENESS_FIELD = commonHandle('completeness');

/** The marks of events of a kind, by field paths. */
export function marksOf(kind: EventKind, { absent = [], reconstructed = [] }: MarkSpec): Marks {
  const handle = (path: string): number => (COMMON_FIELDS.some((field) => field.path === path) ? commonHandle(path) : handleOf(kind, path));
  const pair = (state: 'absent' | 'reconstructed') => (path: string): number[] => [handle(path), codeOf(COMPLETENESS, state)];
  return Uint32Array.from([absent.length + reconstructed.length, ...absent.flatMap(pair('absent')), ...reconstructed.flatMap(pair('reconstructed'))]);
}

/** Puts marks on the event under construction. */
export function setMarks(draft: EventDraft, marks: Marks): void {
  if (marks.length <= 1) return;
  draft.setList(COMPLETENESS_FIELD);
  for (let index = 0; index < marks.length; index += 1) draft.append(marks[index]!);
}
