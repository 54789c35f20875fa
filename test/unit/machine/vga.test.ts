// The VGA: registers as they are written and read, retraces on the guest's clock, and what each mode shows of the machine's memory.

import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/base/byte-reader.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import type { Screen } from '../../../core/event/screen.ts';
import { CLOCKS_PER_SECOND } from '../../../core/machine/clock-rate.ts';
import { Vga } from '../../../core/machine/devices/vga.ts';
import { paletteOf } from '../../../core/machine/devices/vga-modes.ts';
import { isPlanar, screenOf } from '../../../core/machine/devices/vga-screen.ts';

class Board {
  clock = 0;
  readonly vga = new Vga(() => this.clock);
  readonly memory = new Uint8Array(0x10_0000);

  constructor(mode: number | null) {
    if (mode !== null) expect(this.vga.setMode(mode)).toBe(true);
  }
  /** Writes an index and a value behind it. */
  set(port: number, index: number, value: number): void {
    this.vga.write(port, index);
    this.vga.write(port + 1, value);
  }
  get(port: number, index: number): number {
    this.vga.write(port, index);
    return this.vga.read(port + 1);
  }
  get screen(): Screen { return screenOf(this.vga, this.memory); }
  get text(): Extract<Screen, { readonly kind: 'text' }> {
    const { screen } = this;
    if (screen.kind !== 'text') throw new Error(`expected text, got ${screen.kind}`);
    return screen;
  }
  get picture(): Extract<Screen, { readonly kind: 'graphics' }> {
    const { screen } = this;
    if (screen.kind !== 'graphics') throw new Error(`expected a picture, got ${screen.kind}`);
    return screen;
  }
}

describe('registers', () => {
  it('keep what is written, behind their indices', () => {
    const board = new Board(3);
    for (const [port, index] of [[0x3c4, 2], [0x3ce, 8], [0x3d4, 0x0e]] as const) {
      board.set(port, index, 0x5a);
      expect([board.get(port, index), board.vga.read(port)]).toEqual([0x5a, index]);
      // indices that are not there
      board.set(port, 0x40, 0x11);
      expect(board.get(port, 0x40)).toBe(0);
    }
    expect([0x3cc, 0x3ca, 0x3c6].map((port) => board.vga.read(port))).toEqual([0x67, 0, 0xff]);
  });

  it('of the CRT controller are protected from 0 to 7, but for one bit', () => {
    const board = new Board(3);
    board.set(0x3d4, 0, 0xaa);
    board.set(0x3d4, 7, 0xff);
    expect([board.get(0x3d4, 0), board.get(0x3d4, 7)]).toEqual([0x5f, 0x1f]);
    board.set(0x3d4, 7, 0xef);
    expect(board.get(0x3d4, 7)).toBe(0x0f);
    board.set(0x3d4, 0x11, 0x0e);
    board.set(0x3d4, 0, 0xaa);
    expect(board.get(0x3d4, 0)).toBe(0xaa);
  });

  it('of the attribute controller take index and value in turn; colours only while nothing is shown', () => {
    const board = new Board(3);
    const write = (...values: readonly number[]): void => { for (const value of values) board.vga.write(0x3c0, value); };
    board.vga.read(0x3da);
    write(0x21, 0x3f, 0x30, 0x04);
    expect([board.vga.attribute[1], board.vga.attribute[16], board.vga.read(0x3c1)]).toEqual([1, 4, 4]);
    write(0x01, 0x3f);
    expect([board.vga.attribute[1], board.screen]).toEqual([0x3f, { kind: 'absent', reason: 'the guest has turned the display off' }]);
    // an index that waits is forgotten
    write(0x02);
    board.vga.read(0x3da);
    write(0x20);
    expect([board.vga.isShown, board.vga.read(0x3c0)]).toEqual([true, 0x20]);
  });

  it('of the palette go on by themselves, to read and to write', () => {
    const board = new Board(3);
    board.vga.write(0x3c8, 0xff);
    for (const level of [1, 2, 3, 0x7f, 5]) board.vga.write(0x3c9, level);
    board.vga.write(0x3c7, 0xff);
    expect(Array.from({ length: 6 }, () => board.vga.read(0x3c9))).toEqual([1, 2, 3, 0x3f, 5, 0]);
    expect([board.vga.read(0x3c8), board.vga.read(0x3c7)]).toEqual([1, 3]);
  });

  it('of a monochrome card answer at 3Bx, those of a colour card at 3Dx', () => {
    const board = new Board(3);
    expect([board.vga.read(0x3b4), board.vga.read(0x3b5)]).toEqual([0xff, 0xff]);
    board.vga.write(0x3c2, 0x66);
    board.vga.write(0x3b4, 0x0f);
    board.vga.write(0x3b5, 0x12);
    expect([board.vga.read(0x3b5), board.vga.read(0x3d5)]).toEqual([0x12, 0xff]);
  });
});

