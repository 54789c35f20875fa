// A guest that echoes what it receives on COM1 by interrupts: the same however the run is cut, and a halted one is woken by a byte.

import { describe, expect, it } from 'vitest';
import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import { restoreState, saveState } from '../../../core/machine/save-state.ts';
import { Session } from '../../../core/machine/session.ts';
import { guest, PIC_SETUP } from './interrupt-guests.ts';

const IS_OPEN = [0x21, 0xef] as const;
/** mov dx, PORT */
const dx = (port: number): readonly number[] => [0x66, 0xba, port & 0xff, port >>> 8];
/** mov dx, PORT / mov al, VALUE / out dx, al */
const out = (port: number, value: number): readonly number[] => [...dx(port), 0xb0, value, 0xee];
/** FIFO at level 4, interrupts of received bytes / sti / sleep: hlt / jmp sleep */
const ECHOES = guest({
  setup: [...PIC_SETUP, IS_OPEN],
  code: [...out(0x3fa, 0x41), ...out(0x3f9, 1), 0xfb, 0xf4, 0xeb, 0xfd],
  handlers: {
    // more: mov dx, 0x3f8 / in al, dx / out dx, al / mov dx, 0x3fd / in al, dx / test al, 1 / jnz more / mov al, 0x20 / out 0x20, al / iret
    0x24: [...dx(0x3f8), 0xec, 0xee, ...dx(0x3fd), 0xec, 0xa8, 0x01, 0x75, 0xf1, 0xb0, 0x20, 0xe6, 0x20, 0xcf],
  },
});
const INPUT = new TextEncoder().encode('hello\n');

function build(): { readonly machine: Machine; readonly session: Session; text: () => string } {
  const machine = createMachine({ image: ECHOES, request: { format: 'flat', memoryBytes: 0x40_0000 }, allocate: (bytes) => new ArrayBuffer(bytes) });
  let text = '';
  machine.devices.console.listener = (_device, byte) => { text += String.fromCharCode(byte); };
  return { machine, session: new Session(machine), text: () => text };
}

describe('a guest that receives by interrupts', () => {
  it('gets every byte: the level, then the time-out, and waits when nothing more comes', () => {
    const { machine, session, text } = build();
    // far enough to sleep, and there it waits for a byte
    const bytes = build();
    expect(bytes.session.run(Infinity)).toEqual({ kind: 'waiting' });
    const asleep = bytes.machine.cpu.attempts;
    session.run(asleep - 1);
    machine.devices.input('com1', INPUT);
    expect(session.run(Infinity)).toEqual({ kind: 'waiting' });
    expect(text()).toBe('hello\n');
    expect(machine.cpu.idleTicks).toBeGreaterThan(0);
  });

  it('is the same when the run is cut into pieces and goes on from a checkpoint', () => {
    const whole = build(), cut = build();
    for (const { machine, session } of [whole, cut]) {
      session.run(30);
      machine.devices.input('com1', INPUT);
    }
    whole.session.run(Infinity);
    for (let piece = 1; cut.session.run(piece % 3 + 1) === null; piece += 1) {
      const saved = saveState(cut.session);
      restoreState(cut.machine, saved);
    }
    expect(cut.text()).toBe('hello\n');
    const states = [whole, cut].map(({ session }) => saveState(session));
    expect(states[1]).toEqual(states[0]);
  });
});
