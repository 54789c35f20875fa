// The 8042 with its keyboard: commands of both, scan codes of each set, translation, interrupt lines, the mouse that is not there, checkpoints.

import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/base/byte-reader.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import { KEY_NAMES, keyBytes } from '../../../core/machine/devices/key-codes.ts';
import { KeyboardController } from '../../../core/machine/devices/keyboard-controller.ts';

/** Eleven bits at 12 kHz. */
const BYTE = 17_500;

class Board {
  clock = 1000;
  isServed = true;
  readonly lines: string[] = [];
  readonly controller = new KeyboardController({
    clock: () => this.clock, setLine: (line, isHigh) => { this.lines.push(`${String(line)} ${isHigh ? 'high' : 'low'}`); }, isServed: () => this.isServed, onReset: () => undefined,
  });

  constructor(commandByte = 0x61) {
    this.command(0x60, commandByte);
  }
  get status(): number { return this.controller.read(0x64); }
  read(): number { return this.controller.read(0x60); }
  command(command: number, ...data: readonly number[]): void {
    this.controller.write(0x64, command);
    for (const byte of data) this.controller.write(0x60, byte);
  }
  /** What is read until nothing comes any more, on time. */
  all(): readonly number[] {
    const bytes: number[] = [];
    for (;;) {
      if (this.controller.deadline < Infinity) {
        this.clock = Math.max(this.clock, this.controller.deadline);
        this.controller.catchUp();
      }
      if ((this.status & 1) !== 0) bytes.push(this.read());
      else if (this.controller.deadline === Infinity) return bytes;
    }
  }
  send(...bytes: readonly number[]): readonly number[] {
    for (const byte of bytes) this.controller.write(0x60, byte);
    return this.all();
  }
  press(name: string): void {
    this.controller.keyboard.key(name, { isPressed: true });
    this.controller.catchUp();
  }
  release(name: string): void {
    this.controller.keyboard.key(name, { isPressed: false });
    this.controller.catchUp();
  }
}

describe('the controller', () => {
  it('tests itself and says so in its status', () => {
    const board = new Board(0x41);
    expect(board.status).toBe(0x10);
    board.command(0xaa);
    expect([board.status, board.read(), board.status]).toEqual([0x1d, 0x55, 0x1c]);
    board.command(0xab);
    expect(board.read()).toBe(0);
  });

  it('keeps its command byte; AD, AE, A7 and A8 change their bits of it', () => {
    const board = new Board(0x65);
    const commandByte = (): number => { board.command(0x20); return board.read(); };
    expect(commandByte()).toBe(0x65);
    board.command(0xad);
    board.command(0xa8);
    expect(commandByte()).toBe(0x55);
    board.command(0xae);
    board.command(0xa7);
    expect(commandByte()).toBe(0x65);
  });

  it('lets its own answer wait while a key has not been read', () => {
    const board = new Board();
    board.press('KeyA');
    board.command(0x20);
    expect([board.read(), board.read()]).toEqual([0x1e, 0x61]);
  });

  it('has nobody at the plug of the mouse: bytes come back by D3, what is sent there times out', () => {
    const board = new Board(0x63);
    board.command(0xd3, 0x5a);
    expect([board.status & 0x61, board.read(), board.lines]).toEqual([0x21, 0x5a, ['12 high', '12 low']]);
    board.command(0xd4, 0xff);
    expect([board.status & 0x61, board.read()]).toEqual([0x61, 0xfe]);
    expect(board.status & 0x61).toBe(0);
  });
});

