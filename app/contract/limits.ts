// Upper bounds of everything that comes over the bridge or from a settings file: no message can make main allocate more.

export const LIMITS = {
  /** Characters in a path, an id, an expression. */
  path: 4096,
  id: 128,
  expression: 1000,
  breakpoints: 200,
  panes: 100,
  recents: 20,
  /** Bytes of settings.json and recents.json. */
  jsonBytes: 1 << 20,
  /** Bytes of a trace the app opens, and of an image it records. */
  traceBytes: 2 ** 31,
  imageBytes: 2 ** 28,
  /** Bytes of a file of symbols. */
  symbolBytes: 2 ** 27,
  /** Bytes of a log that is imported, unpacked. */
  logBytes: 2 ** 33,
  /** Bytes of a sample's page. */
  pageBytes: 1 << 18,
  openTraces: 16,
  jobs: 4,
  /** Files given with an image, and characters of a kernel's command line or a module's arguments. */
  givenFiles: 16,
  commandLine: 2048,
  /** Bytes of one input a guest is given while it is recorded. */
  inputBytes: 256,
  /** Unanswered re-execution requests of one trace, and address ranges in one of them. */
  pendingRequests: 64,
  ranges: 1000,
  /** Characters of guest console in a progress message. */
  consoleCharacters: 4000,
} as const;
