// Every opcode with every ModRM byte and every combination of prefixes, in 16-, 32- and 64-bit code: the decoder and iced-x86 agree on validity
// and length, and on the text where there is one. SEED=n chooses other bytes behind them.
import { expect, test } from 'vitest';
import { everyForm, randomBytes, SecondOpinion } from '../unit/isa/second-opinion.ts';

const SEED = Number(process.env['SEED'] ?? 2_026);

test.each([16, 32, 64] as const)('%s-bit code', (bits) => {
  const opinion = new SecondOpinion();
  for (const bytes of everyForm(SEED, 1)) opinion.compare(bytes, bits);
  for (const bytes of randomBytes(SEED, 500_000)) opinion.compare(bytes, bits);
  process.stdout.write(`seed ${String(SEED)}, ${String(bits)}-bit: ${opinion.report()}\n`);
  expect(opinion.differences).toEqual([]);
  expect(opinion.agreed).toBeGreaterThan(1_000_000);
});
