// A guest may print to several devices, often the same text to each (port 0xE9 and COM1). The first one that prints is shown; of the
// others only what differs is mentioned, so that nothing is doubled and nothing is lost unsaid.

/** Bytes of the shown device that are kept to compare others with. */
const KEPT_BYTES = 1 << 20;

export class Consoles {
  private readonly show: (bytes: Uint8Array) => void;
  private readonly kept: number[] = [];
  private first: string | null = null;
  private readonly others = new Map<string, { bytes: number; same: boolean }>();

  constructor(show: (bytes: Uint8Array) => void) { this.show = show; }

  /** Takes what a device printed. */
  take(device: string, bytes: Uint8Array): void {
    this.first ??= device;
    if (device === this.first) {
      this.show(bytes);
      for (let at = 0; at < bytes.length && this.kept.length < KEPT_BYTES; at += 1) this.kept.push(bytes[at]!);
      return;
    }
    const other = this.others.get(device) ?? { bytes: 0, same: true };
    for (const byte of bytes) {
      other.same &&= other.bytes < this.kept.length && this.kept[other.bytes] === byte;
      other.bytes += 1;
    }
    this.others.set(device, other);
  }

  /** One sentence for every device whose text was not shown and was another. */
  notes(): readonly string[] {
    return [...this.others].filter(([, other]) => !other.same)
      .map(([device, { bytes }]) => `the guest printed another ${String(bytes)} bytes to ${device}; shown is ${this.first ?? ''} (ringscope events lists both)`);
  }
}
