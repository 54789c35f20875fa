// Which attempt last changed words of the register file before a point: the recording is executed again backwards, piece by piece, and the
// words are compared after every attempt. Farther back, slices in which they cannot have changed are executed at full speed.

import { EFLAGS_RF } from '../../arch/flags.ts';
import { registerOffset, FAST_WORDS, SEGMENT_WORDS } from '../../arch/register-file.ts';
import { joinU64 } from '../../base/u64.ts';
import { STATUS_FLAGS } from '../../cpu/flags.ts';
import { CS, type Cpu } from '../../cpu/state.ts';
import { FLAGS_CHANGE, SYSTEM_FLAGS_CHANGE } from '../../isa/changed-registers.ts';
import { EVENT_KINDS, type EventKind } from '../../event/kinds.ts';
import { comparePositions, type Position } from '../../event/position.ts';
import type { EventDraft } from '../../event/draft.ts';
import type { Probe } from '../../event/probe.ts';
import type { RegisterWrite } from '../../event/reexecutor.ts';
import type { Rewinder } from './rewinder.ts';

/** Attempts of the first piece that is looked at one by one; each further piece is longer by GROWTH, as long as it begins within CLOSE. */
const PIECE = 64, GROWTH = 4, CLOSE = 4_096;
/** Attempts of a slice that is executed at once; attempts made between two pauses. */
const SLICE = 2_048, PAUSE_EVERY = 100_000;

const SEGMENTS = registerOffset('es.selector'), SEGMENTS_END = SEGMENTS + 8 * SEGMENT_WORDS;
const GENERAL_END = 16, RFLAGS = registerOffset('rflags');
const UNTOLD = ['activity', 'shadow'].map(registerOffset);
/** Events that may show a change of a register. */
const SHOWING: readonly EventKind[] = ['fault', 'transition', 'msr-write', 'cr-write', 'dr-write', 'table-load', 'mode-change', 'halt', 'shutdown'];

export interface RegisterQuestion { readonly before: Position; readonly offset: number; readonly words: number; readonly mask: number | null }
/** The words looked at: how to read them, and the bits that count (null: all). */
interface Looked { readonly read: () => bigint; readonly mask: bigint | null; readonly offset: number }
const isSame = (looked: Looked, one: bigint, other: bigint): boolean => (looked.mask === null ? one === other : ((one ^ other) & looked.mask) === 0n);
interface Attempts { readonly start: number; readonly end: number }

export class RegisterSearch {
  readonly #rewinder: Rewinder;
  readonly #events: Probe;
  readonly #pause: () => Promise<void>;

  /** `events`: who compares the events of what is executed again. */
  constructor(rewinder: Rewinder, events: Probe, pause: () => Promise<void>) {
    this.#rewinder = rewinder;
    this.#events = events;
    this.#pause = pause;
  }

  /** The last change; null when the words are as the machine started. */
  async last({ before, offset, words, mask }: RegisterQuestion): Promise<RegisterWrite | null> {
    const rewinder = this.#rewinder;
    const read = (): bigint => joinU64(rewinder.machine.cpu.register(offset), words === 2 ? rewinder.machine.cpu.registerHigh(offset) : 0);
    const looked = { read, mask: mask === null ? null : BigInt(mask), offset };
    rewinder.goToPosition(before);
    const end = rewinder.attempts;
    if (comparePositions(rewinder.position, before) < 0) {
      const inside = this.#changeIn(looked, before);
      if (inside !== null) return inside;
    }
    const attempt = await this.#lastBefore(end, looked);
    if (attempt < 0) return null;
    rewinder.goToAttempts(attempt);
    return this.#changeIn(looked, before);
  }

