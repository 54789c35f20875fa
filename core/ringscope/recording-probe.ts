// Stands between processor and trace writer: passes events on, and ends the run at a bound on events or at `--until`.

import { PENDING_STOP } from '../cpu/attention.ts';
import type { Cpu } from '../cpu/state.ts';
import type { EventDraft, Row } from '../event/draft.ts';
import type { Probe } from '../event/probe.ts';
import type { RunEnd } from '../machine/run-end.ts';
import type { RegistersBefore } from '../machine/registers-before.ts';

export interface RecordingBounds {
  /** Events with a higher number are not recorded: the last instruction may have made some more. */
  readonly maxEvents: number;
  readonly until: ((seq: number, row: Row, registersBefore: () => Uint32Array) => boolean) | null;
  /** What `until` and the filter are told about registers. */
  readonly registers: RegistersBefore;
}

export class RecordingProbe implements Probe {
  readonly listening = false;
  /** Why the run is to end at the next boundary; null while it is not. */
  end: RunEnd | null = null;
  readonly #cpu: Cpu;
  readonly #writer: Probe;
  readonly #bounds: RecordingBounds;

  constructor(cpu: Cpu, writer: Probe, bounds: RecordingBounds) {
    this.#cpu = cpu;
    this.#writer = writer;
    this.#bounds = bounds;
  }

  before(): void {
    this.#writer.before();
    this.#bounds.registers.capture();
  }

  emit(seq: number, draft: EventDraft): void {
    if (seq >= this.#bounds.maxEvents) return;
    this.#writer.emit(seq, draft);
    const isWanted = this.#bounds.until?.(seq, draft, this.#bounds.registers.words) === true;
    this.#bounds.registers.release();
    if (isWanted) this.#stop({ kind: 'until' });
    else if (seq + 1 === this.#bounds.maxEvents) this.#stop({ kind: 'limit', bound: 'max-events' });
  }

  check(): void {
    // a recording does not listen
  }

  differ(): void {
    // a recording does not listen
  }

  access(): void {
    // a recording does not listen
  }

  #stop(end: RunEnd): void {
    this.end ??= end;
    this.#cpu.pending |= PENDING_STOP;
  }
}
