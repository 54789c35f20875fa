// Who wrote something before a point: bytes of memory or a register, asked of core/replay.

import type { Position } from '../../core/event/position.ts';
import type { Replay } from '../../core/replay/cursor.ts';
import { placeLinear, placePhysical, type WriterReplay } from '../../core/replay/writers/place.ts';
import { lastWriterOfRegister } from '../../core/replay/writers/register.ts';
import { lastWriterOfPlace, type Written } from '../../core/replay/writers/written.ts';
import type { Recording } from './recording.ts';

/** What was written: a register by its name (`eax`, `cs`, `gdtr`, `sysenter_cs`), or `size` bytes at a physical or, failing that, a linear address. */
export type WrittenThing =
  | { readonly kind: 'register'; readonly register: string }
  | { readonly kind: 'memory'; readonly physical: bigint | null; readonly linear: bigint | null; readonly size: number };

/** What core/replay needs of an open trace to tell writers. */
export function writerReplay(recording: Recording, replay: Replay): WriterReplay {
  return { ...replay, trace: recording.source, symbols: recording.symbols };
}

/** The last write to it before a point. */
export async function whoWrote(replay: WriterReplay, what: WrittenThing, before: Position): Promise<Written> {
  if (what.kind === 'register') return lastWriterOfRegister(replay, before, what.register);
  if (what.physical !== null) return lastWriterOfPlace(replay, before, placePhysical(Number(what.physical), what.size));
  return lastWriterOfPlace(replay, before, what.linear === null ? { absent: 'it has no address' } : await placeLinear(replay, before, { linear: Number(what.linear), length: what.size }));
}
