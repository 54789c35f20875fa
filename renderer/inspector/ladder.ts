// A check ladder as rows to draw: steps grouped by the run of the procedure they belong to, walks inside the procedure they served,
// long rests that were not reached folded into one row. What is folded is a set of row ids; nothing here draws.

import type { Explanation } from '../../core/replay/explain/explanation.ts';
import type { LadderAccess, LadderStep, StepOutcome } from '../../core/event/ladder.ts';

export interface LadderGroup { readonly id: string; readonly label: string; readonly items: LadderItem[] }
export type LadderItem = { readonly kind: 'step'; readonly id: string; readonly step: LadderStep } | { readonly kind: 'group'; readonly group: LadderGroup };
export type Counts = Readonly<Record<StepOutcome, number>>;

interface RowBase { readonly id: string; readonly level: number; readonly open: boolean; /** The row it lies in. */ readonly parent: string | null }
/** `rest`: several steps not reached, one after the other. */
export type LadderRow =
  | RowBase & { readonly kind: 'group'; readonly label: string; readonly outcome: StepOutcome; readonly counts: Counts }
  | RowBase & { readonly kind: 'step'; readonly step: LadderStep; readonly outcome: StepOutcome }
  | RowBase & { readonly kind: 'rest'; readonly count: number; readonly outcome: 'not-reached' };

export const OUTCOME_WORDS: Readonly<Record<StepOutcome, string>> = { 'pass': 'passed', 'fail': 'failed', 'skipped': 'skipped', 'not-reached': 'not reached' };
/** Steps not reached, one after the other, from which on they are one row. */
const REST_LEAST = 3;

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

/** What "expand all" unfolds: every group and every rest, so that each check has its line; and the steps that are open already. */
export function wideOpen(groups: readonly LadderGroup[], open: ReadonlySet<string>): ReadonlySet<string> {
  const ids = new Set<string>(open);
  const add = (group: LadderGroup): void => {
    ids.add(group.id);
    for (const item of group.items) {
      if (item.kind === 'group') add(item.group);
      else if (item.step.outcome === 'not-reached') ids.add(`rest:${item.id}`);
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
  for (let at = 0; at < group.items.length;) {
    const item = group.items[at];
    if (item === undefined) break;
    if (item.kind === 'group') { addGroup(rows, item.group, inside); at += 1; continue; }
    const rest = restFrom(group.items, at);
    at += rest.length;
    addSteps(rows, rest, inside);
  }
}

function addSteps(rows: LadderRow[], items: readonly StepItem[], { open, level, parent }: Where): void {
  const [first] = items;
  if (first === undefined) return;
  const id = `rest:${first.id}`;
  const folds = items.length >= REST_LEAST;
  if (folds) rows.push({ kind: 'rest', id, level, parent, open: open.has(id), count: items.length, outcome: 'not-reached' });
  if (folds && !open.has(id)) return;
  for (const { id: step, step: of } of items) rows.push({ kind: 'step', id: step, level, parent: folds ? id : parent, open: open.has(step), step: of, outcome: of.outcome });
}

type StepItem = LadderItem & { readonly kind: 'step' };
// the run of steps not reached that begins here; any other step alone
function restFrom(items: readonly LadderItem[], from: number): readonly StepItem[] {
  const run: StepItem[] = [];
  for (const item of items.slice(from)) {
    if (item.kind !== 'step' || (run.length > 0 && item.step.outcome !== 'not-reached')) break;
    run.push(item);
    if (item.step.outcome !== 'not-reached') break;
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
  const words = { 'page-entry': 'page entry', 'descriptor': 'descriptor', 'gate': 'gate', 'tss': 'TSS field', 'frame': 'frame slot', 'io-map': 'I/O permission map', 'operand': 'operand', 'pseudo-descriptor': 'pseudo-descriptor' } as const;
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
