// Flags that the manual leaves undefined, where processors are known to agree: decimal adjustments show those of the addition that makes the
// result, shifts and rotates follow the same formula for every count.
import { expect, test } from 'vitest';
import { FLAG_AF as AF, FLAG_CF as CF, FLAG_OF as OF, FLAG_PF as PF, FLAG_SF as SF, FLAG_ZF as ZF, STATUS_FLAGS } from '../../../core/cpu/flags.ts';
import { EAX, ECX } from '../../../core/cpu/state.ts';
import { bareCpu, execute, restart } from './bare-cpu.ts';

function flagsAfter(code: readonly number[], eax: number, flags: number, ecx = 0): number {
  const cpu = bareCpu([]);
  restart(cpu, code, flags | 2);
  cpu.set32(EAX, eax);
  cpu.set32(ECX, ecx);
  return execute(cpu) & STATUS_FLAGS;
}

test.each<[string, number[], number, number, number]>([
  ['aaa of 77 with AF: 7d', [0x37], 0x77, AF, CF | PF | AF],
  ['aaa of 7c: the sum is 82', [0x37], 0x7c, 0, CF | PF | AF | SF | OF],
  ['aaa with nothing to adjust', [0x37], 0x03, OF | SF | ZF, PF],
  ['aas of 83: 83 - 6 = 7d overflows', [0x3f], 0x83, AF, CF | AF | OF | PF],
  ['aas of 05 with AF: ff', [0x3f], 0x05, AF, CF | PF | AF | SF],
  ['daa of 7b: 81', [0x27], 0x7b, 0, PF | AF | SF | OF],
  ['das of 82 with AF: 7c', [0x2f], 0x82, AF, AF | OF],
  ['aad of 0c 90: 78 + 90 = 108', [0xd5, 10], 0x0c90, 0, CF],
  ['aad of 0c 0f: 78 + 0f = 87', [0xd5, 10], 0x0c0f, 0, PF | AF | SF | OF],
])('%s', (_, code, eax, before, after) => {
  expect(flagsAfter(code, eax, before)).toBe(after);
});

test.each<[string, number[], number, number, number, number]>([
  ['shl al, 8 of 03: CF is bit 0', [0xd2, 0xe0], 3, 8, 0, CF | PF | AF | ZF | OF],
  ['shl al, 16: all is gone', [0xd2, 0xe0], 3, 16, CF, PF | AF | ZF],
  ['shr al, 24: all is gone', [0xd2, 0xe8], 0xc0, 24, CF, PF | AF | ZF],
  ['shr ax, 16 of 8000: CF is bit 15', [0x66, 0xd3, 0xe8], 0x8000, 16, 0, CF | PF | AF | ZF],
  ['sar eax, 4: AF', [0xd3, 0xf8], 0x100, 4, 0, AF],
  ['shl al, 32 changes nothing', [0xd2, 0xe0], 3, 32, OF, OF],
  ['rcl al, 9 of 80: OF is CF and bit 7', [0xd2, 0xd0], 0x80, 9, CF | OF, CF],
  ['rcr al, 18 of 40: OF is bits 7 and 6', [0xd2, 0xd8], 0x40, 18, 0, OF],
  ['bt eax, ecx: OF stays', [0x0f, 0xa3, 0xc8], 8, 4, OF, OF],
  ['bts eax, ecx of a bit that is set: OF stays', [0x0f, 0xab, 0xc8], 0x10, 4, 0, CF],
])('%s', (_, code, eax, ecx, before, after) => {
  expect(flagsAfter(code, eax, before, ecx)).toBe(after);
});
