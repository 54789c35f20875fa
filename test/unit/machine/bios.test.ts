// The BIOS, asked by boot sectors: registers, memory and the carry flag after each service, and what is refused by name.

import { describe, expect, it } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { biosRom, interruptVectors, STUBS, TRAP_PORT } from '../../../core/machine/bios/rom.ts';
import { bootDiskOf, Disk } from '../../../core/machine/disks/disk.ts';
import { CLOCKS_PER_SECOND } from '../../../core/machine/clock-rate.ts';
import type { GuestFile } from '../../../core/event/guest-file.ts';
import { createMachine, type Machine } from '../../../core/machine/machine.ts';
import type { RunEnd } from '../../../core/machine/run-end.ts';
import { Session } from '../../../core/machine/session.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { open, record } from '../ringscope/recorded.ts';
import { bootDisk, call, exit, STOP } from './boot-guests.ts';

const EAX = 0, ECX = 1, EDX = 2, EBX = 3, EDI = 7;
interface Ran { readonly machine: Machine; readonly end: RunEnd | null; readonly printed: string; readonly carry: number; readonly zero: number }

function run(image: Uint8Array, maxInstructions = 3_000_000): Ran {
  const machine = createMachine({ image, request: { format: 'boot', memoryBytes: 64 << 20, maxInstructions }, allocate: (bytes) => new ArrayBuffer(bytes) });
  let printed = '';
  machine.devices.console.listener = (_, byte) => { printed += String.fromCharCode(byte); };
  const end = new Session(machine).run(Infinity);
  const flags = machine.cpu.register(registerOffset('rflags'));
  return { machine, end, printed, carry: flags & 1, zero: (flags >>> 6) & 1 };
}
/** Runs one service call and stops behind it. */
const ask = (vector: number, registers: Parameters<typeof call>[1], disk: (code: readonly number[]) => Uint8Array = (code) => bootDisk(code)): Ran =>
  run(disk([...call(vector, registers), ...STOP]));
const word = ({ machine }: Ran, register: number): number => machine.cpu.get16(register);
const byte = ({ machine }: Ran, linear: number): number => machine.cpu.ram[linear]!;

/** A disk whose every sector is filled with its number. */
function numbered(code: readonly number[], bytes: number): Uint8Array {
  const disk = new Uint8Array(bytes);
  for (let sector = 1; sector * 512 < bytes; sector += 1) disk.fill(sector & 0xff, sector * 512, (sector + 1) * 512);
  disk.set(bootDisk(code));
  return disk;
}
const FLOPPY = 1440 * 1024;
const floppy = (code: readonly number[]): Uint8Array => numbered(code, FLOPPY);
/** A hard disk of 4 MiB with one partition. */
function hardDisk(code: readonly number[]): Uint8Array {
  const disk = numbered(code, 4 << 20);
  disk.set([0x80, 0, 2, 0, 0x83, 0, 0, 0, 1, 0, 0, 0, 0, 0x1f], 0x1be);
  return disk;
}

