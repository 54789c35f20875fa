// Kernel visits as text: a row each, findings below the row, and what they add up to.

import { FAILED_OUTSIDE, strayAt } from '../../core/replay/visits/endings.ts';
import { NO_CALL } from '../../core/replay/os/system-call.ts';
import { failedOutside } from '../../core/replay/visits/findings.ts';
import type { VisitFacts } from '../../core/replay/visits/facts.ts';
import type { VisitSummary } from '../../core/replay/visits/summary.ts';
import { UNMATCHED, type Unmatched, type Visits } from '../../core/replay/visits/table.ts';
import { grouped } from './numbers.ts';
import type { TraceFile } from './open-trace.ts';
import { table, wrapped, type Paint } from './text-table.ts';

const WIDTH = 100;
/** Depth beyond which rows are indented no further. */
const INDENTS = 6;
/** `int 0x80 rt_sigprocmask (175)`. */
const CALL_WIDTH = 30;
/** Exits without an entry that are listed by number, for each reason. */
const STRAYS_LISTED = 8;

/** Prints rows of one width. */
export interface VisitRowPrinter {
  readonly header: string;
  readonly paint: Paint;
  row(facts: VisitFacts): string;
}

/** Widths follow the trace, so that all rows agree. */
export function visitRowPrinter({ reader }: TraceFile, visits: Visits, paint: Paint): VisitRowPrinter {
  const seqWidth = Math.max(5, String(Math.max(0, reader.eventCount - 1)).length);
  const exitWidth = Math.max(12, seqWidth);
  const deep = visits.depth.reduce((most, depth) => Math.max(most, depth), 0);
  const nameWidth = (visits.call.some((number) => number !== NO_CALL) ? CALL_WIDTH : 14) + 2 * Math.min(INDENTS, deep);
  const cells = (name: string, entry: string, exit: string, rings: string, thread: string, lasted: string, faults: string, odd: string): string =>
    `${name.padEnd(nameWidth)}  ${entry.padStart(seqWidth)}  ${exit.padStart(exitWidth)}  ${rings.padEnd(4)}  ${thread.padEnd(6)}  ${lasted.padStart(9)}  ${faults.padStart(6)}  ${odd}`.trimEnd();
  return {
    paint, header: `${paint('dim', cells('visit', 'entry', 'exit', 'ring', 'thread', 'instr.', 'faults', 'finding'))}\n`,
    row: (facts) => {
      const { visit, rings, findings } = facts;
      const name = `${'  '.repeat(Math.min(INDENTS, visit.depth))}${visit.title}`;
      const first = findings[0];
      const label = first === undefined ? '' : `${first.label}${findings.length > 1 ? ` +${String(findings.length - 1)}` : ''}`;
      return `${cells(name, String(visit.seqEntry), visit.seqExit === null ? String(visit.reason) : String(visit.seqExit), ringsText(rings), `T${String(visit.thread + 1)}`, lastedText(facts), visit.faults === 0 ? '-' : String(visit.faults), label)}\n`;
    },
  };
}

/** A row, and its findings in full below it: all but notes, which the label tells. */
export function visitLines(printer: VisitRowPrinter, facts: VisitFacts): string {
  const told = facts.findings.filter(({ severity }) => severity !== 'note');
  const lines = told.flatMap(({ severity, text }) => wrapped(`${severity}: ${text}`, { width: WIDTH, indent: '    ' }).map((line) => printer.paint(severity === 'wrong' ? 'red' : 'yellow', line)));
  return `${printer.row(facts)}${lines.map((line) => `${line}\n`).join('')}`;
}

function ringsText({ from, to }: VisitFacts['rings']): string {
  const shown = (ring: number | null): string => (ring === null ? '?' : String(ring));
  return `${shown(from)}->${shown(to)}`;
}

function lastedText({ instructions, isAtLeast, time }: VisitFacts): string {
  if (instructions !== null) return `${isAtLeast ? '>= ' : ''}${grouped(instructions)}`;
  return time === null ? '-' : `${grouped(Math.round(time.value))} ${time.unit}`;
}

/** What the visits add up to, several lines. */
export function summaryText(trace: TraceFile, visits: Visits, summary: VisitSummary, paint: Paint): string {
  if (summary.count === 0 && visits.strayExits.length === 0 && visits.misses.seq.length === 0) return '';
  const parts = [groupsText(summary, paint), endingsText(summary), ...straysText(visits, summary), ...failedText(visits), findingsText(summary), sourceText(trace)];
  return `\n${parts.filter((part) => part !== '').join('\n')}\n`;
}

