// How a register's or entry's bits are described: name, place, one line of meaning. Every bit shown to a user comes from such a table.

/**
 * One named field: bits `bit` to `bit + width - 1`. `title` says in one line what it means when set (or what its value is); `clear`, where
 * a clear bit says something of its own, what that is.
 */
export interface BitField { readonly name: string; readonly bit: number; readonly width: number; readonly title: string; readonly clear?: string }

/** A row of a bit table: a flag of one bit. */
export const flag = (bit: number, name: string, title: string): BitField => ({ name, bit, width: 1, title });
/** A row of a bit table: a flag whose clear state has a meaning of its own. */
export const choice = (bit: number, name: string, title: string, clear: string): BitField => ({ name, bit, width: 1, title, clear });
/** A row of a bit table: a field of `width` bits from `bit` upwards. */
export const bits = (bit: number, width: number, name: string, title: string): BitField => ({ name, bit, width, title });

/** The value of a field in a register of up to 64 bits. */
export function fieldValue(value: bigint, field: BitField): bigint {
  return (value >> BigInt(field.bit)) & ((1n << BigInt(field.width)) - 1n);
}

/** What a field says with this value. */
export function meaningOf(value: bigint, field: BitField): string {
  return field.clear !== undefined && fieldValue(value, field) === 0n ? field.clear : field.title;
}

/** The names of one-bit fields that are set, highest bit first, as registers are usually printed. */
export function namesOfSetBits(value: bigint, fields: readonly BitField[]): readonly string[] {
  return fields.filter((field) => field.width === 1 && fieldValue(value, field) === 1n).map((field) => field.name).reverse();
}

/** A field by name, or null. */
export function findField(fields: readonly BitField[], name: string): BitField | null {
  return fields.find((field) => field.name === name) ?? null;
}
