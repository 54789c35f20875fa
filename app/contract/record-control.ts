// The memory main and a recording worker share: to stop, to pause, and what the person gives the guest. A busy worker looks at it between slices; one that
// has nothing to do sleeps on the bell. Inputs pass through a ring with one writer (main) and one reader (the worker).
//   words: stop · paused · bell · bytes written · bytes read     then the ring: per input u8 device, u16 length, bytes
import { INPUT_DEVICES, type InputDevice } from '../../core/event/input.ts';
import { LIMITS } from './limits.ts';

export const STOP = { run: 0, keep: 1 } as const;
export type ControlMemory = SharedArrayBuffer;
export type GivenBytes = { readonly device: InputDevice; readonly bytes: Uint8Array };

const STOPPED = 0, PAUSED = 1, BELL = 2, WRITTEN = 3, READ = 4, WORDS = 5;
const RING_BYTES = 1 << 14, HEAD_BYTES = 3;

export function newControlMemory(): ControlMemory {
  return new SharedArrayBuffer(WORDS * 4 + RING_BYTES);
}

/** Either side's view of it. */
export class RecordControl {
  readonly #words: Int32Array;
  readonly #ring: Uint8Array;

  constructor(memory: ControlMemory) {
    this.#words = new Int32Array(memory, 0, WORDS);
    this.#ring = new Uint8Array(memory, WORDS * 4, RING_BYTES);
  }

  get isStopped(): boolean { return Atomics.load(this.#words, STOPPED) === STOP.keep; }
  get isPaused(): boolean { return Atomics.load(this.#words, PAUSED) !== 0; }
  /** What `sleep` compares: to be read before looking at anything else. */
  get bell(): number { return Atomics.load(this.#words, BELL); }

  stop(): void {
    Atomics.store(this.#words, STOPPED, STOP.keep);
    this.#ringBell();
  }

  pause(isPaused: boolean): void {
    Atomics.store(this.#words, PAUSED, isPaused ? 1 : 0);
    this.#ringBell();
  }

  /** Main: passes an input on. False when the guest has so many waiting that this one is lost. */
  give({ device, bytes }: GivenBytes): boolean {
    const written = Atomics.load(this.#words, WRITTEN), used = (written - Atomics.load(this.#words, READ)) >>> 0;
    if (bytes.length > LIMITS.inputBytes || used + HEAD_BYTES + bytes.length > RING_BYTES) return false;
    [INPUT_DEVICES.indexOf(device), bytes.length & 0xff, bytes.length >>> 8, ...bytes].forEach((byte, index) => { this.#ring[(written + index) & (RING_BYTES - 1)] = byte; });
    Atomics.store(this.#words, WRITTEN, (written + HEAD_BYTES + bytes.length) | 0);
    this.#ringBell();
    return true;
  }

  /** The worker: what was given since the last call. */
  take(): readonly GivenBytes[] {
    const given: GivenBytes[] = [], end = Atomics.load(this.#words, WRITTEN);
    let at = Atomics.load(this.#words, READ);
    const next = (): number => { at = (at + 1) | 0; return this.#ring[(at - 1) & (RING_BYTES - 1)] ?? 0; };
    while (at !== end) {
      const device = INPUT_DEVICES[next()] ?? 'keyboard', length = next() | (next() << 8);
      given.push({ device, bytes: Uint8Array.from({ length }, next) });
    }
    Atomics.store(this.#words, READ, at);
    return given;
  }

  /** The worker: sleeps until the bell is another than `bell`, at most so many milliseconds. */
  sleep(bell: number, milliseconds: number): void {
    Atomics.wait(this.#words, BELL, bell, milliseconds);
  }

  #ringBell(): void {
    Atomics.add(this.#words, BELL, 1);
    Atomics.notify(this.#words, BELL);
  }
}
