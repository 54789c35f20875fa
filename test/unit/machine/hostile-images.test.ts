// Hostile images: kernels of every boot protocol cut at every length and with bytes changed, started as what they claim to be. Whatever they are, they are
// refused in one line, or run and come back at their bound; nothing else is thrown, and no memory beyond the guest's is asked for.

import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import type { GuestFile } from '../../../core/event/guest-file.ts';
import { createMachine, planMachine } from '../../../core/machine/machine.ts';
import type { ImageFormat } from '../../../core/machine/options.ts';
import { Session } from '../../../core/machine/session.ts';
import { randomFrom } from '../../witness/lib/random.ts';
import { elf64Bytes, elfBytes } from './elf-bytes.ts';
import { linuxImage } from './linux-image.ts';
import { littleEndian, multiboot2Header, multiboot2Tag, multibootHeader } from './multiboot-bytes.ts';

const MEMORY = 2 << 20, LOAD = 0x10_0000, ATTEMPTS = 2000, ROUNDS = 300;
/** Headers lie below: cut at every byte there. */
const DENSE = 320;
// mov al, 1 / out 0xf4, al, after a loop of writes over itself
const CODE = [0xbf, ...littleEndian(LOAD), 0xb9, ...littleEndian(64), 0xaa, 0xe2, 0xfd, 0xb0, 1, 0xe6, 0xf4];
const elf = (bytes: readonly number[], notes?: readonly number[]): Uint8Array => elfBytes({ entry: LOAD + bytes.length - CODE.length, segments: [{ physical: LOAD, bytes, memoryBytes: 0x2000 }], symbols: [{ name: 'a', address: LOAD, size: 4 }], ...(notes === undefined ? {} : { notes }) });
const note = [...littleEndian(4, 4, 18), 0x58, 0x65, 0x6e, 0, ...littleEndian(LOAD)];
const bootDisk = (): Uint8Array => {
  const image = new Uint8Array(1024);
  image.set([0xcd, 0x13, 0xcd, 0x15, 0xeb, 0xfa]);
  image.set([0x55, 0xaa], 510);
  return image;
};

const IMAGES: readonly (readonly [ImageFormat, Uint8Array])[] = [
  ['elf', elf(CODE)], ['multiboot', elf([...multibootHeader(7), ...Array.from({ length: 36 }, () => 0), ...CODE])],
  ['multiboot', Uint8Array.from([...multibootHeader(0x1_0000), ...littleEndian(LOAD, LOAD, 0, LOAD + 0x1000, LOAD + 32), ...CODE])],
  ['multiboot2', elf([0, 0, 0, 0, ...multiboot2Header(multiboot2Tag(1, { words: [4, 6] }), multiboot2Tag(2, { words: [LOAD + 4, LOAD, 0, 0] }), multiboot2Tag(3, { words: [LOAD + 96] }), multiboot2Tag(5, { words: [1, 2, 3] })), ...CODE])],
  ['pvh', elf(CODE, note)], ['linux', linuxImage({ code: CODE })], ['multiboot', elf64Bytes({ entry: BigInt(LOAD + 12), segments: [{ physical: LOAD, virtual: BigInt(LOAD), bytes: [...multibootHeader(0), ...CODE] }] })],
  ['boot', bootDisk()],
];
const FILES: readonly GuestFile[] = [{ role: 'module', name: 'm a', bytes: new Uint8Array(5000) }];

/** Runs it when it can be run; the refusal otherwise. */
function outcome(image: Uint8Array, format: ImageFormat | 'auto', files: readonly GuestFile[] = []): string {
  try {
    const machine = createMachine({ image, files, request: { format, memoryBytes: MEMORY, maxInstructions: ATTEMPTS }, allocate: (bytes) => new ArrayBuffer(bytes) });
    const end = new Session(machine).run(ATTEMPTS);
    expect(machine.cpu.attempts).toBeLessThanOrEqual(ATTEMPTS);
    return end?.kind ?? 'none';
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    expect(error.message).toMatch(/^[^\n]+$/);
    return 'refused';
  }
}
const plan = (image: Uint8Array, format: ImageFormat | 'auto', files: readonly GuestFile[] = []): void => {
  try { planMachine(image, { format, memoryBytes: MEMORY }, files); } catch (error) { if (!(error instanceof BadInput)) throw error; }
};

describe.each(IMAGES)('a kernel of format %s', (format, image) => {
  it('is started when it is whole', () => {
    expect(planMachine(image, { memoryBytes: MEMORY }).options.format).toBe(format);
    expect(outcome(image, 'auto')).not.toMatch(/refused|none/);
  });

  it('is refused or run, wherever it is cut', () => {
    for (let length = 0; length < image.length; length += length < DENSE ? 1 : 61) for (const asked of ['auto', format] as const) plan(image.subarray(0, length), asked);
    expect(['refused', 'exit', 'limit', 'shutdown', 'unsupported', 'halt']).toContain(outcome(image.subarray(0, image.length - 1), format));
  });

  it('is refused or run, whatever its header says', () => {
    const random = randomFrom(3), headers = Math.min(image.length, 0x300);
    const files = ['multiboot', 'multiboot2', 'pvh'].includes(format) ? FILES : [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const changed = image.slice();
      for (let count = random.below(3) + 1; count > 0; count -= 1) {
        const at = random.below(headers);
        changed.set(random.below(3) === 0 ? [0xff, 0xff, 0xff, 0x7f].slice(0, changed.length - at) : [random.below(256)], at);
      }
      if (round % 30 === 0) expect(outcome(changed, format, files)).not.toBe('none');
      else for (const asked of ['auto', format] as const) plan(changed, asked, asked === format ? files : []);
    }
  });
});

it('random bytes are an image of some kind, or a wrong file', () => {
  const random = randomFrom(11);
  for (let round = 0; round < 300; round += 1) plan(Uint8Array.from({ length: random.below(3000) }, () => random.below(256)), 'auto');
});
