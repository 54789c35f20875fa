// The two IDE channels of a PC where every guest looks for them: hard disks on the first one, nothing on the second.
// ANSI "AT Attachment with Packet Interface - 6"; IBM "Personal Computer AT Technical Reference": "Fixed Disk Adapter" for ports and lines.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { WakeQuestion } from '../../cpu/bus.ts';
import type { DiskContents } from '../disks/contents.ts';
import { IDE_PORTS, IdeChannel } from './ide-channel.ts';
import type { PortRange, Saved, Timed } from './port-device.ts';

/** Command block, control block and interrupt line. */
const CHANNELS = [{ command: 0x1f0, control: 0x3f6, line: 14 }, { command: 0x170, control: 0x376, line: 15 }] as const;

/** What the channels need of the machine. */
export interface IdeHost {
  readonly clock: () => number;
  readonly setLine: (line: number, isHigh: boolean) => void;
  readonly wouldServe: (line: number) => boolean;
  /** A channel will act by itself at a new point of the clock. */
  readonly onDeadline: () => void;
}

export class Ide implements Saved, Timed {
  readonly ports: readonly PortRange[];
  readonly #channels: readonly IdeChannel[];

  constructor({ clock, setLine, wouldServe, onDeadline }: IdeHost) {
    this.#channels = CHANNELS.map(({ command, line }) => new IdeChannel(command, {
      clock, onDeadline, setLine: (isHigh) => { setLine(line, isHigh); }, wouldServe: () => wouldServe(line),
    }));
    this.ports = CHANNELS.flatMap(({ command, control }, index) => [
      { first: command, end: command + IDE_PORTS, device: this.#channels[index]! }, { first: control, end: control + 1, device: this.#channels[index]!.controlPort },
    ]);
  }

  /** Puts hard disks on the first channel, before anything runs. */
  connect(hardDisks: readonly DiskContents[]): void {
    this.#channels[0]!.connect(hardDisks);
  }

  get deadline(): number {
    let first = Infinity;
    for (const { deadline } of this.#channels) if (deadline < first) first = deadline;
    return first;
  }
  catchUp(): void { for (const channel of this.#channels) channel.catchUp(); }
  willWake(question: WakeQuestion): boolean { return this.#channels.some((channel) => channel.willWake(question)); }
  save(writer: ByteWriter): void { for (const channel of this.#channels) channel.save(writer); }
  restore(reader: ByteReader): void { for (const channel of this.#channels) channel.restore(reader); }
}
