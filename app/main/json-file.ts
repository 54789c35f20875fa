// A small JSON file of ours in the user's data folder: read with a bound, written whole and renamed, so that a crash
// leaves the old or the new one. A damaged file reads as null: settings are never worth refusing to start.
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LIMITS } from '../contract/limits.ts';

/** The parsed content, unchecked, or null when missing, too large or not JSON. */
export async function readJson(path: string): Promise<unknown> {
  try {
    if ((await stat(path)).size > LIMITS.jsonBytes) return null;
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch {
    return null;
  }
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`);
  await rename(`${path}.new`, path);
}
