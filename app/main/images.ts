// Images chosen for recording: the page gets a token, so that it cannot name a file it was not given.
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ChooseImageOutcome } from '../contract/api.ts';
import { LIMITS } from '../contract/limits.ts';
import { failed } from './outcome.ts';

/** Tokens remembered; the oldest is forgotten first. */
const REMEMBERED = 16;

export class ImageStore {
  readonly #paths = new Map<string, string>();

  async choose(path: string): Promise<ChooseImageOutcome> {
    const found = await stat(path).catch(() => null);
    if (found?.isFile() !== true) return failed(`cannot read ${path}: choose an image file (ELF or flat binary)`);
    if (found.size === 0) return failed(`${path} is empty: choose an image with code in it`);
    if (found.size > LIMITS.imageBytes) return failed(`${path} is larger than ${String(LIMITS.imageBytes >> 20)} MiB: choose a smaller image`);
    const token = randomUUID();
    this.#paths.set(token, path);
    const [oldest] = this.#paths.keys();
    if (this.#paths.size > REMEMBERED && oldest !== undefined) this.#paths.delete(oldest);
    return { kind: 'chosen', image: { token, name: basename(path), path, bytes: found.size } };
  }

  pathOf(token: string): string | null {
    return this.#paths.get(token) ?? null;
  }
}
