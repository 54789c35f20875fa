// What the record dialog's fields mean, checked before anything is sent.

import { sizeText } from '../ui/size.ts';
import type { ImageFormat, RecordOptions, RecordProgress } from '../session/contract.ts';

/** Fields as typed; an empty one means the recorder's own default. */
export interface RecordForm { format: ImageFormat; memory: string; /** Name of the processor model, empty for the recorder's own. */ cpuModel: string; maxInstructions: string; maxEvents: string; org: string; entry: string; append: string; isLive: boolean }
export type CheckedOptions = { readonly kind: 'right'; readonly options: RecordOptions } | { readonly kind: 'wrong'; readonly message: string };

const MIB = 2 ** 20;
const MEMORY_MAX_MIB = 1024;

/** The options of a form, or one sentence saying which field to change. */
export function optionsOf(form: RecordForm): CheckedOptions {
  const memory = whole(form.memory);
  if (memory === null || (memory !== undefined && (memory < 1 || memory > MEMORY_MAX_MIB))) return wrong('Memory is a whole number of MiB from 1 to 1024.');
  const fields = { maxInstructions: whole(form.maxInstructions), maxEvents: whole(form.maxEvents), ...(takesAddresses(form.format) ? { org: whole(form.org), entry: whole(form.entry) } : {}) };
  if (fields.maxInstructions === null || fields.maxEvents === null) return wrong('A limit is a whole number, for example 1000000.');
  if (fields.org === null || fields.entry === null) return wrong('An address is a whole number, for example 0x100000.');
  const given = Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  return { kind: 'right', options: { format: form.format, ...(form.cpuModel === '' ? {} : { cpuModel: form.cpuModel }), ...(memory === undefined ? {} : { memory: memory * MIB }), ...(takesBootFiles(form.format) && form.append !== '' ? { append: form.append } : {}), ...(form.isLive ? { live: true } : {}), ...given } };
}

/** Only flat binaries are told where they go; the fields are also open while the format is to be recognised. */
export const takesAddresses = (format: ImageFormat): boolean => format === 'flat' || format === 'auto';

/** Kernels with a boot protocol get a command line and modules; the fields are also open while the format is to be recognised. */
export const takesBootFiles = (format: ImageFormat): boolean => ['auto', 'multiboot', 'multiboot2', 'linux', 'pvh'].includes(format);

/** Why the guest does not run just now; null when it does. */
export function stateText({ state }: RecordProgress): string | null {
  return state === 'waits' ? 'The guest waits for a key or a byte.' : state === 'sleeps' ? 'The guest sleeps until a device wakes it.' : null;
}

/** How fast it goes, and what its bounds allow. */
export function forecastText({ speed, secondsLeft, bytesAtEnd }: RecordProgress): string {
  if (speed === null) return 'The guest runs.';
  const left = secondsLeft === null || bytesAtEnd === null ? '' : ` At most ${duration(secondsLeft)} more and ${sizeText(Math.round(bytesAtEnd))} in all.`;
  return `${(speed / 1e6).toFixed(1)} million instructions a second.${left}`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${String(Math.ceil(seconds))} s`;
  return seconds < 5400 ? `${String(Math.round(seconds / 60))} min` : `${(seconds / 3600).toFixed(1)} h`;
}

const wrong = (message: string): CheckedOptions => ({ kind: 'wrong', message });

/** undefined when empty, null when no whole number. Hexadecimal with 0x, underscores and thin spaces are taken. */
function whole(text: string): number | null | undefined {
  const plain = text.replace(/[\s_,]/g, '');
  if (plain === '') return undefined;
  if (!/^(0x[\da-f]+|\d+)$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isSafeInteger(value) ? value : null;
}
