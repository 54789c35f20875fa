// Reads a Bochs log made with `debug: action=ignore, cpu0=report`. Not an importer: only what a witness has to say.
//
// Quirks taken care of here:
// - `exception(0xNN)` is the exception as raised, also one raised while delivering another; #DF is a line of its own.
//   `interrupt(): … TYPE = 3` is its delivery and would count it twice. TYPE 4 is INT n, 6 INT3 and INTO, 0 and 2 come from outside; 5 is
//   INT1, which the others tell as the exception it raises.
// - `error_code=` is printed for every vector. Only vectors that push an error code keep it.
// - CR2 is in the `page fault for address` line just before. The address behind `@` is the next instruction's, so it is not used.
// - HLT with IF = 0 is how our guests end where there is no exit port; it is an info line.

import { hasErrorCode, type WitnessEvent } from './witness-event.ts';

const EXCEPTION = /\bexception\(0x([0-9a-f]{2})\): error_code=([0-9a-f]{4})$/;
const INTERRUPT = /\binterrupt\(\): vector = ([0-9a-f]{2}), TYPE = (\d), EXT = [01]$/;
const PAGE_FAULT = /\bpage fault for address ([0-9a-f]+) @/;
const SHUTDOWN = /exception\(\): 3rd \(\d+\) exception with no resolution/;
const STOPPED = /WARNING: HLT instruction with IF=0!/;
const PROTECTED_MODE = /protected mode activated$/;

const SOFTWARE_TYPES: ReadonlySet<string> = new Set(['4', '6']);
const INT1_TYPE = '5';
const EXTERNAL_TYPES: ReadonlySet<string> = new Set(['0', '2']);

/** True once the log shows that the guest is over: it halted for good or shut down. */
export function isOver(log: string): boolean {
  return STOPPED.test(log) || SHUTDOWN.test(log);
}

/** The events from the first entry into protected mode on, and whether the run ended by shutdown. */
export function parseBochsLog(log: string): { events: WitnessEvent[]; shutdown: boolean } {
  const events: WitnessEvent[] = [];
  let started = false;
  let address: number | null = null;
  for (const line of log.split(/\r?\n/)) {
    started ||= PROTECTED_MODE.test(line);
    if (!started) continue;
    const fault = PAGE_FAULT.exec(line);
    const exception = EXCEPTION.exec(line);
    const interrupt = INTERRUPT.exec(line);
    if (fault) address = parseInt(fault[1] ?? '', 16);
    if (exception) {
      const vector = parseInt(exception[1] ?? '', 16);
      const errorCode = hasErrorCode(vector) ? parseInt(exception[2] ?? '', 16) : null;
      events.push({ vector, errorCode, cr2: vector === 14 ? address : null, source: 'exception', notLogged: [] });
    }
    if (interrupt) {
      const type = interrupt[2] ?? '';
      const source = SOFTWARE_TYPES.has(type) ? 'software' : EXTERNAL_TYPES.has(type) ? 'external' : type === INT1_TYPE ? 'exception' : null;
      if (source) events.push({ vector: parseInt(interrupt[1] ?? '', 16), errorCode: null, cr2: null, source, notLogged: [] });
    }
  }
  return { events, shutdown: SHUTDOWN.test(log) };
}