describe('at the boot sector', () => {
  it('the signature is there, DL is the drive, interrupts are on, the data area is filled', () => {
    const ran = run(bootDisk([0x9c, 0x58, ...STOP]));
    expect([ran.machine.cpu.get16(EAX) & 0x200, word(ran, EDX)]).toEqual([0x200, 0]);
    expect(ran.machine.cpu.ramView.getUint16(0x413, true)).toBe(639);
    expect(ran.machine.cpu.ramView.getUint16(0x400, true)).toBe(0x3f8);
    expect(word(run(hardDisk(STOP)), EDX)).toBe(0x80);
  });

  it('every vector leads into the ROM, and a stub there is a trap and IRET', () => {
    const vectors = new DataView(interruptVectors().buffer);
    for (let vector = 0; vector < 256; vector += 1) expect(vectors.getUint16(vector * 4 + 2, true)).toBe(vector >= 0x60 && vector <= 0x66 ? 0 : 0xf000);
    const rom = biosRom();
    expect([...rom.subarray(STUBS + 0x13 * 4, STUBS + 0x13 * 4 + 3)]).toEqual([0xe6, TRAP_PORT, 0xcf]);
    expect(rom.length).toBe(0x1_0000);
  });

  it('the ROM cannot be written', () => {
    // mov ax, 0xf000 / mov ds, ax / mov word [0x1000], 0x1234 / mov ax, [0x1000]
    const ran = run(bootDisk([0xb8, 0, 0xf0, 0x8e, 0xd8, 0xc7, 0x06, 0, 0x10, 0x34, 0x12, 0xa1, 0, 0x10, ...STOP]));
    expect(word(ran, EAX)).toBe(0);
  });

  it('a write to the private port from anywhere else means nothing', () => {
    expect(run(bootDisk([0xe6, TRAP_PORT, ...exit(1)])).end).toEqual({ kind: 'exit', value: 1 });
  });
});