describe('retraces', () => {
  it('come some seventy times a second in text mode, two lines long, outside what is displayed', () => {
    const board = new Board(3);
    let rises = 0, before = 0, retracing = 0, displaying = 0;
    const step = 97, samples = Math.floor(CLOCKS_PER_SECOND / step);
    for (let sample = 0; sample < samples; sample += 1) {
      board.clock = sample * step;
      const status = board.vga.read(0x3da);
      expect(status & 9).not.toBe(8);
      if ((status & 8) !== 0 && before === 0) rises += 1;
      before = status & 8;
      retracing += before === 0 ? 0 : 1;
      displaying += (status & 1) === 0 ? 1 : 0;
    }
    expect(rises).toBe(70);
    expect(retracing / samples).toBeCloseTo(2 / 449, 3);
    expect(displaying / samples).toBeCloseTo(400 / 449 * 0.8, 2);
  });
});

describe('a text screen', () => {
  it('shows the cells at B8000, the cursor, and the sixteen colours', () => {
    const board = new Board(3);
    board.memory.set([0x41, 0x1f, 0x42, 0x07], 0xb_8000 + 160);
    board.set(0x3d4, 0x0e, 0);
    board.set(0x3d4, 0x0f, 82);
    const { columns, rows, cells, cursor, characterLines, blinks, palette } = board.text;
    expect({ columns, rows, characterLines, blinks, cursor }).toEqual({ columns: 80, rows: 25, characterLines: 16, blinks: true, cursor: { column: 2, row: 1, first: 13, last: 14 } });
    expect([...cells.subarray(160, 164)]).toEqual([0x41, 0x1f, 0x42, 0x07]);
    expect([...palette.subarray(1 * 3, 2 * 3), ...palette.subarray(6 * 3, 7 * 3), ...palette.subarray(15 * 3)]).toEqual([0, 0, 170, 170, 85, 0, 255, 255, 255]);
  });

  it('begins where the start address says, and hides a cursor that is off or outside', () => {
    const board = new Board(3);
    board.memory[0xb_8000 + 200] = 0x58;
    board.set(0x3d4, 0x0d, 100);
    expect([board.text.cells[0], board.text.cursor]).toEqual([0x58, null]);
    board.set(0x3d4, 0x0f, 100);
    expect(board.text.cursor).toMatchObject({ column: 0, row: 0 });
    board.set(0x3d4, 0x0a, 0x2d);
    expect(board.text.cursor).toBeNull();
  });

  it('has forty columns, fifty rows, or bright backgrounds when the registers say so', () => {
    expect(new Board(1).text).toMatchObject({ columns: 40, rows: 25 });
    const board = new Board(3);
    board.set(0x3d4, 9, 0x47);
    board.vga.read(0x3da);
    for (const value of [0x30, 0x04]) board.vga.write(0x3c0, value);
    expect(board.text).toMatchObject({ columns: 80, rows: 50, characterLines: 8, blinks: false });
  });

  it('wraps within its window, and nowhere else', () => {
    const board = new Board(3);
    board.memory[0xb_8000] = 0x57;
    board.set(0x3d4, 0x0c, 0x3f);
    board.set(0x3d4, 0x0d, 0xff);
    expect([board.text.cells[0], board.text.cells[2]]).toEqual([0, 0x57]);
  });
});

