// Names beside addresses.

import { placeAt, placeText, symbolText } from '../../core/replay/code-names.ts';
import type { CodeNames } from '../../core/symbols/symbol-table.ts';

/** `user_program+0x12` for an address in hexadecimal, or null where no symbol covers it. */
export function nameOf(names: CodeNames | null, address: string | number | bigint): string | null {
  const symbol = names?.symbolAt(BigInt(address)) ?? null;
  return symbol === null ? null : symbolText(symbol);
}

/** The same with its source line: `user_program+0x12 (user.c:30)`. For what may be code: a return address, an instruction pointer. */
export function codeNameOf(names: CodeNames | null, address: string | number | bigint): string | null {
  return placeText(placeAt(names, BigInt(address))) || null;
}
