// Are two events of two recordings the same happening? Sequence numbers inside them may be shifted; everything else must agree.

import type { TraceEvent } from '../event/event.ts';
import { eventJson, type JsonValue } from '../event/json.ts';

/** True when `after` is `before` with its sequence numbers `shift` higher. Null stands for an event that is not there. */
export function isSameEvent(before: TraceEvent | null, after: TraceEvent | null, shift: number): boolean {
  if (before === null || after === null) return before === after;
  return JSON.stringify(eventJson(before)) === JSON.stringify(shifted(eventJson(after), -shift));
}

type Json = Readonly<Record<string, JsonValue>>;

function shifted(event: Json, by: number): JsonValue {
  const one: Record<string, JsonValue> = { ...event };
  for (const name of ['seq', 'causes', 'chain']) if (one[name] !== undefined) one[name] = moved(one[name], by);
  const of = one['deliveryOf'];
  if (typeof of === 'object' && of !== null && !Array.isArray(of)) one['deliveryOf'] = { ...(of as Json), seq: moved((of as Json)['seq'] ?? null, by) };
  return one;
}

// causes from before the change keep their numbers, but none reaches over it: a cascade is one attempt
function moved(value: JsonValue, by: number): JsonValue {
  if (typeof value === 'number') return value + by;
  return Array.isArray(value) ? value.map((one: JsonValue) => moved(one, by)) : value;
}
