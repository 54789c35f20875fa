// Where a panel's facts come from, said on the panel: recorded in the trace, executed again, or absent and why.

export interface Provenance { readonly text: string; readonly tone: 'plain' | 'good' | 'warn' | 'accent'; readonly why: string }

export const RECORDED: Provenance = { text: 'recorded', tone: 'good', why: 'Read from the trace as it was recorded.' };
export const REEXECUTED: Provenance = { text: 're-executed', tone: 'accent', why: 'Computed by executing the recording again up to this point.' };

/** An absence with its reason. */
export function absentBecause(reason: string): Provenance {
  return { text: 'absent', tone: 'warn', why: reason };
}