  async #lastBefore(end: number, looked: Looked): Promise<number> {
    // most of what changes often has changed just now
    let last = end;
    for (let piece = PIECE; looked.offset < FAST_WORDS && last > 0 && last > end - CLOSE; piece *= GROWTH) {
      const start = Math.max(0, last - piece);
      const found = this.#lastChange(looked, { start, end: last });
      if (found >= 0) return found;
      last = start;
    }
    while (last > 0) {
      const start = this.#rewinder.startBefore(last);
      const slices = await this.#suspects(looked, { start, end: last });
      for (const slice of slices.reverse()) {
        const found = this.#lastChange(looked, slice);
        if (found >= 0) return found;
      }
      last = start;
    }
    return -1;
  }

  /** The slices of [start, end) in which the words may have changed. */
  async #suspects(looked: Looked, { start, end }: Attempts): Promise<Attempts[]> {
    const rewinder = this.#rewinder;
    const found: Attempts[] = [];
    const watch = new ValueWatch(this.#events, looked);
    rewinder.goToAttempts(start);
    while (rewinder.attempts < end && rewinder.session.end === null) {
      const { attempts } = rewinder;
      if (this.#mayChange(watch, Math.min(SLICE, end - attempts), looked)) found.push({ start: attempts, end: rewinder.attempts });
      if (Math.floor(attempts / PAUSE_EVERY) !== Math.floor(rewinder.attempts / PAUSE_EVERY)) await this.#pause();
    }
    return found;
  }

  /**
   * Makes so many attempts and tells whether the words may have changed. General registers and flags change by instructions whose operands say
   * so, and by deliveries and task switches, which events show; segment registers make `generation` grow; all others change with an event.
   */
  #mayChange(watch: ValueWatch, attempts: number, looked: Looked): boolean {
    const { session, machine: { cpu } } = this.#rewinder;
    const { generation } = cpu;
    const goal = cpu.attempts + attempts;
    const registers = registersAt(looked);
    let isStopped = registers === null;
    watch.restart();
    cpu.probe = watch;
    try {
      while (cpu.attempts < goal && session.end === null) {
        session.run(goal - cpu.attempts, registers === 0 || registers === null || isStopped ? null : { ranges: [], registers });
        isStopped ||= session.isAtWatched;
      }
    } finally {
      cpu.probe = this.#events;
    }
    return isStopped || watch.hasChanged || watch.differs || (isUntold(looked.offset) && cpu.generation !== generation);
  }

  /** The last attempt of [start, end) that changed the words; -1 when none did. */
  #lastChange(looked: Looked, { start, end }: Attempts): number {
    const { read } = looked;
    const rewinder = this.#rewinder;
    rewinder.goToAttempts(start);
    let found = -1, value = read();
    while (rewinder.attempts < end && rewinder.session.end === null) {
      const { attempts } = rewinder;
      rewinder.session.run(1);
      const now = read();
      if (!isSame(looked, now, value)) found = attempts;
      value = now;
    }
    return found;
  }

  /** What the attempt that begins here changes before `before`; null when it changes nothing. */
  #changeIn(looked: Looked, before: Position): RegisterWrite | null {
    const { read } = looked;
    const { machine: { cpu }, session, position: at } = this.#rewinder;
    const { cpl, eip } = cpu, cs = cpu.segmentSelector(CS);
    const watch = new ValueWatch(this.#events, looked, { cpu, seq: before.seq });
    watch.restart();
    const first = read();
    cpu.probe = watch;
    try {
      session.run(1);
    } finally {
      cpu.probe = this.#events;
    }
    const after = watch.stopped ?? read();
    if (isSame(looked, after, first)) return null;
    return { at, event: isSame(looked, watch.valueShown, after) ? watch.shownBy : null, cpl, cs, ip: BigInt(eip), before: first, after };
  }
}

/** General registers and flags as changed-registers.ts counts them; 0 for what no operand names, null for what every instruction may change (RIP, RF). */
function registersAt({ offset, mask }: Looked): number | null {
  if (offset >= FAST_WORDS) return 0;
  if (offset < GENERAL_END) return 1 << (offset >>> 1);
  if (offset !== RFLAGS || (mask !== null && (mask & RESUME) !== 0n)) return null;
  return mask === null || (mask & STATUS) !== 0n ? FLAGS_CHANGE : SYSTEM_FLAGS_CHANGE;
}
const STATUS = BigInt(STATUS_FLAGS), RESUME = BigInt(EFLAGS_RF);

/** True for words that instructions change without an event: segment registers, and the processor's activity. */
const isUntold = (offset: number): boolean => (offset >= SEGMENTS && offset < SEGMENTS_END) || UNTOLD.includes(offset);

interface Until { readonly cpu: Cpu; readonly seq: number }

/** Looks at a value whenever an event leaves the processor. */
class ValueWatch implements Probe {
  readonly listening = false;
  readonly #events: Probe;
  readonly #looked: Looked;
  readonly #until: Until | null;
  #first = 0n;
  /** Some event saw another value than the one before it did. */
  hasChanged = false;
  /** The event that showed the last change, and the value then. */
  shownBy: number | null = null;
  valueShown = 0n;
  /** The value just before the event `until` names, once it has come. */
  stopped: bigint | null = null;

  constructor(events: Probe, looked: Looked, until: Until | null = null) {
    this.#events = events;
    this.#looked = looked;
    this.#until = until;
  }

  restart(): void {
    this.#first = this.valueShown = this.#looked.read();
    this.hasChanged = false;
    this.shownBy = null;
  }

  /** The value is not what it was at the restart. */
  get differs(): boolean { return !isSame(this.#looked, this.#looked.read(), this.#first); }

  before(): void {
    if (this.#until !== null && this.#until.cpu.seq === this.#until.seq) this.stopped ??= this.#looked.read();
    this.#events.before();
  }

  emit(seq: number, draft: EventDraft): void {
    const value = this.#looked.read();
    if (this.#until !== null && seq >= this.#until.seq) this.stopped ??= this.valueShown;
    else if (!isSame(this.#looked, value, this.valueShown)) {
      this.hasChanged = true;
      this.valueShown = value;
      this.shownBy = SHOWING.includes(EVENT_KINDS[draft.kind]!) ? seq : null;
    }
    this.#events.emit(seq, draft);
  }

  check(): void {
    // not listening
  }

  differ(): void {
    // not listening
  }

  access(): void {
    // not listening
  }
}
