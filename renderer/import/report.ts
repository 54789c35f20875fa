// The report of an import as the dialog draws it: shares of the lines by what became of them, and the vectors by how often they came.

import type { ImportReport, LineClass } from '../session/contract.ts';

export interface Share { readonly kind: LineClass; readonly title: string; readonly lines: number; readonly percent: number }

const TITLES: Readonly<Record<LineClass, string>> = { event: 'became events', context: 'completed them', ignored: 'understood, left aside', unknown: 'not understood' };
const KINDS: readonly LineClass[] = ['event', 'context', 'ignored', 'unknown'];
/** Vectors drawn before the rest is folded. */
export const VECTORS_SHOWN = 8;

/** Lines by class, those that occur; a class that occurs has a percent above zero. */
export function sharesOf(report: ImportReport): readonly Share[] {
  return KINDS.map((kind) => {
    const lines = report.rules.reduce((sum, rule) => sum + (rule.class === kind ? rule.lines : 0), 0);
    return { kind, title: TITLES[kind], lines, percent: report.lines === 0 ? 0 : (lines / report.lines) * 100 };
  }).filter((share) => share.lines > 0);
}

/** Vectors, the most frequent first, each with its share of the most frequent one (0 to 1). */
export function vectorsOf({ vectors }: ImportReport): readonly (ImportReport['vectors'][number] & { readonly share: number })[] {
  const most = Math.max(1, ...vectors.map(({ records }) => records));
  return [...vectors].sort((a, b) => b.records - a.records || a.vector - b.vector).map((one) => ({ ...one, share: one.records / most }));
}

/** The report as text, for the clipboard. */
export function reportText(name: string, report: ImportReport): string {
  const count = (many: number): string => many.toLocaleString('en');
  return [
    `${name}: ${report.tool}, ${count(report.lines)} lines, ${count(report.events)} events`, '',
    ...report.rules.map((rule) => `${count(rule.lines).padStart(10)}  ${rule.class.padEnd(8)} ${rule.title}`), '',
    ...report.vectors.map((one) => `${count(one.records).padStart(10)}  ${one.name}${one.title === null ? '' : ` ${one.title}`}`), '',
    ...report.unknown.map(({ line, text }) => `line ${String(line)} is not understood: ${text}`),
    ...report.notes.map((note) => `note: ${note}`), ...report.advice.map((advice) => `advice: ${advice}`), `content hash ${report.contentHash}`,
  ].join('\n');
}
