// Addresses and selectors that must not be exchanged for one another. Brands vanish at run time.

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A linear address, after segmentation and before paging; unsigned 32 bits while only 32-bit modes execute. */
export type Linear = Brand<number, 'Linear'>;
/** A physical address (a count of bytes; may exceed 32 bits, always below 2^53). */
export type Physical = Brand<number, 'Physical'>;
/** A segment selector, 16 bits: index 15..3, TI 2, RPL 1..0. */
export type Selector = Brand<number, 'Selector'>;
/** An interrupt vector, 0..255. */
export type Vector = Brand<number, 'Vector'>;

export const linear = (value: number): Linear => (value >>> 0) as Linear;
export const physical = (value: number): Physical => value as Physical;
export const selector = (value: number): Selector => (value & 0xffff) as Selector;
export const vector = (value: number): Vector => (value & 0xff) as Vector;
