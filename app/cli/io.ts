// Everything a command may touch outside itself: standard streams, files, time, interrupts, the app. Tests give their own.

/** A file (or stdout) being written. */
export interface Output {
  write(bytes: Uint8Array): void;
  close(): void;
}

/** A file (or stdin) being read piece by piece. */
export interface Input {
  /** Bytes in all, or null where that is not known. */
  readonly size: number | null;
  /** The next bytes, valid until the next call; null at the end. Throws BadInput with one line. */
  read(): Uint8Array | null;
  close(): void;
}

export interface Io {
  /** Text to stdout. */
  out(text: string): void;
  /** Text to stderr. */
  err(text: string): void;
  /** Raw bytes to stdout: a trace written to `-`, a guest's console. */
  outBytes(bytes: Uint8Array): void;
  /** True when the stream is a person's terminal: colours and progress only there. */
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** False when the person asked for none (NO_COLOR). */
  readonly colour: boolean;
  /** All bytes of a file, or of stdin for `-`. Throws BadInput with one line. */
  readFile(path: string): Uint8Array;
  /** Opens a file, or stdin for `-`, for reading in pieces. Throws BadInput with one line. */
  openInput(path: string): Input;
  /** Opens a file for writing, or stdout for `-`. Throws BadInput with one line. */
  openOutput(path: string): Output;
  /** True when both names lead to one existing file. */
  isSameFile(a: string, b: string): boolean;
  /** Milliseconds from some fixed point. */
  now(): number;
  /** Lets the process breathe: signals are seen, output is written. */
  pause(): Promise<void>;
  /** Calls `listener` at Ctrl+C instead of ending; answers how to stop listening. */
  onInterrupt(listener: () => void): () => void;
  /** Starts the desktop app with a trace (or none) and answers its exit status. */
  launchApp(trace: string | null): Promise<number>;
  /** Version of the program. */
  readonly version: string;
}
