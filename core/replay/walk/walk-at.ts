// The page walk of a linear address as of any event: every level, the rights left and the letters a level took away, what the access sets,
// what the TLB holds, and who last wrote each entry. Of a #PF the recorded walk is shown, and only writers are executed again.

import { entryBytes, PTE_FIELDS, reservedBitsOf, SMALL_PAGE_BYTES } from '../../arch/page-entry.ts';
import type { FaultEvent, TraceEvent } from '../../event/event.ts';
import type { HeardAccess } from '../../event/heard.ts';
import { rightsText, walkLevel, type WalkLevel } from '../../event/heap-lists.ts';
import type { TlbOutcome } from '../../event/kinds.ts';
import { comparePositions, type Position } from '../../event/position.ts';
import type { WalkNow } from '../../event/reexecutor.ts';
import type { Basis, ExplainedLevel } from '../explain/explanation.ts';
import { eventAt } from '../source.ts';
import { isAbsent, placePhysical, walkNowAt, type Absent, type WriterReplay } from '../writers/place.ts';
import { lastWriterOfPlace, type Written } from '../writers/written.ts';

/** A level with its last writer: what that stands on, and where it is. */
export interface WalkedLevel extends ExplainedLevel {
  /** As events have it. */
  readonly read: WalkLevel;
  readonly written: Written;
}

/** What the TLB had to say. `stale`: `physical` and rights are the TLB's idea, and `flushFor` wrote what it does not know of yet. */
export interface TlbView {
  readonly outcome: TlbOutcome;
  /** Null when the TLB does not hold the page, or nobody can say. */
  readonly held: { readonly physical: number; readonly user: boolean; readonly writable: boolean; readonly nx: boolean } | null;
  /** The last write to one of the entries: the one that should have been flushed. Null unless stale. */
  readonly flushFor: Written | null;
}

export interface WalkAt {
  readonly linear: number;
  readonly levels: readonly WalkedLevel[];
  /** `rule`: the check that refused; null when the address is mapped. */
  readonly verdict: { readonly rights: string; readonly rule: string | null };
  /** Null when the tables do not map it. */
  readonly physical: bigint | null;
  /** Null when nothing is known of it. */
  readonly tlb: TlbView | null;
  /** False while paging is off: the physical address is the linear one. */
  readonly isPaging: boolean;
  /** What the levels stand on; writers have their own. */
  readonly basis: Basis;
}

/** The walk of `linear` before what happens at `at`. */
export async function walkAt(replay: WriterReplay, at: Position, linear: number): Promise<WalkAt | Absent> {
  const fault = pageFaultAt(replay, at, linear);
  return fault === null ? walkNow(replay, at, linear) : walkOfFault(replay, at, fault);
}

/** The walk of a #PF as it was recorded. */
export async function walkOfFault(replay: WriterReplay, at: Position, fault: FaultEvent): Promise<WalkAt | Absent> {
  if (fault.walk === undefined) return { absent: 'this event has no page walk' };
  const marks = await marksOf(replay, at, fault.seq);
  const levels = await withWriters(replay, at, { levels: fault.walk.levels, rule: fault.walk.verdict.rule, marks });
  const now = await walkNowAt(replay, at, Number(fault.cr2 ?? 0n));
  const { verdict } = fault.walk;
  return {
    linear: Number(fault.cr2 ?? 0n), levels, verdict, physical: null, isPaging: true, basis: { kind: 'record' },
    tlb: fault.tlb === undefined ? null : tlbOf(fault.tlb, isAbsent(now) ? null : now, levels),
  };
}

async function walkNow(replay: WriterReplay, at: Position, linear: number): Promise<WalkAt | Absent> {
  const now = await walkNowAt(replay, at, linear);
  if (isAbsent(now)) return now;
  const levels = await withWriters(replay, at, { levels: now.levels.map(walkLevel), rule: now.rule, marks: [] });
  const rights = levels.at(-1)?.rightsSoFar ?? rightsText(~0);
  return {
    linear, levels, verdict: { rights, rule: now.rule }, physical: now.physical === null ? null : BigInt(now.physical), isPaging: now.levels.length > 0, basis: { kind: 're-execution' },
    tlb: now.levels.length === 0 ? null : tlbOf(now.tlb === null ? 'miss' : now.tlb.stale ? 'stale' : 'hit', now, levels),
  };
}

