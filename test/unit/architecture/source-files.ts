// The project's own source files with their imports, read once for the tests of this folder.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

export type SourceFile = {
  /** From the project's root, with slashes: `core/cpu/fault.ts`. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Every import, type-only and dynamic ones included: a project path for relative ones, else the module's name. */
  readonly imports: readonly string[];
};

/** Every .ts, .mjs and .svelte file under the folders (all of ours by default). */
export function sourceFiles(folders: readonly string[] = ['app', 'core', 'renderer', 'scripts', 'test']): readonly SourceFile[] {
  return folders.flatMap((folder) => filesUnder(join(root, folder))).filter((file) => /\.(ts|mts|mjs|svelte)$/.test(file)).map(read);
}

/** Full paths of all files under a folder, without what tests write. */
export function filesUnder(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return path === join(root, 'test/out') ? [] : filesUnder(path);
    return [path];
  });
}

function read(file: string): SourceFile {
  const path = relative(root, file).replaceAll('\\', '/');
  const text = readFileSync(file, 'utf8');
  const code = path.endsWith('.svelte') ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n') : text;
  const { importedFiles } = ts.preProcessFile(code, true, true);
  const imports = [...new Set(importedFiles.map(({ fileName }) => fileName))]
    .map((name) => (name.startsWith('.') ? posix.join(dirname(path), name) : name));
  return { path, text, lines: text.replace(/\n$/, '').split('\n'), imports };
}
