// Where recorded tests lie: the folder beside the checkout, when it is there, or folders that are named.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Present on the project's machines only; the recordings are never copied into the project. */
export const DEFAULT_FOLDER = fileURLToPath(new URL('../../../shared/vectors', import.meta.url));

export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

export interface VectorFile { readonly name: string; readonly content: Uint8Array }

/** All files of recorded tests in a folder and those within it, by name. */
export function* vectorFiles(folder: string): Generator<VectorFile> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.moo(\.gz)?$/i.test(path)).sort();
  for (const path of paths) yield { name: basename(path), content: readFileSync(join(folder, path)) };
}
