// The card of a debug exception: DR6 bit by bit, and the breakpoints that were met, from registers alone.

import { expect, test } from 'vitest';
import { registerOffset, REGISTER_FILE_WORDS } from '../../../core/arch/register-file.ts';
import type { TraceEvent } from '../../../core/event/event.ts';
import { debugStatus, debugStatusText } from '../../../renderer/inspector/debug-status.ts';

const registers = (values: Readonly<Record<string, number>>): Uint32Array => {
  const words = new Uint32Array(REGISTER_FILE_WORDS);
  words[registerOffset('cr0')] = 0x11;
  for (const [name, value] of Object.entries(values)) words[registerOffset(name)] = value;
  return words;
};
const armed = { dr0: 0x40_0005, dr1: 0x40_1000, dr2: 0x80, dr7: 0x2d0_062a };
const states = (dr6: number) => ({ hasState: true, stateBefore: () => registers({ ...armed, dr6: 0xffff_0ff0 }), stateAfter: () => registers({ ...armed, dr6 }) });
const fault = (vector: number): TraceEvent => ({
  kind: 'fault', seq: 3, icount: 0, iteration: 0, mode: 'protected', cpl: 3, cs: 0x1b, ip: 0n, cpu: 0, vector, mnemonic: '#DB', class: 'trap', errorCode: null, rule: 'data-breakpoint', during: 'execution',
} as unknown as TraceEvent);

test('each breakpoint that was met, with its address and what it watches', () => {
  expect(debugStatus(states(0xffff_0ff7), fault(1))?.met).toEqual([
    { name: 'DR0', address: '0x400005', what: 'execution' }, { name: 'DR1', address: '0x401000', what: 'writes, 4 bytes' }, { name: 'DR2', address: '0x80', what: 'ports, 1 byte' },
  ]);
  expect(debugStatus(states(0xffff_4ff0), fault(1))?.met).toEqual([]);
});

test('as text: DR6, its set bits, the breakpoints', () => {
  const status = debugStatus(states(0xffff_4ff2), fault(1));
  expect(status === null ? '' : debugStatusText(status)).toBe('DR6: 0xffff4ff2\n  B1 = 1  breakpoint 1 was met\n  BS = 1  single step\nDR1: 0x401000 (writes, 4 bytes)');
});

test('only for #DB, and only where registers were recorded', () => {
  expect(debugStatus(states(0xffff_0ff1), fault(13))).toBeNull();
  expect(debugStatus({ ...states(0xffff_0ff1), hasState: false }, fault(1))).toBeNull();
});
