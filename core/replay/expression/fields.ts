// Fields a condition may name: every event field of schema.ts (nested paths included), registers with their narrower names, segment
// and descriptor parts, flag bits, and the decoded error code. Resolved once; reading costs no allocation.
// Rule: the event's own field where the event has it, otherwise the register just before the event, otherwise there is no answer.

import { findRegister, REGISTER_FILE } from '../../arch/register-file.ts';
import { EVENT_KINDS } from '../../event/kinds.ts';
import { COMMON_FIELDS, SCHEMA, type FieldType } from '../../event/schema.ts';
import { bitNames, bitOf, ERROR_BITS, type BitPlace } from './names.ts';

/** Where an event of one kind keeps the field: handle and type, and the bits wanted (null: the whole). */
export interface EventPlace { readonly handle: number; readonly type: FieldType; readonly bits: BitPlace | null; readonly vectors: readonly number[] | null }
/** Where the register file keeps it: word offset, one or two words, and the bits wanted. */
export interface RegisterPlace { readonly offset: number; readonly words: 1 | 2; readonly bits: BitPlace | null }

export interface ResolvedField {
  /** Spelling of the normal form. */
  readonly name: string;
  /** By kind code; null where this kind has no such field. */
  readonly byKind: readonly (EventPlace | null)[];
  readonly register: RegisterPlace | null;
  /** `kind` and `seq` are not in the row. */
  readonly special: 'kind' | 'seq' | 'mode' | null;
}

const GENERAL = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const ALIASES = new Map<string, RegisterPlace>();
for (const name of GENERAL) {
  const { offset } = findRegister(`r${name}`) ?? { offset: 0 };
  ALIASES.set(`e${name}`, { offset, words: 1, bits: null });
  ALIASES.set(name, { offset, words: 1, bits: { shift: 0, width: 16 } });
  if (name.endsWith('x')) {
    ALIASES.set(`${name[0] ?? ''}l`, { offset, words: 1, bits: { shift: 0, width: 8 } });
    ALIASES.set(`${name[0] ?? ''}h`, { offset, words: 1, bits: { shift: 8, width: 8 } });
  }
}
ALIASES.set('ip', { offset: findRegister('rip')?.offset ?? 0, words: 2, bits: null });
ALIASES.set('eip', { offset: findRegister('rip')?.offset ?? 0, words: 1, bits: null });
ALIASES.set('eflags', { offset: findRegister('rflags')?.offset ?? 0, words: 1, bits: null });
ALIASES.set('flags', { offset: findRegister('rflags')?.offset ?? 0, words: 1, bits: null });
for (const row of REGISTER_FILE) {
  if (row.title === '') continue;
  const place = findRegister(row.name);
  if (place === null) continue;
  ALIASES.set(row.name, { ...place, bits: null });
  if (row.name.endsWith('.selector')) ALIASES.set(row.name.slice(0, -'.selector'.length), { ...place, bits: null });
}

/** Parts of a selector, wherever a segment register holds one. */
const SELECTOR: Readonly<Record<string, BitPlace>> = { rpl: { shift: 0, width: 2 }, ti: { shift: 2, width: 1 }, index: { shift: 3, width: 13 } };

const NONE: readonly (EventPlace | null)[] = EVENT_KINDS.map(() => null);
const EVENT_PATHS = new Map<string, (EventPlace | null)[]>();
for (const schema of SCHEMA) {
  for (const { path, handle, type } of [...COMMON_FIELDS, ...schema.fields]) {
    const places = EVENT_PATHS.get(path) ?? [...NONE];
    places[schema.code] = { handle, type, bits: null, vectors: null };
    EVENT_PATHS.set(path, places);
  }
}

const canonical = new Map<string, string>();
for (const name of [...ALIASES.keys(), ...EVENT_PATHS.keys(), 'kind', 'seq', 'error']) canonical.set(name.toLowerCase(), name);

/** Every plain field name, for completion and suggestions (bits such as `eflags.IF` are not all listed). */
export function fieldNames(): readonly string[] {
  return [...new Set([...canonical.values(), ...errorNames(), ...bitNames('rflags').map((bit) => `eflags.${bit}`), ...['cr0', 'cr4', 'efer'].flatMap((register) => bitNames(register).map((bit) => `${register}.${bit}`))])];
}
function errorNames(): readonly string[] {
  return ERROR_BITS.flatMap(({ names }) => names.slice(0, 1).map((name) => `error.${name}`));
}

/** The normal spelling of a field, or null when there is none of that name. Letters' case does not matter. */
export function isField(name: string): string | null {
  return resolveField(name)?.name ?? null;
}

/** Resolves a field name, or null. */
export function resolveField(name: string): ResolvedField | null {
  const lower = name.toLowerCase();
  if (lower === 'kind' || lower === 'seq') return { name: lower, byKind: NONE, register: null, special: lower };
  const known = canonical.get(lower);
  if (known === 'error') return { name: 'error', byKind: EVENT_PATHS.get('errorCode') ?? NONE, register: null, special: null };
  if (known !== undefined) {
    return { name: known, byKind: EVENT_PATHS.get(known) ?? NONE, register: ALIASES.get(known) ?? null, special: known === 'mode' ? 'mode' : null };
  }
  const dot = lower.lastIndexOf('.');
  return dot < 0 ? null : resolvePart(lower.slice(0, dot), lower.slice(dot + 1));
}

function resolvePart(owner: string, part: string): ResolvedField | null {
  if (owner === 'error') return resolveErrorBit(part);
  const segment = ALIASES.get(`${owner}.rights`);
  const rights = bitOf('rights', part);
  if (segment !== undefined && rights !== null) return registerPart(`${owner}.${rights.name}`, segment, rights);
  const selector = SELECTOR[part];
  if (segment !== undefined && selector !== undefined) {
    const place = ALIASES.get(`${owner}.selector`);
    return place === undefined ? null : registerPart(`${owner}.${part}`, place, selector);
  }
  const register = ALIASES.get(owner);
  const bit = bitOf(flagRegister(owner), part);
  if (bit === null) return null;
  if (register !== undefined) return registerPart(`${owner}.${bit.name}`, register, bit);
  const event = EVENT_PATHS.get(canonical.get(owner) ?? owner);
  if (event === undefined || !owner.endsWith('.flags')) return null;
  return { name: `${canonical.get(owner) ?? owner}.${bit.name}`, byKind: event.map((place) => (place === null ? null : { ...place, bits: bit })), register: null, special: null };
}

function flagRegister(owner: string): string {
  return owner === 'eflags' || owner === 'flags' || owner.endsWith('.flags') ? 'rflags' : owner;
}

function registerPart(name: string, place: RegisterPlace, bits: BitPlace): ResolvedField {
  return { name, byKind: NONE, register: { ...place, bits }, special: null };
}

/** `error.user`: a bit of the error code, only on vectors whose code has it. */
function resolveErrorBit(part: string): ResolvedField | null {
  const found = ERROR_BITS.find(({ names }) => names.some((name) => name.toLowerCase() === part));
  if (found === undefined) return null;
  const places = (EVENT_PATHS.get('errorCode') ?? NONE).map((place) => (place === null ? null : { ...place, bits: found.bits, vectors: found.vectors }));
  return { name: `error.${found.names[0] ?? part}`, byKind: places, register: null, special: null };
}
