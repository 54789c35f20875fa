// The header of a trace: who made it, from what, and the names of everything its columns hold. Deflated JSON behind a fixed prefix.
// Reading is strict: whatever is not as expected is refused in one line. Layout on disk: docs/trace-format.md.

import { BadInput } from '../base/bad-input.ts';
import { FILE_ROLES, type FileRole } from '../event/guest-file.ts';
import { COMPLETENESS, SLOT_NAMES } from '../event/kinds.ts';
import { REGISTER_FILE } from '../arch/register-file.ts';
import { RULE_IDS } from '../event/rules.ts';
import { COMMON_FIELDS, SCHEMA, type Field, type FieldType } from '../event/schema.ts';
import { TRACE_VERSION } from './version.ts';

/** A value an option or a device property may have in a header. */
export type HeaderValue = string | number | boolean | null;

export interface FileField { readonly path: string; readonly type: FieldType }
/** The names a file's columns are read by. */
export interface FileSchema {
  readonly common: readonly FileField[];
  readonly kinds: readonly { readonly kind: string; readonly fields: readonly FileField[] }[];
  readonly slotNames: readonly string[];
  readonly completeness: readonly string[];
  readonly rules: readonly string[];
  readonly registers: readonly { readonly name: string; readonly words: number }[];
}

/** A file given with the image: `bytes` long, `hash` by `hashBytes`. */
export interface FileFacts { readonly role: FileRole; readonly name: string; readonly bytes: number; readonly hash: string }

/** What a recorder or importer says about its trace. No paths, no times: the same run gives the same header. */
export interface TraceFacts {
  readonly kind: 'recorded' | 'imported';
  readonly coreVersion: string;
  /** The execution engine, for example `interpreter`; null for imports. Not part of the content hash. */
  readonly engine: string | null;
  readonly cpuModel: string | null;
  readonly devices: readonly string[];
  readonly memoryBytes: number | null;
  /** The options that change what the guest does, by their command-line names. */
  readonly options: Readonly<Record<string, HeaderValue>>;
  /** The record filter expression, or null when every event was kept. */
  readonly filter: string | null;
  /** The guest image: format, size and hash (`hashBytes`), whether or not its bytes are embedded. */
  readonly image: { readonly format: string; readonly bytes: number; readonly hash: string } | null;
  /** What the guest was given besides its image, in the order of the chunks that embed it. */
  readonly files: readonly FileFacts[];
  /** The tool whose log was imported, for example `qemu -d int`. */
  readonly sourceTool: string | null;
}

export interface TraceHeader extends TraceFacts { readonly formatVersion: number; readonly schema: FileSchema }

const listed = (fields: readonly Field[]): FileField[] => fields.map(({ path, type }) => ({ path, type }));

/** The names of this version of the core, as a writer puts them into a header. */
export function currentSchema(): FileSchema {
  return {
    common: listed(COMMON_FIELDS),
    kinds: SCHEMA.map(({ kind, fields }) => ({ kind, fields: listed(fields) })),
    slotNames: SLOT_NAMES, completeness: COMPLETENESS, rules: RULE_IDS,
    registers: REGISTER_FILE.map(({ name, words }) => ({ name, words })),
  };
}

/** The header of a new trace. */
export function makeHeader(facts: TraceFacts): TraceHeader {
  return { formatVersion: TRACE_VERSION, ...facts, schema: currentSchema() };
}

/** The JSON of a header; fields are `[path, type]` pairs. */
export function headerJson(header: TraceHeader): string {
  const pairs = (fields: readonly FileField[]): unknown => fields.map(({ path, type }) => [path, typeof type === 'string' ? type : type.oneOf]);
  const { schema, files, ...facts } = header;
  // absent when there is none: a header of version 1 has no list, and its hash is over what it has
  return JSON.stringify({
    ...facts, ...(files.length === 0 ? {} : { files }),
    schema: {
      common: pairs(schema.common), kinds: schema.kinds.map(({ kind, fields }) => [kind, pairs(fields)]), slotNames: schema.slotNames,
      completeness: schema.completeness, rules: schema.rules, registers: schema.registers.map(({ name, words }) => [name, words]),
    },
  });
}

const LIST_MAX = 4096;
const TEXT_MAX = 4096;
const wrong = (what: string): BadInput => new BadInput(`the trace header is damaged (${what}); take an undamaged copy or make the trace again`);

