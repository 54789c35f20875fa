// What stands behind a failed check: the value it turned on, who wrote it, where that came from, and the remedy.

import { entryBytes } from '../../arch/page-entry.ts';
import type { TraceEvent } from '../../event/event.ts';
import { hex } from '../../base/u64.ts';
import type { LadderStep } from '../../event/ladder.ts';
import type { RuleId } from '../../event/rules.ts';
import { comparePositions } from '../../event/position.ts';
import { codeOfEvent, nameOrNull } from '../code-names.ts';
import { attemptAt } from './attempt.ts';
import { chainOf } from './chain.ts';
import { physicalOf } from './error-code.ts';
import type { CauseLink, ValueRead } from './explanation.ts';
import { frameBalance } from './frame-balance.ts';
import type { Inquiry } from './inquiry.ts';
import { pageCondition } from './page-conditions.ts';
import { kernelSelectors, type KernelSelectors } from './kernel-selectors.ts';
import { REMEDIES } from './remedies.ts';
import { selectorOf, valueOf, type FailedValue, type ValueQuestion } from './value.ts';
import { tellingLevel } from './walk-levels.ts';
import { writerOfMemory, writerOfValue, type Written } from './writer.ts';

export interface Failure {
  readonly value: ValueRead | null;
  readonly written: Written | null;
  readonly chain: readonly CauseLink[];
  /** One sentence without a full stop. */
  readonly remedy: string | null;
  /** Changes for `whatif --set`. */
  readonly remedies: readonly string[];
  /** What is known beyond the value, as a short sentence. */
  readonly insight: string | null;
}
export interface Subject { readonly event: TraceEvent; readonly failed: LadderStep; readonly steps: readonly LadderStep[] }

/** Explains the failed check of an event. */
export async function explainFailure(inquiry: Inquiry, subject: Subject): Promise<Failure> {
  const { event, failed } = subject;
  const { trace } = inquiry;
  const before = inquiry.before(event.seq);
  const question: ValueQuestion = { event, failed, steps: subject.steps, registers: trace.stateBefore(event.seq).slice(), ...await codeAt(inquiry, event) };
  const { found, written } = await laterOf(inquiry, [valueOf(question), selectorOf(question)], subject);
  const value = found?.value ?? null;
  const balance = event.kind === 'fault' ? await frameBalance(inquiry, event, failed) : null;
  const condition = failed.procedure === 'page-walk' ? await pageCondition(inquiry, subject) : null;
  const links = [...(value === null ? [] : await chainOf(inquiry, value, before)), ...(condition?.links ?? [])];
  const check: CauseLink = { text: `${failed.rule} failed: ${failed.why}`, kind: 'check', place: { event: event.seq, at: before }, ip: event.ip, symbol: nameOrNull(codeOfEvent(inquiry.trace, inquiry.source.symbols, event).at) };
  const remedy = remedyOf(subject, found, await kernelSelectors(inquiry, subject));
  return {
    value, written, chain: links.length === 0 ? [] : [check, ...(balance === null ? [] : [frameLink(balance)]), ...links],
    remedy: balance?.remedy ?? remedy.words, remedies: balance === null ? remedy.sets : [], insight: balance?.text ?? condition?.insight ?? purposeOf(subject),
  };
}

const frameLink = ({ text, event }: { readonly text: string; readonly event: number }): CauseLink => ({ text, kind: 'push', place: { event, at: null }, ip: null, symbol: null });

async function codeAt(inquiry: Inquiry, event: TraceEvent): Promise<Pick<ValueQuestion, 'attempt' | 'codePhysical'>> {
  const attempt = await attemptAt(inquiry, inquiry.before(event.seq));
  if ('reason' in attempt) return { attempt: null, codePhysical: null };
  return { attempt, codePhysical: await physicalOf(inquiry, event.seq, attempt.code.linear) };
}

/**
 * Of a descriptor and the selector that named it, the one written later: that write made the two disagree. Where the selector was not in
 * memory, or nobody can tell, the descriptor.
 */
