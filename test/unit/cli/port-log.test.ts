// `record --port-log`: which writes it keeps, how, and that the trace knows nothing of it.

import { expect, it } from 'vitest';
import { MemoryIo } from './memory-io.ts';

/** mov eax, 0x12345678 / out 0x80, al / out 0x80, ax / out 0x80, eax / out 0x81, al / out 0x7f, ax / mov al, 0 / out 0xf4, al */
const WRITES = Uint8Array.of(0xb8, 0x78, 0x56, 0x34, 0x12, 0xe6, 0x80, 0x66, 0xe7, 0x80, 0xe7, 0x80, 0xe6, 0x81, 0x66, 0xe7, 0x7f, 0xb0, 0, 0xe6, 0xf4);
const text = (io: MemoryIo, name: string): string => Buffer.from(io.files.get(name) ?? []).toString();

it('keeps every write that begins at the port, one line each, as wide as it was', async () => {
  const io = new MemoryIo();
  io.files.set('guest.bin', WRITES);
  const plain = await io.run('record', 'guest.bin', '-o', 'plain.rtrace', '--format', 'flat', '--json');
  const logged = await io.run('record', 'guest.bin', '-o', 'logged.rtrace', '--format', 'flat', '--json', '--port-log', '0x80=post.txt', '--port-log', '129=other.txt', '--port-log', '0x82=none.txt');
  expect([plain.code, logged.code, logged.err]).toEqual([0, 0, '']);
  expect([text(io, 'post.txt'), text(io, 'other.txt'), text(io, 'none.txt')]).toEqual(['78\n5678\n12345678\n', '78\n', '']);
  const hash = (out: string): unknown => (JSON.parse(out) as Record<string, unknown>)['contentHash'];
  expect(hash(logged.out)).toBe(hash(plain.out));
  expect(io.files.has('none.txt')).toBe(true);
});
