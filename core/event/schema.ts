// The one table of what an event carries. Drafts, file columns, JSON, the format page and the breakpoint language's fields
// are all read from it. A row is u32 words; texts and lists live in a heap of words beside it.
//   row: [0] common present  [1] common unknown  [2] present  [3] unknown  [4..] common fields  [..] fields of the kind
// A field's bit set in `present`: the field applies. Also set in `unknown`: it applies and its value is not known (JSON null).

import {
  ACCESS_TYPES, CONTROL_REGISTERS, DEBUG_REGISTERS, DURINGS, EVENT_KINDS, EXIT_WAYS, FAULT_CLASSES, FLUSH_SCOPES, LINE_SOURCES, MODES, SOURCES, TABLE_REGISTERS,
  TABLES, TIME_UNITS, TLB_OUTCOMES, VIAS, type EventKind,
} from './kinds.ts';

/** How a field is stored and printed. `hex*` print as lower-case hex strings; `count` and `number` as JSON numbers (one word, two words). */
export type FieldType =
  | 'hex32' | 'hex64' | 'hex128' | 'count' | 'number' | 'bool' | 'text' | 'seqs' | 'slots' | 'walk' | 'completeness' | 'registers' | 'rule'
  | { readonly oneOf: readonly string[] };

export interface FieldSpec { readonly path: string; readonly type: FieldType }
/** A field with its place in the row. `handle` is what `EventDraft.set*` and row readers take. */
export interface Field extends FieldSpec { readonly offset: number; readonly words: number; readonly handle: number }

const oneOf = (list: readonly string[]): FieldType => ({ oneOf: list });
const field = (path: string, type: FieldType): FieldSpec => ({ path, type });

// `icount` counts instructions retired before the event: what an instruction reports (INT n its own transition, WRMSR its write) carries the
// count before its own retirement.
const COMMON: readonly FieldSpec[] = [
  field('icount', 'number'), field('iteration', 'number'), field('mode', oneOf(MODES)), field('cpl', 'count'), field('cs', 'hex32'),
  field('ip', 'hex64'), field('cpu', 'count'), field('time.value', 'number'), field('time.unit', oneOf(TIME_UNITS)),
  field('source.line', 'number'), field('completeness', 'completeness'), field('inferred.after', 'number'), field('inferred.before', 'number'),
  field('context.pid', 'number'), field('context.comm', 'text'),
];
const side = (name: string): FieldSpec[] => [
  field(`${name}.cpl`, 'count'), field(`${name}.cs`, 'hex32'), field(`${name}.ip`, 'hex64'), field(`${name}.ss`, 'hex32'),
  field(`${name}.sp`, 'hex64'), field(`${name}.flags`, 'hex64'), field(`${name}.mode`, oneOf(MODES)),
];
const table = (name: string): FieldSpec[] => [
  field(`${name}.selector`, 'hex32'), field(`${name}.base`, 'hex64'), field(`${name}.limit`, 'hex32'),
];