type Json = Readonly<Record<string, unknown>>;
function objectOf(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(`${what} is no object`);
  return value as Json;
}
function listOf<Item>(value: unknown, what: string, read: (item: unknown) => Item): Item[] {
  if (!Array.isArray(value) || value.length > LIST_MAX) throw wrong(`${what} is no list`);
  return value.map(read);
}
function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.length > TEXT_MAX) throw wrong(`${what} is no text`);
  return value;
}
const textOrNull = (value: unknown, what: string): string | null => (value === null ? null : textOf(value, what));
function countOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw wrong(`${what} is no count`);
  return value;
}
const names = (value: unknown, what: string): string[] => listOf(value, what, (item) => textOf(item, what));

/** Parses and checks the JSON of a header of version `formatVersion`. */
export function parseHeader(json: string, formatVersion: number): TraceHeader {
  const raw = objectOf(parseJson(json), 'it');
  const kind = textOf(raw['kind'], 'kind');
  if (kind !== 'recorded' && kind !== 'imported') throw wrong(`kind is ${JSON.stringify(kind)}`);
  return {
    formatVersion, kind,
    coreVersion: textOf(raw['coreVersion'], 'coreVersion'),
    engine: textOrNull(raw['engine'], 'engine'),
    cpuModel: textOrNull(raw['cpuModel'], 'cpuModel'),
    devices: names(raw['devices'], 'devices'),
    memoryBytes: raw['memoryBytes'] === null ? null : countOf(raw['memoryBytes'], 'memoryBytes'),
    options: optionsOf(raw['options']),
    filter: textOrNull(raw['filter'], 'filter'),
    image: raw['image'] === null ? null : imageOf(objectOf(raw['image'], 'image')),
    files: raw['files'] === undefined ? [] : listOf(raw['files'], 'files', fileOf),
    sourceTool: textOrNull(raw['sourceTool'], 'sourceTool'),
    schema: schemaOf(objectOf(raw['schema'], 'schema')),
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    throw wrong('it is no JSON');
  }
}

function optionsOf(value: unknown): Record<string, HeaderValue> {
  const options: [string, HeaderValue][] = Object.entries(objectOf(value, 'options')).map(([name, option]) => {
    if (option === null || typeof option === 'string' || typeof option === 'number' || typeof option === 'boolean') return [name, option];
    throw wrong(`option ${name} is no plain value`);
  });
  return Object.fromEntries(options);
}

const imageOf = (raw: Json): { format: string; bytes: number; hash: string } => ({
  format: textOf(raw['format'], 'image.format'), bytes: countOf(raw['bytes'], 'image.bytes'), hash: textOf(raw['hash'], 'image.hash'),
});

function fileOf(value: unknown): FileFacts {
  const raw = objectOf(value, 'a file');
  const role = FILE_ROLES.find((known) => known === raw['role']);
  if (role === undefined) throw wrong(`a file is given as ${JSON.stringify(raw['role'])}`);
  return { role, name: textOf(raw['name'], 'the name of a file'), bytes: countOf(raw['bytes'], 'the size of a file'), hash: textOf(raw['hash'], 'the hash of a file') };
}

function pairOf(item: unknown, what: string): readonly [unknown, unknown] {
  if (!Array.isArray(item) || item.length !== 2) throw wrong(`${what} holds something that is no pair`);
  return [item[0], item[1]];
}

function schemaOf(raw: Json): FileSchema {
  return {
    common: listOf(raw['common'], 'schema.common', fieldOf),
    kinds: listOf(raw['kinds'], 'schema.kinds', (item) => {
      const [kind, fields] = pairOf(item, 'schema.kinds');
      return { kind: textOf(kind, 'a kind'), fields: listOf(fields, 'the fields of a kind', fieldOf) };
    }),
    slotNames: names(raw['slotNames'], 'schema.slotNames'),
    completeness: names(raw['completeness'], 'schema.completeness'),
    rules: names(raw['rules'], 'schema.rules'),
    registers: listOf(raw['registers'], 'schema.registers', (item) => {
      const [name, words] = pairOf(item, 'schema.registers');
      if (words !== 1 && words !== 2) throw wrong('a register is neither one nor two words wide');
      return { name: textOf(name, 'a register name'), words };
    }),
  };
}

const TYPES: ReadonlySet<string> = new Set([
  'hex32', 'hex64', 'hex128', 'count', 'number', 'bool', 'text', 'seqs', 'slots', 'walk', 'completeness', 'registers', 'rule',
]);

function fieldOf(item: unknown): FileField {
  const [path, type] = pairOf(item, 'a field list');
  const name = textOf(path, 'a field path');
  if (Array.isArray(type)) return { path: name, type: { oneOf: names(type, 'an enumeration') } };
  if (typeof type !== 'string' || !TYPES.has(type)) throw wrong(`field ${name} has an unknown type; a newer Ringscope may know it`);
  return { path: name, type: type as FieldType };
}
