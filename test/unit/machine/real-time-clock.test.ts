// The MC146818: time in each format, setting it, the update cycle, the three interrupts with their flags, the alarm, checkpoints.

import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/base/byte-reader.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import { CLOCKS_PER_SECOND } from '../../../core/machine/clock-rate.ts';
import { dayOf, daysOf, weekdayOf } from '../../../core/machine/devices/calendar.ts';
import { CENTURY, RealTimeClock } from '../../../core/machine/devices/real-time-clock.ts';

const A = 10, B = 11, C = 12, D = 13, SECOND = CLOCKS_PER_SECOND;
/** Clocks of one period at 1024 Hz, rounded up. */
const MILLISECOND = Math.ceil(SECOND / 1024);

class Board {
  clock = 0;
  isServed = true;
  told: boolean[] = [];
  readonly rtc = new RealTimeClock({ clock: () => this.clock, setLine: (isHigh) => { this.told.push(isHigh); }, isServed: () => this.isServed });

  /** How its line changed so far. */
  get lines(): readonly boolean[] { return [...this.told]; }
  read(index: number): number { return this.rtc.read(index); }
  write(...pairs: readonly (readonly [number, number])[]): void { for (const [index, value] of pairs) this.rtc.write(index, value); }
  /** Century, year, month, day, weekday, hours, minutes, seconds. */
  get time(): string { return [CENTURY, 9, 8, 7, 6, 4, 2, 0].map((index) => this.read(index).toString(16)).join(' '); }
  passTo(clock: number): void {
    while (this.rtc.deadline <= clock) {
      this.clock = this.rtc.deadline;
      this.rtc.catchUp();
    }
    this.clock = clock;
  }
}

describe('the calendar', () => {
  it('counts days as the years go', () => {
    const first = daysOf({ year: 1999, month: 12, day: 31 });
    expect([0, 1, 32, 60, 61].map((days) => dayOf(first + days))).toEqual([
      { year: 1999, month: 12, day: 31 }, { year: 2000, month: 1, day: 1 }, { year: 2000, month: 2, day: 1 }, { year: 2000, month: 2, day: 29 }, { year: 2000, month: 3, day: 1 },
    ]);
    for (let days = 0; days < 300_000; days += 17) expect(daysOf(dayOf(days))).toBe(days);
    // a Saturday, a Thursday, and 2100 is no leap year
    expect([weekdayOf(first + 1), weekdayOf(daysOf({ year: 1970, month: 1, day: 1 }))]).toEqual([7, 5]);
    expect(daysOf({ year: 2100, month: 3, day: 1 }) - daysOf({ year: 2100, month: 2, day: 28 })).toBe(1);
  });
});

describe('the time', () => {
  it('begins at midnight of 1 January 2000 and follows the guest\'s clock into the next year', () => {
    const board = new Board();
    expect(board.time).toBe('20 0 1 1 7 0 0 0');
    board.clock = SECOND * (86_400 * 366 - 1);
    expect(board.time).toBe('20 0 12 31 1 23 59 59');
    board.clock += SECOND;
    expect(board.time).toBe('20 1 1 1 2 0 0 0');
  });

  it('is told in binary and with twelve hours when status B says so', () => {
    const board = new Board();
    board.clock = SECOND * (13 * 3600 + 59 * 60 + 42);
    board.write([B, 0x06]);
    expect(board.time).toBe('14 0 1 1 7 d 3b 2a');
    board.write([B, 0x00]);
    expect(board.time).toBe('20 0 1 1 7 81 59 42');
    board.clock = 0;
    expect(board.read(4)).toBe(0x12);
    board.clock = SECOND * 12 * 3600;
    expect(board.read(4)).toBe(0x92);
  });

  it('stands while SET is 1, and goes on from what was written', () => {
    const board = new Board();
    board.write([B, 0x82], [CENTURY, 0x19], [9, 0x70], [8, 0x02], [7, 0x28], [4, 0x23], [2, 0x59], [0, 0x58]);
    board.clock = 100 * SECOND;
    expect(board.time).toBe('19 70 2 28 7 23 59 58');
    board.write([B, 0x02]);
    board.clock += 2 * SECOND;
    expect(board.time).toBe('19 70 3 1 1 0 0 0');
    // what is no time counts on
    board.write([8, 0x00], [0, 0xff]);
    expect(board.time).toBe('19 70 1 1 5 0 2 45');
  });

  it('says that an update comes, but not while SET holds it', () => {
    const board = new Board();
    expect(board.read(A)).toBe(0x26);
    board.clock = SECOND - 4000;
    expect(board.read(A)).toBe(0xa6);
    board.write([B, 0x82]);
    expect(board.read(A)).toBe(0x26);
    expect(board.read(D)).toBe(0x80);
  });
});