describe('INT 13h', () => {
  it.each([
    [0, 0, 2, 1], [0, 1, 1, 18], [1, 0, 1, 36], [79, 1, 18, 2879],
  ])('AH=02 reads cylinder %i, head %i, sector %i', (cylinder, head, sector, block) => {
    const ran = ask(0x13, { ax: 0x0201, bx: 0x8000, cx: (cylinder << 8) | sector, dx: head << 8 }, floppy);
    expect([ran.carry, word(ran, EAX), byte(ran, 0x8000), byte(ran, 0x81ff), byte(ran, 0x8200)]).toEqual([0, 0x0001, block & 0xff, block & 0xff, 0]);
  });

  it('AH=02 reads across tracks, whole', () => {
    const ran = ask(0x13, { ax: 0x0228, bx: 0x8000, cx: 0x0011, dx: 0 }, floppy);
    expect(ran.carry).toBe(0);
    for (let index = 0; index < 40; index += 1) expect(byte(ran, 0x8000 + index * 512)).toBe(16 + index);
  });

  it.each([
    ['a sector 0', { ax: 0x0201, cx: 0, dx: 0 }, 0x01], ['a sector 19', { ax: 0x0201, cx: 19, dx: 0 }, 0x01], ['a cylinder 80', { ax: 0x0201, cx: 0x5001, dx: 0 }, 0x01],
    ['more than fits behind an offset', { ax: 0x0281, cx: 1, dx: 0 }, 0x01], ['a function nobody has', { ax: 0x4b00, dx: 0 }, 0x01], ['no sectors', { ax: 0x0200, cx: 1, dx: 0 }, 0x01], ['another drive', { ax: 0x0201, cx: 1, dx: 0x80 }, 0x01],
    ['extensions of a diskette', { ax: 0x4100, bx: 0x55aa, dx: 0 }, 0x01],
  ])('refuses %s with carry and a status', (_, registers, status) => {
    const ran = ask(0x13, { bx: 0x8000, ...registers }, floppy);
    expect([ran.carry, word(ran, EAX) >>> 8, byte(ran, 0x441), byte(ran, 0x8000)]).toEqual([1, status, status, 0]);
  });

  it('AH=03 writes, and what was written is read again', () => {
    // two sectors from the code's own to cylinder 3, head 1, sector 18, and back to 0x9000
    const code = [...call(0x13, { ax: 0x0302, bx: 0x7c00, cx: 0x0312, dx: 0x0100 }), ...call(0x13, { ax: 0x0202, bx: 0x9000, cx: 0x0312, dx: 0x0100 }), ...STOP];
    const ran = run(floppy(code));
    expect([ran.carry, ran.machine.cpu.ram.subarray(0x9000, 0x9200)]).toEqual([0, ran.machine.cpu.ram.subarray(0x7c00, 0x7e00)]);
    expect(ran.machine.devices.drives.floppy?.read(7 * 18 + 17, 1)).toEqual(floppy(code).subarray(0, 512));
  });

  it('AH=08 and 15 tell the geometry', () => {
    const diskette = ask(0x13, { ax: 0x0800, dx: 0 }, floppy);
    expect([diskette.carry, word(diskette, ECX), word(diskette, EDX), word(diskette, EBX) & 0xff]).toEqual([0, 0x4f12, 0x0101, 4]);
    expect(byte(diskette, 0xf_0000 + word(diskette, EDI) + 4)).toBe(18);
    expect(word(ask(0x13, { ax: 0x1500, dx: 0 }, floppy), EAX) >>> 8).toBe(1);
    const disk = ask(0x13, { ax: 0x0800, dx: 0x80 }, hardDisk);
    expect([disk.carry, word(disk, ECX), word(disk, EDX)]).toEqual([0, 0x063f, 0x0f01]);
    const type = ask(0x13, { ax: 0x1500, dx: 0x80 }, hardDisk);
    expect([type.carry, word(type, EAX) >>> 8, word(type, ECX), word(type, EDX)]).toEqual([0, 3, 0, 7 * 16 * 63]);
    expect(ask(0x13, { ax: 0x1500, dx: 0x81 }, hardDisk).carry).toBe(1);
  });

  it('AH=41, 42 and 48 read a hard disk by blocks', () => {
    const present = ask(0x13, { ax: 0x4100, bx: 0x55aa, dx: 0x80 }, hardDisk);
    expect([present.carry, word(present, EBX), word(present, ECX), word(present, EAX) >>> 8]).toEqual([0, 0xaa55, 7, 0x30]);
    // the packet lies at 0x7d00: three blocks from 100 on to 0x0900:0x0010
    const packet = [16, 0, 3, 0, 0x10, 0, 0, 0x09, 100, 0, 0, 0, 0, 0, 0, 0];
    const withPacket = (code: readonly number[]): Uint8Array => { const disk = hardDisk(code); disk.set(packet, 0x100); return disk; };
    const ran = ask(0x13, { ax: 0x4200, dx: 0x80, si: 0x7d00 }, withPacket);
    expect([ran.carry, byte(ran, 0x9010), byte(ran, 0x9010 + 1535), byte(ran, 0x9010 + 1536)]).toEqual([0, 100, 102, 0]);
    const written = ask(0x13, { ax: 0x4300, dx: 0x80, si: 0x7d00 }, withPacket);
    expect([written.carry, written.machine.devices.drives.hardDisks[0]?.read(102, 1)]).toEqual([0, written.machine.cpu.ram.slice(0x9410, 0x9610)]);
    const withSize = (code: readonly number[]): Uint8Array => { const disk = hardDisk(code); disk[0x100] = 30; return disk; };
    const parameters = ask(0x13, { ax: 0x4800, dx: 0x80, si: 0x7d00 }, withSize);
    expect([parameters.carry, byte(parameters, 0x7d00), parameters.machine.cpu.ramView.getUint32(0x7d10, true)]).toEqual([0, 26, 8192]);
  });
});

