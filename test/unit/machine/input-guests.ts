// Guests that take bytes from COM1, for tests of inputs: flat images at 1 MiB, their assembly beside them.

import { guest } from './interrupt-guests.ts';

/** The 8259 pair at vectors 0x20 and 0x28; a bit of `mask` is 0 where the line is open. */
const pic = (mask: number): readonly (readonly [number, number])[] => [[0x20, 0x11], [0x21, 0x20], [0x21, 4], [0x21, 1], [0xa0, 0x11], [0xa1, 0x28], [0xa1, 2], [0xa1, 1], [0x21, mask], [0xa1, 0xff]];
/** mov dx, PORT / mov al, VALUE / out dx, al */
const write = (port: number, value: number): readonly number[] => [0x66, 0xba, port & 0xff, port >>> 8, 0xb0, value, 0xee];

/**
 * push eax / push edx / mov dx, 0x3f8 / in al, dx / out 0xe9, al / cmp al, 'q' / jne end / out 0xf4, al / end: mov al, 0x20 / out 0x20, al / pop edx / pop eax / iret
 */
const ECHOES_UNTIL_Q = [0x50, 0x52, 0x66, 0xba, 0xf8, 0x03, 0xec, 0xe6, 0xe9, 0x3c, 0x71, 0x75, 0x02, 0xe6, 0xf4, 0xb0, 0x20, 0xe6, 0x20, 0x5a, 0x58, 0xcf];
/** push eax / mov al, 0x20 / out 0x20, al / pop eax / iret */
const ACKNOWLEDGES = [0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf];
const PROMPT = Array.from('name? ').flatMap((character) => [0xb0, character.charCodeAt(0), 0xe6, 0xe9]);

/** Prints `name? `, then sleeps: sti / sleep: hlt / jmp sleep. Each byte that comes is printed; q exits with 0x71. */
export const ECHOES = guest({ setup: pic(0xef), code: [...write(0x3f9, 1), ...PROMPT, 0xfb, 0xf4, 0xeb, 0xfd], handlers: { 0x24: ECHOES_UNTIL_Q } });

/** The same with the 8254 at 1 kHz beside it, which wakes it each time. */
export const ECHOES_AND_TICKS = guest({
  setup: [...pic(0xee), [0x43, 0x34], [0x40, 0xa9], [0x40, 0x04]], code: [...write(0x3f9, 1), ...PROMPT, 0xfb, 0xf4, 0xeb, 0xfd],
  handlers: { 0x20: ACKNOWLEDGES, 0x24: ECHOES_UNTIL_Q },
});

/** Asks for bytes instead of sleeping: poll: mov dx, 0x3fd / in al, dx / test al, 1 / jz poll / mov dx, 0x3f8 / in al, dx / out 0xe9, al / cmp al, 'q' / jne poll / out 0xf4, al */
export const POLLS = guest({ code: [...PROMPT, 0x66, 0xba, 0xfd, 0x03, 0xec, 0xa8, 1, 0x74, 0xf7, 0x66, 0xba, 0xf8, 0x03, 0xec, 0xe6, 0xe9, 0x3c, 0x71, 0x75, 0xec, 0xe6, 0xf4] });

/** Sleeps with the line masked: nothing wakes it. */
export const SLEEPS_MASKED = guest({ setup: pic(0xff), code: [...write(0x3f9, 1), 0xfb, 0xf4] });
