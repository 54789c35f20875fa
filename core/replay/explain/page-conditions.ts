// What a page's refusal turned on besides the entry: EFER.NXE and since when it is clear, CR4.SMAP and CR4.SMEP, a PDPTE register that memory has
// left behind. Sentences for the consequence, links for the chain. Which rule failed is what core/cpu told.

import type { TraceEvent } from '../../event/event.ts';
import type { LadderStep } from '../../event/ladder.ts';
import { hex } from '../../base/u64.ts';
import { chainOf } from './chain.ts';
import type { CauseLink, Place } from './explanation.ts';
import type { Inquiry } from './inquiry.ts';
import { nameOfRegister, registerValue } from './names.ts';
import { writerOfRegister } from './writer.ts';

/** One short sentence without a full stop, and where the register's value came from. */
export interface PageCondition { readonly insight: string; readonly links: readonly CauseLink[] }

const FINE = 'The translation itself is fine';

/** The condition behind the failed check of a page walk; null where the entries say it all. */
export async function pageCondition(inquiry: Inquiry, { event, failed }: { readonly event: TraceEvent; readonly failed: LadderStep }): Promise<PageCondition | null> {
  if (failed.rule.endsWith('-nxe')) return noExecuteOff(inquiry, event);
  if (failed.rule === 'page-smap' || failed.rule === 'page-smep') return { insight: FINE, links: [] };
  const stale = event.kind === 'fault' ? event.walk?.levels.find(({ register }) => register?.stale === true)?.register : undefined;
  return stale === undefined ? null : { insight: `${stale.name.toUpperCase()} was loaded before its entry in memory changed`, links: [] };
}

async function noExecuteOff(inquiry: Inquiry, event: TraceEvent): Promise<PageCondition> {
  const before = inquiry.before(event.seq);
  const { writer, symbol, place } = await writerOfRegister(inquiry, { before, name: 'efer' });
  if ('absent' in writer) return { insight: 'EFER.NXE was never set', links: [] };
  const value = registerValue(inquiry.trace.stateBefore(event.seq), 'efer');
  const links = await chainOf(inquiry, { name: nameOfRegister('efer'), value: hex(value), meaning: null, from: { kind: 'register', register: 'efer' } }, before);
  return { insight: `EFER.NXE is 0 since ${sinceText(place)}${symbol === null ? '' : ` (${symbol})`}`, links };
}

function sinceText(place: Place | null): string {
  if (place === null) return 'a write that is not known';
  return place.event === null ? `icount ${String(place.at?.icount ?? 0)}` : `event ${String(place.event)}`;
}
