// Resets and visits to system management mode come in series, most of them while the firmware starts: each series becomes one event
// that says how many there were. A series ends where another event is made.

import { REGISTER_FILE_WORDS, registerOffset } from '../../arch/register-file.ts';
import type { QemuFacts } from './facts.ts';
import type { Processors } from './processors.ts';
import { modeOfDump } from './record.ts';
import type { Rows } from './rows.ts';

interface Resets {
  readonly kind: 'resets'; readonly line: number;
  /** Resets by processor number. */
  readonly counts: Map<number, number>;
  /** The last dump of each processor, and the first of the first one. */
  readonly last: Map<number, Uint32Array>;
  readonly firstCpu: number; first: Uint32Array | null;
  latestCpu: number;
}
interface Visits { readonly kind: 'visits'; readonly line: number; entries: number; returns: number; readonly dump: Uint32Array; hasDump: boolean }

const CPL = registerOffset('cpl');
const times = (count: number): string => (count === 1 ? 'once' : `${String(count)} times`);

export class Folding {
  private readonly rows: Rows;
  private readonly processors: Processors;
  private readonly facts: QemuFacts;
  private resets: Resets | null = null;
  private visits: Visits | null = null;

  constructor(rows: Rows, processors: Processors, facts: QemuFacts) {
    this.rows = rows;
    this.processors = processors;
    this.facts = facts;
  }

  reset(cpu: number, line: number): void {
    this.facts.resets += 1;
    this.processors.name(cpu);
    this.facts.processors = Math.max(this.facts.processors, this.processors.named);
    this.rows.isMultiprocessor ||= this.processors.isMultiprocessor;
    if (this.visits !== null) this.flush();
    this.resets ??= { kind: 'resets', line, counts: new Map(), last: new Map(), firstCpu: cpu, first: null, latestCpu: cpu };
    this.resets.counts.set(cpu, (this.resets.counts.get(cpu) ?? 0) + 1);
    this.resets.latestCpu = cpu;
  }

  resetDump(dump: Uint32Array): void {
    const { resets } = this;
    if (resets === null) return;
    if (resets.latestCpu === resets.firstCpu) resets.first ??= dump.slice();
    resets.last.set(resets.latestCpu, dump.slice());
  }

  visit(step: 'enter' | 'leave', line: number): void {
    this.visits ??= { kind: 'visits', line, entries: 0, returns: 0, dump: new Uint32Array(REGISTER_FILE_WORDS), hasDump: false };
    if (step === 'enter') {
      this.visits.entries += 1;
      this.facts.smmEntries += 1;
    } else {
      this.visits.returns += 1;
      this.facts.smmReturns += 1;
    }
  }

  visitDump(dump: Uint32Array): void {
    if (this.visits === null) return;
    this.visits.dump.set(dump);
    this.visits.hasDump = true;
  }

  /** Ends the series there are and writes their events. */
  flush(): void {
    if (this.resets !== null) this.writeResets(this.resets);
    this.resets = null;
    if (this.visits !== null) this.writeVisits(this.visits);
    this.visits = null;
  }

  private writeResets({ line, counts, last, firstCpu, first }: Resets): void {
    if (first !== null) this.rows.show(first);
    const reason = [...counts].map(([cpu, count]) => `CPU ${String(cpu)} reset ${times(count)}`).join(', ');
    const seq = this.rows.reset(reason, line, first === null ? -1 : modeOfDump(first), last.get(firstCpu) ?? null);
    for (const cpu of counts.keys()) {
      const processor = this.processors.at(cpu);
      const dump = last.get(cpu);
      processor.hasDump = dump !== undefined;
      if (dump !== undefined) processor.dump.set(dump);
      Object.assign(processor, { cpl: dump?.[CPL] ?? -1, entered: false, returned: false, seqLast: seq });
    }
  }

  private writeVisits({ line, entries, returns, dump, hasDump }: Visits): void {
    if (!hasDump) return;
    this.rows.show(dump);
    const detail = `system management mode entered ${times(entries)}, left ${times(returns)}`;
    this.rows.snapshot(dump, line, { detail, mode: modeOfDump(dump), cpl: dump[CPL]! });
  }
}
