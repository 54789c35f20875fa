// An explanation as text for people: the event, the consequence, the ladder with what passed folded, the failing step in full, the walk, the
// chain, the cascade, and what it all stands on. Lines of at most 100 columns.

import { differenceText } from '../../core/arch/vendor-differences.ts';
import { describeWithoutRule } from '../../core/event/describe.ts';
import type { LadderAccess, LadderStep, StepGroup } from '../../core/event/ladder.ts';
import type { CascadeStep, CauseLink, ExplainedErrorCode,  Explanation, NamedLevel, TransitionSource, TssField } from '../../core/replay/explain/explanation.ts';
import type { Named } from '../../core/replay/code-names.ts';
import { describeWriter } from '../../core/replay/last-writer.ts';
import type { Lint } from '../../core/replay/lints.ts';
import { lintDetails } from './lint-text.ts';
import type { Ink } from './style.ts';
import { wrap } from './wrap.ts';

type Paint = (ink: Ink, text: string) => string;
export interface TextOptions {
  readonly paint: Paint;
  /** The trace with its names, for writers. */
  readonly named: Named;
  /** Show every check, the passed ones too. */
  readonly all: boolean;
  /** What the event sets up wrong for later; none of an event that sets nothing up. */
  readonly lints: readonly Lint[];
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** The whole text, with a newline at its end. */
export function explanationText(one: Explanation, options: TextOptions): string {
  const { paint } = options;
  const sections: (readonly string[])[] = [headline(one, paint), one.consequence === '' ? [] : wrap(one.consequence)];
  if (one.failed !== null) sections.push(failedLines(one, one.failed, options));
  if (one.steps.length > 0) sections.push([paint('bold', 'Checks'), ...ladderLines(one.steps, options)]);
  if (one.writes.length > 0) sections.push([paint('bold', 'Written by the processor'), ...one.writes.flatMap((access) => accessLines(access, '  '))]);
  if (one.errorCode !== null) sections.push([paint('bold', 'Error code'), ...errorCodeLines(one.errorCode)]);
  if (one.walk.length > 0) sections.push([paint('bold', 'Page walk'), ...one.walk.flatMap((level) => levelLines(level, options))]);
  if (one.sources.length > 0) sections.push([paint('bold', 'Where the new state came from'), ...one.sources.flatMap((source) => sourceLines(source, options)), ...(one.carriedFlags.length === 0 ? [] : wrap(`flags still set from the outer ring: ${one.carriedFlags.join(' ')}`, '  '))]);
  if (one.tss.length > 0) sections.push([paint('bold', 'Task-state segment'), ...one.tss.flatMap((field) => tssLines(field, options))]);
  if (one.chain.length > 0) sections.push([paint('bold', 'Where it came from'), ...one.chain.flatMap(linkLines)]);
  if (one.cascade.length > 0) sections.push([paint('bold', 'Cascade'), ...one.cascade.flatMap((step) => cascadeLines(step, one.event.seq))]);
  if (one.remedies.length > 0) sections.push([paint('bold', 'To try'), ...one.remedies.map((change) => `  ringscope whatif TRACE --at ${String(one.event.seq)} --set "${change}" -o OUT`)]);
  if (options.lints.length > 0) sections.push([paint('bold', 'Set-up check'), ...options.lints.flatMap((lint) => [...wrap(lint.sentence, `  ${lint.severity}: `), ...lintDetails(lint).flatMap((line) => wrap(line, '    '))])]);
  if (one.differences.length > 0) sections.push([paint('bold', 'Processors differ here'), ...one.differences.flatMap((difference) => wrap(`${differenceText(difference)} [${difference.cite}]`, '  '))]);
  sections.push(wrap(basisText(one, options.lints.length > 0)).map((line) => paint('dim', line)));
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline({ event }: Explanation, paint: Paint): readonly string[] {
  const where = [
    event.cpl === null ? null : `ring ${String(event.cpl)}`, event.cs === null || event.ip === null ? null : `${event.cs.toString(16).padStart(4, '0')}:${event.ip.toString(16).padStart(8, '0')}`,
    event.icount === null ? null : `icount ${String(event.icount)}`, event.sourceLine === undefined ? null : `line ${String(event.sourceLine)} of the log`,
  ].filter((part) => part !== null);
  return [...wrap(describeWithoutRule(event), `event ${String(event.seq)}: `, '  ').map((line) => paint('bold', line)), `  ${where.join(', ')}`];
}

function failedLines({ value, lastWriter }: Explanation, step: LadderStep, { paint, named }: TextOptions): readonly string[] {
  const operands = Object.entries(step.operands).map(([name, text]) => `${name} = ${text}`).join(', ');
  const from = value === null ? '' : value.from.kind !== 'register' && value.from.physical !== null ? ` at ${value.from.linear === null ? '' : `linear ${hex(value.from.linear)}, `}physical ${hex(value.from.physical)}` : '';
  return [
    paint('red', `FAILED  ${step.rule}`),
    ...wrap(`it must hold that ${step.title}`, '  '),
    `  ${step.cite}`,
    ...wrap(step.why, '  found:    '),
    ...(operands === '' ? [] : wrap(operands, '  operands: ')),
    ...(value === null ? [] : wrap(`${value.name}${from} = ${value.value}${value.meaning === null ? '' : `: ${value.meaning}`}`, '  value:    ')),
    ...(lastWriter === null ? [] : wrap(describeWriter(lastWriter, named), '  writer:   ')),
    ...step.accesses.flatMap((access) => accessLines(access, '  read:     ')),
  ];
}

const OUTCOMES: Readonly<Record<LadderStep['outcome'], { readonly word: string; readonly ink: Ink }>> = {
  'pass': { word: 'passed', ink: 'green' }, 'fail': { word: 'FAILED', ink: 'red' }, 'skipped': { word: 'skipped', ink: 'dim' }, 'not-reached': { word: 'not reached', ink: 'dim' },
};
const WORD_WIDTH = 13;

/**
 * Runs of steps of one group and one outcome become one line, but for what failed. Without --all, fetches, accesses and walks that passed are
 * counted in a last line, and groups that did not apply at all are left out.
 */
function ladderLines(steps: readonly LadderStep[], options: TextOptions): readonly string[] {
  const shown = options.all ? steps : steps.filter((step) => !isAside(steps, step.group));
  const lines: string[] = [];
  let group: StepGroup | null = null;
  for (let at = 0; at < shown.length;) {
    const step = shown[at]!;
    if (step.group !== group) lines.push(`  ${step.group.label}`);
    group = step.group;
    const end = options.all || step.outcome === 'fail' ? at + 1 : runEnd(shown, at);
    lines.push(...runLines(shown.slice(at, end), options));
    at = end;
  }
  return options.all ? lines : [...lines, ...asideLines(steps)];
}

function runLines(run: readonly LadderStep[], { paint, all }: TextOptions): readonly string[] {
  const step = run[0]!;
  const { word, ink } = OUTCOMES[step.outcome];
  const text = run.length === 1 ? `${step.rule}: ${step.outcome === 'not-reached' ? step.title : step.why}` : `${String(run.length)} checks: ${run.map((one) => one.rule).join(', ')}`;
  const lines = wrap(text, `    ${word.padEnd(WORD_WIDTH)}`).map((line) => (ink === 'red' ? paint(ink, line) : line));
  return all ? [...lines, ...step.accesses.flatMap((access) => accessLines(access, ' '.repeat(4 + WORD_WIDTH)))] : lines;
}

const ASIDE: readonly string[] = ['fetch', 'memory-access', 'page-walk'];

/** True for a group that is only counted: nothing in it failed, and it is a fetch, an access, a walk, or did not apply. */
function isAside(steps: readonly LadderStep[], group: StepGroup): boolean {
  const own = steps.filter((step) => step.group === group);
  if (own.every(({ outcome }) => outcome === 'skipped')) return true;
  return ASIDE.includes(group.procedure) && own.every(({ outcome }) => outcome === 'pass' || outcome === 'skipped');
}

function asideLines(steps: readonly LadderStep[]): readonly string[] {
  const groups = [...new Set(steps.map(({ group }) => group))].filter((group) => isAside(steps, group));
  const of = (procedure: string): readonly StepGroup[] => groups.filter((group) => group.procedure === procedure);
  const walks = of('page-walk'), hits = walks.filter((group) => steps.some((step) => step.group === group && step.accesses.some(({ what }) => what === 'tlb')));
  const parts = [
    of('fetch').length === 0 ? null : 'the instruction fetch', counted(of('memory-access').length, 'access to memory', 'accesses to memory'),
    walks.length === 0 ? null : `${counted(walks.length, 'translation', 'translations') ?? ''} (${String(hits.length)} out of the TLB)`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? [] : wrap(`${parts.join(', ')}; --all shows every check`, `  ${'passed too:'.padEnd(WORD_WIDTH + 2)}`);
}

const counted = (count: number, one: string, many: string): string | null => (count === 0 ? null : `${String(count)} ${count === 1 ? one : many}`);

function runEnd(steps: readonly LadderStep[], first: number): number {
  let end = first + 1;
  while (end < steps.length && steps[end]!.group === steps[first]!.group && steps[end]!.outcome === steps[first]!.outcome) end += 1;
  return end;
}

function accessLines({ what, part, linear, physical, size, value, write }: LadderAccess, first: string): readonly string[] {
  if (what === 'tlb') return wrap(`the TLB: page ${hex((linear ?? 0n) & ~0xfffn)} is at physical ${hex(physical)}`, first);
  const where = linear === null || linear === physical ? `physical ${hex(physical)}` : `linear ${hex(linear)}, physical ${hex(physical)}`;
  return wrap(`${what.replace('-', ' ')}${part === null ? '' : ` (${part.replace('-', ' ')})`} at ${where}, ${String(size)} bytes${write ? ' <-' : ':'} ${hex(value)}`, first);
}

function errorCodeLines({ value, meaning, fields, entry }: ExplainedErrorCode): readonly string[] {
  const shown = entry === null ? [] : 'absent' in entry ? wrap(`the entry then: absent, ${entry.absent}`, '  ') : wrap(`the entry then, at physical ${hex(entry.physical)}: ${entry.raw}, ${entry.meaning}`, '  ');
  return [...wrap(`${value}: ${meaning}`, '  '), ...fields.flatMap((field) => wrap(field.title, `  ${field.name.padEnd(6)}= ${field.value.padEnd(6)} `)), ...shown];
}

const LEVELS: Readonly<Record<number, string>> = { 1: 'table', 2: 'directory' };
function levelLines({ level, physical, entry, register, meaning, rightsSoFar, took, reserved, sets, lastWriter }: NamedLevel, { named }: TextOptions): readonly string[] {
  const extra = [took === '' ? null : `takes away ${took}`, reserved.length === 0 ? null : `reserved bits set: ${reserved.join(' ')}`, sets.length === 0 ? null : `the access sets ${sets.join(' ')}`].filter((text) => text !== null);
  const what = register === null ? `entry ${hex(entry)} (${meaning}) at physical ${hex(physical)}` : `register ${hex(entry)} (${meaning}), loaded from physical ${hex(physical)}${register.stale ? ', where something else stands by now' : ''}`;
  return [
    ...wrap(`${what}, rights so far ${rightsSoFar}${extra.length === 0 ? '' : `; ${extra.join('; ')}`}`, `  ${(register?.name.toUpperCase() ?? LEVELS[level] ?? `level ${String(level)}`).padEnd(10)}`),
    ...wrap(describeWriter(lastWriter, named), ' '.repeat(12)),
  ];
}

function tssLines({ tr, base, limit, name, offset, physical, value, lastWriter }: TssField, { named }: TextOptions): readonly string[] {
  return [
    ...wrap(`${name} = ${value}, read at offset ${String(offset)} (physical ${hex(physical)}) of the TSS of TR: ${tr}, base ${hex(base)}, limit ${hex(BigInt(limit))}`, '  '),
    ...wrap(describeWriter(lastWriter, named), '    '),
  ];
}

function sourceLines({ register, value, from, lastWriter }: TransitionSource, { named }: TextOptions): readonly string[] {
  return wrap(`${value} from ${from}, ${describeWriter(lastWriter, named)}`, `  ${register.padEnd(4)} = `);
}

function linkLines({ text, kind, place }: CauseLink): readonly string[] {
  const at = place === null ? '' : place.event === null ? place.at === null ? '' : ` [icount ${String(place.at.icount)}]` : ` [event ${String(place.event)}]`;
  return wrap(`${text}${at}`, kind === 'gap' || kind === 'loader' || kind === 'constant' ? '  . ' : '  < ');
}

function cascadeLines({ seq, name, when, rule, pair }: CascadeStep, here: number): readonly string[] {
  const cell = pair === null ? '' : `; ${pair.first} + ${pair.second} = ${pair.outcome === 'serial' ? 'delivered one after the other' : pair.outcome}`;
  return wrap(`${name} ${when}${rule === null ? '' : ` [${rule}]`}${cell}`, `  ${seq === here ? '>' : ' '} ${String(seq).padStart(4)}  `);
}

function basisText({ basis, cascade, cut, walk, event }: Explanation, hasLints: boolean): string {
  const recorded = ['the event', ...(event.kind === 'fault' && event.walk !== undefined && walk.length > 0 ? ['the walk'] : []), ...(cascade.length > 0 ? ['the cascade'] : [])].join(', ');
  if (basis.kind === 'absent') return `Recorded: ${recorded}. The checks are absent: ${basis.reason}.`;
  return `Recorded: ${recorded}. Re-executed: the checks, what they read, and the writers${hasLints ? '; and trials of what was set up' : ''}.${cut ? ' The attempt read more than is kept: the middle of its checks is missing.' : ''}`;
}
