// Names beside addresses.

import type { SymbolTable } from '../../core/symbols/symbol-table.ts';

/** `user_program+0x12` for an address in hexadecimal, or null where no symbol covers it. */
export function nameOf(symbols: SymbolTable | null, address: string | number | bigint): string | null {
  const linear = Number(address);
  const hit = Number.isSafeInteger(linear) ? symbols?.symbolAt(linear) ?? null : null;
  if (hit === null) return null;
  return hit.offset === 0 ? hit.name : `${hit.name}+0x${hit.offset.toString(16)}`;
}