describe('interrupts', () => {
  it('periodic: at the rate, once until status C is read', () => {
    const board = new Board();
    board.write([B, 0x42]);
    expect(board.rtc.deadline).toBe(MILLISECOND);
    board.passTo(5 * MILLISECOND);
    expect(board.lines).toEqual([true]);
    expect([board.read(C), board.read(C), board.lines]).toEqual([0xc0, 0x00, [true, false]]);
    // in a second of reading at once: 1024 in all
    let count = 1;
    while (board.rtc.deadline <= SECOND) {
      board.clock = board.rtc.deadline;
      board.rtc.catchUp();
      board.read(C);
      count += 1;
    }
    // the edges 2 to 4 fell together
    expect([count, board.clock]).toEqual([1024 - 3 - 1, SECOND]);
  });

  it.each([[1, 256], [2, 128], [3, 8192], [15, 2]])('periodic: rate %i is %i a second', (rate, hertz) => {
    const board = new Board();
    board.write([A, 0x20 | rate], [B, 0x42]);
    expect(board.rtc.deadline).toBe(Math.ceil(SECOND / hertz));
  });

  it.each([[0x20], [0x76]])('periodic: none with status A 0x%s', (statusA) => {
    const board = new Board();
    board.write([A, statusA], [B, 0x42]);
    expect(board.rtc.deadline).toBe(Infinity);
  });

  it('flags are set without their interrupts, which come at once when they are let', () => {
    const board = new Board();
    board.clock = 3 * SECOND;
    expect([board.read(C), board.lines]).toEqual([0x50, []]);
    board.clock = 4 * SECOND;
    board.write([B, 0x12]);
    expect([board.lines, board.read(C)]).toEqual([[true], 0xd0]);
  });

  it('update: at each second; SET takes it away', () => {
    const board = new Board();
    board.write([B, 0x12]);
    expect(board.rtc.deadline).toBe(SECOND);
    board.passTo(SECOND);
    expect([board.lines, board.read(C) & 0x90]).toEqual([[true], 0x90]);
    expect(board.rtc.deadline).toBe(2 * SECOND);
    board.write([B, 0x92]);
    expect([board.read(B), board.rtc.deadline]).toEqual([0x82, Infinity]);
  });

  it('alarm: at the time named, next day again, with bytes that match any', () => {
    const board = new Board();
    board.write([5, 0x01], [3, 0x02], [1, 0x03], [B, 0x22]);
    expect(board.rtc.deadline).toBe((3600 + 123) * SECOND);
    board.passTo(4000 * SECOND);
    expect([board.lines, board.read(C) & 0xa0]).toEqual([[true], 0xa0]);
    expect(board.rtc.deadline).toBe((86_400 + 3600 + 123) * SECOND);
    board.write([5, 0xff]);
    expect(board.rtc.deadline).toBe((3600 + 3600 + 123) * SECOND);
    board.write([3, 0xc0], [1, 0xc0]);
    expect(board.rtc.deadline).toBe(4001 * SECOND);
    // no such minute
    board.write([3, 0x61]);
    expect(board.rtc.deadline).toBe(Infinity);
  });

  it('wakes a halted processor when its line is served', () => {
    const board = new Board();
    expect(board.rtc.willWake({ isMaskableOpen: true })).toBe(false);
    board.write([B, 0x42]);
    expect([true, false].map((isMaskableOpen) => board.rtc.willWake({ isMaskableOpen }))).toEqual([true, false]);
    board.isServed = false;
    expect(board.rtc.willWake({ isMaskableOpen: true })).toBe(false);
  });
});

it('a checkpoint keeps all of it', () => {
  const board = new Board();
  board.write([A, 0x2a], [B, 0x82], [9, 0x44], [B, 0x72], [5, 0x07]);
  board.passTo(SECOND * 3 + 17);
  const writer = new ByteWriter();
  board.rtc.save(writer);
  const other = new Board();
  other.clock = board.clock;
  const reader = new ByteReader(writer.copy(), 'a checkpoint');
  other.rtc.restore(reader);
  expect(reader.remaining).toBe(0);
  const seen = (one: Board): readonly unknown[] => {
    one.told = [];
    return [one.rtc.deadline, one.time, one.read(C), one.read(B), one.read(5), one.lines, one.rtc.deadline];
  };
  expect(seen(other)).toEqual(seen(board));
  expect(other.read(9)).toBe(0x44);
});