describe('a disk', () => {
  const kind = (image: Uint8Array): string => { const { isFloppy, geometry: { cylinders, heads, sectors } } = bootDiskOf(image); return `${isFloppy ? 'floppy' : 'hard disk'} ${String(cylinders)}/${String(heads)}/${String(sectors)}`; };
  it('has its geometry from its size', () => {
    expect([512, 360 * 1024, 720 * 1024, 1440 * 1024, 1500 * 1024, 3 << 20].map((bytes) => kind(bootDisk([], bytes)))).toEqual([
      'floppy 80/2/18', 'floppy 40/2/9', 'floppy 80/2/9', 'floppy 80/2/18', 'floppy 80/2/36', 'hard disk 6/16/63',
    ]);
    expect(kind(hardDisk([]).subarray(0, 64 * 1024))).toBe('hard disk 2/16/63');
  });

  it('whose partition table says where a partition ends has the geometry that was partitioned', () => {
    const partitioned = (lastHead: number): Uint8Array => { const disk = hardDisk([]); disk.set([lastHead, 32], 0x1be + 5); return disk; };
    expect(kind(partitioned(7))).toBe('hard disk 32/8/32');
    expect(kind(partitioned(254))).toBe('hard disk 8/16/63');
    expect(kind(partitioned(0))).toBe('hard disk 8/16/63');
  });

  it('that is small and no diskette by its size is a hard disk, too, unless one is given', () => {
    const drives = (image: Uint8Array, files: readonly GuestFile[] = []): number[] => {
      const { floppy, hardDisks } = createMachine({ image, files, request: { format: 'boot' }, allocate: (bytes) => new ArrayBuffer(bytes) }).devices.drives;
      return [floppy?.disk.sectorCount ?? 0, ...hardDisks.map(({ disk }) => disk.sectorCount)];
    };
    expect(drives(bootDisk([], 1536))).toEqual([2880, 3]);
    expect(drives(bootDisk([], 1536), [{ role: 'disk', name: 'd', bytes: new Uint8Array(1024) }])).toEqual([2880, 2]);
    expect(drives(floppy([]))).toEqual([2880]);
    expect(drives(hardDisk([]), [{ role: 'disk', name: 'd', bytes: new Uint8Array(1024) }])).toEqual([0, 8192, 2]);
  });

  it('has as many sectors as its image, a diskette all of its tracks; what is missing are zeros', () => {
    expect(new Disk(new Uint8Array(5_000_001), { isFloppy: false }).sectorCount).toBe(9766);
    const { floppy } = createMachine({ image: bootDisk([1]), request: { format: 'boot' }, allocate: (bytes) => new ArrayBuffer(bytes) }).devices.drives;
    expect([floppy?.read(0, 1)?.[0], floppy?.read(2879, 1)?.[0], floppy?.read(2880, 1)]).toEqual([1, 0, null]);
  });
});

describe('INT 10h', () => {
  it('AH=0E prints on the screen and on the console device `screen`', () => {
    const code = Array.from('Hi\r\nyou', (character) => call(0x10, { ax: 0x0e00 | character.charCodeAt(0), bx: 7 })).flat();
    const ran = run(bootDisk([...code, ...call(0x10, { ax: 0x0300, bx: 0 }), ...STOP]));
    expect([ran.printed, word(ran, EDX), byte(ran, 0xb_8000), byte(ran, 0xb_8000 + 160)]).toEqual(['Hi\r\nyou', 0x0103, 0x48, 0x79]);
    const { reader } = open(record(bootDisk([...code, ...STOP]), { format: 'boot' }).bytes);
    const texts = Array.from({ length: reader.eventCount }, (_, seq) => reader.event(seq)).flatMap((event) => (event.kind === 'console' ? [`${event.device}: ${event.text}`] : []));
    expect(texts.join('')).toContain('screen: ');
  });

  it('scrolls when the last row is full', () => {
    const code = [...call(0x10, { ax: 0x0200, bx: 0, dx: 0x1800 }), ...call(0x10, { ax: 0x0e41 }), ...call(0x10, { ax: 0x0e0a }), ...call(0x10, { ax: 0x0300, bx: 0 })];
    const ran = run(bootDisk([...code, ...STOP]));
    expect([word(ran, EDX), byte(ran, 0xb_8000 + 23 * 160), byte(ran, 0xb_8000 + 24 * 160)]).toEqual([0x1801, 0x41, 0x20]);
  });

  it('AH=13 writes a string with its attribute, AH=0F tells the mode, AH=06 clears', () => {
    const text = (code: readonly number[]): Uint8Array => { const disk = bootDisk(code); disk.set([0x6f, 0x6b], 0x100); return disk; };
    const ran = ask(0x10, { ax: 0x1301, bx: 0x004e, cx: 2, dx: 0x0203, bp: 0x7d00 }, text);
    expect([ran.printed, byte(ran, 0xb_8000 + 2 * 160 + 6), byte(ran, 0xb_8000 + 2 * 160 + 9)]).toEqual(['ok', 0x6f, 0x4e]);
    const mode = ask(0x10, { ax: 0x0f00 });
    expect([word(mode, EAX), word(mode, EBX) >>> 8]).toEqual([0x5003, 0]);
    const cleared = run(bootDisk([...call(0x10, { ax: 0x0e41 }), ...call(0x10, { ax: 0x0600, bx: 0x1700, cx: 0, dx: 0x184f }), ...STOP]));
    expect([byte(cleared, 0xb_8000), byte(cleared, 0xb_8001)]).toEqual([0x20, 0x17]);
  });
});

