// The walk of an address somebody asked for, with the tables as they are where the playhead stands. Gone once the playhead moves.

import type { Position } from '../../core/event/position.ts';
import type { WalkNow } from '../../core/event/reexecutor.ts';
import type { Replay } from '../../core/replay/cursor.ts';

/** What it needs of the window. */
export interface WalksHost { readonly replay: Replay | null; readonly at: Position; announcement: string }

export interface WalkAnswer {
  readonly linear: bigint;
  readonly kind: 'asking' | 'there' | 'absent';
  /** When it is there. */
  readonly walk: WalkNow | null;
  /** Why it is not, when it is absent. */
  readonly reason: string;
}

export class Walks {
  readonly #host: WalksHost;
  answer = $state.raw<WalkAnswer | null>(null);

  constructor(host: WalksHost) {
    this.#host = host;
  }

  /** The playhead has moved. */
  moved(): void {
    this.answer = null;
  }

  /** Walks a linear address here. */
  async ask(linear: bigint): Promise<void> {
    const { replay, at } = this.#host;
    if (replay === null) return;
    const asking: WalkAnswer = { linear, kind: 'asking', walk: null, reason: '' };
    this.answer = asking;
    const done = await asked(replay, at, linear);
    if (this.answer !== asking) return;
    this.answer = done;
    this.#host.announcement = done.kind === 'there' ? `0x${linear.toString(16)} ${done.walk?.physical === null ? 'is not mapped here' : `is physical 0x${(done.walk?.physical ?? 0).toString(16)} here`}.` : done.reason;
  }

  /** The walk of an address here, for a card of its own; null where no trace is open. */
  async peek(linear: bigint): Promise<WalkAnswer | null> {
    const { replay, at } = this.#host;
    return replay === null ? null : asked(replay, at, linear);
  }
}

async function asked({ reexecutor, absent: why }: Replay, at: Position, linear: bigint): Promise<WalkAnswer> {
  const absent = (reason: string): WalkAnswer => ({ linear, kind: 'absent', walk: null, reason });
  if (reexecutor === null) return absent(why ?? 'this trace cannot be executed again');
  try {
    const reply = await reexecutor.ask({ kind: 'walk', at, linear: Number(linear) });
    if (reply.kind === 'walk') return { linear, kind: 'there', walk: reply.walk, reason: '' };
    return absent(reply.kind === 'absent' ? reply.reason : 'the re-execution does not reach this point');
  } catch (error) {
    return absent(error instanceof Error ? error.message : String(error));
  }
}

/** The address a person typed, in hexadecimal with or without 0x; or why it is none. */
export function linearOf(text: string): bigint | string {
  const digits = text.trim().replace(/^0x/i, '').replaceAll('_', '');
  if (!/^[0-9a-f]+$/i.test(digits)) return 'Type an address in hexadecimal, for example 0x401000.';
  const linear = BigInt(`0x${digits}`);
  return linear > 0xffff_ffffn ? 'Linear addresses have 32 bits here.' : linear;
}
