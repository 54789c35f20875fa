// The 8259 pair alone: what it raises, in which order it serves, how service ends, and what it refuses.

import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/base/byte-reader.ts';
import { ByteWriter } from '../../../core/base/byte-writer.ts';
import { Unsupported } from '../../../core/cpu/fault.ts';
import { PicPair } from '../../../core/machine/devices/pic.ts';

interface Bench { readonly pic: PicPair; readonly told: string[]; isRequesting: boolean }
const CHANGES = ['raised', 'acknowledged', 'lowered'];

function bench(icw4 = 1): Bench {
  const told: string[] = [];
  const made: Bench = {
    told, isRequesting: false,
    pic: new PicPair({
      onLine: (line, change, vector) => { told.push(`${String(line)} ${CHANGES[change] ?? '?'}${vector === null ? '' : ` ${vector.toString(16)}`}`); },
      onRequest: (isRaised) => { made.isRequesting = isRaised; },
    }),
  };
  for (const [port, value] of [[0x20, 0x11], [0x21, 0x20], [0x21, 4], [0x21, icw4], [0xa0, 0x11], [0xa1, 0x28], [0xa1, 2], [0xa1, icw4]] as const) made.pic.write(port, value);
  return made;
}
const pulse = (pic: PicPair, ...lines: readonly number[]): void => { for (const line of lines) pic.setLine(line, true); };
/** Acknowledges until nothing asks, ending each service with this OCW2; the vectors in order. */
function serveAll(made: Bench, ocw2: number): readonly string[] {
  const vectors: string[] = [];
  while (made.isRequesting) {
    const vector = made.pic.acknowledge();
    vectors.push(vector.toString(16));
    if (vector >= 0x28) made.pic.write(0xa0, ocw2);
    made.pic.write(0x20, ocw2);
  }
  return vectors;
}
const EOI = 0x20, ROTATE_EOI = 0xa0;
const readIsr = (pic: PicPair, port: number): number => { pic.write(port, 0x0b); return pic.read(port); };
const readIrr = (pic: PicPair, port: number): number => { pic.write(port, 0x0a); return pic.read(port); };

describe('requests', () => {
  it('are latched at the rising edge, once, and withdrawn when the line falls', () => {
    const { pic, told } = bench();
    pic.setLine(3, true);
    pic.setLine(3, true);
    expect(readIrr(pic, 0x20)).toBe(8);
    pic.setLine(3, false);
    expect(readIrr(pic, 0x20)).toBe(0);
    expect(told).toEqual(['3 raised', '3 lowered']);
  });

  it('behind a mask are told of when it is lifted; the mask reads back', () => {
    const made = bench();
    made.pic.write(0x21, 0x09);
    pulse(made.pic, 3);
    expect([made.isRequesting, made.told.length, made.pic.read(0x21)]).toEqual([false, 0, 9]);
    made.pic.write(0x21, 0);
    expect([made.isRequesting, ...made.told]).toEqual([true, '3 raised']);
  });

  it('before initialisation reach nobody', () => {
    let isRequesting = false;
    const pic = new PicPair({ onLine: () => { throw new Error('told'); }, onRequest: (isRaised) => { isRequesting = isRaised; } });
    pulse(pic, 0);
    expect(isRequesting).toBe(false);
  });

  it('need a new edge after initialisation', () => {
    const made = bench();
    pulse(made.pic, 0);
    for (const [port, value] of [[0x20, 0x11], [0x21, 0x40], [0x21, 4], [0x21, 1]] as const) made.pic.write(port, value);
    expect(made.isRequesting).toBe(false);
    made.pic.setLine(0, false);
    made.pic.setLine(0, true);
    expect(made.pic.acknowledge()).toBe(0x40);
  });
});

