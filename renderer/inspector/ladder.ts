// A check ladder as rows to draw: steps grouped by the run of the procedure they belong to, walks inside the procedure they served,
// long runs of checks that passed, or were not reached, folded into one row. What is folded is a set of row ids; nothing here draws.

import { differenceText } from '../../core/arch/vendor-differences.ts';
import { isNested } from '../../core/replay/explain/groups.ts';
import type { Explanation } from '../../core/replay/explain/explanation.ts';
import type { LadderAccess, LadderStep, StepOutcome } from '../../core/event/ladder.ts';

/** `isInner`: an access or a walk, of which there are many. */
export interface LadderGroup { readonly id: string; readonly label: string; readonly isInner: boolean; readonly items: LadderItem[] }
export type LadderItem = { readonly kind: 'step'; readonly id: string; readonly step: LadderStep } | { readonly kind: 'group'; readonly group: LadderGroup };
export type Counts = Readonly<Record<StepOutcome, number>>;

interface RowBase { readonly id: string; readonly level: number; readonly open: boolean; /** The row it lies in. */ readonly parent: string | null }
/** `run`: several steps or groups one after the other, in one row. `reason`: why all of them were skipped, where it is one reason. */
export type LadderRow =
  | RowBase & { readonly kind: 'group'; readonly label: string; readonly outcome: StepOutcome; readonly counts: Counts; readonly reason: string }
  | RowBase & { readonly kind: 'step'; readonly step: LadderStep; readonly outcome: StepOutcome }
  | RowBase & { readonly kind: 'run'; readonly label: string; readonly outcome: StepOutcome; readonly counts: Counts; readonly reason: string };

export const OUTCOME_WORDS: Readonly<Record<StepOutcome, string>> = { 'pass': 'passed', 'fail': 'failed', 'skipped': 'skipped', 'not-reached': 'not reached' };
/** What one after the other becomes one row, from how many on: not reached; skipped for one reason; accesses and walks; on the way to a failure. */
const RUN_LEAST = { gone: 3, skipped: 3, inner: 3, way: 5 } as const;