describe('the keyboard', () => {
  it.each([
    ['echo', [0xee], [0xee]], ['identify', [0xf2], [0xfa, 0xab, 0x83]], ['LEDs', [0xed, 0x05], [0xfa, 0xfa]], ['rate', [0xf3, 0x20], [0xfa, 0xfa]], ['defaults', [0xf6], [0xfa]],
    ['reset', [0xff], [0xfa, 0xaa]], ['resend', [0xee, 0xfe], [0xee, 0xee]], ['no command', [0xf1], [0xfe]], ['the set', [0xf0, 0], [0xfa, 0xfa, 2]], ['another set', [0xf0, 1, 0xf0, 0], [0xfa, 0xfa, 0xfa, 0xfa, 1]],
    ['a set it does not have', [0xf0, 3, 0xf0, 0], [0xfa, 0xfe, 0xfa, 0xfa, 2]], ['a command instead of data', [0xed, 0xee], [0xfa, 0xee]],
  ])('answers: %s', (_what, sent, answers) => {
    expect(new Board(0x21).send(...sent)).toEqual(answers);
  });

  it('keeps the LEDs', () => {
    const board = new Board();
    board.send(0xed, 0x06);
    expect(board.controller.keyboard.leds).toBe(6);
    board.send(0xff);
    expect(board.controller.keyboard.leds).toBe(0);
  });

  it('sends keys in its set, translated when the command byte says so', () => {
    const typed = (commandByte: number, set: number, ...keys: readonly string[]): string => {
      const board = new Board(commandByte);
      board.send(0xf0, set);
      for (const key of keys) if (key.startsWith('-')) board.release(key.slice(1)); else board.press(key);
      return board.all().map((byte) => byte.toString(16)).join(' ');
    };
    expect(typed(0x61, 2, 'KeyA', '-KeyA')).toBe('1e 9e');
    expect(typed(0x21, 2, 'KeyA', '-KeyA')).toBe('1c f0 1c');
    expect(typed(0x21, 1, 'KeyA', '-KeyA')).toBe('1e 9e');
    expect(typed(0x61, 2, 'ArrowUp', '-ArrowUp')).toBe('e0 48 e0 c8');
    expect(typed(0x21, 2, 'ArrowUp', '-ArrowUp')).toBe('e0 75 e0 f0 75');
    expect(typed(0x61, 2, 'F7', '-F7')).toBe('41 c1');
    expect(typed(0x61, 2, 'Pause', '-Pause')).toBe('e1 1d 45 e1 9d c5');
    expect(typed(0x61, 2, 'PrintScreen', '-PrintScreen')).toBe('e0 2a e0 37 e0 b7 e0 aa');
    expect(typed(0x61, 2, 'NoSuchKey', 'constructor')).toBe('');
  });

  it('gives the same in set 1 as the translation of set 2, and no code twice', () => {
    const seen = new Set<string>();
    for (const name of KEY_NAMES) {
      const board = new Board(0x61);
      for (const isPressed of [true, false]) {
        board.controller.keyboard.key(name, { isPressed });
        expect(board.all(), name).toEqual(keyBytes(name, { isPressed, set: 1 }));
      }
      seen.add(keyBytes(name, { isPressed: true, set: 1 }).join(' '));
    }
    expect(seen.size).toBe(KEY_NAMES.length);
  });

  it('sends nothing while it is disabled, and what waits when its line is let go', () => {
    const board = new Board();
    expect(board.send(0xf5)).toEqual([0xfa]);
    board.press('KeyA');
    expect(board.all()).toEqual([]);
    expect(board.send(0xf4)).toEqual([0xfa]);
    board.command(0xad);
    board.press('KeyB');
    expect(board.all()).toEqual([]);
    board.command(0xae);
    expect(board.all()).toEqual([0x30]);
  });

  it('keeps what is typed ahead, up to a bound, and whole keys only', () => {
    const board = new Board(0x21);
    board.send(0xee);
    for (let index = 0; index < 500; index += 1) board.release('ArrowUp');
    const bytes = board.all();
    // one byte stood in the controller already
    expect(bytes.length).toBe(255);
    expect(bytes.slice(-3)).toEqual([0xe0, 0xf0, 0x75]);
  });
});

describe('interrupt line 1', () => {
  it('is high while a byte waits, and the next one comes a millisecond later', () => {
    const board = new Board();
    board.press('KeyA');
    board.release('KeyA');
    expect([board.lines, board.controller.deadline]).toEqual([['1 high'], Infinity]);
    board.clock += 100;
    expect(board.read()).toBe(0x1e);
    // F0 first, which the controller swallows
    expect([board.lines, board.controller.deadline, board.read()]).toEqual([['1 high', '1 low'], 1000 + BYTE, 0x1e]);
    board.clock = 1000 + BYTE;
    board.controller.catchUp();
    expect([board.status & 1, board.controller.deadline]).toEqual([0, 1000 + 2 * BYTE]);
    board.clock = 1000 + 2 * BYTE;
    board.controller.catchUp();
    expect(board.lines).toEqual(['1 high', '1 low', '1 high']);
    expect(board.read()).toBe(0x9e);
  });

  it('stays low when the command byte says so, and rises when it no longer does', () => {
    const board = new Board(0x60);
    board.press('Enter');
    expect(board.lines).toEqual([]);
    board.command(0x60, 0x61);
    expect(board.lines).toEqual(['1 high']);
  });

  it('stays low while the keyboard is disabled: the controller\'s answers are for who polls', () => {
    const board = new Board();
    board.command(0xad);
    board.command(0xd0);
    expect([board.status & 1, board.lines]).toEqual([1, []]);
    expect(board.read()).toBe(0xcf);
    board.command(0xae);
    board.command(0xd0);
    expect(board.lines).toEqual(['1 high']);
  });

  it('wakes a halted processor only with a byte that is still to come', () => {
    const board = new Board();
    const wakes = (isMaskableOpen = true): boolean => board.controller.willWake({ isMaskableOpen });
    expect(wakes()).toBe(false);
    board.controller.keyboard.key('Enter', { isPressed: true });
    expect([wakes(), wakes(false)]).toEqual([true, false]);
    board.isServed = false;
    expect(wakes()).toBe(false);
    board.isServed = true;
    board.controller.catchUp();
    expect(wakes()).toBe(false);
  });
});

it('a checkpoint keeps all of it', () => {
  const board = new Board();
  board.send(0xed, 2, 0xf0, 1);
  for (const name of ['KeyA', 'Delete']) { board.press(name); board.release(name); }
  board.read();
  board.command(0x20);
  board.controller.write(0x60, 0xed);
  const writer = new ByteWriter();
  board.controller.save(writer);
  const other = new Board();
  other.clock = board.clock;
  const reader = new ByteReader(writer.copy(), 'a checkpoint');
  other.controller.restore(reader);
  expect(reader.remaining).toBe(0);
  expect(other.controller.keyboard.leds).toBe(2);
  expect(other.send(7)).toEqual(board.send(7));
  expect(other.controller.keyboard.leds).toBe(7);
});
