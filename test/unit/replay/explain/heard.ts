// What a probe heard, made by hand for tests of ladders.

import type { AccessKind, AccessPart, Heard } from '../../../../core/event/heard.ts';
import type { EventKind } from '../../../../core/event/kinds.ts';
import { CHECK_PASS } from '../../../../core/event/probe.ts';
import { rule, type RuleId } from '../../../../core/event/rules.ts';

export const check = (id: string, outcome = CHECK_PASS, a = 0, b = 0): Heard => ({ kind: 'check', rule: rule(id as RuleId), outcome, a, b });
export function access(what: AccessKind, physical: number, more: { readonly write?: boolean; readonly part?: AccessPart; readonly value?: bigint } = {}): Heard {
  const { write = false, part = null, value = 0n } = more;
  return { kind: 'access', what, part, linear: what === 'page-entry' ? null : physical, physical, size: 4, value, write };
}
export const event = (seq: number, kind: EventKind): Heard => ({ kind: 'event', seq, event: kind });
