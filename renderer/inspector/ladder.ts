// A check ladder as rows to draw: steps grouped by the run of the procedure they belong to, walks inside the procedure they served,
// long runs of checks that passed, or were not reached, folded into one row. What is folded is a set of row ids; nothing here draws.

import type { Explanation } from '../../core/replay/explain/explanation.ts';
import type { LadderAccess, LadderStep, StepOutcome } from '../../core/event/ladder.ts';

export interface LadderGroup { readonly id: string; readonly label: string; readonly items: LadderItem[] }
export type LadderItem = { readonly kind: 'step'; readonly id: string; readonly step: LadderStep } | { readonly kind: 'group'; readonly group: LadderGroup };
export type Counts = Readonly<Record<StepOutcome, number>>;

interface RowBase { readonly id: string; readonly level: number; readonly open: boolean; /** The row it lies in. */ readonly parent: string | null }
/** `run`: several steps one after the other, in one row. */
export type LadderRow =
  | RowBase & { readonly kind: 'group'; readonly label: string; readonly outcome: StepOutcome; readonly counts: Counts }
  | RowBase & { readonly kind: 'step'; readonly step: LadderStep; readonly outcome: StepOutcome }
  | RowBase & { readonly kind: 'run'; readonly label: string; readonly outcome: 'pass' | 'not-reached' };

export const OUTCOME_WORDS: Readonly<Record<StepOutcome, string>> = { 'pass': 'passed', 'fail': 'failed', 'skipped': 'skipped', 'not-reached': 'not reached' };
/** Steps one after the other from which on they are one row: not reached; passed or skipped on the way to one that failed. */
const RUN_LEAST = { 'not-reached': 3, 'pass': 5 } as const;

/** The groups of a ladder in order. A group that goes on behind others holds those inside it, where they were. */
export function groupsOf(steps: readonly LadderStep[]): readonly LadderGroup[] {
  let line: LadderGroup[] = [];
  const known = new Map<string, LadderGroup>();
  steps.forEach((step, index) => {
    const id = `${step.group.procedure}:${String(step.group.instance)}`;
    let group = known.get(id);
    if (group === undefined) {
      group = { id, label: sentenceCase(step.group.label), items: [] };
      known.set(id, group);
      line.push(group);
    }
    const at = line.indexOf(group);
    if (at >= 0) {
      group.items.push(...line.slice(at + 1).map((inner) => ({ kind: 'group' as const, group: inner })));
      line = line.slice(0, at + 1);
    }
    group.items.push({ kind: 'step', id: `step:${String(index)}`, step });
  });
  return line;
}

/** How many steps of each outcome. */
export function countsOf(steps: readonly LadderStep[]): Counts {
  const counts: Record<StepOutcome, number> = { 'pass': 0, 'fail': 0, 'skipped': 0, 'not-reached': 0 };
  for (const step of steps) counts[step.outcome] += 1;
  return counts;
}

/** `1 failed · 12 passed · 3 skipped`. */
export function countsText(counts: Counts): string {
  return (['fail', 'pass', 'skipped', 'not-reached'] as const).filter((outcome) => counts[outcome] > 0).map((outcome) => `${String(counts[outcome])} ${OUTCOME_WORDS[outcome]}`).join(' · ');
}

/** What is unfolded to begin with: the way to the step that failed, and that step; all groups of a short ladder in which nothing did. */
export function openAtFirst(groups: readonly LadderGroup[], steps: readonly LadderStep[]): ReadonlySet<string> {
  const open = new Set<string>();
  const mark = (group: LadderGroup): boolean => {
    let has = false;
    for (const item of group.items) {
      if (item.kind === 'group' ? mark(item.group) : item.step.outcome === 'fail') { has = true; if (item.kind === 'step') open.add(item.id); }
    }
    if (has) open.add(group.id);
    return has;
  };
  const failed = groups.map(mark).includes(true);
  if (!failed && steps.length <= 8) for (const group of groups) open.add(group.id);
  return open;
}

/** What "expand all" unfolds: every group and every run, so that each check has its line; and the steps that are open already. */
export function wideOpen(groups: readonly LadderGroup[], open: ReadonlySet<string>): ReadonlySet<string> {
  const ids = new Set<string>(open);
  const add = (group: LadderGroup): void => {
    ids.add(group.id);
    for (const run of runsOf(group)) if (run.kind === 'run') ids.add(run.id);
    for (const item of group.items) {
      if (item.kind === 'group') add(item.group);
    }
  };
  groups.forEach(add);
  return ids;
}

