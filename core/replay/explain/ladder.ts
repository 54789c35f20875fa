// The check ladder of one event, from what a listening probe heard: steps in the order they were made, then what was not reached, from the
// ordered ids of the procedures that were under way. Decides nothing: outcomes are what core/cpu told.

import { VENDOR_DIFFERENCES, type DifferenceId, type VendorDifference } from '../../arch/vendor-differences.ts';
import { CHECK_FAIL, CHECK_PASS } from '../../event/probe.ts';
import type { Heard, HeardAccess, HeardCheck } from '../../event/heard.ts';
import type { Ladder, LadderAccess, LadderStep, StepOutcome } from '../../event/ladder.ts';
import { isReadFrom, readingOf } from '../../event/rule-readings.ts';
import { RULES, ruleOf, rulesOfProcedure, type Rule } from '../../event/rules.ts';
import { Groups, isNested } from './groups.ts';
import { sliceOf } from './slice.ts';
import { reasonOfSkip } from './skips.ts';
import { operandsOf, whyOf } from './why.ts';

/** Procedures that only collect checks of unrelated instructions: none of them comes after another. */
const COLLECTIONS: readonly string[] = ['none', 'privileged-instruction', 'model-specific-register', 'control-register', 'virtual-8086', 'double-fault'];

/** The ladder of event `seq` of an attempt; null when that attempt did not emit it. */
export function ladderOf(heard: readonly Heard[], seq: number): Ladder | null {
  const slice = sliceOf(heard, seq);
  return slice === null ? null : ladderOfSlice(slice);
}

/** The ladder of what was heard up to one outcome: of a trial, whose event was never made. */
export function ladderOfSlice(slice: readonly Heard[]): Ladder {
  return new LadderMaker().make(slice);
}

class LadderMaker {
  private readonly steps: LadderStep[] = [];
  private readonly groups = new Groups();
  /** Accesses that wait for the check they were made for. */
  private waiting: HeardAccess[] = [];
  /** Every access so far, for checks that look again at what was read before. */
  private readonly seen: HeardAccess[] = [];
  /** Rule ids heard, by procedure and instance. */
  private readonly heardIn = new Map<string, Set<string>>();
  private readonly differences = new Set<DifferenceId>();
  private lastOuter: string | null = null;
  /** The translation under way comes out of the TLB. */
  private isCached = false;

  make(slice: readonly Heard[]): Ladder {
    for (const one of slice) {
      if (one.kind === 'access') this.access(one);
      else if (one.kind === 'check') this.check(one);
      else if (one.kind === 'difference') this.differences.add(one.id);
    }
    const writes = this.waiting.filter((one) => one.write).map(ladderAccess);
    this.giveToLast(this.waiting.filter((one) => !one.write));
    const failed = this.steps.at(-1);
    const rest = failed?.outcome === 'fail' ? this.notReached(failed) : [];
    return { steps: [...this.steps, ...rest], writes, differences: [...this.differences].map(rowOfDifference) };
  }

  private access(access: HeardAccess): void {
    this.waiting.push(access);
    this.seen.push(access);
    if (isOfWalk(access)) this.isCached = access.what === 'tlb';
  }

  private check(check: HeardCheck): void {
    const rule = ruleOf(check.rule);
    if (rule === null) return;
    const outcome: StepOutcome = check.outcome === CHECK_PASS ? 'pass' : check.outcome === CHECK_FAIL ? 'fail' : 'skipped';
    const group = this.groups.of(rule, check.a);
    // a walk begins: nothing was read for it yet, a hit was told
    if (rule.id === FIRST_OF_WALK) this.isCached = this.waiting.at(-1)?.what === 'tlb';
    const taken = this.takeAccesses(rule, outcome);
    this.note(rule, group.instance);
    this.steps.push({
      rule: rule.id, title: rule.title, cite: rule.cite, procedure: rule.procedure, group, outcome, why: outcome === 'skipped' ? reasonOfSkip(rule.id, this.isCached) : whyOf(rule, outcome, check),
      operands: outcome === 'skipped' ? {} : operandsOf(rule, check), accesses: taken.map(ladderAccess),
    });
  }

