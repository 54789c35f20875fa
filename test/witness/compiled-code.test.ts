// What gcc emits for i386 to i686: every instruction of the C test kernel and of a file with all operators is decoded with the length objdump
// gives it, and has semantics here. How many instructions and mnemonics that were is printed. Without gcc it is skipped, and fails where CI=true.

import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { SEMANTICS } from '../../core/cpu/semantics/table.ts';
import { unsupported } from '../../core/cpu/semantics/unsupported.ts';
import { decode } from '../../core/isa/decoder.ts';
import { buildKernel, compileOperations, compilerMissing, LEVELS } from '../../scripts/kernel.mjs';
import { instructionsOf, type SeenInstruction } from './lib/objdump.ts';
import { ROOT } from './lib/programs.ts';

const LIMIT_MS = 120_000;
const MACHINES = ['i386', 'i686'];
const VARIANTS = [[], ['-mtune=pentium4', '-funroll-loops'], ['-mtune=k6', '-minline-all-stringops', '-fomit-frame-pointer']];

/** Why an instruction would not run here, or null. */
function problem({ bytes }: SeenInstruction): string | null {
  const decoded = decode(bytes, 32);
  if (decoded.kind !== 'insn') return decoded.kind;
  if (decoded.insn.lengthBytes !== bytes.length) return `${decoded.insn.lengthBytes} bytes long`;
  return SEMANTICS[decoded.insn.op] === unsupported ? 'not executed' : null;
}

/** Checks every instruction of the files, and prints how much that was. */
function check(what: string, files: readonly string[]): number {
  const all = files.flatMap(instructionsOf);
  const bad = all.flatMap((one) => { const why = problem(one); return why === null ? [] : [`${one.line}: ${why}`]; });
  expect(bad.slice(0, 10), `${bad.length} instructions of ${what}`).toEqual([]);
  console.info(`${what}: ${all.length} instructions, ${new Set(all.map(({ mnemonic }) => mnemonic)).size} mnemonics`);
  return all.length;
}

function need(context: TestContext): void {
  const reason = compilerMissing();
  if (reason === null) return;
  if (process.env['CI'] === 'true') throw new Error(`missing: ${reason}`);
  console.warn(`SKIPPED, no compiled code is looked at: ${reason}`);
  context.skip(reason);
}

describe('compiled code', () => {
  it.for(LEVELS)('the kernel and its program at %s', { timeout: LIMIT_MS }, (level, context) => {
    need(context);
    expect(check(`kernel ${level}`, [buildKernel(level), path.join(ROOT, 'test/out/kernel', level.slice(1), 'program.elf')])).toBeGreaterThan(5_000);
  });

  it.for(MACHINES)('all operators for %s', { timeout: LIMIT_MS }, (machine, context) => {
    need(context);
    const files = LEVELS.flatMap((level) => VARIANTS.map((variant) => compileOperations([`-march=${machine}`, level, ...variant])));
    expect(check(`operators for ${machine}`, files)).toBeGreaterThan(20_000);
  });
});
