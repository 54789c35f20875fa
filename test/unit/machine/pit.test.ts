// The 8254 alone, on a clock of the test: outputs as rows of levels, counts, latches, gates, and what it refuses.

import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/base/byte-reader.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import { Unsupported } from '../../../core/cpu/fault.ts';
import { CLOCKS_PER_PIT_TICK } from '../../../core/machine/clock-rate.ts';
import { Pit } from '../../../core/machine/devices/pit.ts';

interface Bench { readonly pit: Pit; tick: number; readonly edges: string[]; level: boolean | null }
function bench(): Bench {
  const made: Bench = {
    tick: 0, edges: [], level: null,
    pit: new Pit(() => made.tick * CLOCKS_PER_PIT_TICK, (isHigh) => {
      if (isHigh !== made.level) made.edges.push(`${String(made.tick)}${isHigh ? '+' : '-'}`);
      made.level = isHigh;
    }, () => true),
  };
  return made;
}
const program = ({ pit }: Bench, control: number, count: number, port = 0x40): void => {
  pit.write(0x43, control);
  pit.write(port, count & 0xff);
  pit.write(port, count >>> 8);
};
/** Advances deadline by deadline to `tick`; the levels of counter 0's output as edges `TICK+` or `TICK-`. */
function edgesUntil(made: Bench, tick: number): readonly string[] {
  made.edges.length = 0;
  while (made.pit.deadline <= tick * CLOCKS_PER_PIT_TICK) {
    made.tick = made.pit.deadline / CLOCKS_PER_PIT_TICK;
    made.pit.catchUp();
  }
  made.tick = tick;
  return made.edges;
}
const count = ({ pit }: Bench, port = 0x40): number => pit.read(port) | (pit.read(port) << 8);
const latched = (made: Bench): number => { made.pit.write(0x43, 0); return count(made); };

describe('counter 0, loaded with 5 at tick 1', () => {
  it.each([
    ['mode 0 rises once, at the terminal count', 0x30, ['6+']],
    ['mode 2 is low for the last tick of each cycle', 0x34, ['5-', '6+', '10-', '11+', '15-', '16+']],
    ['mode 3 is high for three ticks and low for two', 0x36, ['4-', '6+', '9-', '11+', '14-', '16+']],
    ['mode 4 is low for one tick at the terminal count', 0x38, ['6-', '7+']],
    ['mode 6 is mode 2', 0x3c, ['5-', '6+', '10-', '11+', '15-', '16+']],
  ])('%s', (_, control, edges) => {
    const made = bench();
    program(made, control, 5);
    expect(edgesUntil(made, 17)).toEqual(edges);
  });

  it.each([
    ['mode 0 counts down and on through 0', 0x30, [5, 5, 4, 3, 2, 1, 0, 0xffff]],
    ['mode 2 counts 5 to 1', 0x34, [5, 5, 4, 3, 2, 1, 5, 4]],
    ['mode 3 counts by two from 4', 0x36, [5 & ~1, 4, 2, 0, 4, 2, 4, 2]],
  ])('%s', (_, control, counts) => {
    const made = bench();
    program(made, control, 5);
    expect(counts.map((__, tick) => { made.tick = tick; return latched(made); })).toEqual(counts);
  });

  it('mode 3 with an even count is as long high as low', () => {
    const made = bench();
    program(made, 0x36, 6);
    expect(edgesUntil(made, 13)).toEqual(['4-', '7+', '10-', '13+']);
  });

  it('0 stands for 65536', () => {
    const made = bench();
    program(made, 0x34, 0);
    expect(edgesUntil(made, 140_000)).toEqual(['65536-', '65537+', '131072-', '131073+']);
  });
});

describe('a new count', () => {
  it('in mode 2 takes over at the end of the cycle', () => {
    const made = bench();
    program(made, 0x34, 5);
    edgesUntil(made, 7);
    made.pit.write(0x40, 3);
    made.pit.write(0x40, 0);
    expect(edgesUntil(made, 17)).toEqual(['10-', '11+', '13-', '14+', '16-', '17+']);
  });

  it('in mode 3 takes over at the end of the half cycle', () => {
    const made = bench();
    program(made, 0x36, 6);
    edgesUntil(made, 2);
    made.pit.write(0x40, 10);
    made.pit.write(0x40, 0);
    expect(edgesUntil(made, 20)).toEqual(['4-', '9+', '14-', '19+']);
  });

  it('in mode 0 stops counting with its first byte and starts over with its second', () => {
    const made = bench();
    program(made, 0x30, 5);
    made.tick = 3;
    made.pit.write(0x40, 4);
    expect(edgesUntil(made, 10)).toEqual([]);
    made.pit.write(0x40, 0);
    expect(edgesUntil(made, 20)).toEqual(['15+']);
  });
});

