// The instructions of an object or ELF file as objdump sees them: bytes and mnemonic. A second opinion on lengths.

import { spawnSync } from 'node:child_process';

const LINE = /^ *[0-9a-f]+:\t((?:[0-9a-f]{2} )+) *\t([a-z][a-z0-9.]*)(?: (?:rep|lock)\w* | |$)/;
const OUTPUT_MAX = 1 << 28;

export interface SeenInstruction { readonly bytes: Uint8Array; readonly mnemonic: string; readonly line: string }

/** Every instruction in the executable sections of the file. Throws when objdump fails or shows none. */
export function instructionsOf(file: string): SeenInstruction[] {
  const run = spawnSync('objdump', ['-d', '-w', '-M', 'intel', file], { encoding: 'latin1', maxBuffer: OUTPUT_MAX });
  if (run.error) throw new Error(`objdump could not be started (${run.error.message}); Debian, Ubuntu: apt-get install binutils`);
  const found = run.stdout.split('\n').flatMap((line) => {
    const match = LINE.exec(line);
    return match === null ? [] : [{ bytes: Uint8Array.from(match[1]!.trim().split(' '), (byte) => parseInt(byte, 16)), mnemonic: match[2]!, line: line.trim() }];
  });
  if (found.length === 0) throw new Error(`objdump shows no instruction in ${file}: ${run.stderr.trim()}`);
  return found;
}