describe('the other services', () => {
  it('tell equipment and memory', () => {
    expect(word(ask(0x11, {}), EAX)).toBe(0x223);
    expect(word(ask(0x12, {}), EAX)).toBe(639);
    const extended = ask(0x15, { ax: 0x8800 });
    expect([extended.carry, word(extended, EAX)]).toEqual([0, 0xfc00]);
    const both = ask(0x15, { ax: 0xe801 });
    expect([both.carry, word(both, EAX), word(both, EBX), word(both, ECX), word(both, EDX)]).toEqual([0, 15 * 1024, 48 * 16, 15 * 1024, 48 * 16]);
    expect(word(ask(0x15, { ax: 0x2402 }), EAX)).toBe(1);
    expect(word(ask(0x15, { ax: 0x2403 }), EBX)).toBe(3);
  });

  it('INT 15h AX=E820 tells the map entry by entry', () => {
    // again: mov eax, 0xe820 / mov edx, 'SMAP' / mov ecx, 20 / int 0x15 / jc done / add di, 20 / test ebx, ebx / jnz again / done:
    const loop = [0x66, 0xb8, 0x20, 0xe8, 0, 0, 0x66, 0xba, 0x50, 0x41, 0x4d, 0x53, 0x66, 0xb9, 20, 0, 0, 0, 0xcd, 0x15, 0x72, 8, 0x83, 0xc7, 20, 0x66, 0x85, 0xdb, 0x75, 0xe2];
    const ran = run(bootDisk([0x66, 0x31, 0xdb, 0xbf, 0, 0x80, ...loop, ...STOP]));
    const view = ran.machine.cpu.ramView;
    const entries = [0, 1, 2, 3, 4].map((index) => [0, 8, 16].map((at) => view.getUint32(0x8000 + index * 20 + at, true)));
    expect(entries).toEqual([[0, 0x9_fc00, 1], [0x9_fc00, 0x400, 2], [0xf_0000, 0x1_0000, 2], [0x10_0000, 63 << 20, 1], [0xfffc_0000, 0x4_0000, 2]]);
    expect([word(ran, EDI), ran.machine.cpu.get32(EAX)]).toEqual([0x8000 + 100, 0x534d_4150]);
  });

  it('INT 16h: no key is there, and waiting for one ends the run', () => {
    expect(ask(0x16, { ax: 0x0100 }).zero).toBe(1);
    expect(run(bootDisk([...call(0x16, { ax: 0 }), ...exit(1)])).end).toEqual({ kind: 'waiting' });
  });

  it('INT 1Ah counts the timer\'s ticks, which pass while the processor halts', () => {
    // sti / hlt / hlt / hlt
    const ran = run(bootDisk([0xfb, 0xf4, 0xf4, 0xf4, ...call(0x1a, { ax: 0 }), ...STOP]));
    expect([word(ran, EDX), word(ran, ECX), ran.end]).toEqual([3, 0, { kind: 'halt' }]);
    expect(ran.machine.cpu.clock).toBeGreaterThan(2 * 65536 * 16);
  });

  it.each([
    [{ vector: 0x13, ax: 0x0501 }, /INT 13h AH=05h/], [{ vector: 0x10, ax: 0x0012 }, /INT 10h AH=00h AL=12h/], [{ vector: 0x15, ax: 0x2400 }, /A20 gate by port 0x92/],
  ])('what a BIOS has and this one has not ends the run and is named: %o', ({ vector, ax }, named) => {
    const { end } = run(bootDisk([...call(vector, { ax, dx: 0 }), ...exit(1)]));
    expect(end?.kind === 'unsupported' && end.detail).toMatch(named);
  });

  it('INT 19h and a jump to the reset vector are resets', () => {
    expect(run(bootDisk(call(0x19, {}))).end).toEqual({ kind: 'reset', by: 'INT 19h' });
    expect(run(bootDisk([0xea, 0, 0, 0xff, 0xff])).end).toEqual({ kind: 'reset', by: 'a jump to the reset vector' });
  });
});

