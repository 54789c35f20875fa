// Counts of the events of one chunk, dropped ones included: kinds, rings, ranges of seq and icount. Hot: a few additions per event.

import { joinCount } from '../base/u64.ts';
import { isPresent, wordOf, highWordOf, type Row } from '../event/draft.ts';
import { EVENT_KINDS } from '../event/kinds.ts';
import { commonHandle } from '../event/schema.ts';
import type { ChunkSummary } from './event-chunk.ts';

const ICOUNT = commonHandle('icount'), CPL = commonHandle('cpl');
const NO_RING = 4;

export class Tally {
  private readonly kinds = new Float64Array(EVENT_KINDS.length);
  private readonly rings = new Float64Array(NO_RING + 1);
  private seqFirst = 0;
  private seqEnd = 0;
  private icountFirst = -1;
  private icountLast = -1;

  /** Counts one event. */
  add(seq: number, row: Row): void {
    this.kinds[row.kind]! += 1;
    const cpl = isPresent(row, CPL) ? wordOf(row, CPL) : NO_RING;
    this.rings[cpl < NO_RING ? cpl : NO_RING]! += 1;
    this.seqEnd = seq + 1;
    if (!isPresent(row, ICOUNT)) return;
    this.icountLast = joinCount(wordOf(row, ICOUNT), highWordOf(row, ICOUNT));
    if (this.icountFirst < 0) this.icountFirst = this.icountLast;
  }

  /** Events counted since the last `clear`. */
  get count(): number {
    return this.rings.reduce((sum, ring) => sum + ring, 0);
  }

  /** The next sequence number. */
  get end(): number {
    return this.seqEnd;
  }

  summary(rows: number): ChunkSummary {
    const known = this.icountFirst >= 0;
    return {
      seqFirst: this.seqFirst, seqEnd: this.seqEnd, rows, icountFirst: known ? this.icountFirst : null, icountLast: known ? this.icountLast : null,
      kinds: [...this.kinds], rings: [...this.rings],
    };
  }

  /** Begins the next chunk where this one ends. */
  clear(): void {
    this.kinds.fill(0);
    this.rings.fill(0);
    this.seqFirst = this.seqEnd;
    this.icountFirst = -1;
    this.icountLast = -1;
  }
}
