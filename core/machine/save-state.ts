// The whole machine as bytes and back: processor (with TLB), devices, and the page flags that decide on events. Memory pages
// travel apart (page-frames.ts, checkpoint-maker.ts).

import { ByteReader } from '../base/byte-reader.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { BadInput } from '../base/bad-input.ts';
import { PENDING_CODE_WRITTEN, PENDING_STOP } from '../cpu/attention.ts';
import { materialiseFlags } from '../cpu/flags.ts';
import { restoreWatchedPages, watchedPages } from '../cpu/page-flags.ts';
import type { Cpu } from '../cpu/state.ts';
import type { Position } from '../event/position.ts';
import type { Machine } from './machine.ts';
import type { Session } from './session.ts';

/** The device bytes begin with one that says whether the run had ended. */
export const ENDED_BYTES = 1;
/** Which devices wrote their state, and how: changes with them. The first ones wrote a byte below 16 here. */
const DEVICES_VERSION = 0x30;
const WATCHED_PAIRS_MAX = 1 << 20;

/** Everything but memory. `processor` and `devices` are opaque outside core/cpu and core/machine. */
export interface SavedState {
  readonly position: Position;
  /** Instruction attempts up to here: numbers the boundaries of a run without gaps. */
  readonly attempts: number;
  /** True when the run had ended: nothing can be executed from here. */
  readonly ended: boolean;
  readonly processor: Uint8Array;
  readonly devices: Uint8Array;
}

/** The boundary the processor stands at. */
export function positionOf(cpu: Cpu): Position {
  return { icount: cpu.icount, iteration: cpu.iteration, seq: cpu.seq };
}

/** Copies everything but memory. To be called between instructions; changes nothing the guest could see. */
export function saveState(session: Session): SavedState {
  const { machine, attempts } = session;
  const { cpu } = machine;
  const ended = session.end !== null;
  materialiseFlags(cpu);
  cpu.pending &= ~(PENDING_STOP | PENDING_CODE_WRITTEN);
  const writer = new ByteWriter(256);
  writer.u8(ended ? 1 : 0);
  writer.count(attempts);
  writer.u8(DEVICES_VERSION);
  machine.devices.save(writer);
  const watched = watchedPages(cpu);
  writer.varint(watched.length);
  for (const word of watched) writer.varint(word);
  return { position: positionOf(cpu), attempts, ended, processor: cpu.processorBytes.slice(), devices: writer.copy() };
}

/** What a checkpoint's device bytes say without restoring them. Throws BadInput when they are damaged. */
export function readAttempts(devices: Uint8Array): { readonly attempts: number; readonly ended: boolean } {
  const reader = new ByteReader(devices, 'a checkpoint');
  const ended = reader.u8() !== 0;
  return { attempts: reader.count(), ended };
}

/** Puts back what `saveState` copied; memory must be put back by the caller. Throws BadInput when it does not fit this machine. */
export function restoreState(machine: Machine, saved: Pick<SavedState, 'processor' | 'devices'>): void {
  const { cpu } = machine;
  const reader = new ByteReader(saved.devices, 'a checkpoint');
  reader.u8();
  reader.count();
  if (saved.processor.length !== cpu.processorBytes.length || reader.u8() !== DEVICES_VERSION) {
    throw new BadInput('a checkpoint is of another version of this core: record again to see instructions');
  }
  machine.devices.restore(reader);
  const words = new Uint32Array(reader.atMost(WATCHED_PAIRS_MAX, 'the number of watched pages'));
  for (let at = 0; at < words.length; at += 1) words[at] = reader.varint();
  reader.end();
  cpu.processorBytes.set(saved.processor);
  restoreWatchedPages(cpu, words);
}
