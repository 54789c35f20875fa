// The header facts that belong to a trace's content: what ran and how it is named. Not among them: who executed it (core version,
// engine), and the rule catalogue, whose names enter where they are used.

import type { ContentHash } from './content-hash.ts';
import { headerJson, type TraceHeader } from './header.ts';

/** Feeds the header facts that decide what a recording contains. */
export function feedFacts(hash: ContentHash, header: TraceHeader): void {
  const own = { ...header, coreVersion: '', engine: null, options: sorted(header.options), schema: { ...header.schema, rules: [] } };
  hash.text(headerJson(own));
}

const sorted = (options: TraceHeader['options']): TraceHeader['options'] =>
  Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