  private note({ id, procedure }: Rule, instance: number): void {
    const key = `${procedure} ${String(instance)}`;
    const set = this.heardIn.get(key) ?? new Set();
    set.add(id);
    this.heardIn.set(key, set);
    if (!isNested(procedure)) this.lastOuter = procedure;
  }

  /** What was read for a check: page entries and TLB entries wait for checks of walks, everything else for the procedure that asked for it. */
  private takeAccesses(rule: Rule, outcome: StepOutcome): readonly HeardAccess[] {
    const isWalk = rule.procedure === 'page-walk' || rule.procedure === 'pdpte-load';
    if (outcome === 'skipped' && !isWalk) return [];
    const mine = (one: HeardAccess): boolean => isOfWalk(one) === isWalk && (isWalk || !isNested(rule.procedure));
    const taken = this.waiting.filter(mine);
    this.waiting = this.waiting.filter((one) => !mine(one));
    const again = outcome === 'skipped' ? [] : this.again(rule).filter((one) => !taken.includes(one));
    return [...again, ...taken];
  }

  /** What was read for an earlier check and is looked at again: the last read of what the rule's value stands in. */
  private again(rule: Rule): readonly HeardAccess[] {
    const reading = readingOf(rule.id);
    if (reading.reads === 'instruction') return rule.procedure === 'fetch' ? [] : this.seen.filter(isOperand).slice(-1);
    const found = this.seen.filter((one) => isReadFrom(reading, one));
    // the rights of a page come from both levels of its walk
    const isOfLevels = rule.procedure === 'page-walk' && reading.part === undefined && found.at(-1)?.what === 'page-entry';
    return found.slice(isOfLevels && found.at(-1)?.part === 'table-entry' ? -2 : -1);
  }

  private giveToLast(accesses: readonly HeardAccess[]): void {
    const last = this.steps.at(-1);
    if (last === undefined || accesses.length === 0) return;
    this.steps[this.steps.length - 1] = { ...last, accesses: [...last.accesses, ...accesses.map(ladderAccess)] };
  }

  private notReached(failed: LadderStep): readonly LadderStep[] {
    const procedures = [failed.procedure, ...this.enclosing(failed)];
    return procedures.filter((one) => !COLLECTIONS.includes(one)).flatMap((procedure) => {
      const group = procedure === failed.procedure ? failed.group : this.groups.now(procedure);
      const heard = this.heardIn.get(`${procedure} ${String(group.instance)}`) ?? new Set<string>();
      const ids = rulesOfProcedure(procedure);
      const last = Math.max(-1, ...[...heard].map((id) => ids.indexOf(id)));
      return ids.slice(last + 1).map((id) => this.unreached(id, failed, group));
    });
  }

  /** The procedures a nested one was made for: where the walk of an access or a fetch failed, that, and the one around it. */
  private enclosing(failed: LadderStep): readonly string[] {
    if (!isNested(failed.procedure)) return [];
    const before = this.steps.filter((step) => step.procedure !== 'page-walk').at(-1);
    const nested = failed.procedure === 'page-walk' && before !== undefined && isNested(before.procedure) ? [before.procedure] : [];
    return this.lastOuter === null ? nested : [...nested, this.lastOuter];
  }

  private unreached(id: string, failed: LadderStep, group: LadderStep['group']): LadderStep {
    const { title, cite, procedure } = RULES.find((one) => one.id === id)!;
    return { rule: id, title, cite, procedure, group, outcome: 'not-reached', why: `not reached: ${failed.rule} failed before it`, operands: {}, accesses: [] };
  }
}

const rowOfDifference = (id: DifferenceId): VendorDifference => VENDOR_DIFFERENCES.find((one) => one.id === id)!;
const FIRST_OF_WALK = rulesOfProcedure('page-walk')[0];
const isOfWalk = ({ what }: HeardAccess): boolean => what === 'page-entry' || what === 'tlb';
const isOperand = ({ what, write }: HeardAccess): boolean => !write && (what === 'operand' || what === 'frame');

function ladderAccess({ what, part, linear, physical, size, value, write }: HeardAccess): LadderAccess {
  return { what, part, linear: linear === null ? null : BigInt(linear), physical: BigInt(physical), size, value, write };
}
