// Answers what lies between the events of a recording by executing it again, and never lets a run that differs from the recording
// pass for it: every event on the way is compared. The questions: core/event/reexecutor.ts.

import { REGISTER_FILE_WORDS } from '../../arch/register-file.ts';
import { BadInput } from '../../base/bad-input.ts';
import type { CheckpointSource } from '../../event/checkpoint.ts';
import type { GuestFile } from '../../event/guest-file.ts';
import type { GuestInput } from '../../event/input.ts';
import { decodeEvent } from '../../event/decode.ts';
import { comparePositions, type Position } from '../../event/position.ts';
import type { LinearRange, Moment, Reexecutor, ReexecuteReply, ReexecuteRequest } from '../../event/reexecutor.ts';
import { setUpOf } from '../../event/set-up.ts';
import { materialiseFlags } from '../../cpu/flags.ts';
import { CS, SS } from '../../cpu/state.ts';
import { checkRequest } from './check-request.ts';
import { ComparingProbe, type Keeps, type RowSource } from './comparing-probe.ts';
import { ListeningProbe } from './listening-probe.ts';
import { createMachine, type Allocate } from '../machine.ts';
import { requestOf, type MachineOptions } from '../options.ts';
import { readLinear, readPhysical, walkNow } from './peek.ts';
import { preflight } from './preflight.ts';
import { boundsOf } from './recorded-bounds.ts';
import { RegisterSearch } from './register-search.ts';
import { Rewinder } from './rewinder.ts';
import { describeEnd } from '../run-end.ts';
import { Session } from '../session.ts';
import { tryChange } from './try-change.ts';
import { verifyRun } from './verify-run.ts';
import { WriteSearch } from './write-search.ts';

export interface Recorded {
  readonly image: Uint8Array;
  /** What the guest was given besides its image. */
  readonly files: readonly GuestFile[];
  /** What it was given on the way, by ascending boundary. */
  readonly inputs: readonly GuestInput[];
  readonly options: MachineOptions;
  readonly checkpoints: CheckpointSource;
  readonly rowOf: RowSource;
  /** The filter it was recorded with, for `verify`; null when every event was kept. Throws BadInput when it cannot be read. */
  readonly keeps?: () => Keeps | null;
  readonly eventCount: number;
  /** Version of the core that recorded, for the sentence when this one differs. */
  readonly coreVersion: string;
}
export interface ReexecutionPlatform {
  readonly allocate: Allocate;
  /** Lets others run during long searches, for example by awaiting a timer. */
  readonly pause?: () => Promise<void>;
}

const CODE_BYTES = 64;
const STACK_BYTES = 256;
/** Attempts made between two pauses. */
const PAUSE_EVERY = 100_000;

const difference = (recorded: Recorded, seq: number): ReexecuteReply => ({
  kind: 'absent', reason: `recorded by core ${recorded.coreVersion}, differs at seq ${String(seq)}`, differsAt: seq,
});

/** Makes the re-executor of one recording. Throws BadInput when the image or the options cannot be loaded (a damaged trace). */
export function createReexecutor(recorded: Recorded, platform: ReexecutionPlatform): Reexecutor {
  const machine = createMachine({ image: recorded.image, files: recorded.files, inputs: recorded.inputs, request: requestOf(recorded.options), allocate: platform.allocate });
  const probe = new ComparingProbe(machine.cpu, recorded);
  machine.cpu.probe = probe;
  const rewinder = new Rewinder(new Session(machine, boundsOf(machine.cpu, recorded)), recorded.checkpoints);
  const pause = platform.pause ?? (() => Promise.resolve());
  const answer = new Answers(recorded, rewinder, probe, pause);
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask(request) {
      const reply = last.then(() => answer.to(request));
      last = reply.catch(() => null);
      return reply;
    },
  };
}

// a search backwards ends before where it began, and what it tells is about all between
function reachOf(request: ReexecuteRequest): number {
  return request.kind === 'last-write' || request.kind === 'last-register-write' ? request.before.seq : 0;
}

class Answers {
  readonly #recorded: Recorded;
  readonly #rewinder: Rewinder;
  readonly #probe: ComparingProbe;
  readonly #pause: () => Promise<void>;
  readonly #writes: WriteSearch;
  readonly #registers: RegisterSearch;

