// The import rules: the room table, no cycles, nothing but ourselves in core, the platform only where it belongs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allowedFrom, readRooms, roomOf } from './rooms.ts';
import { root, sourceFiles, type SourceFile } from './source-files.ts';

const files = sourceFiles(['app', 'core', 'renderer']);
const rooms = readRooms();
const isOwn = (name: string): boolean => /^(app|core|renderer|test|scripts|traces)\//.test(name);

/** Imports of a file that its room may not have, as `file -> import`. */
function forbidden({ path, imports }: SourceFile): readonly string[] {
  const room = roomOf(path);
  const allowed = allowedFrom(rooms, room);
  const may = (other: string): boolean => {
    if (other === room) return true;
    if (room === 'renderer') return other.startsWith('renderer/') || other === 'app/contract' || (allowedFrom(rooms, 'renderer/session') ?? []).includes(other);
    return allowed?.includes(other) ?? false;
  };
  return imports.filter((name) => isOwn(name) && !may(roomOf(name))).map((name) => `${path} -> ${name}`);
}

test('the table of ARCHITECTURE.md is read, and a forbidden import is seen', () => {
  expect(rooms.get('core/base')).toEqual([]);
  expect(rooms.get('core/replay')).not.toContain('core/cpu');
  const bad = { path: 'core/replay/x.ts', text: '', lines: [], imports: ['core/cpu/state.ts', 'core/base/assert.ts'] };
  expect(forbidden(bad)).toEqual(['core/replay/x.ts -> core/cpu/state.ts']);
});

test('every room of core and app has a row', () => {
  const unknown = files.map(({ path }) => roomOf(path)).filter((room) => room !== 'renderer' && allowedFrom(rooms, room) === null);
  expect([...new Set(unknown)]).toEqual([]);
});

test('no import that the table does not allow, type-only ones included', () => {
  expect(files.flatMap(forbidden)).toEqual([]);
});

test('relative imports name the file, with its extension', () => {
  const broken = files.flatMap(({ path, imports }) => imports.filter((name) => isOwn(name) && !existsSync(join(root, name.replace(/\?\w+$/, '')))).map((name) => `${path} -> ${name}`));
  expect(broken).toEqual([]);
});

test('core imports nothing but core; Node and Electron stay in app', () => {
  const outside = files.flatMap(({ path, imports }) => imports.filter((name) => {
    if (isOwn(name)) return false;
    if (path.startsWith('core/') || path.startsWith('app/contract/')) return true;
    if (path.startsWith('renderer/')) return name.startsWith('node:') || name === 'electron';
    return name === 'electron' && !/^app\/(main|preload)\//.test(path);
  }).map((name) => `${path} -> ${name}`));
  expect(outside).toEqual([]);
});

test('no cycles, type-only ones included', () => {
  const graph = new Map(files.map(({ path, imports }) => [path, imports]));
  expect(firstCycle(graph)).toBeNull();
  expect(firstCycle(new Map([['a', ['b']], ['b', ['c']], ['c', ['b']]]))).toEqual(['b', 'c', 'b']);
});

/** The first cycle a depth-first walk meets, from a file back to itself; null when there is none. */
function firstCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]): readonly string[] | null => {
    const at = trail.indexOf(file);
    if (at >= 0) return [...trail.slice(at), file];
    if (done.has(file)) return null;
    for (const next of graph.get(file) ?? []) {
      const cycle = walk(next, [...trail, file]);
      if (cycle !== null) return cycle;
    }
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const cycle = walk(file, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

test('no barrel files: a file does more than re-export', () => {
  const barrels = files.filter(({ lines }) => {
    const code = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('//'));
    return code.length > 0 && code.every((line) => /^export .* from /.test(line));
  });
  expect(barrels.map(({ path }) => path)).toEqual([]);
});
