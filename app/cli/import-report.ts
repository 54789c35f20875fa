// The report of an import as text: lines by rule, records by vector, what is not in the log, and how to capture more.

import { hex } from '../../core/base/u64.ts';
import type { ImportReport } from '../../core/ringscope/import.ts';
import { grouped } from './numbers.ts';
import { table, type Paint } from './text-table.ts';

/** Lines of each class, for example `event 132, context 1 224, ignored 90, unknown 0`. */
export function classesText({ rules }: ImportReport): string {
  const sum = (kind: string): number => rules.filter((rule) => rule.class === kind).reduce((total, { lines }) => total + lines, 0);
  return (['event', 'context', 'ignored', 'unknown'] as const).map((kind) => `${kind} ${grouped(sum(kind))}`).join(', ');
}

/** The whole report, several lines. */
export function reportText(report: ImportReport, paint: Paint): string {
  const rules = report.rules.map((rule) => [rule.class, rule.rule, grouped(rule.lines), rule.title]);
  const vectors = report.vectors.map(({ vector, name, title, records }) => [hex(vector), grouped(records), title === null ? '' : `${name} (${title})`]);
  const unknown = report.unknown.map(({ line, text }) => [`line ${grouped(line)}`, JSON.stringify(text)]);
  return [
    `${report.tool}: ${grouped(report.lines)} lines: ${classesText(report)}`, '',
    ...table(['class', 'rule', 'lines', 'what such a line is'], rules, { paint, right: [2] }),
    ...section('vector', vectors.length === 0 ? [] : table(['vector', 'records', 'name'], vectors, { paint, right: [0, 1] })),
    ...section('first unknown lines', unknown.length === 0 ? [] : table(['where', 'text'], unknown, { paint, right: [] })),
    ...section('notes', report.notes.map((note) => `- ${note}`)),
    ...section('advice', report.advice.map((note) => `- ${note}`)), '',
  ].join('\n');

  function section(title: string, lines: readonly string[]): readonly string[] {
    return lines.length === 0 ? [] : ['', ...(title === 'notes' || title === 'advice' || title.startsWith('first') ? [paint('bold', title)] : []), ...lines];
  }
}
