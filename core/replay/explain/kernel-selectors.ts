// The selectors of ring 0 in the GDT of a moment: what a suggestion to write one of them names. The first present writable data segment and the
// first present code segment with DPL 0.

import { dplOf, isCode, isPresent, isWritableData, rightsOf } from '../../arch/descriptor.ts';
import { hex } from '../../base/u64.ts';
import type { TraceEvent } from '../../event/event.ts';
import type { RuleId } from '../../event/rules.ts';
import type { Inquiry } from './inquiry.ts';
import { registerValue } from './names.ts';
import { REMEDIES } from './remedies.ts';

export interface KernelSelectors { readonly [name: string]: string | null; readonly kernelSs: string | null; readonly kernelCs: string | null }

const NONE: KernelSelectors = { kernelSs: null, kernelCs: null };
const BYTES = 8, ENTRIES_MAX = 64;

/** The selectors, where the remedy of the failed rule asks for one. */
export async function kernelSelectors(inquiry: Inquiry, { event, failed }: { readonly event: TraceEvent; readonly failed: { readonly rule: string } }): Promise<KernelSelectors> {
  if (!REMEDIES[failed.rule as RuleId].sets.some((text) => text.includes('{kernel'))) return NONE;
  const registers = inquiry.trace.stateBefore(event.seq);
  const linear = Number(registerValue(registers, 'gdtr.base')), length = Math.min(ENTRIES_MAX * BYTES, Number(registerValue(registers, 'gdtr.limit')) + 1);
  const reply = await inquiry.ask({ kind: 'read-linear', at: inquiry.before(event.seq), linear, length }, 'bytes');
  if (reply.kind === 'unknown') return NONE;
  const { bytes } = reply;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const first = (isWanted: (rights: number) => boolean): string | null => {
    for (let at = BYTES; at + BYTES <= bytes.length; at += BYTES) {
      const rights = rightsOf(view.getUint32(at + 4, true));
      if (isWanted(rights) && isPresent(rights) && dplOf(rights) === 0) return hex(at);
    }
    return null;
  };
  return { kernelSs: first(isWritableData), kernelCs: first(isCode) };
}
