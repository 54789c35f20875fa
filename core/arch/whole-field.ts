// Fields whose bits stand in several places of an entry (base and limit of a descriptor, offset of a gate), put together by their name.
// The pieces are rows of the bit tables, named `limit 15:0`, `limit 19:16`.

import { fieldValue, type BitField } from './bit-field.ts';

/** A field by its plain name: letters and digits only (`US` for U/S). Pieces are lowest first; `width` is that of all of them. */
export interface WholeField { readonly name: string; readonly pieces: readonly BitField[]; readonly width: number }

/** The fields of a bit table, pieces joined, in the order of the table. */
export function wholeFields(fields: readonly BitField[]): readonly WholeField[] {
  const pieces = new Map<string, BitField[]>();
  for (const field of fields) {
    const name = plainName(field.name);
    const known = pieces.get(name);
    if (known === undefined) pieces.set(name, [field]); else known.push(field);
  }
  return [...pieces].map(([name, list]) => {
    const ordered = list.sort((a, b) => a.bit - b.bit);
    return { name, pieces: ordered, width: ordered.reduce((sum, { width }) => sum + width, 0) };
  });
}

/** A field by its plain name in any case, or null. */
export function findWholeField(fields: readonly WholeField[], name: string): WholeField | null {
  const wanted = plainName(name).toLowerCase();
  return fields.find((field) => field.name.toLowerCase() === wanted) ?? null;
}

/** The value of a field, pieces put together. */
export function wholeValue(value: bigint, field: WholeField): bigint {
  let whole = 0n, at = 0n;
  for (const piece of field.pieces) {
    whole |= fieldValue(value, piece) << at;
    at += BigInt(piece.width);
  }
  return whole;
}

/** The entry with this field set to `wanted`, which must fit. */
export function withWholeValue(value: bigint, field: WholeField, wanted: bigint): bigint {
  let result = value, rest = wanted;
  for (const { bit, width } of field.pieces) {
    const ones = (1n << BigInt(width)) - 1n;
    result = (result & ~(ones << BigInt(bit))) | ((rest & ones) << BigInt(bit));
    rest >>= BigInt(width);
  }
  return result;
}

// `limit 15:0` is a piece of `limit`; `U/S` is written US
function plainName(name: string): string {
  return name.replace(/ \d+:\d+$/, '').replaceAll(/[^A-Za-z0-9]/g, '');
}
