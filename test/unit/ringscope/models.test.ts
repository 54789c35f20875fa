// A recording keeps its processor model: the guest finds that model, and verifying, re-execution and what-ifs build the same one again.

import { describe, expect, test } from 'vitest';
import { BadInput } from '../../../core/base/bad-input.ts';
import { MODELS } from '../../../core/arch/cpu-models.ts';
import { machineOptionsOf } from '../../../core/ringscope/header-options.ts';
import { infoOf } from '../../../core/ringscope/info.ts';
import { verifyRecording } from '../../../core/ringscope/verify.ts';
import { planWhatIf } from '../../../core/ringscope/whatif.ts';
import { open, record } from './recorded.ts';

/** mov eax, 1; cpuid; mov al, ah; out 0xf4, al: ends with the family in the low four bits. Then: cmove eax, ebx before the same. */
const FAMILY = Uint8Array.of(0xb8, 1, 0, 0, 0, 0x0f, 0xa2, 0x88, 0xe0, 0xe6, 0xf4), CMOV = Uint8Array.of(0x0f, 0x44, 0xc3, ...FAMILY);

describe.each(MODELS.map((one) => one.name))('%s', (name) => {
  test('is what the guest finds, what the trace says, and what executes it again', async () => {
    const { bytes, summary } = record(FAMILY, { format: 'flat', cpuModel: name });
    expect(summary.end).toEqual({ kind: 'exit', value: { 486: 4, pentium: 5, p6: 6, modern: 6 }[name] });
    const opened = open(bytes);
    expect(infoOf(opened).cpuModel).toBe(name);
    expect(await verifyRecording(opened)).toMatchObject({ ok: true, reexecution: 'same' });
    expect((await planWhatIf(opened, 0, ['eax=2'])).request.cpuModel).toBe(name);
  });

  test('decides whether CMOV is there, in the recording and again', async () => {
    const opened = open(record(CMOV, { format: 'flat', cpuModel: name }).bytes);
    const first = opened.reader.event(0);
    expect(first.kind === 'fault' ? first.rule : first.kind).toBe(name === '486' || name === 'pentium' ? 'opcode-defined' : 'exit');
    expect(await verifyRecording(opened)).toMatchObject({ ok: true, reexecution: 'same' });
  });
});

test('without a wish it is the newest; the name an older version wrote is P6; other names are refused', () => {
  const { header } = open(record(FAMILY, { format: 'flat' }).bytes).reader;
  expect(header.cpuModel).toBe('modern');
  expect(machineOptionsOf({ ...header, cpuModel: 'i686' }).cpuModel).toBe('p6');
  expect(() => machineOptionsOf({ ...header, cpuModel: 'k6' })).toThrow('there is no processor model "k6": give 486, pentium, p6, modern');
  expect(() => machineOptionsOf({ ...header, cpuModel: null })).toThrow(BadInput);
  expect(() => record(FAMILY, { format: 'flat', cpuModel: 'z80' })).toThrow(BadInput);
});
