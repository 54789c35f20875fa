// The layer of an operating system over the events of one recording: what it makes of each, in words and as JSON.

import { hex } from '../../base/u64.ts';
import type { JsonValue } from '../../event/json.ts';
import type { TraceSource } from '../source.ts';
import { addressSpaces, spaceEnteredAt, type AddressSpace } from './address-spaces.ts';
import { callNumberAt, callOf, callText, SYSTEM_TITLES, type System } from './system-call.ts';

export class SystemView {
  readonly system: System;
  readonly #trace: TraceSource;
  #spaces: ReadonlyMap<bigint, AddressSpace> | null = null;

  constructor(trace: TraceSource, system: System) {
    this.#trace = trace;
    this.system = system;
  }

  /** What the system makes of an event, to stand behind the event's own sentence: `Linux system call write (4)`; empty for most. */
  wordsAt(seq: number): string {
    const call = callOf(callNumberAt(this.#trace, seq));
    if (call !== null) return `${SYSTEM_TITLES[this.system]} system ${call.name === null ? callText(call) : `call ${callText(call)}`}`;
    const space = this.#spaceEntered(seq);
    return space === null ? '' : `${SYSTEM_TITLES[this.system]} goes to address space ${String(space.number)}`;
  }

  /** The same as an object; null for events it has nothing to say of. */
  jsonAt(seq: number): JsonValue {
    const call = callOf(callNumberAt(this.#trace, seq));
    if (call !== null) return { system: this.system, call: { number: call.number, name: call.name } };
    const space = this.#spaceEntered(seq);
    return space === null ? null : { system: this.system, addressSpace: { number: space.number, cr3: hex(space.cr3) } };
  }

  #spaceEntered(seq: number): AddressSpace | null {
    const cr3 = spaceEnteredAt(this.#trace, seq);
    if (cr3 === null) return null;
    this.#spaces ??= new Map(addressSpaces(this.#trace).map((space) => [space.cr3, space]));
    return this.#spaces.get(cr3) ?? null;
  }
}