/** The groups of a ladder in order. A group that goes on behind others holds those inside it, where they were. */
export function groupsOf(steps: readonly LadderStep[]): readonly LadderGroup[] {
  let line: LadderGroup[] = [];
  const known = new Map<string, LadderGroup>();
  steps.forEach((step, index) => {
    const id = `${step.group.procedure}:${String(step.group.instance)}`;
    let group = known.get(id);
    if (group === undefined) {
      group = { id, label: sentenceCase(step.group.label), isInner: isNested(step.group.procedure) && step.group.procedure !== 'fetch', items: [] };
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
  const add = (parts: readonly Part[]): void => {
    for (const part of parts) {
      if (part.kind === 'run') { ids.add(part.id); add(part.items); }
      if (part.kind !== 'group') continue;
      ids.add(part.group.id);
      add(partsOf(part.group.items));
    }
  };
  add(partsOf(itemsOf(groups)));
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
  addParts(rows, partsOf(itemsOf(groups)), { open, level: 0, parent: null });
  return rows;
}

interface Where { readonly open: ReadonlySet<string>; readonly level: number; readonly parent: string | null }
function addParts(rows: LadderRow[], parts: readonly Part[], where: Where): void {
  const { open, level, parent } = where;
  for (const part of parts) {
    if (part.kind === 'step') { rows.push({ kind: 'step', id: part.id, level, parent, open: open.has(part.id), step: part.step, outcome: part.step.outcome }); continue; }
    const isGroup = part.kind === 'group';
    const steps = isGroup ? stepsIn(part.group) : part.items.flatMap(stepsOfItem);
    const counts = countsOf(steps);
    const about = { level, parent, counts, outcome: outcomeOf(counts), reason: reasonOf(steps) };
    const id = isGroup ? part.group.id : part.id;
    rows.push(isGroup ? { kind: 'group', id, open: open.has(id), label: part.group.label, ...about } : { kind: 'run', id, open: open.has(id), label: part.label, ...about });
    if (open.has(id)) addParts(rows, isGroup ? partsOf(part.group.items) : part.items, { open, level: isGroup ? level + 1 : level, parent: id });
  }
}

const itemsOf = (groups: readonly LadderGroup[]): readonly LadderItem[] => groups.map((group) => ({ kind: 'group', group }));
interface Run { readonly kind: 'run'; readonly id: string; readonly label: string; readonly items: readonly LadderItem[] }
type Part = LadderItem | Run;

/** Items with runs of what is of one kind put together. What passed on the way to a failure is one kind, so that the failure is in view. */
function partsOf(items: readonly LadderItem[]): readonly Part[] {
  const failed = items.some((item) => item.kind === 'step' && item.step.outcome === 'fail');
  const parts: Part[] = [];
  for (let at = 0; at < items.length;) {
    const kind = kindOf(items[at], failed);
    const end = items.findIndex((item, index) => index > at && (kind === null || kindOf(item, failed) !== kind));
    const run = items.slice(at, end < 0 ? items.length : end);
    at += run.length;
    const label = kind === null ? null : labelOf(kind, run);
    // too few to be one row of the way: what was skipped for one reason may still be one
    if (label === null) parts.push(...(kind === 'way' ? partsOf(run) : run));
    else parts.push({ kind: 'run', id: `run:${idOf(run[0])}`, label, items: run });
  }
  return parts;
}

/** Of which kind of run an item may be a part; a reason stands for what was skipped because of it. Null: it stands alone. */
function kindOf(item: LadderItem | undefined, failed: boolean): string | null {
  if (item === undefined) return null;
  const steps = stepsOfItem(item);
  const { fail, 'not-reached': gone } = countsOf(steps);
  if (fail > 0) return null;
  if (gone > 0) return item.kind === 'step' ? 'gone' : null;
  if (item.kind === 'group' && !item.group.isInner) return null;
  if (failed) return 'way';
  if (item.kind === 'group') return 'inner';
  return item.step.outcome === 'skipped' ? `skipped: ${item.step.why}` : null;
}

/** The label of a run, or null when it is too short to be one. */
function labelOf(kind: string, run: readonly LadderItem[]): string | null {
  const count = String(run.length);
  if (kind === 'gone') return run.length < RUN_LEAST.gone ? null : `${count} more checks not reached`;
  if (kind === 'inner') return run.length < RUN_LEAST.inner ? null : `${count} accesses and page walks`;
  if (kind === 'way') return run.length < RUN_LEAST.way ? null : `${String(countsOf(run.flatMap(stepsOfItem)).pass)} checks passed on the way`;
  return run.length < RUN_LEAST.skipped ? null : `${count} checks skipped`;
}

const idOf = (item: LadderItem | undefined): string => (item === undefined ? '' : item.kind === 'step' ? item.id : item.group.id);
const stepsOfItem = (item: LadderItem): readonly LadderStep[] => (item.kind === 'step' ? [item.step] : stepsIn(item.group));

/** The one reason all of these were skipped for; empty when there are several, or not all were. */
function reasonOf(steps: readonly LadderStep[]): string {
  const [first] = steps;
  return first !== undefined && steps.every((step) => step.outcome === 'skipped' && step.why === first.why) ? first.why : '';
}

function stepsIn(group: LadderGroup): readonly LadderStep[] {
  return group.items.flatMap(stepsOfItem);
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
  const words = { 'page-entry': 'page entry', 'descriptor': 'descriptor', 'gate': 'gate', 'tss': 'TSS field', 'frame': 'frame slot', 'io-map': 'I/O permission map', 'operand': 'operand', 'pseudo-descriptor': 'pseudo-descriptor', 'tlb': 'TLB entry', 'redirection-map': 'redirection bit map' } as const;
  return write ? `${words[what]} written` : words[what];
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A ladder as plain text: one step a line, groups as headings. */
export function ladderText({ steps, basis, differences }: Explanation): string {
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
  return [...lines, ...differences.map((one) => `implementations differ here: ${differenceText(one)}`)].join('\n');
}

/** `gate: 0x8e00… at linear 0x1000, physical 0x1000, 8 bytes`. */
export function accessText(access: LadderAccess): string {
  return `${accessWords(access)}: ${hex(access.value)} at ${access.linear === null ? '' : `linear ${hex(access.linear)}, `}physical ${hex(access.physical)}, ${String(access.size)} bytes`;
}
