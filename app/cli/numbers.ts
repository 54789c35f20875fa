// Numbers on the command line: counts, addresses, sizes.

import { BadInput } from '../../core/base/bad-input.ts';

/** A count or sequence number: decimal (`_` allowed) or 0x. Throws BadInput naming the option. */
export function countOf(text: string, option: string): number {
  const value = /^(?:[0-9][0-9_]*|0x[0-9a-f_]+)$/i.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new BadInput(`${option} ${JSON.stringify(text)} is not a whole number: give one such as 1000`);
  return value;
}

/** An address: 0x or decimal. Throws BadInput naming the option. */
export function addressOf(text: string, option: string): number {
  const value = /^(?:[0-9][0-9_]*|0x[0-9a-f_]+)$/i.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new BadInput(`${option} ${JSON.stringify(text)} is not an address: give one such as 0x100000`);
  return value;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, 'k': 2 ** 10, 'm': 2 ** 20, 'g': 2 ** 30 };

/** A size in bytes with K, M or G (powers of 1024). Throws BadInput naming the option. */
export function sizeOf(text: string, option: string): number {
  const match = /^([0-9]+)([kmg]?)(?:i?b)?$/i.exec(text);
  const unit = UNITS[(match?.[2] ?? '').toLowerCase()] ?? 1;
  const value = match === null ? Number.NaN : Number(match[1]) * unit;
  if (!Number.isSafeInteger(value)) throw new BadInput(`${option} ${JSON.stringify(text)} is not a size: give one such as 64M`);
  return value;
}

/** `1234567` as `1 234 567`, for people. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ' ');
}
