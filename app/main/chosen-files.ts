// Images and logs chosen for recording and importing: the page gets a token, so that it cannot name a file it was not given.
import { randomUUID } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ChooseImageOutcome, ChooseLogOutcome, Failed } from '../contract/api.ts';
import { LIMITS } from '../contract/limits.ts';
import { failed } from './outcome.ts';

/** Tokens remembered; the oldest is forgotten first. */
const REMEMBERED = 64;
/** Bytes looked at to tell a log from an image. */
const LOOKED_AT = 4096;

export class ChosenFiles {
  readonly #paths = new Map<string, string>();

  async image(path: string): Promise<ChooseImageOutcome> {
    const file = await this.#take(path, 'choose an image file (ELF, boot disk, ROM or flat binary)', LIMITS.imageBytes);
    if ('kind' in file) return file;
    return file.bytes === 0 ? failed(`${path} is empty: choose an image with code in it`) : { kind: 'chosen', image: file };
  }

  async log(path: string): Promise<ChooseLogOutcome> {
    const file = await this.#take(path, 'choose a log of qemu -d int', LIMITS.logBytes);
    return 'kind' in file ? file : { kind: 'log', log: file };
  }

  /** What a file that is no trace is taken for: a log by its name or when it is text, otherwise an image; null for what is no file. */
  async logOrImage(path: string): Promise<ChooseLogOutcome | ChooseImageOutcome | null> {
    if ((await stat(path).catch(() => null))?.isFile() !== true) return null;
    return isNamedAsLog(path) || await isText(path) ? this.log(path) : this.image(path);
  }

  pathOf(token: string): string | null {
    return this.#paths.get(token) ?? null;
  }

  async #take(path: string, advice: string, most: number): Promise<{ readonly token: string; readonly name: string; readonly path: string; readonly bytes: number } | Failed> {
    const found = await stat(path).catch(() => null);
    if (found?.isFile() !== true) return failed(`cannot read ${path}: ${advice}`);
    if (found.size > most) return failed(`${path} is larger than ${String(Math.floor(most / 2 ** 20))} MiB: choose a smaller file`);
    const token = randomUUID();
    this.#paths.set(token, path);
    const [oldest] = this.#paths.keys();
    if (this.#paths.size > REMEMBERED && oldest !== undefined) this.#paths.delete(oldest);
    return { token, name: basename(path), path, bytes: found.size };
  }
}

const isNamedAsLog = (path: string): boolean => /\.(log|txt)(\.gz)?$/i.test(path);

async function isText(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, 0);
    return bytesRead > 0 && !buffer.subarray(0, bytesRead).includes(0);
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
