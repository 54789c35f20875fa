// Hostile guests: images of random bytes, started each way. Whatever they do, a run comes back at its bound or ends for a reason, and
// nothing but a refusal is thrown.
import { expect, test } from 'vitest';
import { createMachine } from '../../../core/machine/machine.ts';
import { Session } from '../../../core/machine/session.ts';
import { randomFrom } from '../../witness/lib/random.ts';

const IMAGES = 30, ATTEMPTS = 20_000;

test.each([['boot', 4096], ['rom', 65_536], ['flat', 2048]] as const)('random bytes as %s', (format, bytes) => {
  const random = randomFrom(7);
  for (let image = 0; image < IMAGES; image += 1) {
    const random8 = Uint8Array.from({ length: bytes }, () => random.below(256));
    if (format === 'boot') random8.set([0x55, 0xaa], 510);
    const machine = createMachine({ image: random8, request: { format, memoryBytes: 2 << 20, maxInstructions: ATTEMPTS }, allocate: (size) => new ArrayBuffer(size) });
    const session = new Session(machine);
    const end = session.run(ATTEMPTS);
    expect(machine.cpu.attempts).toBeLessThanOrEqual(ATTEMPTS);
    expect(end, `image ${String(image)}`).not.toBeNull();
  }
});
