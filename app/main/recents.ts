// The traces opened lately (recents.json), newest first, bounded. The page names them by id, never by path.
import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RecentTrace } from '../contract/api.ts';
import { LIMITS } from '../contract/limits.ts';
import { savedRecents, type SavedRecent } from '../contract/parse.ts';
import { readJson, writeJson } from './json-file.ts';

export class RecentStore {
  readonly #path: string;
  #entries: readonly SavedRecent[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  async load(): Promise<void> {
    try {
      this.#entries = savedRecents(await readJson(this.#path), 'recents.json');
    } catch {
      this.#entries = [];
    }
  }

  async list(): Promise<readonly RecentTrace[]> {
    return Promise.all(this.#entries.map(async (entry) => ({ ...entry, name: basename(entry.path), present: await isPresent(entry.path) })));
  }

  pathOf(id: string): string | null {
    return this.#entries.find((entry) => entry.id === id)?.path ?? null;
  }

  /** Puts `path` first. `now` in milliseconds since 1970. */
  async add(path: string, now: number): Promise<void> {
    const known = this.#entries.find((entry) => entry.path === path);
    const entry = { id: known?.id ?? randomUUID(), path, openedAt: now };
    await this.#replace([entry, ...this.#entries.filter((other) => other !== known)].slice(0, LIMITS.recents));
  }

  async forget(id: string): Promise<void> {
    await this.#replace(this.#entries.filter((entry) => entry.id !== id));
  }

  async #replace(entries: readonly SavedRecent[]): Promise<void> {
    this.#entries = entries;
    await writeJson(this.#path, entries);
  }
}

const isPresent = (path: string): Promise<boolean> => access(path).then(() => true, () => false);
