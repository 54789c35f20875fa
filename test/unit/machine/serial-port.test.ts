// The 16550 as COM1: interrupts by priority and how each is taken away, FIFOs and their time-out, bytes from outside, loop-back, checkpoints.

import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/base/byte-reader.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import { SERIAL_WAITING_MAX } from '../../../core/machine/devices/serial-receiver.ts';
import { SerialPort } from '../../../core/machine/devices/serial-port.ts';

const DATA = 0, IER = 1, IIR = 2, FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6;
/** Ticks of the guest's clock for a character of 10 bits at 115200 baud: 10 * 16 / 1843200 seconds of 19090912 ticks, rounded up. */
const CHARACTER = 1658, FOUR_CHARACTERS = 6629;

class Board {
  clock = 1000;
  isServed = true;
  readonly lines: boolean[] = [];
  readonly sent: number[] = [];
  readonly port = new SerialPort({ clock: () => this.clock, setLine: (isHigh) => { this.lines.push(isHigh); }, isServed: () => this.isServed, onSent: (byte) => { this.sent.push(byte); } });

  /** 8 data bits, no parity, one stop bit at 115200 baud. */
  constructor({ fcr = 0, ier = 0 } = {}) {
    for (const [register, value] of [[LCR, 0x83], [DATA, 1], [IER, 0], [LCR, 3], [FCR, fcr], [IER, ier]] as const) this.write(register, value);
    this.lines.length = 0;
  }
  read(register: number): number { return this.port.read(0x3f8 + register); }
  write(register: number, value: number): void { this.port.write(0x3f8 + register, value); }
  give(text: string): void {
    this.port.give(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    this.pass(0);
  }
  pass(ticks: number): void {
    const end = this.clock + ticks;
    while (this.port.deadline <= end) {
      this.clock = this.port.deadline;
      this.port.catchUp();
    }
    this.clock = end;
  }
}

describe('the transmitter', () => {
  it('asks when it is enabled while empty, until IIR is read, and again after each byte', () => {
    const board = new Board();
    expect([board.read(IIR), board.read(LSR)]).toEqual([1, 0x60]);
    board.write(IER, 2);
    expect([board.read(IIR), board.read(IIR), board.lines]).toEqual([2, 1, [true, false]]);
    board.write(DATA, 0x41);
    board.write(DATA, 0x42);
    // each byte takes the line down: an edge for the second one, too
    expect([board.sent, board.lines]).toEqual([[0x41, 0x42], [true, false, true, false, true]]);
    board.write(IER, 0);
    expect([board.lines.at(-1), board.read(IIR)]).toEqual([false, 1]);
    board.write(IER, 2);
    expect(board.read(IIR)).toBe(2);
  });

  it('says nothing when it is not enabled', () => {
    const board = new Board({ ier: 1 });
    board.write(DATA, 0x41);
    expect([board.read(IIR), board.lines]).toEqual([1, []]);
  });
});

describe('the receiver without FIFO', () => {
  it('takes a byte at once when idle, the next one when the first was read, a character later', () => {
    const board = new Board({ ier: 1 });
    board.give('ab');
    expect([board.read(LSR), board.read(IIR), board.lines]).toEqual([0x61, 4, [true]]);
    board.pass(10 * CHARACTER);
    expect(board.read(DATA)).toBe(0x61);
    expect([board.lines, board.read(LSR), board.port.deadline]).toEqual([[true, false], 0x60, board.clock + CHARACTER]);
    board.pass(CHARACTER);
    expect(board.lines).toEqual([true, false, true]);
    expect([board.read(DATA), board.port.deadline]).toEqual([0x62, Infinity]);
    expect(board.read(DATA)).toBe(0x62);
  });
});

describe('the receiver with FIFO', () => {
  it('asks at the trigger level, and after four silent characters below it', () => {
    const board = new Board({ fcr: 0x81, ier: 1 });
    board.give('123456789');
    expect([board.read(IIR), board.lines]).toEqual([0xc1, []]);
    board.pass(7 * CHARACTER);
    expect([board.read(IIR), board.lines]).toEqual([0xc4, [true]]);
    expect([board.read(DATA), board.read(IIR), board.lines]).toEqual([0x31, 0xc1, [true, false]]);
    // the ninth fills it up to the level again
    board.pass(CHARACTER);
    expect([board.read(IIR), board.lines]).toEqual([0xc4, [true, false, true]]);
    for (const _ of '2345678') board.read(DATA);
    expect(board.read(IIR)).toBe(0xc1);
    board.pass(FOUR_CHARACTERS - 1);
    expect(board.read(IIR)).toBe(0xc1);
    board.pass(1);
    expect([board.read(IIR), board.read(LSR)]).toEqual([0xcc, 0x61]);
    expect([board.read(DATA), board.read(IIR), board.read(DATA)]).toEqual([0x39, 0xc1, 0]);
  });

  it('holds sixteen; the sender waits, and nothing is lost', () => {
    const board = new Board({ fcr: 0x01 });
    board.give('abcdefghijklmnopqrst');
    board.pass(100 * CHARACTER);
    expect(board.port.deadline).toBe(Infinity);
    let text = '';
    while ((board.read(LSR) & 1) !== 0) {
      text += String.fromCharCode(board.read(DATA));
      board.pass(CHARACTER);
    }
    expect(text).toBe('abcdefghijklmnopqrst');
  });

  it('is emptied by bit 1 of FCR and by a change of bit 0', () => {
    for (const value of [0x03, 0x00]) {
      const board = new Board({ fcr: 0x01, ier: 1 });
      board.give('x');
      board.write(FCR, value);
      expect([board.read(LSR), board.lines, board.port.deadline]).toEqual([0x60, [true, false], Infinity]);
    }
  });

  it('keeps a bounded number of bytes that wait', () => {
    const board = new Board();
    board.port.give(new Uint8Array(SERIAL_WAITING_MAX));
    board.port.give(new Uint8Array(SERIAL_WAITING_MAX));
    const writer = new ByteWriter();
    board.port.save(writer);
    expect(writer.length).toBeLessThan(SERIAL_WAITING_MAX + 100);
  });
});

describe('loop-back', () => {
  it('brings bytes back, overruns when there is no room, and holds the sender outside', () => {
    const board = new Board({ ier: 4 });
    board.write(MCR, 0x10);
    board.give('z');
    board.write(DATA, 0x11);
    expect([board.lines, board.sent]).toEqual([[], []]);
    board.write(DATA, 0x22);
    expect([board.lines, board.read(IIR), board.read(LSR), board.lines, board.read(DATA)]).toEqual([[true, false], 6, 0x63, [true, false], 0x11]);
    expect(board.read(LSR)).toBe(0x60);
    board.write(MCR, 0);
    board.pass(CHARACTER);
    expect(board.read(DATA)).toBe(0x7a);
  });

  it('shows the outputs in the modem status, with what changed until it is read', () => {
    const board = new Board();
    expect(board.read(MSR)).toBe(0xb0);
    board.write(MCR, 0x1a);
    // CTS and DCD stay, DSR falls
    expect([board.read(MSR), board.read(MSR)]).toEqual([0x92, 0x90]);
    board.write(MCR, 0x14);
    board.write(IER, 8);
    expect([board.read(IIR), board.read(MSR), board.read(IIR)]).toEqual([0, 0x49, 1]);
    // the end of a ring
    board.write(MCR, 0x10);
    expect(board.read(MSR)).toBe(0x04);
  });
});

describe('what a halted processor waits for', () => {
  const wakes = (board: Board): boolean => board.port.willWake({ isMaskableOpen: true });

  it('is a byte under way, or a time-out, when it would interrupt', () => {
    const board = new Board({ fcr: 0x81, ier: 1 });
    expect(wakes(board)).toBe(false);
    board.give('a');
    expect([wakes(board), board.port.willWake({ isMaskableOpen: false })]).toEqual([true, false]);
    board.isServed = false;
    expect(wakes(board)).toBe(false);
    board.isServed = true;
    board.write(IER, 0);
    expect(wakes(board)).toBe(false);
    board.write(IER, 1);
    board.pass(4 * CHARACTER);
    // the line is high already: no edge will come
    expect([board.lines, wakes(board)]).toEqual([[true], false]);
  });
});

it('a checkpoint keeps all of it', () => {
  const board = new Board({ fcr: 0x41, ier: 0x0b });
  board.give('hello');
  board.pass(2 * CHARACTER);
  board.write(MCR, 0x0b);
  const writer = new ByteWriter();
  board.port.save(writer);
  const other = new Board();
  other.clock = board.clock;
  const reader = new ByteReader(writer.copy(), 'a checkpoint');
  other.port.restore(reader);
  expect(reader.remaining).toBe(0);
  for (const one of [board, other]) {
    one.lines.length = 0;
    one.read(IIR);
    one.pass(9 * CHARACTER);
  }
  const rest = (one: Board): readonly unknown[] => [one.lines, ...[IER, IIR, LCR, MCR, LSR, MSR].map((register) => one.read(register)), ...Array.from('hello', () => one.read(DATA))];
  expect(rest(other)).toEqual(rest(board));
  expect(other.read(LSR)).toBe(0x60);
});
