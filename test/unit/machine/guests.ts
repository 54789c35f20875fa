// Guests of a few bytes for tests of the machine: flat images at 1 MiB, written by hand, with their assembly beside them.

const word = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];

/** mov al, VALUE / out 0xf4, al / hlt */
export const exits = (value: number): Uint8Array => Uint8Array.of(0xb0, value, 0xe6, 0xf4, 0xf4);
/** hlt */
export const HALTS = Uint8Array.of(0xf4);
/** sti / hlt */
export const HALTS_WITH_INTERRUPTS = Uint8Array.of(0xfb, 0xf4);
/** jmp $ */
export const SPINS = Uint8Array.of(0xeb, 0xfe);
/** ud2, and no IDT to deliver it through */
export const TRIPLE_FAULTS = Uint8Array.of(0x0f, 0x0b);
/** mov eax, 0 / out 0x92, al */
export const CLOSES_A20 = Uint8Array.of(0xb8, 0, 0, 0, 0, 0xe6, 0x92);

/** mov al, BYTE / out 0xe9, al, for each; then exit 0 */
export const prints = (text: string): Uint8Array =>
  Uint8Array.from([...Array.from(text, (character) => [0xb0, character.charCodeAt(0), 0xe6, 0xe9]).flat(), ...exits(0)]);

/**
 * mov edi, 0x200000 / mov ecx, COUNT / again: mov [edi], ecx / add edi, 68 / dec ecx / jnz again / exit 7.
 * 2 + 4 * COUNT + 2 instructions; writes every 60th page entry on its way through memory.
 */
export const writesMemory = (count: number): Uint8Array =>
  Uint8Array.from([0xbf, ...word(0x20_0000), 0xb9, ...word(count), 0x89, 0x0f, 0x83, 0xc7, 0x44, 0x49, 0x75, 0xf8, ...exits(7)]);

/** lidt [pointer] / ud2; the IDT sends #UD to the ud2 itself: a handler that faults at once, for ever */
export function faultsForEver(): Uint8Array {
  const org = 0x10_0000;
  const code = [0xbc, ...word(0x20_0000), 0x0f, 0x01, 0x15, ...word(org + 0x1a), 0x0f, 0x01, 0x1d, ...word(org + 0x20), 0x0f, 0x0b];
  const gdt = 0x40, idt = 0x60;
  const image = new Uint8Array(idt + 7 * 8);
  image.set(code);
  image.set([0x17, 0, ...word(org + gdt)], 0x1a);
  image.set([0x37, 0, ...word(org + idt)], 0x20);
  image.set([0xff, 0xff, 0, 0, 0, 0x9a, 0xcf, 0, 0xff, 0xff, 0, 0, 0, 0x92, 0xcf, 0], gdt + 8);
  const handler = org + 19;
  image.set([handler & 0xff, (handler >>> 8) & 0xff, 8, 0, 0, 0x8e, (handler >>> 16) & 0xff, handler >>> 24], idt + 6 * 8);
  return image;
}
