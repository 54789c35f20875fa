// What `npm run linux` puts together, without its kernel: the RAM disk's form, a payload unpacked, and our first process built for 32 bits.

import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildInit, ramDisk, unpackedKernel } from '../../../scripts/linux-parts.mjs';
import { isElf, readElf } from '../../../core/symbols/elf.ts';
import { compilerMissing } from '../../../scripts/kernel.mjs';

describe('the RAM disk', () => {
  it('is an archive that cpio reads: a console device and a program as /init', () => {
    const archive = Buffer.from(ramDisk(Uint8Array.of(1, 2, 3)));
    expect(archive.length % 4).toBe(0);
    const entries: string[] = [];
    for (let at = 0; at < archive.length;) {
      const field = (index: number): number => parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
      expect(archive.toString('latin1', at, at + 6)).toBe('070701');
      const name = archive.toString('latin1', at + 110, at + 110 + field(11) - 1);
      entries.push(`${name} ${field(1).toString(8)} ${String(field(6))} ${String(field(9))}:${String(field(10))}`);
      at = Math.ceil((at + 110 + field(11)) / 4) * 4 + Math.ceil(field(6) / 4) * 4;
    }
    expect(entries).toEqual(['dev 40755 0 0:0', 'dev/console 20600 0 5:1', 'init 100755 3 0:0', 'TRAILER!!! 0 0 0:0']);
  });
});

describe('a packed kernel', () => {
  const packed = (payload: Uint8Array): Buffer => {
    const bytes = Buffer.alloc(0x400 + 0x20 + payload.length);
    bytes[0x1f1] = 1;
    bytes.writeUInt32LE(0x20, 0x248);
    bytes.writeUInt32LE(payload.length, 0x24c);
    bytes.set(payload, 0x420);
    return bytes;
  };
  const size = Buffer.from([8, 0, 0, 0]), kernel = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0]);

  it('is unpacked from where its header says', () => {
    expect([...unpackedKernel(packed(Buffer.concat([gzipSync(kernel), size])))]).toEqual([...kernel]);
    const xz = spawnSync('xz', ['-c', '--check=crc32'], { input: kernel });
    if (xz.status === 0) expect([...unpackedKernel(packed(Buffer.concat([xz.stdout, size])))]).toEqual([...kernel]);
  });

  it('is refused in one line when it is packed otherwise, or holds no kernel', () => {
    for (const payload of [Buffer.from('not packed at all'), Buffer.concat([gzipSync(Buffer.from('no kernel')), size])]) expect(() => unpackedKernel(packed(payload))).toThrow(/packed in a way that is not known here: leave --unpacked out/);
  });
});

describe.skipIf(compilerMissing() !== null)('our first process', () => {
  it('is a 32-bit program of its own, linked to a fixed address', () => {
    const bytes = buildInit(mkdtempSync(join(tmpdir(), 'init-')));
    expect(isElf(bytes)).toBe(true);
    expect(readElf(bytes)).toMatchObject({ type: 2, entry: expect.any(Number) as number });
  });
});