describe('reading', () => {
  it('a latched count stays until it is read, and the second latch command is ignored', () => {
    const made = bench();
    program(made, 0x34, 1000);
    made.tick = 1 + 10;
    made.pit.write(0x43, 0);
    made.tick = 1 + 20;
    made.pit.write(0x43, 0);
    expect([count(made), count(made)]).toEqual([990, 980]);
  });

  it('one byte alone, as the control word says', () => {
    const made = bench();
    made.pit.write(0x43, 0x14);
    made.pit.write(0x40, 0x80);
    made.tick = 1;
    expect([made.pit.read(0x40), made.pit.read(0x40)]).toEqual([0x80, 0x80]);
    made.pit.write(0x43, 0x24);
    made.pit.write(0x40, 0x12);
    made.tick = 2;
    expect(made.pit.read(0x40)).toBe(0x12);
  });

  it('status and count by read-back: output, null count, control word', () => {
    const made = bench();
    program(made, 0x34, 1000);
    made.pit.write(0x43, 0xc2);
    expect([made.pit.read(0x40), count(made)]).toEqual([0x80 | 0x40 | 0x34, 1000]);
    made.tick = 5;
    made.pit.write(0x43, 0xe2);
    expect(made.pit.read(0x40)).toBe(0x80 | 0x34);
    expect(made.pit.read(0x43)).toBe(0xff);
  });
});

describe('counter 2', () => {
  it('counts while its gate is open: mode 0 goes on, mode 2 starts over', () => {
    const made = bench();
    program(made, 0xb0, 10, 0x42);
    made.tick = 20;
    expect(made.pit.speakerOutput).toBe(false);
    made.pit.setSpeakerGate(true);
    made.tick = 26;
    made.pit.setSpeakerGate(false);
    made.tick = 100;
    expect(count(made, 0x42)).toBe(4);
    made.pit.setSpeakerGate(true);
    made.tick = 104;
    expect(made.pit.speakerOutput).toBe(true);
    program(made, 0xb4, 10, 0x42);
    made.tick = 110;
    made.pit.setSpeakerGate(false);
    expect(made.pit.speakerOutput).toBe(true);
    made.pit.setSpeakerGate(true);
    made.tick = 112;
    expect(count(made, 0x42)).toBe(9);
  });

  it('drives no interrupt line', () => {
    const made = bench();
    made.pit.setSpeakerGate(true);
    program(made, 0xb4, 10, 0x42);
    expect([made.pit.deadline, made.pit.willWake({ isMaskableOpen: true })]).toEqual([Infinity, false]);
  });
});

it('survives a checkpoint in the middle of everything', () => {
  const made = bench();
  program(made, 0x36, 6);
  edgesUntil(made, 2);
  made.pit.write(0x40, 10);
  made.pit.write(0x40, 0);
  made.pit.write(0x43, 0);
  const writer = new ByteWriter();
  made.pit.save(writer);
  const other = bench();
  other.pit.restore(new ByteReader(writer.copy(), 'a checkpoint'));
  other.tick = made.tick;
  other.level = made.level;
  expect(count(other)).toBe(count(made));
  expect(edgesUntil(other, 20)).toEqual(edgesUntil(made, 20));
});

it.each([['mode 1', 0x32], ['mode 5', 0x3a], ['BCD', 0x31]])('refuses %s by name', (_, control) => {
  expect(() => { bench().pit.write(0x43, control); }).toThrow(expect.toSatisfy((thrown) => thrown instanceof Unsupported && thrown.detail.startsWith('8254: ')));
});
it('refuses a count of 1 where the data sheet does', () => {
  expect(() => { program(bench(), 0x34, 1); }).toThrow(expect.toSatisfy((thrown) => thrown instanceof Unsupported));
});
