// Makes a case that differs smaller: instruction by instruction is left out as long as something still differs.

import { decode } from '../../core/isa/decoder.ts';
import type { Insn } from '../../core/isa/insn.ts';
import { describeCase, differencesText, outcomeDifferences, type Case } from '../witness/lib/case.ts';
import { runOnRingscope, type Models } from '../witness/lib/case-run.ts';
import { readsFlags, undefinedBehind } from '../witness/lib/flag-flow.ts';
import { textOf } from '../witness/lib/pieces.ts';
import { differs, RUN } from './compare.ts';
import type { EmulatorName } from './options.ts';

/** The smallest case found, in words; what it was when nothing can be left out. */
export async function smallerText(peer: EmulatorName, one: Case, models: Models | undefined): Promise<string> {
  let smallest = one, isOver = (one.parts?.length ?? 0) < 2;
  while (!isOver) {
    const next = await smallerOf(peer, smallest, models);
    isOver = next === null || next.parts!.length < 2;
    smallest = next ?? smallest;
  }
  if (smallest === one) return '  it is the smallest already';
  const { outcomes: [ours] } = await runOnRingscope([smallest]);
  const { outcomes: [theirs] } = await RUN[peer]([smallest], models);
  const found = ours === undefined || theirs === undefined ? 'no outcome' : differencesText(outcomeDifferences(smallest, ours, theirs));
  return `  smaller: ${describeCase(smallest)}\n  here against ${peer}: ${found}`;
}

/** The first case with one instruction less that still differs, or null. */
async function smallerOf(peer: EmulatorName, one: Case, models: Models | undefined): Promise<Case | null> {
  for (const candidate of one.parts!.map((_, index) => without(one, index))) {
    if (candidate === null) continue;
    const { outcomes: [ours] } = await runOnRingscope([candidate]);
    const { outcomes: [theirs] } = await RUN[peer]([candidate], models);
    if (ours !== undefined && theirs !== undefined && differs(peer, candidate, { ours, theirs })) return candidate;
  }
  return null;
}

/** The case without an instruction; null when another would then look at a flag that is undefined. */
function without(one: Case, left: number): Case | null {
  const parts = one.parts!.filter((_, index) => index !== left);
  const bits = one.codeBits ?? 32;
  let undefinedFlags = 0, undefinedBefore = 0;
  for (const part of parts) {
    for (const insn of insnsOf(part, bits)) {
      if (undefinedFlags !== 0 && readsFlags(insn)) return null;
      undefinedBefore |= undefinedFlags;
      undefinedFlags = undefinedBehind(insn, undefinedFlags, null);
    }
  }
  const name = parts.map((part) => insnsOf(part, bits).map(({ lengthBytes }, index, all) => textOf(part.slice(all.slice(0, index).reduce((sum, before) => sum + before.lengthBytes, 0)).slice(0, lengthBytes), bits)).join('; ')).join(' | ');
  return { ...one, name, parts, code: parts.flat(), undefinedFlags, undefinedBefore };
}

function insnsOf(part: readonly number[], bits: 16 | 32): Insn[] {
  const found: Insn[] = [];
  for (let at = 0; at < part.length;) {
    const decoded = decode(Uint8Array.from(part.slice(at)), bits);
    if (decoded.kind !== 'insn') break;
    found.push(decoded.insn);
    at += decoded.insn.lengthBytes;
  }
  return found;
}
