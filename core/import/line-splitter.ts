// Bytes in pieces of any size -> lines. A line is handed out as a range of bytes: no text is made, no encoding assumed. LF and CRLF end
// a line; what follows the last one is a line too, marked as cut. Memory: the piece that was fed and at most one line of LINE_BYTES_MAX.

/** A longer line is not handed out but reported as overlong; what it held is gone. */
export const LINE_BYTES_MAX = 1 << 14;

export interface LineListener {
  /** One line without its end. The bytes are only valid during the call. `isCut`: the file ended without a line end. */
  line(bytes: Uint8Array, first: number, end: number, isCut: boolean): void;
  /** A line that was longer than LINE_BYTES_MAX. */
  overlong(): void;
}

const LF = 10, CR = 13;

export class LineSplitter {
  private readonly listener: LineListener;
  /** The beginning of a line whose end has not come yet. */
  private readonly held = new Uint8Array(LINE_BYTES_MAX + 1);
  private heldLength = 0;
  private isSkipping = false;

  constructor(listener: LineListener) {
    this.listener = listener;
  }

  /** Hands out every line that ends in these bytes. */
  feed(bytes: Uint8Array): void {
    let first = 0;
    while (first < bytes.length) {
      const end = bytes.indexOf(LF, first);
      if (end < 0) {
        this.hold(bytes, first, bytes.length);
        return;
      }
      if (this.heldLength === 0 && !this.isSkipping && end - first <= LINE_BYTES_MAX) this.hand(bytes, first, end);
      else {
        this.hold(bytes, first, end);
        this.release(false);
      }
      first = end + 1;
    }
  }

  /** Hands out what follows the last line end. */
  finish(): void {
    if (this.heldLength > 0 || this.isSkipping) this.release(true);
  }

  private hand(bytes: Uint8Array, first: number, end: number): void {
    this.listener.line(bytes, first, end > first && bytes[end - 1] === CR ? end - 1 : end, false);
  }

  private hold(bytes: Uint8Array, first: number, end: number): void {
    if (this.isSkipping) return;
    const length = end - first;
    if (this.heldLength + length > this.held.length) {
      this.isSkipping = true;
      this.heldLength = 0;
      return;
    }
    this.held.set(bytes.subarray(first, end), this.heldLength);
    this.heldLength += length;
  }

  private release(isCut: boolean): void {
    const { held, heldLength, isSkipping } = this;
    this.heldLength = 0;
    this.isSkipping = false;
    if (isSkipping || heldLength > LINE_BYTES_MAX) this.listener.overlong();
    else this.listener.line(held, 0, heldLength > 0 && held[heldLength - 1] === CR ? heldLength - 1 : heldLength, isCut);
  }
}
