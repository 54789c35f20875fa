// Where processors or emulators differ about what a check found: the places core/cpu marks VENDOR, in a sentence each, by rule.

import type { TraceEvent } from '../../event/event.ts';
import type { RuleId } from '../../event/rules.ts';

const NOTES: Readonly<Partial<Record<RuleId, string>>> = {
  'iret-ss-present': 'For a stack segment that is not present the manual lists #NP with IRET and #SS with far RET; Bochs and QEMU do as shown here.',
  'page-table-present': 'Whether the directory entry is marked accessed when the page table then refuses differs between processors; here it is.',
  'fetch-limit': 'Whether an access across 4 GiB faults with a limit of FFFFFFFFH is left open by the manual; here it does.',
  'segment-limit': 'Whether an access across 4 GiB faults with a limit of FFFFFFFFH is left open by the manual; here it does.',
  'pusha-pointer': 'Bochs raises #SS here, as for any other odd pointer.',
  'iret-v86-limit': 'Bochs and QEMU cut EIP to 16 bits instead of raising #GP.',
  'msr-value': 'The SYSENTER MSRs are 32 bits wide on this processor: what WRMSR has in EDX for them is ignored.',
};

/** What differs about a failed check; empty where nothing does. */
export function notesOf(subject: { readonly event: TraceEvent; readonly failed: { readonly rule: string } } | null): readonly string[] {
  const note = subject === null ? undefined : NOTES[subject.failed.rule as RuleId];
  if (note === undefined || subject === null) return [];
  const { event, failed } = subject;
  // nothing was marked where the directory entry had been used before
  const isMarked = failed.rule !== 'page-table-present' || (event.kind === 'fault' && event.walk?.levels[0]?.accessed === false);
  return isMarked ? [note] : [];
}
