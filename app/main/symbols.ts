// Reads a file of symbols whole for the page, which knows the formats (core/symbols). Never more than the contract's bound.
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { LIMITS } from '../contract/limits.ts';
import type { SymbolsOutcome } from '../contract/api.ts';
import { failed, messageOf } from './outcome.ts';

export async function readSymbols(path: string): Promise<SymbolsOutcome> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) return failed(`cannot read ${path}: choose an ELF file, System.map or a map of nasm`);
  if (found.size > LIMITS.symbolBytes) return failed(`${path} is larger than ${String(LIMITS.symbolBytes / 2 ** 20)} MiB: take one without the other debugging sections (objcopy --keep-section, or System.map)`);
  try {
    return { kind: 'symbols', name: basename(path), bytes: await readFile(path) };
  } catch (error) {
    return failed(`cannot read ${path}: ${messageOf(error)}`);
  }
}
