// An explanation as text for people: the event, the consequence, the ladder with what passed folded, the failing step in full, the walk, the
// chain, the cascade, and what it all stands on. Lines of at most 100 columns.

import { describeWithoutRule } from '../../core/event/describe.ts';
import type { LastWriter } from '../../core/event/json.ts';
import type { LadderAccess, LadderStep, StepGroup } from '../../core/event/ladder.ts';
import type { CascadeStep, CauseLink, ExplainedErrorCode, ExplainedLevel, Explanation, TssField } from '../../core/replay/explain/explanation.ts';
import type { Ink } from './style.ts';
import { wrap } from './wrap.ts';

type Paint = (ink: Ink, text: string) => string;
export interface TextOptions {
  readonly paint: Paint;
  /** Show every check, the passed ones too. */
  readonly all: boolean;
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** The whole text, with a newline at its end. */
export function explanationText(one: Explanation, options: TextOptions): string {
  const { paint } = options;
  const sections: (readonly string[])[] = [headline(one, paint), one.consequence === '' ? [] : wrap(one.consequence)];
  if (one.failed !== null) sections.push(failedLines(one, one.failed, paint));
  if (one.steps.length > 0) sections.push([paint('bold', 'Checks'), ...ladderLines(one.steps, options)]);
  if (one.writes.length > 0) sections.push([paint('bold', 'Written once all checks had passed'), ...one.writes.flatMap((access) => accessLines(access, '  '))]);
  if (one.errorCode !== null) sections.push([paint('bold', 'Error code'), ...errorCodeLines(one.errorCode)]);
  if (one.walk.length > 0) sections.push([paint('bold', 'Page walk'), ...one.walk.flatMap(levelLines)]);
  if (one.tss.length > 0) sections.push([paint('bold', 'Task-state segment'), ...one.tss.flatMap(tssLines)]);
  if (one.chain.length > 0) sections.push([paint('bold', 'Where it came from'), ...one.chain.flatMap(linkLines)]);
  if (one.cascade.length > 0) sections.push([paint('bold', 'Cascade'), ...one.cascade.flatMap((step) => cascadeLines(step, one.event.seq))]);
  if (one.remedies.length > 0) sections.push([paint('bold', 'To try'), ...one.remedies.map((change) => `  ringscope whatif TRACE --at ${String(one.event.seq)} --set ${change}`)]);
  if (one.notes.length > 0) sections.push([paint('bold', 'Implementations differ here'), ...one.notes.flatMap((note) => wrap(note, '  '))]);
  sections.push(wrap(basisText(one)).map((line) => paint('dim', line)));
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline({ event }: Explanation, paint: Paint): readonly string[] {
  const where = [
    event.cpl === null ? null : `ring ${String(event.cpl)}`, event.cs === null || event.ip === null ? null : `${event.cs.toString(16).padStart(4, '0')}:${event.ip.toString(16).padStart(8, '0')}`,
    event.icount === null ? null : `icount ${String(event.icount)}`, event.sourceLine === undefined ? null : `line ${String(event.sourceLine)} of the log`,
  ].filter((part) => part !== null);
  return [...wrap(describeWithoutRule(event), `event ${String(event.seq)}: `, '  ').map((line) => paint('bold', line)), `  ${where.join(', ')}`];
}

function failedLines({ value, lastWriter, writerSymbol }: Explanation, step: LadderStep, paint: Paint): readonly string[] {
  const operands = Object.entries(step.operands).map(([name, text]) => `${name} = ${text}`).join(', ');
  const from = value === null ? '' : value.from.kind === 'memory' ? ` at ${value.from.linear === null ? '' : `linear ${hex(value.from.linear)}, `}physical ${hex(value.from.physical)}` : '';
  return [
    paint('red', `FAILED  ${step.rule}`),
    ...wrap(`it must hold that ${step.title}`, '  '),
    `  ${step.cite}`,
    ...wrap(step.why, '  found:    '),
    ...(operands === '' ? [] : wrap(operands, '  operands: ')),
    ...(value === null ? [] : wrap(`${value.name}${from} = ${value.value}${value.meaning === null ? '' : `: ${value.meaning}`}`, '  value:    ')),
    ...(lastWriter === null ? [] : wrap(writerText(lastWriter, writerSymbol), '  written:  ')),
    ...step.accesses.flatMap((access) => accessLines(access, '  read:     ')),
  ];
}

const OUTCOMES: Readonly<Record<LadderStep['outcome'], { readonly word: string; readonly ink: Ink }>> = {
  'pass': { word: 'passed', ink: 'green' }, 'fail': { word: 'FAILED', ink: 'red' }, 'skipped': { word: 'skipped', ink: 'dim' }, 'not-reached': { word: 'not reached', ink: 'dim' },
};
const WORD_WIDTH = 13;

/** Runs of steps of one group and one outcome become one line, but for what failed, and for everything with --all. */
function ladderLines(steps: readonly LadderStep[], { paint, all }: TextOptions): readonly string[] {
  const lines: string[] = [];
  let group: StepGroup | null = null;
  for (let at = 0; at < steps.length;) {
    const step = steps[at]!;
    if (step.group !== group) lines.push(`  ${step.group.label}`);
    group = step.group;
    const end = all || step.outcome === 'fail' ? at + 1 : runEnd(steps, at);
    const { word, ink } = OUTCOMES[step.outcome];
    const isAlone = end === at + 1 || all;
    const text = isAlone ? `${step.rule}: ${step.outcome === 'not-reached' ? step.title : step.why}` : `${String(end - at)} checks: ${steps.slice(at, end).map((one) => one.rule).join(', ')}`;
    lines.push(...wrap(text, `    ${word.padEnd(WORD_WIDTH)}`).map((line) => (ink === 'red' ? paint(ink, line) : line)));
    if (all) lines.push(...step.accesses.flatMap((access) => accessLines(access, ' '.repeat(4 + WORD_WIDTH))));
    at = end;
  }
  return lines;
}

function runEnd(steps: readonly LadderStep[], first: number): number {
  let end = first + 1;
  while (end < steps.length && steps[end]!.group === steps[first]!.group && steps[end]!.outcome === steps[first]!.outcome) end += 1;
  return end;
}

function accessLines({ what, linear, physical, size, value, write }: LadderAccess, first: string): readonly string[] {
  const where = linear === null || linear === physical ? `physical ${hex(physical)}` : `linear ${hex(linear)}, physical ${hex(physical)}`;
  return wrap(`${what.replace('-', ' ')} at ${where}, ${String(size)} bytes${write ? ' <-' : ':'} ${hex(value)}`, first);
}

/** `by ring 0 at setup+0x4 (0x100123), icount 231: 0x0 -> 0x9007`, or why nobody knows. */
export function writerText(writer: LastWriter, symbol: string | null): string {
  if ('absent' in writer) return `by whom is absent: ${writer.absent}`;
  const { by, icount, seq, cpl, ip, before, after } = writer;
  const change = before === null || after === null ? '' : `: ${hex(before)} -> ${hex(after)}`;
  if (by !== 'cpu') return by === 'loader' ? `by the loader: the bytes were there before the first instruction${after === null ? '' : ` (${hex(after)})`}` : `by a device${icount === null ? '' : `, icount ${String(icount)}`}${change}`;
  const at = ip === null ? '' : symbol === null ? ` at ${hex(ip)}` : ` at ${symbol} (${hex(ip)})`;
  return `by ${cpl === null ? 'an unknown ring' : `ring ${String(cpl)}`}${at}${icount === null ? '' : `, icount ${String(icount)}`}${seq === null ? '' : `, event ${String(seq)}`}${change}`;
}

function errorCodeLines({ value, meaning, fields, entry }: ExplainedErrorCode): readonly string[] {
  const shown = entry === null ? [] : 'absent' in entry ? wrap(`the entry then: absent, ${entry.absent}`, '  ') : wrap(`the entry then, at physical ${hex(entry.physical)}: ${entry.raw}, ${entry.meaning}`, '  ');
  return [...wrap(`${value}: ${meaning}`, '  '), ...fields.flatMap((field) => wrap(field.title, `  ${field.name.padEnd(6)}= ${field.value.padEnd(6)} `)), ...shown];
}

const LEVELS: Readonly<Record<number, string>> = { 1: 'table', 2: 'directory' };
function levelLines({ level, physical, entry, rightsSoFar, took, reserved, sets, lastWriter }: ExplainedLevel): readonly string[] {
  const extra = [took === '' ? null : `takes away ${took}`, reserved.length === 0 ? null : `reserved bits set: ${reserved.join(' ')}`, sets.length === 0 ? null : `the access sets ${sets.join(' ')}`].filter((text) => text !== null);
  return [
    ...wrap(`entry ${hex(entry)} at physical ${hex(physical)}, rights so far ${rightsSoFar}${extra.length === 0 ? '' : `; ${extra.join('; ')}`}`, `  ${(LEVELS[level] ?? `level ${String(level)}`).padEnd(10)}`),
    ...wrap(`written ${writerText(lastWriter, null)}`, ' '.repeat(12)),
  ];
}

function tssLines({ tr, base, limit, name, offset, physical, value, lastWriter, writerSymbol }: TssField): readonly string[] {
  return [
    ...wrap(`${name} = ${value}, read at offset ${String(offset)} (physical ${hex(physical)}) of the TSS of TR: ${tr}, base ${hex(base)}, limit ${hex(BigInt(limit))}`, '  '),
    ...wrap(`written ${writerText(lastWriter, writerSymbol)}`, '    '),
  ];
}

function linkLines({ text, kind, place }: CauseLink): readonly string[] {
  const at = place === null ? '' : place.event === null ? place.at === null ? '' : ` [icount ${String(place.at.icount)}]` : ` [event ${String(place.event)}]`;
  return wrap(`${text}${at}`, kind === 'gap' || kind === 'loader' || kind === 'constant' ? '  . ' : '  < ');
}

function cascadeLines({ seq, name, when, rule, pair }: CascadeStep, here: number): readonly string[] {
  const cell = pair === null ? '' : `; ${pair.first} + ${pair.second} = ${pair.outcome === 'serial' ? 'delivered one after the other' : pair.outcome}`;
  return wrap(`${name} ${when}${rule === null ? '' : ` [${rule}]`}${cell}`, `  ${seq === here ? '>' : ' '} ${String(seq).padStart(4)}  `);
}

function basisText({ basis, cascade, cut, walk, event }: Explanation): string {
  const recorded = ['the event', ...(event.kind === 'fault' && event.walk !== undefined && walk.length > 0 ? ['the walk'] : []), ...(cascade.length > 0 ? ['the cascade'] : [])].join(', ');
  if (basis.kind === 'absent') return `Recorded: ${recorded}. The checks are absent: ${basis.reason}.`;
  return `Recorded: ${recorded}. Re-executed: the checks, what they read, and the writers.${cut ? ' The attempt read more than is kept: the middle of its checks is missing.' : ''}`;
}