describe('functions a BIOS may lack', () => {
  it.each([[0x15, 0x5300], [0x15, 0xc200], [0x1a, 0xb101], [0x17, 0x0000]])('INT %i AX=%i sets CF', (vector, ax) => {
    expect(ask(vector, { ax }).carry).toBe(1);
  });
  it.each([[0x10, 0x4f00], [0x10, 0x1b00], [0x16, 0x0300], [0x21, 0x0900], [0x00, 0x1234], [0x05, 0x1234]])('INT %i AX=%i changes nothing', (vector, ax) => {
    expect(word(ask(vector, { ax }), EAX)).toBe(ax);
  });
  it('INT 18h says so and halts', () => {
    expect(run(bootDisk(call(0x18, {})))).toMatchObject({ printed: 'No bootable device.\r\n', end: { kind: 'halt' } });
  });
});

describe('INT 15h', () => {
  it('AH=86 waits by the guest\'s clock, and the timer goes on counting', () => {
    // 200 ms: three ticks of the timer
    const ran = run(bootDisk([...call(0x15, { ax: 0x8600, cx: 3, dx: 0x0d40 }), ...call(0x1a, { ax: 0 }), ...STOP]));
    expect([ran.carry, word(ran, EDX)]).toEqual([0, 3]);
    expect(Math.abs(ran.machine.cpu.clock - 0.2 * CLOCKS_PER_SECOND)).toBeLessThan(100);
    expect(ran.machine.cpu.icount).toBeLessThan(1000);
  });

  it('AH=87 copies beyond 1 MiB and back, and cannot write the ROM', () => {
    const table = (source: number, destination: number): number[] => [source, destination].flatMap((base) => [0xff, 0xff, base & 0xff, (base >>> 8) & 0xff, (base >>> 16) & 0xff, 0x93, 0, base >>> 24]);
    const copies = (source: number, destination: number): Machine =>
      ask(0x15, { ax: 0x8700, cx: 16, si: 0x7cf0 }, (code) => { const disk = bootDisk(code); disk.set(table(source, destination), 0x100); return disk; }).machine;
    expect(copies(0x7c00, 0x12_3456).cpu.ram.subarray(0x12_3456, 0x12_3476)).toEqual(copies(0x7c00, 0x9000).cpu.ram.subarray(0x9000, 0x9020));
    expect(copies(0x7c00, 0xf_fff0).cpu.ram[0xf_fff0]).toBe(0xea);
  });

  it('AH=C0 and C1 point to tables', () => {
    const table = ask(0x15, { ax: 0xc000 });
    expect([table.carry, byte(table, 0xf_0000 + word(table, EBX)), byte(table, 0xf_0000 + word(table, EBX) + 2)]).toEqual([0, 8, 0xfc]);
    const area = ask(0x15, { ax: 0xc100 });
    expect([area.machine.cpu.segmentSelector(0), byte(area, 0x9_fc00)]).toEqual([0x9fc0, 1]);
  });
});

