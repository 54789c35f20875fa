// Why a run ended. The events `halt`, `exit`, `shutdown` and `unsupported` say the same in the trace; bounds leave no event.

export type RunEnd =
  /** The guest wrote `value` to port 0xF4 or 0x501, or switched the machine off. */
  | { readonly kind: 'exit'; readonly value: number; readonly by?: 'power-off' }
  /** The guest reset the machine, in the way named. Nothing starts it again. */
  | { readonly kind: 'reset'; readonly by: string }
  /** A fault while delivering #DF: the processor is in shutdown. */
  | { readonly kind: 'shutdown' }
  /** HLT with nothing that could ever wake the processor. */
  | { readonly kind: 'halt' }
  /** HLT, and only an input could wake the processor; none was left. */
  | { readonly kind: 'waiting' }
  /** The guest asked for what this core does not do. */
  | { readonly kind: 'unsupported'; readonly detail: string }
  /** A bound was reached. */
  | { readonly kind: 'limit'; readonly bound: 'max-instructions' | 'max-events' }
  /** The `until` expression came true. */
  | { readonly kind: 'until' }
  /** The trace is as large as can be opened again. */
  | { readonly kind: 'full' }
  /** The recorder was told to stop. */
  | { readonly kind: 'cancelled' };

/** One plain sentence without a full stop, for people: `the guest exited with 0x0`. */
export function describeEnd(end: RunEnd): string {
  switch (end.kind) {
    case 'exit': return end.by === 'power-off' ? 'the guest switched the machine off' : `the guest exited with 0x${end.value.toString(16)}`;
    case 'reset': return `the guest reset the machine (${end.by})`;
    case 'shutdown': return 'the processor shut down (triple fault)';
    case 'halt': return 'the processor halted and nothing could wake it';
    case 'waiting': return 'the processor halted until an input comes, and none was left';
    case 'unsupported': return `not supported yet: ${end.detail}`;
    case 'limit': return `the bound --${end.bound} was reached`;
    case 'until': return 'the --until expression came true';
    case 'full': return 'the trace is as large as can be opened again: record less (--filter, --until)';
    case 'cancelled': return 'the recording was stopped';
  }
}
