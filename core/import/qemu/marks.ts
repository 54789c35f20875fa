// Which fields of each kind of event a QEMU log does not hold, made once per combination. docs/importing.md lists them in words.

import { marksOf, type Marks } from '../completeness.ts';

const PLACE = ['cs', 'ip', 'cpl', 'mode'];
const SIDE = ['cpl', 'cs', 'ip', 'ss', 'sp', 'flags', 'mode'];
const side = (name: string): string[] => SIDE.map((part) => `${name}.${part}`);
const DELIVERED_LATER = [...side('to').filter((path) => path !== 'to.cpl'), 'returnIp', 'frame.slots', 'gate.raw', 'stackFrom.value'];

/** Remembers one list of marks per combination of flags. */
function perFlags<Flags extends Readonly<Record<string, boolean>>>(make: (flags: Flags) => Marks): (flags: Flags) => Marks {
  const made = new Map<number, Marks>();
  return (flags) => {
    let key = 1;
    for (const name in flags) key = (key << 1) | (flags[name] === true ? 1 : 0);
    let marks = made.get(key);
    if (marks === undefined) {
      marks = make(flags);
      made.set(key, marks);
    }
    return marks;
  };
}
const when = (condition: boolean, paths: readonly string[]): readonly string[] => (condition ? paths : []);

/** An exception with a record of its own. */
export const faultMarks = perFlags(({ pageFault, delivery, noDump, multiprocessor }: { readonly pageFault: boolean; readonly delivery: boolean; readonly noDump: boolean; readonly multiprocessor: boolean }) =>
  marksOf('fault', {
    absent: ['rule', ...when(pageFault, ['access.implicit', 'tlb', 'walk']), ...when(noDump, ['mode'])],
    reconstructed: [...when(delivery, ['during', 'deliveryOf.source', 'deliveryOf.vector', 'deliveryOf.seq']), ...when(pageFault, ['access.type', 'access.user']), ...when(multiprocessor, ['cpu'])],
  }));

/** An exception of which only the vector is logged. */
export const checkedFaultMarks = perFlags(({ pageFault, placed }: { readonly pageFault: boolean; readonly placed: boolean }) =>
  marksOf('fault', {
    absent: ['rule', 'errorCode', ...when(pageFault, ['cr2', 'walk']), ...when(!placed, PLACE)],
    reconstructed: ['during', 'deliveryOf.source', 'deliveryOf.vector', 'deliveryOf.seq', ...when(placed, PLACE)],
  }));

/** The delivery of a record. */
export const transitionMarks = perFlags(({ noDump, guessed, multiprocessor }: { readonly noDump: boolean; readonly guessed: boolean; readonly multiprocessor: boolean }) =>
  marksOf('transition', {
    absent: [...DELIVERED_LATER, ...when(noDump, ['mode', 'from.flags', 'from.mode', 'to.cpl'])],
    reconstructed: [...when(!noDump, ['to.cpl']), ...when(guessed, ['via', 'source']), ...when(multiprocessor, ['cpu'])],
  }));

/** An interrupt taken in real mode: its vector is all there is; that it was real mode follows from the missing record. */
export const REAL_INTERRUPT_MARKS = marksOf('transition', { absent: ['cs', 'ip', 'cpl', ...side('from').filter((path) => path !== 'from.mode'), 'to.cpl', ...DELIVERED_LATER], reconstructed: ['mode', 'from.mode'] });

const INFERRED_SIDES = [...side('from'), ...side('to')].filter((path) => path !== 'from.cpl' && path !== 'to.cpl');
/** A change of ring between two records, by whatever mechanism. */
export const RING_MARKS = marksOf('transition', { absent: [...PLACE, 'via', ...INFERRED_SIDES, 'returnIp', 'frame.slots'], reconstructed: ['from.cpl', 'to.cpl'] });

/** Differences between two dumps. */
export const CR_MARKS = marksOf('cr-write', { absent: PLACE, reconstructed: ['register', 'before', 'after'] });
export const DR_MARKS = marksOf('dr-write', { absent: PLACE, reconstructed: ['register', 'before', 'after'] });
export const MSR_MARKS = marksOf('msr-write', { absent: PLACE, reconstructed: ['msr', 'before', 'after'] });
export const MODE_MARKS = marksOf('mode-change', { absent: PLACE, reconstructed: ['before', 'after'] });
export const TABLE_MARKS = marksOf('table-load', { absent: PLACE, reconstructed: ['register', 'before.base', 'before.limit', 'after.base', 'after.limit'] });

export const RESET_MARKS = marksOf('reset', { absent: ['cs', 'ip', 'cpl'] });
export const SHUTDOWN_MARKS = marksOf('shutdown', { reconstructed: PLACE });
export const SNAPSHOT_MARKS = marksOf('snapshot', {});
