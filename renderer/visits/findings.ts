// What is remarkable about a kernel visit, as badges; and why an exit stands alone. The facts and words are core/replay's.

import { strayAt, type StrayExit } from '../../core/replay/visits/endings.ts';
import { findingsOf, type Severity } from '../../core/replay/visits/findings.ts';
import type { Visits } from '../../core/replay/visits/table.ts';

/** `plain`: good to know, nothing to look at. */
export type Tone = 'plain' | 'warn' | 'bad';
export interface Finding { readonly text: string; readonly tone: Tone; readonly why: string }

const TONES: Readonly<Record<Severity, Tone>> = { wrong: 'bad', look: 'warn', note: 'plain' };

/** The badges of one visit, the gravest first. */
export function badgesOf(visits: Visits, index: number): readonly Finding[] {
  const findings = findingsOf(visits, index).map(({ label, severity, text }): Finding => ({ text: label, tone: TONES[severity], why: sentence(text) }));
  return unlike(findings);
}

/** Exits that belong to no visit, the first `most` of them. */
export function strayExits(visits: Visits, most: number): readonly StrayExit[] {
  return Array.from({ length: Math.min(most, visits.strayExits.length) }, (_, at) => strayAt(visits, at));
}

// several of one kind share a badge; its card tells them all
function unlike(findings: readonly Finding[]): readonly Finding[] {
  const told = new Map<string, Finding>();
  for (const finding of findings) {
    const before = told.get(finding.text);
    told.set(finding.text, before === undefined ? finding : { ...before, why: `${before.why}\n${finding.why}` });
  }
  return [...told.values()];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
