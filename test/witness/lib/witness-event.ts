// What a witness saw: exceptions and software interrupts, in order. The common form into which the logs of QEMU and Bochs and
// our own events are brought, its text (one event a line, as the goldens have it) and the comparison of two runs.

/** One exception (also one raised while delivering another) or one INT n / INT3 / INTO. */
export interface WitnessEvent {
  readonly vector: number;
  /** As pushed on the stack; null when the vector has none, or when the witness does not print it (`notLogged`). */
  readonly errorCode: number | null;
  /** The faulting linear address, for #PF only. */
  readonly cr2: number | null;
  readonly source: 'exception' | 'software' | 'external';
  /** The fields this witness does not tell for this event. They are not compared, and the tests list where that happens. */
  readonly notLogged: readonly ('errorCode' | 'cr2')[];
}

/** A whole run: its events, whether it ended by shutdown (a triple fault), and what the guest wrote to COM1. */
export interface WitnessRun {
  readonly events: readonly WitnessEvent[];
  readonly shutdown: boolean;
  readonly console: string;
}

/** SDM 3A "Exception and Interrupt Reference": the vectors that push an error code. */
const WITH_ERROR_CODE: ReadonlySet<number> = new Set([8, 10, 11, 12, 13, 14, 17, 21]);

/** True for the exceptions that push an error code (SDM 3A "Exception and Interrupt Reference"). */
export function hasErrorCode(vector: number): boolean {
  return WITH_ERROR_CODE.has(vector);
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** One line for one event: `int 80`, `#14 error=0005 cr2=00101028`, `#13 error=?` where the witness does not tell. */
export function lineOf(event: WitnessEvent): string {
  if (event.source === 'software') return `int ${hex(event.vector, 2)}`;
  if (event.source === 'external') return `irq ${hex(event.vector, 2)}`;
  const unknown = (field: 'errorCode' | 'cr2', value: number | null, digits: number): string =>
    event.notLogged.includes(field) ? '?' : value === null ? 'none' : hex(value, digits);
  const error = hasErrorCode(event.vector) ? ` error=${unknown('errorCode', event.errorCode, 4)}` : '';
  const cr2 = event.vector === 14 ? ` cr2=${unknown('cr2', event.cr2, 8)}` : '';
  return `#${String(event.vector)}${error}${cr2}`;
}

/** The run as text, equal neighbours folded (`int 80 x1000`), closing with `shutdown` if it did. */
export function textOf(run: WitnessRun): string {
  const lines: string[] = [];
  let count = 0;
  const texts = [...run.events.map(lineOf), ...(run.shutdown ? ['shutdown'] : [])];
  texts.forEach((text, index) => {
    count += 1;
    if (texts[index + 1] === text) return;
    lines.push(count > 1 ? `${text} x${String(count)}` : text);
    count = 0;
  });
  return `${lines.join('\n')}\n`;
}

/** Where two runs differ, one sentence each; empty when they agree. Fields a side does not log are left out. */
export function differences(a: WitnessRun, b: WitnessRun): string[] {
  const found: string[] = [];
  const length = Math.max(a.events.length, b.events.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.events[index];
    const right = b.events[index];
    if (left === undefined || right === undefined) {
      found.push(`event ${String(index)}: ${left ? lineOf(left) : 'nothing'} against ${right ? lineOf(right) : 'nothing'}`);
      continue;
    }
    const silent = new Set([...left.notLogged, ...right.notLogged]);
    const same = left.vector === right.vector && left.source === right.source
      && (silent.has('errorCode') || left.errorCode === right.errorCode) && (silent.has('cr2') || left.cr2 === right.cr2);
    if (!same) found.push(`event ${String(index)}: ${lineOf(left)} against ${lineOf(right)}`);
  }
  if (a.shutdown !== b.shutdown) found.push(`shutdown: ${String(a.shutdown)} against ${String(b.shutdown)}`);
  if (a.console !== b.console) found.push(`console: ${JSON.stringify(a.console)} against ${JSON.stringify(b.console)}`);
  return found;
}
