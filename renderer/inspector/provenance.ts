// Where a panel's facts come from, said on the panel: recorded in the trace, executed again, or absent and why.

import type { TraceEvent } from '../../core/event/event.ts';
import type { Basis } from '../../core/replay/explain/explanation.ts';

export interface Provenance { readonly text: string; readonly tone: 'plain' | 'good' | 'warn' | 'accent'; readonly why: string }

export const RECORDED: Provenance = { text: 'recorded', tone: 'good', why: 'Read from the trace as it was recorded.' };
export const REEXECUTED: Provenance = { text: 're-executed', tone: 'accent', why: 'Computed by executing the recording again up to this point.' };
export const FROM_LOG: Provenance = { text: 'from the log', tone: 'good', why: 'The register dump the log shows at this event: the processor before it. There is none after it.' };
export const LAST_DUMP: Provenance = { text: 'older', tone: 'warn', why: 'The log shows no registers at this event: these are of the last dump before it.' };

/** An absence with its reason. */
export function absentBecause(reason: string): Provenance {
  return { text: 'absent', tone: 'warn', why: reason };
}

/** What an explanation stands on. */
export function provenanceOfBasis(basis: Basis): Provenance {
  if (basis.kind === 'absent') return absentBecause(basis.reason);
  return basis.kind === 'record' ? RECORDED : { text: 're-executed', tone: 'accent', why: 'Heard by executing this event again with a listening probe.' };
}

/** Paths of an imported event's fields in one state, as words: `to.cs`, `frame.slots`. */
export function fieldsBy(event: TraceEvent, state: 'absent' | 'reconstructed'): readonly string[] {
  return Object.entries(event.completeness ?? {}).flatMap(([path, is]) => (is === state ? [path] : []));
}

/** Where the facts of a panel come from, by the fields it shows; null for a recorded event, whose facts all do. */
export function provenanceOf(event: TraceEvent, ...prefixes: readonly string[]): Provenance | null {
  if (event.completeness === undefined) return null;
  const among = (state: 'absent' | 'reconstructed'): readonly string[] => fieldsBy(event, state).filter((path) => prefixes.some((prefix) => path.startsWith(prefix)));
  const absent = among('absent'), reconstructed = among('reconstructed');
  if (absent.length > 0) return { text: 'partly recorded', tone: 'warn', why: `The log does not have ${absent.join(', ')}.` };
  return reconstructed.length > 0 ? { text: 'reconstructed', tone: 'accent', why: `Put together from other lines of the log: ${reconstructed.join(', ')}.` } : RECORDED;
}

export const PAIRED: Provenance = { text: 'recorded', tone: 'good', why: 'Entry and exit are paired by what was recorded: the frame and its address space, or the stack.' };
export const PAIRED_BY_INFERENCE: Provenance = { text: 'inferred', tone: 'warn', why: 'The return is not recorded: it must lie between two records, and this is the one visit it can belong to.' };
