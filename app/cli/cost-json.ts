// The cost anatomy as JSON.

import type { JsonValue } from '../../core/event/json.ts';
import { HISTORY, NOT_CYCLES, type CostAnatomy } from '../../core/replay/cost/anatomy.ts';
import { accessesOf, type Work } from '../../core/replay/cost/work.ts';

const workJson = (work: Work): JsonValue => ({ ...work, accesses: accessesOf(work) });

/** Basis, mechanisms, round trips; each round trip names its mechanisms by index. */
export function costJson({ basis, mechanisms, roundTrips }: CostAnatomy): JsonValue {
  return {
    basis: basis.kind === 'absent' ? { absent: basis.reason } : 're-executed', note: NOT_CYCLES, history: HISTORY,
    mechanisms: mechanisms.map(({ name, via, rings, slots, width, count, listened, work, total }) => ({
      name, via, rings: { ...rings }, frame: { slots, width }, count, listened: [...listened],
      perCall: work === null ? null : { typical: workJson(work.typical), least: workJson(work.least), most: workJson(work.most) },
      total: total === null ? null : { ...workJson(total.work) as Readonly<Record<string, JsonValue>>, isExact: total.isExact },
    })),
    roundTrips: roundTrips.map(({ name, entry, exit, count, fromRing, work }) => ({ name, entry, exit, count, fromRing, perCall: work === null ? null : workJson(work) })),
  };
}
