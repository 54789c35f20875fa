// Brings the headers of older format versions to the current one. One function per step; a reader runs them in order, so that the
// rest of the code knows one version only.

import type { TraceHeader } from './header.ts';
import { TRACE_VERSION } from './version.ts';

type Step = (header: TraceHeader) => TraceHeader;
/** The step from version `index + 1` to the next. */
const STEPS: readonly Step[] = [
  // 2 embeds files beside the image; a header of version 1 lists none
  (header) => header,
];

/** A header as the current version would have written it; `formatVersion` keeps the file's own number. */
export function upgradeHeader(header: TraceHeader): TraceHeader {
  return STEPS.slice(header.formatVersion - 1, TRACE_VERSION - 1).reduce((older, step) => step(older), header);
}