/** The same with one row unfolded or folded. */
export function withId(open: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> {
  const next = new Set(open);
  if (on) next.add(id); else next.delete(id);
  return next;
}

/** The rows that show, given what is unfolded. */
export function rowsOf(groups: readonly LadderGroup[], open: ReadonlySet<string>): readonly LadderRow[] {
  const rows: LadderRow[] = [];
  for (const group of groups) addGroup(rows, group, { open, level: 0, parent: null });
  return rows;
}

interface Where { readonly open: ReadonlySet<string>; readonly level: number; readonly parent: string | null }
function addGroup(rows: LadderRow[], group: LadderGroup, { open, level, parent }: Where): void {
  const counts = countsOf(stepsIn(group));
  const isOpen = open.has(group.id);
  rows.push({ kind: 'group', id: group.id, level, parent, open: isOpen, label: group.label, counts, outcome: outcomeOf(counts) });
  if (!isOpen) return;
  const inside: Where = { open, level: level + 1, parent: group.id };
  for (const part of runsOf(group)) {
    if (part.kind === 'group') addGroup(rows, part.group, inside);
    else if (part.kind === 'step') addStep(rows, part, inside);
    else addRun(rows, part, inside);
  }
}

function addRun(rows: LadderRow[], run: Run, where: Where): void {
  const isOpen = where.open.has(run.id);
  rows.push({ kind: 'run', id: run.id, level: where.level, parent: where.parent, open: isOpen, label: run.label, outcome: run.outcome });
  if (isOpen) for (const one of run.steps) addStep(rows, one, { ...where, parent: run.id });
}

function addStep(rows: LadderRow[], { id, step }: StepItem, { open, level, parent }: Where): void {
  rows.push({ kind: 'step', id, level, parent, open: open.has(id), step, outcome: step.outcome });
}

type StepItem = LadderItem & { readonly kind: 'step' };
interface Run { readonly kind: 'run'; readonly id: string; readonly label: string; readonly outcome: 'pass' | 'not-reached'; readonly steps: readonly StepItem[] }

/** The items of a group with long runs of steps put together; those that passed only where something failed, so that it is in view. */
function runsOf(group: LadderGroup): readonly (LadderItem | Run)[] {
  const failed = stepsIn(group).some((step) => step.outcome === 'fail');
  const out: (LadderItem | Run)[] = [];
  for (let at = 0; at < group.items.length;) {
    const steps = runFrom(group.items, at);
    const [first] = steps;
    const item = group.items[at];
    if (item === undefined) break;
    at += Math.max(1, steps.length);
    const outcome = first?.step.outcome === 'not-reached' ? 'not-reached' : 'pass';
    if (first === undefined || steps.length < RUN_LEAST[outcome] || (outcome === 'pass' && !failed)) out.push(...(first === undefined ? [item] : steps));
    else out.push({ kind: 'run', id: `run:${first.id}`, outcome, steps, label: outcome === 'pass' ? countsText(countsOf(steps.map((one) => one.step))) : `${String(steps.length)} more checks not reached` });
  }
  return out;
}

// the steps from here on that are all not reached, or all passed or skipped; none where a group or a step that failed stands
function runFrom(items: readonly LadderItem[], from: number): readonly StepItem[] {
  const run: StepItem[] = [];
  const isGone = (one: StepItem): boolean => one.step.outcome === 'not-reached';
  for (const item of items.slice(from)) {
    if (item.kind !== 'step' || item.step.outcome === 'fail' || (run[0] !== undefined && isGone(run[0]) !== isGone(item))) break;
    run.push(item);
  }
  return run;
}

function stepsIn(group: LadderGroup): readonly LadderStep[] {
  return group.items.flatMap((item) => (item.kind === 'step' ? [item.step] : stepsIn(item.group)));
}

function outcomeOf(counts: Counts): StepOutcome {
  return (['fail', 'pass', 'skipped'] as const).find((outcome) => counts[outcome] > 0) ?? 'not-reached';
}

/** The row an arrow, Home or End leads to from the row at `index`; null for other keys. */
export function rowAfter(key: string, rows: readonly LadderRow[], index: number): number | null {
  switch (key) {
    case 'ArrowDown': return Math.min(rows.length - 1, index + 1);
    case 'ArrowUp': return Math.max(0, index - 1);
    case 'Home': return 0;
    case 'End': return rows.length - 1;
    default: return null;
  }
}

/** What an access was for, in words. */
export function accessWords({ what, write }: LadderAccess): string {
  const words = { 'page-entry': 'page entry', 'descriptor': 'descriptor', 'gate': 'gate', 'tss': 'TSS field', 'frame': 'frame slot', 'io-map': 'I/O permission map', 'operand': 'operand', 'pseudo-descriptor': 'pseudo-descriptor', 'tlb': 'TLB entry' } as const;
  return write ? `${words[what]} written` : words[what];
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A ladder as plain text: one step a line, groups as headings. */
export function ladderText({ steps, basis }: Explanation): string {
  if (basis.kind === 'absent') return `check ladder absent: ${basis.reason}`;
  const lines: string[] = [`check ladder: ${countsText(countsOf(steps))}`];
  let last = '';
  for (const step of steps) {
    if (step.group.label !== last) lines.push(`${step.group.label}:`);
    last = step.group.label;
    const operands = Object.entries(step.operands).map(([name, value]) => `${name} = ${value}`).join(', ');
    lines.push(`  [${OUTCOME_WORDS[step.outcome]}] ${step.title}${operands === '' ? '' : ` (${operands})`} [${step.rule}], ${step.cite}`);
    if (step.outcome !== 'pass') lines.push(`      ${step.why}`);
    lines.push(...step.accesses.map((access) => `      ${accessText(access)}`));
  }
  return lines.join('\n');
}

/** `gate: 0x8e00… at linear 0x1000, physical 0x1000, 8 bytes`. */
export function accessText(access: LadderAccess): string {
  return `${accessWords(access)}: ${hex(access.value)} at ${access.linear === null ? '' : `linear ${hex(access.linear)}, `}physical ${hex(access.physical)}, ${String(access.size)} bytes`;
}