describe('INT 10h in graphics', () => {
  it('mode 13h: pixels are bytes, characters are drawn', () => {
    const ran = run(bootDisk([...call(0x10, { ax: 0x0013 }), ...call(0x10, { ax: 0x0c09, bx: 0, cx: 5, dx: 100 }), ...call(0x10, { ax: 0x0e49, bx: 0x0c }), ...call(0x10, { ax: 0x0d00, bx: 0, cx: 5, dx: 100 }), ...STOP]));
    expect([word(ran, EAX) & 0xff, byte(ran, 0xa_0000 + 100 * 320 + 5), byte(ran, 0x449)]).toEqual([9, 9, 0x13]);
    // the upper stroke of the I, and the column below its middle
    expect([...ran.machine.cpu.ram.subarray(0xa_0000, 0xa_0008)]).toEqual([0, 0, 12, 12, 12, 0, 0, 0]);
    expect(byte(ran, 0xa_0000 + 320 + 3)).toBe(12);
  });

  it('is what the display shows', () => {
    const ran = run(bootDisk([...call(0x10, { ax: 0x0013 }), ...call(0x10, { ax: 0x1010, bx: 9, cx: 0x0102, dx: 0x3f00 }), ...call(0x10, { ax: 0x0c09, bx: 0, cx: 5, dx: 100 }), ...STOP]));
    expect(ran.machine.devices.screen()).toMatchObject({ kind: 'graphics', width: 320, height: 200 });
    expect(run(bootDisk([...call(0x10, { ax: 0x0001 }), ...STOP])).machine.devices.screen()).toMatchObject({ kind: 'text', columns: 40, rows: 25 });
  });

  it('CGA modes: pixels are bits, lines lie in two banks, bit 7 combines', () => {
    const pixel = (colour: number): number[] => call(0x10, { ax: 0x0c00 | colour, bx: 0, cx: 5, dx: 3 });
    expect(byte(run(bootDisk([...call(0x10, { ax: 0x0004 }), ...pixel(2), ...STOP])), 0xb_a051)).toBe(0x20);
    expect(byte(run(bootDisk([...call(0x10, { ax: 0x0004 }), ...pixel(2), ...pixel(0x81), ...STOP])), 0xb_a051)).toBe(0x30);
    expect(byte(run(bootDisk([...call(0x10, { ax: 0x0006 }), ...pixel(1), ...STOP])), 0xb_a050)).toBe(0x04);
  });

  it('AX=1130 points to fonts, AX=1112 makes fifty rows', () => {
    const font = ask(0x10, { ax: 0x1130, bx: 0x0300 });
    expect(byte(font, 0xf_0000 + font.machine.cpu.get16(5) + 0x41 * 8 + 1)).toBe(0x44);
    expect(byte(ask(0x10, { ax: 0x1112, bx: 0 }), 0x484)).toBe(49);
  });
});

it('a recording of a boot disk is verified, interrupts and services included', async () => {
  // sti / hlt / read 5 sectors / hlt / print / hlt / exit
  const code = [0xfb, 0xf4, ...call(0x13, { ax: 0x0205, bx: 0x8000, cx: 2, dx: 0 }), 0xf4, ...call(0x10, { ax: 0x0e41 }), 0xf4, ...exit(0)];
  const hashes = new Set<string>();
  for (const tick of [0, 25]) {
    const { bytes, summary } = record(floppy(code), { format: 'boot', tick });
    hashes.add(summary.contentHash);
    const opened = open(bytes);
    expect(opened.reader.header).toMatchObject({ options: { format: 'boot', start: 'real', entry: 0x7c00 } });
    expect(await verifyRecording(opened)).toMatchObject({ ok: true, reexecution: 'same' });
  }
  expect(hashes.size).toBe(1);
});
