// Everything the guest prints, on whichever device: passed on at once to who listens, and gathered into `console` events (console.ts).

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { emitConsole } from '../../cpu/emit.ts';
import type { Cpu } from '../../cpu/state.ts';
import { ConsoleLine } from './console.ts';
import type { Saved } from './port-device.ts';

/** The devices a guest can print on. */
export type ConsoleDevice = 'debug' | 'com1' | 'screen';
/** Told every byte the guest prints, at once. */
export type ConsoleListener = (device: string, byte: number) => void;

export class ConsoleOutput implements Saved {
  /** Replaced freely: who shows what the guest prints. Never part of what is recorded. */
  listener: ConsoleListener | null = null;
  readonly #lines = { debug: new ConsoleLine('debug'), com1: new ConsoleLine('com1'), screen: new ConsoleLine('screen') } as const;
  #consoleEvents = 0;
  readonly #cpu: () => Cpu;

  /** `cpu`: the processor whose events tell what was printed. */
  constructor(cpu: () => Cpu) { this.#cpu = cpu; }

  print(device: ConsoleDevice, byte: number): void {
    this.listener?.(device, byte);
    const line = this.#lines[device];
    const otherEvents = this.#cpu().seq - this.#consoleEvents;
    if (line.isInterrupted(otherEvents)) this.#emitLine(line);
    if (line.add(byte, otherEvents)) this.#emitLine(line);
  }

  /** Makes events of what waits for the end of its line: the run is over. */
  flush(): void {
    for (const line of this.#all) if (line.waiting.length > 0) this.#emitLine(line);
  }

  save(writer: ByteWriter): void {
    writer.count(this.#consoleEvents);
    for (const line of this.#all) {
      writer.count(line.otherEvents);
      writer.varint(line.waiting.length);
      writer.append(line.waiting);
    }
  }

  restore(reader: ByteReader): void {
    this.#consoleEvents = reader.count();
    for (const line of this.#all) {
      const otherEvents = reader.count();
      line.restore(reader.take(reader.varint()), otherEvents);
    }
  }

  get #all(): readonly ConsoleLine[] { return Object.values(this.#lines); }

  #emitLine(line: ConsoleLine): void {
    this.#consoleEvents += 1;
    emitConsole(this.#cpu(), line.take(), line.device);
  }
}