// a walk is recorded with the fault alone, for the address that faulted
function pageFaultAt({ trace }: WriterReplay, at: Position, linear: number): FaultEvent | null {
  const seq = eventAt(trace, at);
  const event: TraceEvent | null = seq === null ? null : trace.event(seq);
  return event?.kind === 'fault' && event.walk !== undefined && event.cr2 === BigInt(linear) ? event : null;
}

async function withWriters(replay: WriterReplay, at: Position, { levels, rule, marks }: { readonly levels: readonly WalkLevel[]; readonly rule: string | null; readonly marks: readonly HeardAccess[] }): Promise<readonly WalkedLevel[]> {
  const out: WalkedLevel[] = [];
  for (const [index, read] of levels.entries()) {
    const written = await lastWriterOfPlace(replay, at, placePhysical(read.physical, entryBytes(read.paging)));
    out.push({
      read, written, level: read.level, physical: BigInt(read.physical), entry: read.entry, rightsSoFar: read.rightsSoFar, lastWriter: written.writer,
      took: lostLetters(levels[index - 1]?.rightsSoFar ?? rightsText(~0), read), reserved: reservedOf(read, levels[index + 1] === undefined ? rule : null), sets: setBy(read, marks),
    });
  }
  return out;
}

/** Letters that are in the rights above and no longer in these: `u`, `w`, `uw`. An entry that is not present takes all. */
export function lostLetters(above: string, { rightsSoFar, present }: Pick<WalkLevel, 'rightsSoFar' | 'present'>): string {
  const letters = Array.from(above).filter((letter) => letter !== '-' && letter !== 's');
  return present ? letters.filter((letter) => !rightsSoFar.includes(letter)).join('') : letters.join('');
}

/** Reserved bits of an entry that are set: `bit 13`; bit 63 where the processor refused it. An entry that is not present, and one of 32-bit paging that points to a table, has none. */
function reservedOf({ level, entry, present, pageSize, paging }: WalkLevel, rule: string | null): readonly string[] {
  if (!present || (paging === '32-bit' && pageSize <= SMALL_PAGE_BYTES)) return [];
  return reservedBitsOf(level, entry, { paging, isNxe: rule?.endsWith('-nxe') !== true }).map((bit) => `bit ${String(bit)}`);
}

// A and D by their places in an entry
const MARKS = PTE_FIELDS.filter(({ name }) => name === 'A' || name === 'D');
function setBy({ physical, entry }: WalkLevel, marks: readonly HeardAccess[]): readonly string[] {
  const after = marks.find((one) => one.physical === physical)?.value ?? entry;
  return MARKS.filter(({ bit }) => (((after & ~entry) >> BigInt(bit)) & 1n) !== 0n).map(({ name }) => name);
}

/** Page entries the attempt marked before event `seq`. */
async function marksOf({ reexecutor }: WriterReplay, at: Position, seq: number): Promise<readonly HeardAccess[]> {
  if (reexecutor === null) return [];
  const reply = await reexecutor.ask({ kind: 'listen', at });
  if (reply.kind !== 'heard') return [];
  const end = reply.heard.findIndex((one) => one.kind === 'event' && one.seq === seq);
  const heard = end < 0 ? reply.heard : reply.heard.slice(0, end);
  return heard.filter((one): one is HeardAccess => one.kind === 'access' && one.what === 'page-entry' && one.write).reverse();
}

function tlbOf(outcome: TlbOutcome, now: WalkNow | null, levels: readonly WalkedLevel[]): TlbView {
  const held = outcome === 'miss' || now === null || now.tlb === null ? null : { physical: now.tlb.physical, user: now.tlb.user, writable: now.tlb.writable, nx: now.tlb.nx };
  return { outcome, held, flushFor: outcome === 'stale' ? latestOf(levels.map((one) => one.written)) : null };
}

function latestOf(writers: readonly Written[]): Written | null {
  return writers.reduce<Written | null>((best, one) => (one.at !== null && (best?.at === null || best === null || comparePositions(one.at, best.at) > 0) ? one : best), null);
}
