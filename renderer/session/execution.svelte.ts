// What executing the recording again adds where we stand: registers, code and stack between events, and steps by single instructions.
// Steps asked for while one is under way are joined into one: the picture never runs after a key that is held down.

import type { Position } from '../../core/event/position.ts';
import type { Moment } from '../../core/event/reexecutor.ts';
import { namesUnder } from '../../core/replay/code-names.ts';
import { stepInstruction, type Replay } from '../../core/replay/cursor.ts';
import type { Direction } from '../../core/replay/source.ts';
import type { Recording } from './recording.ts';
import { painted } from './slices.ts';

/** Bytes looked at before the instruction pointer at most. */
const CODE_BEFORE_MAX = 2048;
/** Steps joined into one at most: letting go of the key stops the run at once. */
const JOINED_MAX = 16;

/** What it needs of the window. */
export interface ExecutionHost {
  readonly recording: Recording | null;
  readonly replay: Replay | null;
  readonly at: Position;
  busy: boolean;
  announcement: string;
  moveTo(at: Position, moment?: Moment | null): void;
}

export class Execution {
  readonly #host: ExecutionHost;
  /** Registers, code and stack where we stand, once the re-executor has answered. */
  moment = $state.raw<Moment | null>(null);
  /** Bytes from the start of the symbol around the instruction pointer up to it. */
  codeBefore = $state.raw<{ readonly linear: number; readonly bytes: Uint8Array } | null>(null);
  /** Why instructions cannot be re-executed; null while they can, or nobody has asked. */
  absent = $state<string | null>(null);
  /** Steps asked for and not taken yet, forward positive; null while none is under way. */
  #wanted: number | null = null;

  constructor(host: ExecutionHost) {
    this.#host = host;
  }

  /** Forgets what was known: another recording, or none. `absent`: why nothing can be executed there, when that is known beforehand. */
  reset(absent: string | null = null): void {
    this.absent = absent;
    this.moment = null;
    this.codeBefore = null;
    if (this.#wanted !== null) this.#wanted = 0;
  }

  /** The playhead has moved. A moment that came with the point is kept, else it is asked for. */
  moved(known: Moment | null): void {
    this.moment = known;
    this.codeBefore = null;
    void this.#load(known);
  }

  /** One instruction on or back; an absence is kept as the reason. Resolves when no step is left to take. */
  async step(direction: Direction): Promise<void> {
    const by = direction === 'forward' ? 1 : -1;
    if (this.#wanted !== null) { this.#wanted = Math.max(-JOINED_MAX, Math.min(JOINED_MAX, this.#wanted + by)); return; }
    this.#host.busy = true;
    this.#wanted = by;
    try {
      while (this.#wanted !== 0) {
        const count: number = this.#wanted;
        this.#wanted = 0;
        if (!await this.#take(count)) break;
        await painted();
      }
    } finally {
      this.#wanted = null;
      this.#host.busy = false;
    }
  }

  // true while it is worth going on
  async #take(count: number): Promise<boolean> {
    const host = this.#host;
    const { replay } = host;
    if (replay === null) return false;
    const moved = await stepInstruction(replay, { from: host.at, direction: count > 0 ? 'forward' : 'backward', count: Math.abs(count) });
    if (host.replay?.trace !== replay.trace) return false;
    if (moved.kind === 'absent') { this.absent = moved.reason; host.announcement = moved.reason; return false; }
    host.moveTo(moved.position, moved.kind === 'moved' ? moved.moment : null);
    if (moved.kind === 'edge') host.announcement = `No further instruction: this is the ${moved.edge} of the recording.`;
    return moved.kind === 'moved';
  }

  /** Fetches registers, code and stack of the present point from the re-executor, once. */
  async #load(known: Moment | null): Promise<void> {
    const { replay, at } = this.#host;
    if (replay === null || replay.reexecutor === null) return;
    const reply = known === null ? await replay.reexecutor.ask({ kind: 'moment', at }) : { kind: 'moment' as const, moment: known };
    if (this.#host.replay?.trace !== replay.trace) return;
    if (reply.kind === 'absent') this.absent = reply.reason;
    else if (reply.kind === 'moment' && this.#host.at === at) {
      this.moment = reply.moment;
      void this.#loadCodeBefore(replay, reply.moment);
    }
  }

  // from the start of the symbol around the instruction pointer, when that is near: decoding must begin at an instruction
  async #loadCodeBefore({ reexecutor }: Replay, moment: Moment): Promise<void> {
    const symbols = this.#host.recording?.symbols ?? null;
    const symbol = symbols === null ? null : namesUnder(symbols, moment.registers).symbolAt(moment.code.linear);
    if (symbol === null || symbol.offset === 0 || symbol.offset > CODE_BEFORE_MAX || reexecutor === null) return;
    const linear = moment.code.linear - symbol.offset;
    const reply = await reexecutor.ask({ kind: 'read-linear', at: moment.position, linear, length: symbol.offset });
    if (reply.kind === 'bytes' && reply.bytes.length === symbol.offset && this.moment === moment) this.codeBefore = { linear, bytes: reply.bytes };
  }
}
