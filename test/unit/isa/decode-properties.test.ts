// Decoding never throws, whatever the bytes and however few there are; it reads no byte beyond the instruction, and what it says stays the same.

import { expect, test } from 'vitest';
import { decode, decodeFrom } from '../../../core/isa/decoder.ts';
import { disassemble } from '../../../core/isa/disassembler.ts';
import type { BitWidth } from '../../../core/isa/insn.ts';
import { numbers, randomBytes } from './second-opinion.ts';

const SEED = Number(process.env['SEED'] ?? 5);
const SAMPLES = 8_000, LENGTH_MAX = 15;
const MODES: readonly BitWidth[] = [16, 32, 64];

test.each(MODES)(`any bytes of ${String(SEED)}, cut anywhere, decode to one of four answers: %s-bit code`, (bits) => {
  const next = numbers(SEED + bits), seen = new Set<string>();
  for (const whole of randomBytes(SEED * 7 + bits, SAMPLES)) {
    const bytes = whole.subarray(0, next() % 17);
    const result = decode(bytes, bits);
    seen.add(result.kind);
    if (result.kind === 'insn') {
      expect(result.insn.lengthBytes).toBeGreaterThan(0);
      expect(result.insn.lengthBytes).toBeLessThanOrEqual(Math.min(bytes.length, LENGTH_MAX));
      expect(disassemble(result.insn, { ip: 0 })).not.toBe('');
    }
    if (result.kind === 'incomplete') expect(bytes.length).toBeLessThan(LENGTH_MAX + 1);
  }
  for (const kind of ['incomplete', 'insn', 'invalid']) expect(seen).toContain(kind);
});

test.each(MODES)('an instruction is the same with any bytes behind it, one by one, and at any place: %s-bit code', (bits) => {
  for (const bytes of randomBytes(SEED * 3 + bits, SAMPLES / 4)) {
    const result = decode(bytes, bits);
    if (result.kind !== 'insn') continue;
    const { lengthBytes } = result.insn;
    const asked: number[] = [];
    expect(decodeFrom((index) => { asked.push(index); return bytes[index] ?? null; }, bits)).toEqual(result);
    expect(asked).toHaveLength(lengthBytes);
    const moved = new Uint8Array(lengthBytes + 3);
    moved.set(bytes.subarray(0, lengthBytes), 3);
    expect(decode(moved, bits, 3)).toEqual(result);
    for (let cut = 0; cut < lengthBytes; cut += 1) expect(decode(bytes.subarray(0, cut), bits).kind).toBe('incomplete');
  }
});

test('more than 15 bytes are too long, whatever comes behind the prefixes', () => {
  for (const bits of MODES) for (const opcode of [0x90, 0x0f, 0x81, 0xff]) {
    const bytes = new Uint8Array(20).fill(0x2e);
    bytes[15] = opcode;
    expect(decode(bytes, bits).kind).toBe('too-long');
  }
});
