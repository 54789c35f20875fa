// How the rows of one file lie, and where each of its fields goes in rows of this core. A file lists its fields, kinds, enumerations,
// rules and registers by name; whatever has moved since is mapped here, once per file. Current files map onto themselves.

import { BadInput } from '../base/bad-input.ts';
import { findRegister } from '../arch/register-file.ts';
import { COMPLETENESS, EVENT_KINDS, SLOT_NAMES } from '../event/kinds.ts';
import { RULE_IDS } from '../event/rules.ts';
import { COMMON_FIELDS, placeFields, SCHEMA, type Field, type FieldType } from '../event/schema.ts';
import { hashText } from './content-hash.ts';
import { REGISTER_WORDS_MAX } from './limits.ts';
import type { FileSchema } from './header.ts';

/** A field of a file: where it lies there, and where it belongs now (null: this core has no such field). */
export interface LayoutField extends Field {
  readonly target: Field | null;
  /** File code to current code for enumerations and rules; null when they are the same. */
  readonly codes: Uint32Array | null;
}
export interface LayoutKind { readonly kind: string; readonly code: number; readonly fields: readonly LayoutField[] }

export interface Layout {
  readonly common: readonly LayoutField[];
  readonly kinds: readonly LayoutKind[];
  /** Rule names by current code: the catalogue, then names only this file knows. */
  readonly rules: readonly string[];
  /** File code to current code of rules, slot names and completeness states; null when unchanged. */
  readonly ruleCodes: Uint32Array | null;
  readonly slotCodes: Uint32Array | null;
  readonly completenessCodes: Uint32Array | null;
  /** File handle to current handle, for lists that name fields; kinds by file code. Null when unchanged. */
  readonly handles: readonly ReadonlyMap<number, number>[] | null;
  /** Words of the file's register file, and the current offset of each (-1: unknown now). */
  readonly registerWords: number;
  readonly registerTargets: Int32Array;
  readonly registersMoved: boolean;
  /** 32-bit hashes of the rule names by file code: the content hash holds names, not codes. */
  readonly ruleHashes: Uint32Array;
  /** Width in words of the widest row of the file. */
  readonly rowWords: number;
  /** What a reader should be told: fields and registers this core does not know. */
  readonly notes: readonly string[];
}

const newer = (what: string): BadInput => new BadInput(`the trace was made by another version of Ringscope: ${what}; open it with that version or a newer one`);

const CURRENT_RULES = new Map(RULE_IDS.map((id) => [id, hashText(id)]));

/** The layout of files whose header carries this schema. */
export function layoutOf(schema: FileSchema): Layout {
  const notes: string[] = [];
  const rules = [...RULE_IDS, ...schema.rules.filter((id) => !CURRENT_RULES.has(id))];
  const ruleCodes = codesOf(schema.rules, rules, 'rule');
  const place = (fields: FileSchema['common'], first: number, scope: 0 | 1, current: readonly Field[]): LayoutField[] => {
    if (fields.length > 32) throw newer('an event kind has more than 32 fields');
    return placeFields(fields, first, scope).map((one) => ({ ...one, ...aim(one, current, ruleCodes, notes) }));
  };
  const common = place(schema.common, 4, 0, COMMON_FIELDS);
  const first = endOf(common, 4);
  const kinds = schema.kinds.map(({ kind, fields }) => {
    const code = (EVENT_KINDS as readonly string[]).indexOf(kind);
    if (code < 0) throw newer(`it holds events of kind "${kind}"`);
    return { kind, code, fields: place(fields, first, 1, SCHEMA[code]!.fields) };
  });
  const rowWords = Math.max(first, ...kinds.map(({ fields }) => endOf(fields, first)));
  if (rowWords > 512) throw newer('its rows are wider than 512 words');
  return {
    common, kinds, rules, ruleCodes, slotCodes: codesOf(schema.slotNames, SLOT_NAMES, 'frame slot'),
    completenessCodes: codesOf(schema.completeness, COMPLETENESS, 'completeness state'), handles: handlesOf(common, kinds),
    ...registersOf(schema.registers, notes), ruleHashes: Uint32Array.from(schema.rules, (id) => CURRENT_RULES.get(id) ?? hashText(id)), rowWords, notes,
  };
}

const targetOf = (one: Field, current: readonly Field[]): Field | null => {
  const same = current.find(({ handle }) => handle === one.handle);
  return same?.path === one.path ? same : (current.find(({ path }) => path === one.path) ?? null);
};
const endOf = (fields: readonly Field[], none: number): number => fields.reduce((end, one) => Math.max(end, one.offset + one.words), none);
const shapeOfType = (type: FieldType): string => (typeof type === 'string' ? type : 'oneOf');

function aim(one: Field, current: readonly Field[], ruleCodes: Uint32Array | null, notes: string[]): { target: Field | null; codes: Uint32Array | null } {
  const target = targetOf(one, current);
  if (target === null) {
    notes.push(`field ${one.path} is not known to this version and is not shown`);
    return { target, codes: null };
  }
  if (shapeOfType(target.type) !== shapeOfType(one.type)) throw newer(`field ${one.path} has another type`);
  if (one.type === 'rule') return { target, codes: ruleCodes };
  if (typeof one.type === 'string' || typeof target.type === 'string') return { target, codes: null };
  return { target, codes: codesOf(one.type.oneOf, target.type.oneOf, one.path) };
}

/** File code to current code, or null when every file code means the same now. */
function codesOf(file: readonly string[], current: readonly string[], what: string): Uint32Array | null {
  if (file.every((name, code) => current[code] === name)) return null;
  const codes = new Map(current.map((name, code) => [name, code]));
  return Uint32Array.from(file, (name) => {
    const code = codes.get(name);
    if (code === undefined) throw newer(`it knows the ${what} "${name}"`);
    return code;
  });
}

function handlesOf(common: readonly LayoutField[], kinds: readonly LayoutKind[]): readonly ReadonlyMap<number, number>[] | null {
  const same = [...common, ...kinds.flatMap(({ fields }) => fields)].every((one) => one.target?.handle === one.handle);
  if (same) return null;
  return kinds.map(({ fields }) => new Map([...common, ...fields].flatMap((one) => (one.target === null ? [] : [[one.handle, one.target.handle]]))));
}

function registersOf(registers: FileSchema['registers'], notes: string[]): Pick<Layout, 'registerWords' | 'registerTargets' | 'registersMoved'> {
  const targets: number[] = [];
  for (const { name, words } of registers) {
    const found = findRegister(name);
    if (found === null) notes.push(`register ${name} is not known to this version and is not shown`);
    for (let word = 0; word < words; word += 1) targets.push(found === null || word >= found.words ? -1 : found.offset + word);
  }
  if (targets.length > REGISTER_WORDS_MAX) throw newer('its register file is too large');
  return { registerWords: targets.length, registerTargets: Int32Array.from(targets), registersMoved: targets.some((target, offset) => target !== offset) };
}