describe('priority', () => {
  it('is 0, 1, the second chip, 3 to 7', () => {
    const made = bench();
    pulse(made.pic, 7, 15, 3, 8, 1, 0);
    expect(serveAll(made, EOI)).toEqual(['20', '21', '28', '2f', '23', '27']);
  });

  it('holds back what is not higher while one is in service', () => {
    const made = bench();
    pulse(made.pic, 3);
    expect([made.pic.acknowledge(), readIsr(made.pic, 0x20)]).toEqual([0x23, 8]);
    pulse(made.pic, 5);
    expect([made.isRequesting, made.pic.wouldServe(5), made.pic.wouldServe(1)]).toEqual([false, false, true]);
    pulse(made.pic, 1);
    expect([made.isRequesting, made.pic.acknowledge(), readIsr(made.pic, 0x20)]).toEqual([true, 0x21, 0x0a]);
    made.pic.write(0x20, EOI);
    expect(readIsr(made.pic, 0x20)).toBe(8);
    made.pic.write(0x20, 0x63);
    expect([readIsr(made.pic, 0x20), made.pic.acknowledge()]).toEqual([0, 0x25]);
  });

  it('rotates: the line just served comes last', () => {
    const made = bench();
    pulse(made.pic, 0, 1);
    expect(made.pic.acknowledge()).toBe(0x20);
    made.pic.setLine(0, false);
    made.pic.setLine(0, true);
    made.pic.write(0x20, ROTATE_EOI);
    expect(serveAll(made, ROTATE_EOI)).toEqual(['21', '20']);
    made.pic.write(0x20, 0xc3);
    pulse(made.pic, 3, 4);
    expect(serveAll(made, EOI)).toEqual(['24', '23']);
  });

  it('in special mask mode masks only what is masked', () => {
    const made = bench();
    pulse(made.pic, 1);
    made.pic.acknowledge();
    made.pic.write(0x21, 0x02);
    pulse(made.pic, 4);
    expect(made.isRequesting).toBe(false);
    made.pic.write(0x20, 0x68);
    expect([made.isRequesting, made.pic.acknowledge()]).toEqual([true, 0x24]);
  });
});

describe('an acknowledge', () => {
  it('of nothing is spurious: line 7, or 15 behind the cascade, with nothing in service there', () => {
    const { pic, told } = bench();
    expect([pic.acknowledge(), readIsr(pic, 0x20)]).toEqual([0x27, 0]);
    expect(told).toEqual(['7 acknowledged 27']);
  });

  it('by poll command gives the line, and takes it into service', () => {
    const { pic, told } = bench();
    pulse(pic, 3);
    pic.write(0x20, 0x0c);
    expect([pic.read(0x20), readIsr(pic, 0x20), told.at(-1)]).toEqual([0x83, 8, '3 acknowledged']);
    pic.write(0x20, 0x0c);
    expect(pic.read(0x20)).toBe(0);
  });

  it('with automatic end of interrupt leaves nothing in service, and the second chip asks again', () => {
    const made = bench(3);
    pulse(made.pic, 8, 9);
    expect([made.pic.acknowledge(), made.isRequesting, made.pic.acknowledge(), made.isRequesting]).toEqual([0x28, true, 0x29, false]);
    expect([readIsr(made.pic, 0x20), readIsr(made.pic, 0xa0)]).toEqual([0, 0]);
  });
});

it('survives a checkpoint', () => {
  const made = bench();
  pulse(made.pic, 3, 8);
  made.pic.acknowledge();
  const writer = new ByteWriter();
  made.pic.save(writer);
  const other = bench();
  other.pic.restore(new ByteReader(writer.copy(), 'a checkpoint'));
  expect([readIsr(other.pic, 0x20), readIsr(other.pic, 0xa0), readIrr(other.pic, 0x20)]).toEqual([4, 1, 8]);
});

it.each([
  ['level triggering', 0x20, [0x19]], ['a single chip', 0x20, [0x13]], ['MCS-80 mode', 0x20, [0x10]], ['a strange cascade', 0x20, [0x11, 0x20, 2]],
  ['MCS-80 mode in ICW4', 0x20, [0x11, 0x20, 4, 0]], ['special fully nested mode', 0xa0, [0x11, 0x28, 2, 0x11]],
] as const)('refuses %s by name', (_, port, [first, ...others]) => {
  const { pic } = bench();
  expect(() => {
    pic.write(port, first);
    for (const value of others) pic.write(port + 1, value);
  }).toThrow(expect.toSatisfy((thrown) => thrown instanceof Unsupported && thrown.detail.startsWith('8259: ')));
});
