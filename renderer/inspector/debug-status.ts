// What DR6 says of a debug exception, with the breakpoints it names, from the registers the event left. Reads only.

import { BREAKPOINTS, describeBreakpoint } from '../../core/arch/debug-registers.ts';
import type { TraceEvent } from '../../core/event/event.ts';
import { viewState, type RegisterRow } from '../../core/replay/state.ts';

/** A breakpoint that was met: the register that holds its address, and what it watches. */
export interface MetBreakpoint { readonly name: string; readonly address: string; readonly what: string }
export interface DebugStatus { readonly dr6: RegisterRow; readonly met: readonly MetBreakpoint[] }
/** Where the states come from. */
export interface States { readonly hasState: boolean; stateBefore(seq: number): Uint32Array; stateAfter(seq: number): Uint32Array }

const DEBUG_VECTOR = 1;

/** The status of #DB; null for every other event, and where no registers were recorded. */
export function debugStatus(states: States, event: TraceEvent): DebugStatus | null {
  if (event.kind !== 'fault' || event.vector !== DEBUG_VECTOR || !states.hasState) return null;
  const rows = viewState(states.stateAfter(event.seq), states.stateBefore(event.seq)).debug;
  const rowOf = (name: string): RegisterRow | undefined => rows.find((row) => row.name === name);
  const dr6 = rowOf('dr6'), dr7 = rowOf('dr7');
  if (dr6 === undefined || dr7 === undefined) return null;
  const met = Array.from({ length: BREAKPOINTS }, (_, n) => n).filter((n) => ((dr6.lo >>> n) & 1) !== 0);
  return { dr6, met: met.map((n) => ({ name: `DR${String(n)}`, address: rowOf(`dr${String(n)}`)?.hex ?? '?', what: describeBreakpoint(dr7.lo, n) })) };
}

/** The same as text, for the clipboard. */
export function debugStatusText({ dr6, met }: DebugStatus): string {
  const bits = dr6.bits.filter((bit) => bit.isSet).map((bit) => `  ${bit.name} = ${bit.value}  ${bit.title}`);
  return [`DR6: ${dr6.hex}`, ...bits, ...met.map(({ name, address, what }) => `${name}: ${address} (${what})`)].join('\n');
}
