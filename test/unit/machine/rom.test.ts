// ROM images and how formats are told apart.

import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { createMachine, planMachine } from '../../../core/machine/machine.ts';
import { Session } from '../../../core/machine/session.ts';
import type { MachineRequest } from '../../../core/machine/options.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { open, record } from '../ringscope/recorded.ts';
import { bootDisk, exit, rom } from './boot-guests.ts';
import { exits } from './guests.ts';

const formatOf = (image: Uint8Array, request: MachineRequest = {}): string => planMachine(image, request).options.format;
const refusal = (image: Uint8Array, request: MachineRequest): string => {
  try { return formatOf(image, request); } catch (error) { return error instanceof BadInput ? error.message : String(error); }
};
const run = (image: Uint8Array): Session => {
  const session = new Session(createMachine({ image, request: { format: 'rom', memoryBytes: 2 << 20, maxInstructions: 100_000 }, allocate: (bytes) => new ArrayBuffer(bytes) }));
  session.run(Infinity);
  return session;
};

describe('what an image is', () => {
  it('is seen in its bytes', () => {
    expect([bootDisk([]), bootDisk([], 1440 * 1024), rom([]), rom([], 0x4_0000), exits(0), new Uint8Array(0x1_0000).fill(0x90), bootDisk([]).subarray(0, 511)].map((image) => formatOf(image))).toEqual([
      'boot', 'boot', 'rom', 'rom', 'flat', 'flat', 'flat',
    ]);
  });

  it('is refused when it is not what was said', () => {
    expect(refusal(new Uint8Array(512), { format: 'boot' })).toMatch(/bytes 510 and 511 are 00 00, not 55 aa/);
    expect(refusal(new Uint8Array(100), { format: 'boot' })).toMatch(/at least one sector/);
    expect(refusal(bootDisk([]), { format: 'boot', org: 0x7c00 })).toMatch(/--org is for flat/);
    expect(refusal(new Uint8Array(1000), { format: 'rom' })).toMatch(/multiple of 4096/);
    expect(refusal(new Uint8Array(1 << 20), { format: 'rom' })).toMatch(/at most/);
    expect(refusal(rom([]), { format: 'rom', entry: 5 })).toMatch(/--entry is for flat/);
  });
});

describe('a ROM', () => {
  it('starts at the reset vector below 4 GiB and jumps to its copy below 1 MiB', () => {
    const session = new Session(createMachine({ image: rom(exit(7)), request: { format: 'rom', memoryBytes: 2 << 20 }, allocate: (bytes) => new ArrayBuffer(bytes) }));
    const { cpu } = session.machine;
    expect([cpu.segmentSelector(1), cpu.segmentBase(1), cpu.eip]).toEqual([0xf000, 0xffff_0000, 0xfff0]);
    session.run(1);
    expect([cpu.segmentSelector(1), cpu.segmentBase(1), cpu.eip]).toEqual([0xf000, 0xf_0000, 0]);
    expect(session.run(10)).toEqual({ kind: 'exit', value: 7 });
  });

  it('runs from the upper place, too, as fast blocks', () => {
    // at the reset vector: jmp short -0x70, to: mov cx, 1000 / loop $ / mov al, 9 / out 0xf4, al
    const image = rom([]);
    image.set([0xeb, 0x8e], 0xfff0);
    image.set([0xb9, 0xe8, 0x03, 0xe2, 0xfe, ...exit(9)], 0xff80);
    const session = run(image);
    expect([session.end, session.machine.cpu.icount, session.machine.cpu.segmentBase(1)]).toEqual([{ kind: 'exit', value: 9 }, 1004, 0xffff_0000]);
  });

  it('loses what is written to it, at either place, and RAM below it does not', () => {
    // mov ax, 0xf000 / mov ds, ax / mov word [0x100], 0x1234 / mov bx, [0x100] / mov ax, 0xe000 / mov ds, ax / mov word [0x100], 0x5678 / mov cx, [0x100]
    const image = rom([0xb8, 0, 0xf0, 0x8e, 0xd8, 0xc7, 6, 0, 1, 0x34, 0x12, 0x8b, 0x1e, 0, 1, 0xb8, 0, 0xe0, 0x8e, 0xd8, 0xc7, 6, 0, 1, 0x78, 0x56, 0x8b, 0x0e, 0, 1, ...exit(0)]);
    image.set([0xcd, 0xab], 0x100);
    const { cpu } = run(image).machine;
    expect([cpu.get16(3), cpu.get16(1)]).toEqual([0xabcd, 0x5678]);
  });

  it('finds devices as after reset: no interrupt controller is set up', () => {
    // sti / hlt
    expect(run(rom([0xfb, 0xf4])).end).toEqual({ kind: 'halt' });
  });

  it('is recorded and verified, and its first instruction can be looked at', async () => {
    const { bytes } = record(rom(exit(7)), { format: 'rom' });
    const opened = open(bytes);
    expect(await verifyRecording(opened)).toMatchObject({ ok: true, reexecution: 'same' });
    const reply = await opened.reexecutor!.ask({ kind: 'moment', at: { icount: 0, iteration: 0, seq: 0 } });
    expect(reply.kind === 'moment' && [reply.moment.code.linear, ...reply.moment.code.bytes.subarray(0, 5)]).toEqual([0xffff_fff0, 0xea, 0, 0, 0, 0xf0]);
  });
});
