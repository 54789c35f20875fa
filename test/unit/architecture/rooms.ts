// The rooms and what each may import, read from the table of ARCHITECTURE.md; the prose below that table is `allowedFrom`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './source-files.ts';

/** Room to the rooms it may import. A row may name several rooms. */
export type Rooms = ReadonlyMap<string, readonly string[]>;

/** Reads `| room | what | may import |`; throws when a row names a room that has no row. */
export function readRooms(page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')): Rooms {
  const table = /\| room \| what \| may import \|\n\|[-| ]+\|\n((?:\|.*\|\n)+)/.exec(page)?.[1];
  if (table === undefined) throw new Error('ARCHITECTURE.md has no table "| room | what | may import |"');
  const named = (cell: string | undefined): string[] => [...(cell ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  const rooms = new Map(table.trim().split('\n').flatMap((row) => {
    const cells = row.split('|').slice(1, -1);
    return named(cells[0]).map((room) => [room, named(cells.at(-1))] as const);
  }));
  for (const [room, allowed] of rooms) {
    const unknown = allowed.find((other) => !rooms.has(other));
    if (unknown !== undefined) throw new Error(`ARCHITECTURE.md: ${room} may import ${unknown}, which has no row`);
  }
  return rooms;
}

/** Room of a file: its folder, two levels deep; `renderer` for the files at its top. */
export function roomOf(path: string): string {
  const parts = path.split('/');
  return parts.slice(0, Math.min(2, parts.length - 1)).join('/');
}

/** Rooms a room may import beside itself; null when the table does not know it. */
export function allowedFrom(rooms: Rooms, room: string): readonly string[] | null {
  const listed = rooms.get(room);
  if (listed !== undefined) return listed;
  const ofSession = rooms.get('renderer/session') ?? [];
  if (/^renderer\/[\w-]+$/.test(room)) return ['renderer/session', 'renderer/ui', ...ofSession.filter((other) => other.startsWith('core/'))];
  return null;
}