describe('pictures', () => {
  it('of mode 13h: a byte a pixel, from the start address on', () => {
    const board = new Board(0x13);
    board.memory.set([5, 6], 0xa_0000);
    board.memory[0xa_0000 + 320 * 199 + 319] = 0x2c;
    const { width, height, pixels, palette } = board.picture;
    expect([width, height, pixels[0], pixels[1], pixels[320 * 200 - 1]]).toEqual([320, 200, 5, 6, 0x2c]);
    expect([...palette.subarray(0x2c * 3, 0x2d * 3)]).toEqual([255, 255, 0]);
    board.set(0x3d4, 0x0d, 80);
    expect([board.picture.pixels[0], board.picture.pixels[320 * 198 + 319]]).toEqual([0, 0x2c]);
  });

  it('of the CGA: two bits or one, odd lines in a bank of their own', () => {
    const board = new Board(4);
    board.memory.set([0b00_01_10_11], 0xb_8000);
    board.memory[0xb_8000 + 0x2000] = 0xc0;
    expect([board.picture.width, board.picture.height, ...board.picture.pixels.subarray(0, 4), board.picture.pixels[320]]).toEqual([320, 200, 0, 1, 2, 3, 3]);
    const fine = new Board(6);
    fine.memory[0xb_8000 + 80] = 0x41;
    expect([fine.picture.width, fine.picture.height, ...fine.picture.pixels.subarray(1280, 1288)]).toEqual([640, 200, 0, 1, 0, 0, 0, 0, 0, 1]);
    expect([...fine.picture.palette.subarray(3, 6)]).toEqual([255, 255, 255]);
  });

  it('of planes are named, not drawn', () => {
    const board = new Board(0x13);
    expect(isPlanar(board.vga)).toBe(false);
    board.set(0x3c4, 4, 6);
    expect([isPlanar(board.vga), board.screen]).toEqual([true, { kind: 'absent', reason: 'planar graphics are not modelled' }]);
  });
});

describe('nothing', () => {
  it('is shown before a mode is set, and whatever a guest writes to the registers gives a bounded answer', () => {
    const board = new Board(null);
    expect([board.screen, board.vga.setMode(0x12), board.vga.setMode(-1)]).toEqual([{ kind: 'absent', reason: 'no video mode has been set' }, false, false]);
    let seed = 1;
    const next = (): number => { seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0; return seed >>> 24; };
    for (let round = 0; round < 60; round += 1) {
      for (const registers of [board.vga.crtController, board.vga.graphics, board.vga.sequencer, board.vga.attribute]) for (let at = 0; at < registers.length; at += 1) registers[at] = next();
      board.vga.write(0x3c2, next());
      board.vga.read(0x3da);
      board.vga.read(0x3ba);
      board.vga.write(0x3c0, 0x20);
      board.clock = round * 12_345;
      const { screen } = board;
      if (screen.kind !== 'absent') expect((screen.kind === 'text' ? screen.cells : screen.pixels).length).toBeLessThanOrEqual(4 << 20);
    }
  });
});

it('a checkpoint keeps all of it, and names a palette it knows', () => {
  for (const isOwnPalette of [false, true]) {
    const board = new Board(0x13);
    board.set(0x3c4, 1, 0x21);
    board.vga.write(0x3c0, 0x05);
    if (isOwnPalette) { board.vga.write(0x3c8, 9); board.vga.write(0x3c9, 0x11); }
    const writer = new ByteWriter();
    board.vga.save(writer);
    expect(writer.length).toBe(isOwnPalette ? 840 : 72);
    const other = new Board(null);
    const reader = new ByteReader(writer.copy(), 'a checkpoint');
    other.vga.restore(reader);
    expect(reader.remaining).toBe(0);
    expect([other.vga.palette, other.vga.crtController]).toEqual([board.vga.palette, board.vga.crtController]);
    for (const { vga } of [board, other]) vga.write(0x3c0, 0x17);
    expect([other.vga.attribute, [0x3c0, 0x3c5, 0x3c8].map((port) => other.vga.read(port))]).toEqual([board.vga.attribute, [0x3c0, 0x3c5, 0x3c8].map((port) => board.vga.read(port))]);
  }
  expect(paletteOf('256')).toHaveLength(768);
});
