// The decoder against a second opinion, iced-x86: on random bytes and on every opcode with many ModRM bytes and prefixes they agree on
// validity, length and text. Every ModRM byte: test/witness/decoder.test.ts. SEED=n chooses other bytes.
import { expect, test } from 'vitest';
import type { BitWidth } from '../../../core/isa/insn.ts';
import { everyForm, randomBytes, SecondOpinion } from './second-opinion.ts';

const SEED = Number(process.env['SEED'] ?? 2_026);
const RANDOM = 30_000, STRIDE = 23;
const MODES: readonly BitWidth[] = [16, 32, 64];

test('the decoder and iced-x86 agree on random bytes and on every opcode', () => {
  const opinion = new SecondOpinion();
  for (const bits of MODES) {
    for (const bytes of randomBytes(SEED + bits, RANDOM)) opinion.compare(bytes, bits);
    for (const bytes of everyForm(SEED + bits, STRIDE)) opinion.compare(bytes, bits);
  }
  process.stdout.write(`seed ${String(SEED)}: ${opinion.report()}\n`);
  expect(opinion.differences).toEqual([]);
  expect(opinion.agreed).toBeGreaterThan(100_000);
  for (const [id, count] of opinion.excused) expect(count, `an excuse that excuses nothing: ${id}`).toBeGreaterThan(0);
});