const KIND_FIELDS: Readonly<Record<EventKind, readonly FieldSpec[]>> = {
  'fault': [
    field('vector', 'count'), field('mnemonic', 'text'), field('class', oneOf(FAULT_CLASSES)), field('errorCode', 'hex32'), field('rule', 'rule'),
    field('during', oneOf(DURINGS)), field('deliveryOf.source', oneOf(SOURCES)), field('deliveryOf.vector', 'count'),
    field('deliveryOf.seq', 'number'), field('causes', 'seqs'), field('cr2', 'hex64'), field('access.type', oneOf(ACCESS_TYPES)),
    field('access.user', 'bool'), field('access.implicit', 'bool'), field('tlb', oneOf(TLB_OUTCOMES)), field('walk', 'walk'),
    field('source', oneOf(SOURCES)),
  ],
  'transition': [
    field('via', oneOf(VIAS)), field('source', oneOf(SOURCES)), field('vector', 'count'), field('errorCode', 'hex32'),
    ...side('from'), ...side('to'), field('returnIp', 'hex64'),
    field('frame.ss', 'hex32'), field('frame.linear', 'hex64'), field('frame.width', 'count'), field('frame.slots', 'slots'),
    field('gate.table', oneOf(TABLES)), field('gate.index', 'count'), field('gate.physical', 'hex64'), field('gate.raw', 'hex128'),
    field('stackFrom.tss', 'hex32'), field('stackFrom.offset', 'hex32'), field('stackFrom.value', 'hex64'),
  ],
  'msr-write': [field('msr', 'hex32'), field('name', 'text'), field('before', 'hex64'), field('after', 'hex64'), field('refused', 'bool')],
  'msr-read': [field('msr', 'hex32'), field('name', 'text'), field('value', 'hex64'), field('refused', 'bool')],
  'cr-write': [field('register', oneOf(CONTROL_REGISTERS)), field('before', 'hex64'), field('after', 'hex64')],
  'dr-write': [field('register', oneOf(DEBUG_REGISTERS)), field('before', 'hex64'), field('after', 'hex64')],
  'table-load': [field('register', oneOf(TABLE_REGISTERS)), ...table('before'), ...table('after')],
  'mode-change': [field('before', oneOf(MODES)), field('after', oneOf(MODES))],
  'table-write': [
    field('table', oneOf(TABLES)), field('index', 'count'), field('physical', 'hex64'), field('before', 'hex64'), field('after', 'hex64'),
  ],
  'tlb-flush': [field('scope', oneOf(FLUSH_SCOPES)), field('linear', 'hex64')],
  'interrupt-line': [field('line', 'count'), field('state', oneOf(['raised', 'acknowledged', 'lowered'])), field('vector', 'count'), field('source', oneOf(LINE_SOURCES))],
  'input': [field('device', 'text'), field('data', 'text')],
  'snapshot': [field('registers', 'registers'), field('detail', 'text')],
  'vm-exit': [field('reason', 'text'), field('qualification', 'hex64'), field('information', 'hex64'), field('detail', 'text')],
  'os': [field('what', oneOf(['system-call', 'system-call-return', 'signal', 'switch', 'other'])), field('number', 'number'), field('value', 'hex64'), field('detail', 'text')],
  'console': [field('text', 'text'), field('device', 'text')],
  'marker': [],
  'halt': [field('wake', 'bool')],
  'exit': [field('value', 'count'), field('by', oneOf(EXIT_WAYS))],
  'reset': [field('reason', 'text')],
  'shutdown': [field('chain', 'seqs')],
  'unsupported': [field('instruction', 'text'), field('detail', 'text')],
};

/** Row words 0..3: presence masks. */
export const COMMON_PRESENT = 0;
export const COMMON_UNKNOWN = 1;
export const KIND_PRESENT = 2;
export const KIND_UNKNOWN = 3;

/** Words a field of this type takes in a row. */
export function wordsOf(type: FieldType): number {
  if (type === 'hex64' || type === 'number') return 2;
  return type === 'hex128' ? 4 : 1;
}

/**
 * Places fields one behind the other from word `first` on; readers of older files place the fields their header lists.
 * handle: offset 8..0, bit 13..9, 1 << 14 for fields of the kind (scope 1; their masks are words 2 and 3).
 */
export function placeFields(specs: readonly FieldSpec[], first: number, scope: 0 | 1): readonly Field[] {
  let offset = first;
  return specs.map((spec, bit) => {
    const words = wordsOf(spec.type);
    const placed = { ...spec, offset, words, handle: offset | (bit << 9) | (scope << 14) };
    offset += words;
    return placed;
  });
}
const widthOf = (fields: readonly Field[], none: number): number => fields.reduce((end, one) => Math.max(end, one.offset + one.words), none);

/** The fields every kind has. */
export const COMMON_FIELDS: readonly Field[] = placeFields(COMMON, 4, 0);
const FIRST_KIND_WORD = widthOf(COMMON_FIELDS, 4);

export interface KindSchema { readonly kind: EventKind; readonly code: number; readonly fields: readonly Field[]; readonly words: number }

/** Fields and row width of each kind, indexed by the kind's code. */
export const SCHEMA: readonly KindSchema[] = EVENT_KINDS.map((kind, code) => {
  const fields = placeFields(KIND_FIELDS[kind], FIRST_KIND_WORD, 1);
  return { kind, code, fields, words: widthOf(fields, FIRST_KIND_WORD) };
});

/** Width in words of the widest row. */
export const ROW_WORDS_MAX = Math.max(...SCHEMA.map((schema) => schema.words));

/** Handle of a common field, for example `commonHandle('ip')`. Throws on an unknown path: a bug of ours. */
export function commonHandle(path: string): number {
  return handleIn(COMMON_FIELDS, path);
}

/** Handle of a field of a kind, for example `handleOf('transition', 'from.cpl')`. Throws on an unknown path: a bug of ours. */
export function handleOf(kind: EventKind, path: string): number {
  return handleIn(SCHEMA[EVENT_KINDS.indexOf(kind)]!.fields, path);
}

function handleIn(fields: readonly Field[], path: string): number {
  const found = fields.find((one) => one.path === path);
  if (found === undefined) throw new Error(`internal error: no event field ${path}`);
  return found.handle;
}
