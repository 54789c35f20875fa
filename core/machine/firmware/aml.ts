// As much of the ACPI machine language as our DSDT is written in: scopes, devices, names, packages, numbers and buffers.
// Advanced Configuration and Power Interface Specification 6.4: "ACPI Machine Language (AML) Specification".

import { joined, text, u16, u32, u8, type Field } from './table-bytes.ts';

const ZERO = 0x00, ONE = 0x01, NAME = 0x08, BYTE = 0x0a, WORD = 0x0b, DWORD = 0x0c, SCOPE = 0x10, BUFFER = 0x11, PACKAGE = 0x12, EXTENDED = 0x5b, DEVICE = 0x82, ROOT = 0x5c;

export const number = (value: number): Field =>
  (value === 0 ? u8(ZERO) : value === 1 ? u8(ONE) : value <= 0xff ? joined(u8(BYTE), u8(value)) : value <= 0xffff ? joined(u8(WORD), u16(value)) : joined(u8(DWORD), u32(value)));
/** `name` has four characters; `\\` before it: below the root. */
const nameText = (name: string): Field => (name.startsWith('\\') ? joined(u8(ROOT), text(name.slice(1))) : text(name));
export const named = (name: string, value: Field): Field => joined(u8(NAME), nameText(name), value);
export const scope = (name: string, ...content: readonly Field[]): Field => joined(u8(SCOPE), sized(joined(nameText(name), ...content)));
export const device = (name: string, ...content: readonly Field[]): Field => joined(u8(EXTENDED), u8(DEVICE), sized(joined(nameText(name), ...content)));
export const packaged = (...elements: readonly Field[]): Field => joined(u8(PACKAGE), sized(joined(u8(elements.length), ...elements)));
export const buffer = (bytes: Field): Field => joined(u8(BUFFER), sized(joined(number(bytes.length), bytes)));

/** `PNP0A03` and the like as the number that stands for it: three letters of five bits, four hexadecimal digits, bytes swapped. */
export function eisaId(id: string): Field {
  const letters = [0, 1, 2].reduce((bits, at) => (bits << 5) | (id.charCodeAt(at) - 0x40), 0), value = ((letters << 16) | parseInt(id.slice(3), 16)) >>> 0;
  return joined(u8(DWORD), u8(value >>> 24), u8(value >>> 16), u8(value >>> 8), u8(value));
}

// the length counts its own bytes: up to 63 in one, up to 4095 in two
function sized(content: Uint8Array): Field {
  const one = content.length + 1;
  if (one < 0x40) return joined(u8(one), content);
  const two = content.length + 2;
  return joined(u8(0x40 | (two & 0xf)), u8(two >>> 4), content);
}