/** Visits by name, as a table. */
export function groupsText({ groups }: VisitSummary, paint: Paint): string {
  if (groups.length === 0) return '';
  const number = (value: number | undefined): string => (value === undefined ? '-' : grouped(value));
  const rows = groups.map(({ name, count, returned, instructions, faults, odd }) =>
    [name, grouped(count), grouped(returned), number(instructions?.least), number(instructions?.median), number(instructions?.most), grouped(faults), odd === 0 ? '-' : grouped(odd)]);
  return table(['by name', 'visits', 'returned', 'shortest', 'median', 'longest', 'faults', 'with findings'], rows, { paint, right: [1, 2, 3, 4, 5, 6, 7] }).join('\n');
}

function endingsText({ endings, threads, deepest, switched }: VisitSummary): string {
  const words = { 'open': 'still open at the end', 'stack-reused': 'never return', 'shutdown': 'ended by a shutdown', 'reset': 'ended by a reset', 'not-logged': 'without a logged return' } as const;
  const parts = (Object.keys(words) as (keyof typeof words)[]).filter((name) => endings[name] > 0).map((name) => `${grouped(endings[name])} ${words[name]}`);
  const where = threads === 0 ? '' : `, on ${grouped(threads)} kernel ${threads === 1 ? 'stack' : 'stacks'}, at most ${grouped(deepest)} deep${switched === 0 ? '' : `; during ${grouped(switched)} of them another thread ran`}`;
  return wrapped(`${grouped(endings.returned)} returned${parts.length === 0 ? '' : `, ${parts.join(', ')}`}${where}`, { width: WIDTH, indent: '' }).join('\n');
}

function straysText(visits: Visits, { strays }: VisitSummary): readonly string[] {
  return UNMATCHED.filter((reason) => strays[reason] > 0).flatMap((reason) => strayLines(visits, reason, strays[reason]));
}

function strayLines(visits: Visits, reason: Unmatched, count: number): readonly string[] {
  const code = UNMATCHED.indexOf(reason);
  const listed: number[] = [];
  for (let index = 0; index < visits.strayExits.length && listed.length < STRAYS_LISTED; index += 1) if (visits.strayReasons[index] === code) listed.push(index);
  const first = listed[0];
  if (first === undefined) return [];
  const seqs = listed.map((index) => String(visits.strayExits[index])).join(', ');
  const head = `${grouped(count)} ${count === 1 ? 'exit belongs' : 'exits belong'} to no visit (${count === 1 ? 'event' : 'events'} ${seqs}${count > listed.length ? ', …' : ''})`;
  return wrapped(`${head}: ${strayAt(visits, first).text}`, { width: WIDTH, indent: '' });
}

function failedText(visits: Visits): readonly string[] {
  const failed = failedOutside(visits);
  if (failed.length === 0) return [];
  const seqs = Array.from(failed.subarray(0, STRAYS_LISTED), String).join(', ');
  return wrapped(`${failed.length === 1 ? 'event' : 'events'} ${seqs}${failed.length > STRAYS_LISTED ? ', …' : ''}: ${FAILED_OUTSIDE}`, { width: WIDTH, indent: '' });
}

function findingsText({ findings }: VisitSummary): string {
  const { kinds, flags } = findings;
  const words = { 'error-code': 'error code not popped', 'stack-delta': 'stack pointer off at the return', 'exit-faulted': 'return faulted', 'shutdown': 'shut down inside', 'stack-reused': 'never returned' } as const;
  const plain = (Object.keys(words) as (keyof typeof words)[]).filter((name) => kinds[name] > 0).map((name) => `${words[name]} ${grouped(kinds[name])}`);
  const sticky = Object.entries(flags).filter(([, count]) => count > 0).map(([name, count]) => `${name} of user code still set ${grouped(count)}`);
  const all = [...plain, ...sticky];
  return wrapped(all.length === 0 ? 'findings: none' : `findings: ${all.join(', ')}`, { width: WIDTH, indent: '' }).join('\n');
}

function sourceText({ reader }: TraceFile): string {
  return reader.header.kind === 'imported' ? 'basis: what the log says; where it shows no frame or return, nothing is paired' : 'basis: recorded events';
}
