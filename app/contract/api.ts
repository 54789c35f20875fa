// The bridge between the window and the rest of the program: what `window.ringscope` offers the renderer.
// Only plain data crosses it. Main checks every argument (see limits.ts and parse.ts); the bytes of a trace do not
// cross it at all: the renderer fetches them from `OpenedTrace.url`, which main streams from the file it opened.
import type { ReexecuteReply, ReexecuteRequest } from '../../core/event/reexecutor.ts';
import type { ChosenLog, ImportProgress, ImportReport, ImportRequest } from './import.ts';

/** Names one open trace until `closeTrace`. */
export type TraceId = string;

/** A trace main has opened; `fetch(url)` gives its bytes (same origin, exactly `bytes` long). */
export type OpenedTrace = {
  readonly id: TraceId;
  /** File name, or a sample's title. */
  readonly name: string;
  /** Where it lies on disk; null for a sample and for a recording not yet saved. */
  readonly path: string | null;
  /** Set when it came from the gallery. */
  readonly sample: string | null;
  readonly bytes: number;
  readonly url: string;
};

/** `message` is one line: what is wrong and what to do. */
export type Failed = { readonly kind: 'failed'; readonly message: string };
export type Cancelled = { readonly kind: 'cancelled' };
/** A file that is no trace may be a log to import, or an image to record: the window asks. */
export type OpenOutcome =
  | { readonly kind: 'opened'; readonly trace: OpenedTrace } | { readonly kind: 'log'; readonly log: ChosenLog } | { readonly kind: 'chosen'; readonly image: ChosenImage }
  | Cancelled | Failed;
export type SaveOutcome = { readonly kind: 'saved'; readonly path: string } | Cancelled | Failed;

/** One scenario of the gallery: the front matter and text of `traces/<name>.md`. Sorted by `order`. */
export type SampleInfo = {
  /** File name without extension: `int80-syscall`. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what it teaches. */
  readonly teaches: string;
  readonly order: number;
  readonly tags: readonly string[];
  /** False when the recorded trace is missing; the card is shown, opening fails with a sentence. */
  readonly hasTrace: boolean;
  /** Events in the trace where the page states it, else null. */
  readonly events: number | null;
  /** The lesson, Markdown, without the front matter. */
  readonly page: string;
};

export type RecentTrace = {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  /** Milliseconds since 1970, when it was last opened. */
  readonly openedAt: number;
  /** False when the file is gone. */
  readonly present: boolean;
};

/** An image chosen in a dialog or dropped; `token` is what `record` takes (a path never comes back from the renderer). */
export type ChosenImage = { readonly token: string; readonly name: string; readonly path: string; readonly bytes: number };
export type ChooseImageOutcome = { readonly kind: 'chosen'; readonly image: ChosenImage } | Cancelled | Failed;

/** A file somebody gives for the names in it, whole. */
export type SymbolsOutcome = { readonly kind: 'symbols'; readonly name: string; readonly bytes: Uint8Array } | Cancelled | Failed;
export type ChooseLogOutcome = { readonly kind: 'log'; readonly log: ChosenLog } | Cancelled | Failed;
/** The trace is open already; who does not want it closes it. */
export type ImportOutcome = { readonly kind: 'imported'; readonly report: ImportReport; readonly trace: OpenedTrace } | Cancelled | Failed;

export type ImageFormat = 'auto' | 'flat' | 'elf' | 'boot' | 'rom' | 'multiboot' | 'multiboot2' | 'linux' | 'pvh';
/** What a file beside the image is for; an initial RAM disk is a module where the boot protocol has those. */
export type GivenFileRole = 'initrd' | 'disk' | 'symbols';
/** Addresses and sizes are whole numbers; an omitted option means the recorder's own default. */
export type RecordOptions = {
  readonly format: ImageFormat;
  /** Guest memory in bytes. */
  readonly memory?: number;
  readonly maxInstructions?: number;
  readonly maxEvents?: number;
  /** Name of the processor model. */
  readonly cpuModel?: string;
  /** Flat images: where the first byte is loaded and where execution begins. */
  readonly org?: number;
  readonly entry?: number;
  /** Command line of a kernel whose boot protocol has one. */
  readonly append?: string;
  /** A person is there: the guest waits for keys, and its idle time passes in real time. */
  readonly live?: boolean;
};
/** `token` as of an image; `argument` is a module's. */
export type GivenFileRequest = { readonly role: GivenFileRole; readonly token: string; readonly argument: string };
export type RecordRequest = {
  /** Chosen by the caller (`crypto.randomUUID()`); names the job in progress messages and in `cancelRecord`. */
  readonly jobId: string;
  readonly imageToken: string;
  readonly files?: readonly GivenFileRequest[];
  readonly options: RecordOptions;
};
export type RecordProgress = {
  readonly jobId: string;
  readonly instructions: number;
  readonly events: number;
  /** Size of the trace so far. */
  readonly bytes: number;
  /** Part of the way to the nearer bound, 0 to 1; instructions a second; what the bounds allow more, at most: seconds, and bytes in all. Null where not known yet. */
  readonly part: number;
  readonly speed: number | null;
  readonly secondsLeft: number | null;
  readonly bytesAtEnd: number | null;
  /** `waits`: until an input comes. `sleeps`: until a device wakes it, in real time. */
  readonly state: 'runs' | 'sleeps' | 'waits' | 'paused';
  /** What the guest has printed so far, bounded to the last few thousand characters. */
  readonly console: string;
};
/** The guest of an open trace is recorded anew, with a change (core/event/change.ts) made just before event `seq`. */
export type RecordChangeRequest = { readonly jobId: string; readonly traceId: TraceId; readonly seq: number; readonly change: string };
/** What a person does to a recording under way: holds it or lets it go on, or gives the guest a key (`+KeyA`) or, on COM1, text. */
export type SteerRecord = { readonly jobId: string } & ({ readonly kind: 'pause' | 'resume' } | { readonly kind: 'input'; readonly device: 'keyboard' | 'com1'; readonly text: string });
/** `keep` ends the recording and opens what there is; `discard` makes `record` answer `cancelled`. */
export type CancelRecord = { readonly jobId: string; readonly partial: 'keep' | 'discard' };

