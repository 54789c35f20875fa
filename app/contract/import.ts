// Importing a log of another tool: what is chosen, how far it is, and the report, as plain data across the bridge.

/** A log chosen in a dialog, dropped or opened; `token` is what `importLog` takes. `bytes` is its size as it lies on disk. */
export type ChosenLog = { readonly token: string; readonly name: string; readonly path: string; readonly bytes: number };

/** `jobId` is chosen by the caller; it names the job in progress messages and in `cancelImport`. */
export type ImportRequest = { readonly jobId: string; readonly logToken: string };
/** `read` and `size`: bytes of the file as it lies on disk. */
export type ImportProgress = { readonly jobId: string; readonly read: number; readonly size: number; readonly lines: number; readonly events: number };

/** How a rule of the log's grammar counts: makes events, completes them, is understood and left aside, or is not understood. */
export type LineClass = 'event' | 'context' | 'ignored' | 'unknown';
export type ImportReport = {
  /** What wrote the log: `qemu -d int`. */
  readonly tool: string;
  readonly lines: number;
  readonly logBytes: number;
  readonly rules: readonly { readonly rule: string; readonly title: string; readonly class: LineClass; readonly lines: number }[];
  /** The first lines no rule knows. */
  readonly unknown: readonly { readonly line: number; readonly text: string }[];
  readonly events: number;
  readonly vectors: readonly { readonly vector: number; readonly name: string; readonly title: string | null; readonly records: number }[];
  readonly notes: readonly string[];
  readonly advice: readonly string[];
  readonly contentHash: string;
  readonly bytes: number;
};