  constructor(recorded: Recorded, rewinder: Rewinder, probe: ComparingProbe, pause: () => Promise<void>) {
    this.#recorded = recorded;
    this.#rewinder = rewinder;
    this.#probe = probe;
    this.#pause = pause;
    this.#writes = new WriteSearch(rewinder, probe, pause);
    this.#registers = new RegisterSearch(rewinder, probe, pause);
  }

  async to(request: ReexecuteRequest): Promise<ReexecuteReply> {
    checkRequest(request);
    const reply = await this.#answer(request);
    const { differsAt } = this.#probe;
    const isBeyond = differsAt !== null && Math.max(this.#rewinder.position.seq, reachOf(request)) > differsAt;
    return isBeyond ? difference(this.#recorded, differsAt) : reply;
  }

  async #answer(request: ReexecuteRequest): Promise<ReexecuteReply> {
    const rewinder = this.#rewinder;
    switch (request.kind) {
      case 'moment': rewinder.goToPosition(request.at); return this.#moment();
      case 'step': return this.#step(request.from, request.direction === 'forward' ? request.count : -request.count);
      case 'find-execution': return request.direction === 'forward' ? this.#findForward(request) : this.#findBackward(request);
      case 'read-linear': {
        rewinder.goToPosition(request.at);
        return { kind: 'bytes', linear: request.linear, physical: null, bytes: readLinear(rewinder.machine.cpu, request.linear, request.length) };
      }
      case 'read-physical': {
        rewinder.goToPosition(request.at);
        return { kind: 'bytes', linear: null, physical: request.physical, bytes: readPhysical(rewinder.machine.cpu, request.physical, request.length) };
      }
      case 'walk': rewinder.goToPosition(request.at); return { kind: 'walk', walk: walkNow(rewinder.machine.cpu, request.linear) };
      case 'screen': rewinder.goToPosition(request.at); return { kind: 'screen', screen: rewinder.machine.devices.screen() };
      case 'listen': return this.#listen(request.at);
      case 'try': rewinder.goToPosition(request.at); return tryChange(rewinder, request.change, request.attempts);
      case 'last-write': return { kind: 'written', write: await this.#writes.last(request) };
      case 'last-register-write': return { kind: 'register-written', write: await this.#registers.last(request) };
      case 'preflight': return this.#preflight(request.at);
      case 'verify': return this.#verify();
    }
  }

  // what devices do at the boundary belongs to the attempt behind it
  #listen(at: Position): ReexecuteReply {
    const rewinder = this.#rewinder;
    const { cpu } = rewinder.machine;
    rewinder.goToPosition(at);
    const probe = new ListeningProbe(this.#probe);
    cpu.probe = probe;
    try {
      rewinder.session.run(1);
    } finally {
      cpu.probe = this.#probe;
    }
    return { kind: 'heard', heard: probe.heard, cut: probe.cut };
  }

  // behind the event: on the boundary after its attempt
  #preflight(at: Position): ReexecuteReply {
    const rewinder = this.#rewinder;
    const row = this.#recorded.rowOf(at.seq);
    if (row === null) throw new BadInput(`event ${String(at.seq)} is not stored: nothing can be tried behind it`);
    const event = decodeEvent(row, at.seq);
    if (setUpOf(event) === null) return { kind: 'preflight', findings: [] };
    rewinder.goToPosition(at);
    rewinder.session.run(1);
    return { kind: 'preflight', findings: preflight(rewinder, event) };
  }

  #step(from: Position, count: number): ReexecuteReply {
    this.#rewinder.goToPosition(from);
    // a position inside an attempt counts as the boundary before it
    this.#rewinder.goToAttempts(Math.max(0, this.#rewinder.attempts + count));
    return this.#moment();
  }

  async #findForward({ from, ranges, until }: { readonly from: Position; readonly ranges: readonly LinearRange[]; readonly until: Position | null }): Promise<ReexecuteReply> {
    const rewinder = this.#rewinder;
    rewinder.goToPosition(from);
    rewinder.session.run(1);
    while (!this.#hasEnded() && !this.#hasDiffered()) {
      if (this.#isInRanges(ranges)) return this.#isBehind(until) ? { kind: 'not-found' } : this.#moment();
      rewinder.session.run(PAUSE_EVERY, { ranges, registers: 0 });
      if (!rewinder.session.isAtWatched) await this.#pause();
      if (this.#isBehind(until)) break;
    }
    return { kind: 'not-found' };
  }

  // from start to start backwards; within each stretch forwards, keeping the last hit
  async #findBackward({ from, ranges, until }: { readonly from: Position; readonly ranges: readonly LinearRange[]; readonly until: Position | null }): Promise<ReexecuteReply> {
    const rewinder = this.#rewinder;
    rewinder.goToPosition(from);
    // when `from` lies inside an attempt, the boundary before it is itself before `from`
    let end = comparePositions(rewinder.position, from) < 0 ? rewinder.attempts + 1 : rewinder.attempts;
    for (let isLast = false; end > 0 && !isLast;) {
      const first = rewinder.startBefore(end);
      rewinder.goToAttempts(first);
      isLast = until !== null && comparePositions(rewinder.position, until) < 0;
      const hit = await this.#lastHit({ end, ranges, until });
      if (hit >= 0) {
        rewinder.goToAttempts(hit);
        return this.#moment();
      }
      end = first;
    }
    return { kind: 'not-found' };
  }

  // the last boundary before number `end`, from where the machine stands on; -1 when there is none
  async #lastHit({ end, ranges, until }: { readonly end: number; readonly ranges: readonly LinearRange[]; readonly until: Position | null }): Promise<number> {
    const rewinder = this.#rewinder;
    let hit = -1;
    while (rewinder.attempts < end && !this.#hasEnded()) {
      const isWanted = until === null || comparePositions(rewinder.position, until) >= 0;
      if (isWanted && this.#isInRanges(ranges)) hit = rewinder.attempts;
      rewinder.session.run(1);
      if (rewinder.attempts < end) rewinder.session.run(Math.min(PAUSE_EVERY, end - rewinder.attempts), { ranges, registers: 0 });
      if (!rewinder.session.isAtWatched) await this.#pause();
    }
    return hit;
  }

  #hasEnded(): boolean {
    return this.#rewinder.session.end !== null;
  }

