// x87 errors the way of the PC: with CR0.NE = 0 they come as interrupt 13 of the 8259 pair, port 0xF0 takes them back, and the FPU stands still
// meanwhile. Runs with them are reproduced, however they are cut.

import { describe, expect, it, vi } from 'vitest';
import type { TraceEvent } from '../../../core/event/event.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { open, record } from '../ringscope/recorded.ts';
import { guest, PIC_SETUP } from './interrupt-guests.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Lines 2 and 13 open. */
const SETUP = [...PIC_SETUP, [0x21, 0xfb], [0xa1, 0xdf]] as const;
const VECTOR = 0x2d;
const STI = [0xfb], NOP = [0x90];
/** fninit / push 0x37b / fldcw [esp] / fld1 / fldz / fdivp: division by zero, not masked */
const FAILS = [0xdb, 0xe3, 0x68, 0x7b, 0x03, 0, 0, 0xd9, 0x2c, 0x24, 0xd9, 0xe8, 0xd9, 0xee, 0xde, 0xf9];
/** fldpi; then mov al, 3 / out 0xf4, al */
const WAITS = [0xd9, 0xeb], EXITS = [0xb0, 3, 0xe6, 0xf4];
const EOI = [0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20];
/** push eax / out 0xf0, al / WORK / EOI / pop eax / iret */
const handler = (...work: readonly number[]): readonly number[] => [0x50, 0xe6, 0xf0, ...work, ...EOI, 0x58, 0xcf];
const FNCLEX = [0xdb, 0xe2];
/** A waiting instruction, which IGNNE# lets run: fld1 / fnclex */
const COMPUTES = [0xd9, 0xe8, ...FNCLEX];

const line = (event: TraceEvent): string => {
  switch (event.kind) {
    case 'interrupt-line': return `line ${String(event.line)} ${event.state}`;
    case 'transition': return `${event.via} ${event.vector === undefined ? '' : String(event.vector)}`.trim();
    case 'exit': return `exit ${String(event.value)}`;
    default: return event.kind;
  }
};
const runs = (image: Uint8Array): readonly string[] => {
  const { reader } = open(record(image, { maxInstructions: 1000 }).bytes);
  return Array.from({ length: reader.eventCount }, (_, seq) => reader.event(seq)).filter(({ kind }) => kind !== 'table-load').map(line);
};
const SERVED = ['line 13 raised', 'line 13 acknowledged', 'interrupt 45', 'iret', 'exit 3'];

describe('an x87 error with CR0.NE = 0', () => {
  it('is an interrupt right behind its instruction', () => {
    expect(runs(guest({ setup: SETUP, code: [...STI, ...NOP, ...FAILS, ...WAITS, ...EXITS], handlers: { [VECTOR]: handler(...FNCLEX) } }))).toEqual(SERVED);
  });
  it('waits for interrupts to be on; the FPU works for the handler under IGNNE#', () => {
    expect(runs(guest({ setup: SETUP, code: [...FAILS, ...STI, ...NOP, ...WAITS, ...EXITS], handlers: { [VECTOR]: handler(...COMPUTES) } }))).toEqual(SERVED);
  });
  it('stops the processor for good when no interrupt can come', () => {
    expect(runs(guest({ setup: SETUP, code: [...FAILS, ...WAITS, ...EXITS] }))).toEqual(['line 13 raised']);
  });
  it('is passed over once the handler has written port 0xF0 and left it', () => {
    expect(runs(guest({ setup: SETUP, code: [...STI, ...FAILS, ...WAITS, ...EXITS], handlers: { [VECTOR]: handler() } }))).toEqual(SERVED);
  });
  it('is reproduced, with checkpoints anywhere', async () => {
    const image = guest({ setup: SETUP, code: [...STI, ...FAILS, ...WAITS, ...FAILS, ...EXITS], handlers: { [VECTOR]: handler(...COMPUTES) } });
    for (const tick of [0, 1, 5]) expect(await verifyRecording(open(record(image, { tick, maxInstructions: 1000 }).bytes))).toMatchObject({ ok: true, reexecution: 'same' });
  });
});
