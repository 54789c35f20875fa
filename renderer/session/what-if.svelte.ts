// The what-if dialog's question: an event, a change, and what happened when it was tried on a copy of the machine.

import type { Api, OpenOutcome, RecordProgress } from '../../app/contract/api.ts';
import { BadInput } from '../../core/base/bad-input.ts';
import { parseChanges, printChange } from '../../core/event/change.ts';
import { WHAT_IF_DEVICE } from '../../core/event/change-plan.ts';
import type { TraceEvent } from '../../core/event/event.ts';
import { EVENT_KINDS } from '../../core/event/kinds.ts';
import type { Replay } from '../../core/replay/cursor.ts';
import { positionOfEvent } from '../../core/replay/source.ts';
import type { Overlay } from './panes.svelte.ts';
import type { Recording } from './recording.ts';

/** What it needs of the window. */
export interface WhatIfHost {
  readonly api: Api;
  readonly recording: Recording | null;
  readonly replay: Replay | null;
  overlay: Overlay;
  announcement: string;
  accept(outcome: OpenOutcome): Promise<boolean>;
  goTo(seq: number): void;
}

const INPUT = EVENT_KINDS.indexOf('input');
/** Instruction attempts a trial makes: enough to see a handler out, few enough to be there at once. */
export const ATTEMPTS = 5_000;

/** `changed`: what was set, in words. `stopped`: why the machine stands still, or null while it runs on. */
export type Trial =
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'tried'; readonly change: string; readonly changed: string; readonly events: readonly TraceEvent[]; readonly stopped: string | null };

/** Why a change is none, and the column (from 1) it is about; null where it is about all of it. */
export interface ChangeRefusal { readonly column: number | null; readonly why: string }

export class WhatIf {
  readonly #host: WhatIfHost;
  /** The event it is about. */
  seq = $state(0);
  change = $state('');
  trial = $state.raw<Trial>({ kind: 'none' });
  /** The recording with the change, while it is made. */
  saving = $state.raw<{ readonly jobId: string; readonly progress: RecordProgress | null } | null>(null);
  /** Why it could not be made, in words. */
  problem = $state<string | null>(null);

  constructor(host: WhatIfHost) {
    this.#host = host;
  }

  /** Opens the dialog for an event; with a change it is tried at once. */
  open(seq: number, change = ''): void {
    this.seq = seq;
    this.change = change;
    this.trial = { kind: 'none' };
    this.problem = null;
    this.#host.overlay = 'what-if';
    if (change !== '') void this.run();
  }

  /** Tries the change as it stands. The answer to an earlier one is dropped. */
  async run(): Promise<void> {
    const { replay } = this.#host;
    const { seq, change } = this;
    if (replay === null || refusalOf(change) !== null) return;
    if (replay.reexecutor === null) { this.trial = { kind: 'absent', reason: replay.absent ?? 'this trace cannot be executed again' }; return; }
    const running: Trial = { kind: 'running' };
    this.trial = running;
    const trial = await ask(replay, seq, change);
    if (this.trial !== running) return;
    this.trial = trial;
    this.#host.announcement = trial.kind === 'tried' ? `Tried: ${trial.changed}.` : trial.kind === 'absent' ? trial.reason : '';
  }

  /** Records the whole guest again with the change, and opens that trace. */
  async save(): Promise<void> {
    const { api, recording } = this.#host;
    if (recording === null || refusalOf(this.change) !== null || this.saving !== null) return;
    const jobId = crypto.randomUUID();
    this.saving = { jobId, progress: null };
    this.problem = null;
    const stop = api.onRecordProgress((progress) => { if (progress.jobId === jobId) this.saving = { jobId, progress }; });
    try {
      const outcome = await api.recordChange({ jobId, traceId: recording.opened.id, seq: this.seq, change: canonical(this.change) });
      if (outcome.kind === 'failed') this.problem = outcome.message;
      else if (outcome.kind !== 'cancelled' && await this.#host.accept(outcome)) this.#goToChange();
    } finally {
      stop();
      this.saving = null;
    }
  }

  // the new recording is read from where it parts from the old one
  #goToChange(): void {
    const { recording } = this.#host;
    this.#host.overlay = null;
    if (recording === null) return;
    const { source, columns } = recording;
    for (let seq = 0; seq < columns.count; seq += 1) {
      const event = columns.kind[seq] === INPUT ? source.event(seq) : null;
      if (event?.kind === 'input' && event.device === WHAT_IF_DEVICE) { this.#host.goTo(seq); return; }
    }
  }

  /** Ends the recording under way: keeps what there is, or throws it away. */
  stop(partial: 'keep' | 'discard'): void {
    if (this.saving !== null) void this.#host.api.cancelRecord({ jobId: this.saving.jobId, partial });
  }
}

async function ask({ trace, reexecutor }: Replay, seq: number, change: string): Promise<Trial> {
  try {
    const reply = await reexecutor?.ask({ kind: 'try', at: positionOfEvent(trace, seq), change: canonical(change), attempts: ATTEMPTS });
    if (reply?.kind === 'tried') return { kind: 'tried', change, changed: reply.changed, events: reply.events, stopped: reply.stopped };
    return { kind: 'absent', reason: reply?.kind === 'absent' ? reply.reason : 'the trial gave no answer' };
  } catch (error) {
    return { kind: 'absent', reason: error instanceof Error ? error.message : String(error) };
  }
}

const canonical = (change: string): string => parseChanges(change).map(printChange).join('; ');

/** Why a text is no change; null for one that is. Columns count in the whole text, also where it holds several changes. */
export function refusalOf(text: string): ChangeRefusal | null {
  try {
    parseChanges(text);
    return null;
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const at = /^the change (".*") is refused at column (\d+): ([\s\S]*)$/.exec(error.message);
    if (at === null) return { column: null, why: error.message };
    const part: unknown = JSON.parse(at[1] ?? '""');
    return { column: Math.max(0, text.indexOf(String(part))) + Number(at[2]), why: at[3] ?? error.message };
  }
}
