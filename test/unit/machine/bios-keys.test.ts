// Keys on their way from the keyboard through INT 9 to a program that asks INT 16h, and the table of what they are.

import { describe, expect, it } from 'vitest';
import type { GuestInput } from '../../../core/event/input.ts';
import { keyOf } from '../../../core/machine/bios/keys.ts';
import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import type { RunEnd } from '../../../core/machine/run-end.ts';
import { Session } from '../../../core/machine/session.ts';
import { bootDisk, call, exit, STOP } from './boot-guests.ts';

const EAX = 0;
/** Runs a boot sector that is given keys (`+KeyA`, `-KeyA`) where it first waits for one, all at once. */
function typed(code: readonly number[], keys: readonly string[]): { readonly machine: Machine; readonly end: RunEnd | null } {
  const build = (inputs: readonly GuestInput[]): Machine => createMachine({ image: bootDisk(code), inputs, request: { format: 'boot', memoryBytes: 8 << 20, maxInstructions: 200_000 }, allocate: (bytes) => new ArrayBuffer(bytes) });
  const first = build([]);
  new Session(first).run(Infinity);
  const machine = build(keys.map((key) => ({ attempts: first.cpu.attempts, device: 'keyboard', bytes: new TextEncoder().encode(key) })));
  const end = new Session(machine).run(Infinity);
  return { machine, end };
}
const ask = (ah: number): number[] => call(0x16, { ax: ah << 8 });
/** Asks for two keys, keeps the first in BX. */
const TWO_KEYS = [...ask(0), 0x89, 0xc3, ...ask(0), ...STOP];

describe('INT 16h', () => {
  it('waits for a key, time standing still, and ends the run when none is left', () => {
    const { machine, end } = typed([...ask(0), ...exit(1)], []);
    expect([end, machine.cpu.idleTicks]).toEqual([{ kind: 'waiting' }, 0]);
  });

  it.each([
    [['+KeyA'], 0x1e61], [['+ShiftLeft', '+KeyA'], 0x1e41], [['+ControlLeft', '+KeyC'], 0x2e03], [['+AltLeft', '+KeyA'], 0x1e00], [['+CapsLock', '-CapsLock', '+KeyB'], 0x3042],
    [['+Enter'], 0x1c0d], [['+Escape'], 0x011b], [['+F1'], 0x3b00], [['+ArrowUp'], 0x4800], [['+NumpadEnter'], 0x1c0d], [['+Digit1'], 0x0231], [['+ShiftRight', '-ShiftRight', '+Digit1'], 0x0231],
  ])('gives %o as %i', (keys, key) => {
    expect(typed([...ask(0), ...STOP], keys).machine.cpu.get16(EAX)).toBe(key);
  });

  it('gives keys in order, AH=10 those of the larger keyboard as they are, AH=01 without taking', () => {
    const { machine } = typed(TWO_KEYS, ['+KeyX', '-KeyX', '+KeyY']);
    expect([machine.cpu.get16(3), machine.cpu.get16(EAX)]).toEqual([0x2d78, 0x1579]);
    expect(typed([...ask(0x10), ...STOP], ['+ArrowUp']).machine.cpu.get16(EAX)).toBe(0x48e0);
    const looked = typed([...ask(0), ...ask(1), ...ask(1), ...STOP], ['+KeyX', '+KeyY']).machine;
    expect(looked.cpu.get16(EAX)).toBe(0x0100);
  });

  it('AH=05 puts a key into the buffer, AH=02 tells what is held', () => {
    expect(typed([...call(0x16, { ax: 0x0500, cx: 0x1e61 }), ...ask(0), ...STOP], []).machine.cpu.get16(EAX)).toBe(0x1e61);
    expect(typed([...ask(0), ...ask(2), ...STOP], ['+ShiftLeft', '+ControlRight', '+KeyA']).machine.cpu.get16(EAX) & 0xff).toBe(0x06);
  });

  it('Ctrl+Alt+Del resets', () => {
    expect(typed([...ask(0), ...STOP], ['+ControlLeft', '+AltLeft', '+Delete']).end).toEqual({ kind: 'reset', by: 'Ctrl+Alt+Del' });
  });
});

describe('a scan code', () => {
  const key = (code: number, shifts = 0, isExtended = false): number | null => keyOf({ code, isExtended, shifts });
  it('is a key by what is held', () => {
    expect([key(0x27), key(0x27, 2), key(0x27, 4), key(0x27, 8)]).toEqual([0x273b, 0x273a, null, 0x2700]);
    expect([key(0x03, 4), key(0x07, 4), key(0x0c, 4), key(0x02, 8)]).toEqual([0x0300, 0x071e, 0x0c1f, 0x7800]);
    expect([key(0x44, 1), key(0x57, 8), key(0x0f, 2), key(0x39, 8)]).toEqual([0x5d00, 0x8b00, 0x0f00, 0x3920]);
  });

  it('of the keypad is a digit with Num Lock or Shift, not with both', () => {
    expect([key(0x47), key(0x47, 0x20), key(0x47, 0x22), key(0x47, 2), key(0x47, 4)]).toEqual([0x4700, 0x4737, 0x4700, 0x4737, 0x7700]);
    expect([key(0x4b, 0, true), key(0x4b, 4, true), key(0x1c, 0, true)]).toEqual([0x4be0, 0x73e0, 0xe00d]);
  });

  it('of a letter is turned round by Caps Lock, of a digit not', () => {
    expect([key(0x10, 0x40), key(0x10, 0x42), key(0x02, 0x40)]).toEqual([0x1051, 0x1071, 0x0231]);
    expect([key(0x59), key(0x00)]).toEqual([null, null]);
  });
});