export type Theme = 'system' | 'light' | 'dark';
export type SavedBreakpoint = { readonly expression: string; readonly name: string | null; readonly enabled: boolean };
/**
 * What is remembered between runs. Main applies `theme` through the system colour scheme, so that the
 * renderer's `@media (prefers-color-scheme: dark)` already tells the theme to paint, from the first frame on.
 */
export type Settings = {
  readonly theme: Theme;
  /** Sizes of panes by name, any finite number the renderer likes. */
  readonly panes: Readonly<Record<string, number>>;
  readonly breakpoints: readonly SavedBreakpoint[];
};

export type Platform = {
  readonly os: 'linux' | 'darwin' | 'win32' | 'other';
  readonly app: string;
  readonly electron: string;
  readonly chrome: string;
  readonly node: string;
};

/** Chosen from the menu. Where the renderer has a key for the same thing, the key stays the renderer's. */
export type MenuCommand =
  | 'gallery' | 'open' | 'record' | 'import' | 'save' | 'symbols' | 'close-trace' | 'find' | 'palette' | 'keys'
  | 'run' | 'reverse' | 'step-event' | 'step-event-back' | 'step-instruction' | 'step-instruction-back'
  | 'step-over' | 'step-over-back' | 'step-out' | 'step-out-back'
  | 'next-fault' | 'previous-fault' | 'next-cpl-change' | 'previous-cpl-change';

/** Calls the renderer can make. Every one is answered; none rejects for a reason the user could cause. */
export type Calls = {
  samples(): Promise<readonly SampleInfo[]>;
  openSample(name: string): Promise<OpenOutcome>;
  openDialog(): Promise<OpenOutcome>;
  recents(): Promise<readonly RecentTrace[]>;
  openRecent(id: string): Promise<OpenOutcome>;
  forgetRecent(id: string): Promise<readonly RecentTrace[]>;
  saveTraceAs(id: TraceId): Promise<SaveOutcome>;
  closeTrace(id: TraceId): Promise<void>;
  recordDialog(): Promise<ChooseImageOutcome>;
  /** A file to give with the image. */
  recordFileDialog(): Promise<ChooseImageOutcome>;
  record(request: RecordRequest): Promise<OpenOutcome>;
  /** Progress and cancelling are as for `record`. */
  recordChange(request: RecordChangeRequest): Promise<OpenOutcome>;
  cancelRecord(request: CancelRecord): Promise<void>;
  /** An unknown job is no error. */
  steerRecord(request: SteerRecord): Promise<void>;
  symbolsDialog(): Promise<SymbolsOutcome>;
  importDialog(): Promise<ChooseLogOutcome>;
  importLog(request: ImportRequest): Promise<ImportOutcome>;
  /** What was read so far is thrown away: `importLog` answers `cancelled`. An unknown job is no error. */
  cancelImport(jobId: string): Promise<void>;
  /** Answers `absent` with the reason when this trace cannot be re-executed; requests of one trace are answered in order. */
  reexecute(traceId: TraceId, request: ReexecuteRequest): Promise<ReexecuteReply>;
  settings(): Promise<Settings>;
  saveSettings(change: Partial<Settings>): Promise<Settings>;
  platform(): Promise<Platform>;
};

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** Messages from main. A message that came before the first listener is kept for it. */
export type Messages = {
  onRecordProgress(listener: (progress: RecordProgress) => void): Unsubscribe;
  onImportProgress(listener: (progress: ImportProgress) => void): Unsubscribe;
  /** A trace opened from outside: command line, file association, second start. */
  onOpenRequest(listener: (outcome: OpenOutcome) => void): Unsubscribe;
  onMenuCommand(listener: (command: MenuCommand) => void): Unsubscribe;
};

/** Dropped files: the bridge turns the `File` into a path, which the page itself never can. */
export type Drops = {
  openFile(file: File): Promise<OpenOutcome>;
  imageFile(file: File): Promise<ChooseImageOutcome>;
  symbolsFile(file: File): Promise<SymbolsOutcome>;
};

export type Api = Calls & Messages & Drops;

declare global {
  interface Window { readonly ringscope: Api }
}
