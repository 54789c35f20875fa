// The two 8259A of a PC: lines 0..7 at ports 0x20/0x21, lines 8..15 at 0xA0/0xA1, the second one's output at line 2 of the first.
// Turns changes of lines into `interrupt-line` events and the first one's output into the processor's INTR. The chip: pic-chip.ts.
// IBM "Personal Computer AT Technical Reference": "System Interrupts".

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { LINE_ACKNOWLEDGED, LINE_LOWERED, LINE_RAISED } from '../../cpu/emit.ts';
import { PIC_STATE_BYTES, PicChip } from './pic-chip.ts';
import type { PortDevice, Saved } from './port-device.ts';

export const MASTER_PORT = 0x20, SLAVE_PORT = 0xa0;
const CASCADE_LINE = 2, SPURIOUS_LINE = 7;
const CASCADE_BITS = 1 << CASCADE_LINE;

/** `change` is one of LINE_RAISED, LINE_ACKNOWLEDGED, LINE_LOWERED; `vector` is null but for an acknowledge by the processor. */
export interface PicListener {
  readonly onLine: (line: number, change: number, vector: number | null) => void;
  /** The level of the output to the processor, told after every change that could move it. */
  readonly onRequest: (isRaised: boolean) => void;
}

export class PicPair implements PortDevice, Saved {
  readonly #master = new PicChip(CASCADE_BITS);
  readonly #slave = new PicChip(CASCADE_LINE);
  readonly #listener: PicListener;

  constructor(listener: PicListener) { this.#listener = listener; }

  /** A device's line, 0..15. A request that is masked is told of when its mask is lifted. */
  setLine(line: number, isHigh: boolean): void {
    const before = this.#visible;
    this.#chipOf(line).setLine(line & 7, isHigh);
    if (!isHigh && ((before >>> line) & 1) !== 0) this.#listener.onLine(line, LINE_LOWERED, null);
    this.#settle(before);
  }

  /** The level of the output to the processor. */
  get isRequesting(): boolean { return this.#master.isRequesting; }

  /** True when a request on `line` would reach the processor now. */
  wouldServe(line: number): boolean {
    return line < 8 ? this.#master.wouldServe(line) : this.#slave.wouldServe(line & 7) && this.#master.wouldServe(CASCADE_LINE);
  }

  /** INTA: takes the request with the highest priority into service. Returns its vector. */
  acknowledge(): number {
    const first = this.#master.acknowledge();
    let line = first < 0 ? SPURIOUS_LINE : first, vector = this.#master.vectorOf(line);
    if (first === CASCADE_LINE) {
      const second = this.#slave.acknowledge();
      line = second < 0 ? SPURIOUS_LINE : second;
      vector = this.#slave.vectorOf(line);
      line += 8;
      // its output falls while it is answered, so that a further request makes an edge
      this.#master.setLine(CASCADE_LINE, false);
    }
    this.#listener.onLine(line, LINE_ACKNOWLEDGED, vector);
    this.#settle(this.#visible);
    return vector;
  }

  read(port: number): number {
    const chip = this.#chipAt(port);
    const before = this.#visible, requests = chip.requests;
    const value = chip.read(port & 1);
    const taken = requests & ~chip.requests;
    if (taken !== 0) this.#listener.onLine((chip === this.#slave ? 8 : 0) + 31 - Math.clz32(taken), LINE_ACKNOWLEDGED, null);
    this.#settle(before);
    return value;
  }

  write(port: number, value: number): void {
    const before = this.#visible;
    this.#chipAt(port).write(port & 1, value);
    this.#settle(before);
  }

  save(writer: ByteWriter): void {
    writer.append(this.#master.state);
    writer.append(this.#slave.state);
  }

  restore(reader: ByteReader): void {
    this.#master.state.set(reader.take(PIC_STATE_BYTES));
    this.#slave.state.set(reader.take(PIC_STATE_BYTES));
  }

  #chipOf(line: number): PicChip { return line < 8 ? this.#master : this.#slave; }
  #chipAt(port: number): PicChip { return (port & 0xfe) === MASTER_PORT ? this.#master : this.#slave; }

  /** Requests of devices that are latched and not masked, a bit for each of 16 lines. */
  get #visible(): number { return (this.#master.visible & ~CASCADE_BITS) | (this.#slave.visible << 8); }

  #settle(before: number): void {
    const raised = this.#visible & ~before;
    for (let line = 0; line < 16; line += 1) if (((raised >>> line) & 1) !== 0) this.#listener.onLine(line, LINE_RAISED, null);
    this.#master.setLine(CASCADE_LINE, this.#slave.isRequesting);
    this.#listener.onRequest(this.#master.isRequesting);
  }
}
