// Storms of guests that really run: a handler that repairs nothing, a timer faster than its handler, and a guest that sleeps.

import { expect, test } from 'vitest';
import { foldsOf } from '../../../core/replay/storm-folds.ts';
import { stormsOf, type Storm } from '../../../core/replay/storms.ts';
import { pairVisits } from '../../../core/replay/visits/scan.ts';
import { BUSY_THEN_SLEEPS, COUNTS_AND_ENDS, guest, PIC_SETUP, pitSetup } from '../machine/interrupt-guests.ts';
import { open, record } from '../ringscope/recorded.ts';

function stormsIn(image: Uint8Array, maxInstructions: number): { readonly storms: readonly Storm[]; readonly folds: ReturnType<typeof foldsOf>; readonly events: number; readonly firstFault: number } {
  const { reader } = open(record(image, { format: 'flat', maxInstructions }).bytes);
  const { list } = stormsOf(reader, pairVisits(reader));
  const firstFault = Array.from({ length: reader.eventCount }, (_, seq) => seq).find((seq) => reader.event(seq).kind === 'fault') ?? -1;
  return { storms: list, folds: foldsOf(reader, list), events: reader.eventCount, firstFault };
}
const IRET = 0xcf, UD2 = [0x0f, 0x0b];

test('an #UD handler that only returns', () => {
  const { storms, folds, events, firstFault } = stormsIn(guest({ code: UD2, handlers: { 6: [IRET] } }), 800);
  expect(storms).toMatchObject([{ kind: 'refault', period: 3, text: expect.stringMatching(/^\d+ times the same #UD at 0x100013 in ring 0: each return runs into it again$/) as string }]);
  const [storm] = storms;
  expect(storm?.count).toBeGreaterThan(200);
  // it begins with the first fault of all
  expect(storm?.seqFirst).toBe(firstFault);
  // the table shows the first round and the last, and one row for all between
  expect(folds).toMatchObject([{ first: (storm?.seqFirst ?? 0) + 3, end: (storm?.seqFirst ?? 0) + 3 * ((storm?.count ?? 0) - 1), rounds: (storm?.count ?? 0) - 2 }]);
  expect(events - (storm?.seqLast ?? 0)).toBeLessThanOrEqual(2);
});

test('a handler that skips the instruction makes progress', () => {
  // add dword [esp], 2 / iret: the next UD2 is another one
  const { storms } = stormsIn(guest({ code: [...UD2, ...UD2, ...UD2, ...UD2, ...UD2, 0xf4], handlers: { 6: [0x83, 0x04, 0x24, 2, IRET] } }), 100);
  expect(storms).toEqual([]);
});

test('a timer that is due again soon after its handler returns', () => {
  // the code: sti / jmp $. The handler: push ecx / mov ecx, 15 / loop $ / pop ecx, then it counts; a period of 2 is 32 instructions
  const handler = [0x51, 0xb9, 15, 0, 0, 0, 0xe2, 0xfe, 0x59, ...COUNTS_AND_ENDS];
  const image = (count: number): Uint8Array => guest({ setup: [...PIC_SETUP, ...pitSetup(0x34, count)], code: [0xfb, 0xeb, 0xfe], handlers: { 0x20: handler } });
  const { storms } = stormsIn(image(2), 3000);
  expect(storms).toMatchObject([{ kind: 'interrupt', text: expect.stringMatching(/^\d+ times interrupt vector 0x20, each within a few instructions of the return from the one before$/) as string }]);
  expect(storms[0]?.count).toBeGreaterThan(50);
  expect(stormsIn(image(4), 3000).storms).toEqual([]);
});

test('a guest that sleeps between the ticks of its timer is not in a storm', () => {
  // sti / sleep: hlt / jmp sleep
  const image = guest({ setup: [...PIC_SETUP, ...pitSetup(0x34, 100)], code: [0xfb, 0xf4, 0xeb, 0xfd], handlers: { 0x20: COUNTS_AND_ENDS } });
  expect(stormsIn(image, 2000).storms).toEqual([]);
  expect(stormsIn(BUSY_THEN_SLEEPS, 100_000).storms).toEqual([]);
});
