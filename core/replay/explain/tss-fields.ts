// The card of the task-state segment: which of its fields the attempt read, from where, with what value, and who wrote it.

import { tssFieldAt } from '../../arch/tss.ts';
import { hex } from '../../base/u64.ts';
import type { LadderAccess, LadderStep } from '../../event/ladder.ts';
import { describeSelector } from '../state.ts';
import type { TssField } from './explanation.ts';
import type { Inquiry } from './inquiry.ts';
import { registerValue } from './names.ts';
import { writerOfMemory } from './writer.ts';

/** A task switch reads every field; the card shows no more than this. */
const FIELDS_MAX = 4;

/** The fields of the current TSS that the steps of a ladder read, in order. */
export async function explainTss(inquiry: Inquiry, { seq, registers, steps }: { readonly seq: number; readonly registers: Uint32Array; readonly steps: readonly LadderStep[] }): Promise<readonly TssField[]> {
  const base = registerValue(registers, 'tr.base'), limit = Number(registerValue(registers, 'tr.limit'));
  const selector = Number(registerValue(registers, 'tr.selector'));
  const fields: TssField[] = [];
  for (const { linear, physical, size, value } of readsOf(steps)) {
    const offset = Number((linear ?? physical) - base);
    if (offset < 0 || offset > limit || fields.length === FIELDS_MAX) continue;
    const { writer, symbol } = await writerOfMemory(inquiry, { before: inquiry.before(seq), physical: Number(physical), length: size });
    fields.push({
      tr: selector === 0 ? 'no TSS was ever loaded (selector 0)' : describeSelector(selector), base, limit, name: tssFieldAt(offset)?.name ?? `offset ${String(offset)}`, offset, physical, value: hex(value),
      lastWriter: writer, writerSymbol: symbol,
    });
  }
  return fields;
}

function readsOf(steps: readonly LadderStep[]): readonly LadderAccess[] {
  const seen = new Set<bigint>();
  return steps.flatMap(({ accesses }) => accesses).filter((one) => {
    if (one.what !== 'tss' || one.write || seen.has(one.physical)) return false;
    seen.add(one.physical);
    return true;
  });
}
