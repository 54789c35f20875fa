// Reads what `qemu-system-i386 -accel tcg -d int,cpu_reset` writes. Not an importer: only what a witness has to say.
//
// Quirks taken care of here:
// - The firmware runs first. Its records (CS:IP outside the image) are dropped; the first inside the image, or in ring 3, where firmware never is, opens the list.
// - `e=0000` is printed for every vector. Only vectors that push an error code keep it.
// - A record's `v` is the vector after promotion to #DF. The exception that caused it is only in the line before it,
//   `check_exception old: O new N`, without error code or CR2: such an event carries them as not logged.
// - After `old: 0x8` no record follows: shutdown.
// - `i=1` is INT n at the moment it executes. When its gate refuses it, the #GP follows as a record of its own.

import { hasErrorCode, type WitnessEvent } from './witness-event.ts';

/** Linear addresses of the image, half-open. */
export interface AddressRange { readonly first: number; readonly end: number }

const RECORD = /^ *\d+: v=([0-9a-f]{2}) e=([0-9a-f]{4,}) i=([01]) cpl=([0-3]) IP=[0-9a-f]{4}:[0-9a-f]{8,16} pc=([0-9a-f]{8,16}) SP=[^ ]+ (?:CR2=([0-9a-f]+))?/;
const CHECK = /^check_exception old: 0x([0-9a-f]+) new 0x([0-9a-f]+)$/;
const HARDWARE = /^Servicing (?:virtual )?hardware INT=0x([0-9a-f]{2})$/;
const DOUBLE_FAULT = 8;

interface Pending { readonly old: number; readonly raised: number }

/** An exception known by its vector alone. */
function unlogged(vector: number): WitnessEvent {
  const notLogged: ('errorCode' | 'cr2')[] = hasErrorCode(vector) ? ['errorCode'] : [];
  if (vector === 14) notLogged.push('cr2');
  return { vector, errorCode: null, cr2: null, source: 'exception', notLogged };
}

/** The events of one record line; `pending` is the check_exception line before it, if any. */
function eventsOf(record: RegExpExecArray, pending: Pending | null, hardware: number | null): WitnessEvent[] {
  const vector = parseInt(record[1] ?? '', 16);
  const plain = { vector, errorCode: null, cr2: null, notLogged: [] } as const;
  if (record[3] === '1') return [{ ...plain, source: 'software' }];
  if (hardware === vector) return [{ ...plain, source: 'external' }];
  const event: WitnessEvent = {
    ...plain, source: 'exception',
    errorCode: hasErrorCode(vector) ? parseInt(record[2] ?? '', 16) : null,
    cr2: vector === 14 ? parseInt(record[6] ?? '', 16) : null,
  };
  const promoted = vector === DOUBLE_FAULT && pending !== null && pending.raised !== DOUBLE_FAULT;
  return promoted ? [unlogged(pending.raised), event] : [event];
}

/** The events from the first one inside `image` on, and whether the run ended by shutdown. */
export function parseQemuLog(log: string, image: readonly AddressRange[]): { events: WitnessEvent[]; shutdown: boolean } {
  const events: WitnessEvent[] = [];
  let started = false;
  let shutdown = false;
  let pending: Pending | null = null;
  let hardware: number | null = null;
  for (const line of log.split(/\r?\n/)) {
    const check = CHECK.exec(line);
    const record = check ? null : RECORD.exec(line);
    if (check) {
      pending = { old: parseInt(check[1] ?? '', 16), raised: parseInt(check[2] ?? '', 16) };
      if (started && pending.old === DOUBLE_FAULT) {
        events.push(unlogged(pending.raised));
        shutdown = true;
      }
    } else if (record) {
      const pc = parseInt(record[5] ?? '', 16);
      started ||= record[4] === '3' || image.some((range) => pc >= range.first && pc < range.end);
      if (started) events.push(...eventsOf(record, pending, hardware));
      pending = null;
      hardware = null;
    } else if (line === 'Triple fault') {
      shutdown ||= started;
    } else {
      const served = HARDWARE.exec(line);
      if (served) hardware = parseInt(served[1] ?? '', 16);
    }
  }
  return { events, shutdown };
}