async function laterOf(inquiry: Inquiry, [first, second]: readonly [FailedValue | null, FailedValue | null], { event }: Subject): Promise<{ readonly found: FailedValue | null; readonly written: Written | null }> {
  if (first === null) return { found: null, written: null };
  const before = inquiry.before(event.seq);
  const written = event.kind === 'fault' && event.tlb === 'stale' ? await latestOfWalk(inquiry, event) : await writerOfValue(inquiry, first.value, before);
  if (second === null) return { found: first, written };
  const other = await writerOfValue(inquiry, second.value, before);
  return isLater(other, written) ? { found: second, written: other } : { found: first, written };
}

function isLater(one: Written, other: Written | null): boolean {
  const at = one.place?.at ?? null, last = other?.place?.at ?? null;
  return at !== null && (last === null || comparePositions(at, last) > 0);
}

/** Of a refusal out of a stale TLB entry: the later of the writes to the entries of the walk, which the TLB does not know of. */
async function latestOfWalk(inquiry: Inquiry, event: TraceEvent & { readonly kind: 'fault' }): Promise<Written | null> {
  let latest: Written | null = null;
  for (const { physical, paging } of event.walk?.levels ?? []) {
    const written = await writerOfMemory(inquiry, { before: inquiry.before(event.seq), physical, length: entryBytes(paging) });
    if (latest === null || isLater(written, latest)) latest = written;
  }
  return latest;
}

/** What the processor was doing when a page refused it: reading a gate, pushing a frame. */
function purposeOf({ event, failed }: Subject): string | null {
  if (event.kind === 'fault' && event.tlb === 'stale') return 'The tables allow it, but the TLB holds an older entry';
  const purpose = failed.procedure === 'page-walk' ? / walk: (reading .*|pushing .*|marking .*)$/.exec(failed.group.label)?.[1] : undefined;
  return purpose === undefined ? null : `The processor was ${purpose}`;
}

function remedyOf({ event, failed }: Subject, found: FailedValue | null, kernel: KernelSelectors): { readonly words: string; readonly sets: readonly string[] } {
  const fault = event.kind === 'fault' ? event : null;
  if (fault?.tlb === 'stale') return { words: 'execute INVLPG for the page after changing its entry', sets: [] };
  const isFrame = failed.group.label.endsWith('pushing the new frame');
  const { words, sets } = REMEDIES[failed.rule as RuleId];
  const level = fault?.walk === undefined ? null : tellingLevel(fault.walk.levels, failed.rule);
  const linear = fault?.cr2 === undefined || fault.cr2 === null ? null : hex(fault.cr2 & ~0xfffn);
  // P alone helps an entry that says where the page is; an empty one would map page 0
  const isEmpty = level?.entry === 0n;
  const facts: Readonly<Record<string, string | null>> = {
    ...kernel,
    cpl: event.cpl === null ? null : String(event.cpl), vector: fault?.deliveryOf === undefined ? null : hex(fault.deliveryOf.vector), table: found?.entry?.table ?? null,
    index: found?.entry === null || found?.entry === undefined ? null : found.entry.table === 'idt' ? hex(found.entry.index) : String(found.entry.index), linear: isEmpty ? null : linear,
    entry: level === null || linear === null ? null : `${['', 'pte', 'pde', 'pdpte'][level.level] ?? 'pte'}[${linear}]`,
  };
  return {
    words: isFrame ? 'give the kernel a larger stack, and #DF a task gate with its own' : fill(words, facts) ?? words.replaceAll(/\{\w+\}/g, 'that'),
    sets: isFrame ? [] : sets.map((text) => fill(text, facts)).filter((text) => text !== null),
  };
}

/** A text with its places filled in; null when one cannot be. */
function fill(text: string, facts: Readonly<Record<string, string | null>>): string | null {
  const places = Array.from(text.matchAll(/\{(\w+)\}/g), (match) => match[1] ?? '');
  if (places.some((name) => (facts[name] ?? null) === null)) return null;
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? '');
}
