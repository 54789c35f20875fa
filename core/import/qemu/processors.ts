// The processors of a log, which names none on its records. A log whose resets name one processor has one. With several, each operating
// system gives every processor a task-state segment of its own: TR's base tells them apart, in the order they appear.

import { REGISTER_FILE_WORDS, registerOffset } from '../../arch/register-file.ts';

/** What the last dump of one processor showed. */
export interface Processor {
  readonly index: number;
  /** Its last dump; valid when `hasDump`. */
  readonly dump: Uint32Array;
  hasDump: boolean;
  /** Ring of the last dump, -1 unknown. */
  cpl: number;
  /** Something was delivered since that dump: it runs a handler. */
  entered: boolean;
  /** A dump without a record has shown it in ring 3 again after that. */
  returned: boolean;
  /** Its last event, -1 when it has none. */
  seqLast: number;
}

/** No more processors than this are told apart. */
const PROCESSORS_MAX = 256;
const TR_BASE = registerOffset('tr.base');

export class Processors {
  readonly list: Processor[] = [];
  /** The highest number any reset named, plus one; 0 when no reset was logged. */
  named = 0;
  private readonly byTask = new Map<number, Processor>();

  constructor() {
    this.at(0);
  }

  /** Forgets everything: another run begins. */
  clear(): void {
    this.list.length = 0;
    this.named = 0;
    this.byTask.clear();
    this.at(0);
  }

  /** A reset named this processor. */
  name(index: number): void {
    this.named = Math.max(this.named, Math.min(index + 1, PROCESSORS_MAX));
  }

  get isMultiprocessor(): boolean {
    return this.named > 1;
  }

  at(index: number): Processor {
    while (this.list.length <= Math.min(index, PROCESSORS_MAX - 1)) {
      this.list.push({ index: this.list.length, dump: new Uint32Array(REGISTER_FILE_WORDS), hasDump: false, cpl: -1, entered: false, returned: false, seqLast: -1 });
    }
    return this.list[Math.min(index, PROCESSORS_MAX - 1)]!;
  }

  /** The processor a dump is of. Before TR is loaded only the first one runs an operating system's code. */
  of(registers: Uint32Array): Processor {
    const lo = registers[TR_BASE]!, hi = registers[TR_BASE + 1]!;
    if (!this.isMultiprocessor || (lo === 0 && hi === 0)) return this.at(0);
    const key = hi * 0x1_0000_0000 + lo;
    const known = this.byTask.get(key);
    if (known !== undefined) return known;
    // more task-state segments than processors: a task switch, or a processor that got another one
    const found = this.at(Math.min(this.byTask.size, this.named - 1));
    if (this.byTask.size < PROCESSORS_MAX) this.byTask.set(key, found);
    return found;
  }
}
