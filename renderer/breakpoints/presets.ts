// Breakpoints in two clicks: the choices of the builder, as text of the breakpoint language. Names come from core/arch.

import { MSRS } from '../../core/arch/msrs.ts';
import { VIAS } from '../../core/event/kinds.ts';

export const ANY = '*';
export const RINGS = [ANY, '0', '1', '2', '3'] as const;
export type RingChoice = (typeof RINGS)[number];

/** Mechanisms a CPL change can come by. */
export const MECHANISMS: readonly string[] = VIAS.filter((via) => via !== 'unknown');

/** Text of a CPL-change breakpoint; all three may be left open. */
export function cplText(from: RingChoice, to: RingChoice, via: string): string {
  const change = from === ANY && to === ANY ? 'cpl' : `cpl ${from}->${to}`;
  return via === ANY ? change : `${change} via ${via}`;
}

/** Text of an MSR-write breakpoint. */
export function msrText(name: string, { changed }: { readonly changed: boolean }): string {
  return `msr${name === ANY ? '' : ` ${name}`}${changed ? ' changed' : ''}`;
}

/** Names of the registers core/arch knows, those of system calls first. */
export const MSR_NAMES: readonly string[] = [...MSRS.map((one) => one.name)].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
function rank(name: string): number {
  return /SYSENTER|STAR|FMASK|EFER/.test(name) ? 0 : 1;
}

/** Where a refusal's mark stands under the text, in characters from the left; never beyond its end. */
export function caretAt(text: string, column: number): number {
  return Math.max(0, Math.min(column - 1, text.length));
}