  #isBehind(until: Position | null): boolean {
    return until !== null && comparePositions(this.#rewinder.position, until) > 0;
  }

  #hasDiffered(): boolean {
    return this.#probe.differsAt !== null && this.#rewinder.position.seq > this.#probe.differsAt;
  }

  #isInRanges(ranges: readonly LinearRange[]): boolean {
    const { cpu } = this.#rewinder.machine;
    const linear = (cpu.segmentBase(CS) + cpu.eip) >>> 0;
    return ranges.some((range) => linear >= range.first && linear < range.end);
  }

  #moment(): ReexecuteReply {
    const { machine, session, position } = this.#rewinder;
    const { cpu } = machine;
    materialiseFlags(cpu);
    const code = (cpu.segmentBase(CS) + cpu.eip) >>> 0;
    const stack = (cpu.segmentBase(SS) + (cpu.stack32 !== 0 ? cpu.esp : cpu.esp & 0xffff)) >>> 0;
    const moment: Moment = {
      position,
      registers: cpu.registerFile.slice(0, REGISTER_FILE_WORDS),
      float: cpu.floatFile.slice(),
      code: { linear: code, bytes: readLinear(cpu, code, CODE_BYTES) },
      stack: { linear: stack, bytes: readLinear(cpu, stack, STACK_BYTES) },
      stopped: session.end === null ? null : describeEnd(session.end),
    };
    return { kind: 'moment', moment };
  }

  async #verify(): Promise<ReexecuteReply> {
    this.#probe.filterBy(this.#recorded.keeps?.() ?? null);
    const outcome = await verifyRun({ rewinder: this.#rewinder, probe: this.#probe, recorded: this.#recorded, pause: this.#pause });
    this.#probe.filterBy(null);
    return outcome.kind === 'same' ? { kind: 'verified', events: this.#recorded.eventCount, checkpoints: outcome.checkpoints } : difference(this.#recorded, outcome.seq);
  }
}
