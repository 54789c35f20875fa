// What the record dialog's fields mean, checked before anything is sent.

import type { ImageFormat, RecordOptions } from '../session/contract.ts';

/** Fields as typed; an empty one means the recorder's own default. */
export interface RecordForm { format: ImageFormat; memory: string; /** Name of the processor model, empty for the recorder's own. */ cpuModel: string; maxInstructions: string; maxEvents: string; org: string; entry: string }
export type CheckedOptions = { readonly kind: 'right'; readonly options: RecordOptions } | { readonly kind: 'wrong'; readonly message: string };

const MIB = 2 ** 20;
const MEMORY_MAX_MIB = 4096;

/** The options of a form, or one sentence saying which field to change. */
export function optionsOf(form: RecordForm): CheckedOptions {
  const memory = whole(form.memory);
  if (memory === null || (memory !== undefined && (memory < 1 || memory > MEMORY_MAX_MIB))) return wrong('Memory is a whole number of MiB from 1 to 4096.');
  const fields = { maxInstructions: whole(form.maxInstructions), maxEvents: whole(form.maxEvents), ...(takesAddresses(form.format) ? { org: whole(form.org), entry: whole(form.entry) } : {}) };
  if (fields.maxInstructions === null || fields.maxEvents === null) return wrong('A limit is a whole number, for example 1000000.');
  if (fields.org === null || fields.entry === null) return wrong('An address is a whole number, for example 0x100000.');
  const given = Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  return { kind: 'right', options: { format: form.format, ...(form.cpuModel === '' ? {} : { cpuModel: form.cpuModel }), ...(memory === undefined ? {} : { memory: memory * MIB }), ...given } };
}

/** Only flat binaries are told where they go; the fields are also open while the format is to be recognised. */
export const takesAddresses = (format: ImageFormat): boolean => format === 'flat' || format === 'auto';

const wrong = (message: string): CheckedOptions => ({ kind: 'wrong', message });

/** undefined when empty, null when no whole number. Hexadecimal with 0x, underscores and thin spaces are taken. */
function whole(text: string): number | null | undefined {
  const plain = text.replace(/[\s_,]/g, '');
  if (plain === '') return undefined;
  if (!/^(0x[\da-f]+|\d+)$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isSafeInteger(value) ? value : null;
}
