// Row -> event object, read off the schema. The only place that knows how row words become values; json.ts prints what comes out.

import { joinCount, joinU64 } from '../base/u64.ts';
import { highWordOf, isPresent, isUnknown, textOf, wordOf, type Row } from './draft.ts';
import type { EventWalk, TraceEvent } from './event.ts';
import { completenessOf, registersOf, seqsOf, slotsOf, walkOf } from './heap-lists.ts';
import { RULE_IDS } from './rules.ts';
import { COMMON_FIELDS, SCHEMA, type Field } from './schema.ts';

/** The names behind codes that may differ from file to file: rules by code. A reader has those of its trace. */
export interface Names { readonly rules: readonly string[] }

/** The names of this version of the core, for rows that come straight from the processor. */
export const CURRENT_NAMES: Names = { rules: RULE_IDS };

type Node = Record<string, unknown>;
const SIDE_PARTS = ['cpl', 'cs', 'ip', 'ss', 'sp', 'flags', 'mode'];
/** Fields of these kinds that are null rather than missing when a row does not have them. */
const NULLABLE: Readonly<Record<string, readonly string[]>> = {
  fault: ['errorCode', 'rule'],
  transition: ['from', 'to'].flatMap((side) => SIDE_PARTS.map((part) => `${side}.${part}`)),
  'msr-write': ['before'], 'cr-write': ['before'], 'dr-write': ['before'], 'msr-read': ['value'],
};

/** The event a row holds. `seq` is not in the row and passed in. Unknown values are null, fields that do not apply are missing. */
export function decodeEvent(row: Row, seq: number, names: Names = CURRENT_NAMES): TraceEvent {
  const { kind, fields } = SCHEMA[row.kind]!;
  const event: Node = { seq, icount: null, kind, mode: null, cpl: null, cs: null, ip: null, cpu: 0 };
  for (const path of NULLABLE[kind] ?? []) place(event, path, null);
  for (const field of COMMON_FIELDS) if (isPresent(row, field.handle)) placeCommon(event, field, valueOf(row, field, names));
  for (const field of fields) if (isPresent(row, field.handle)) place(event, field.path, valueOf(row, field, names));
  return event as unknown as TraceEvent;
}

function placeCommon(event: Node, field: Field, value: unknown): void {
  if (field.path === 'iteration' && value === 0) return;
  if (field.path === 'cpu' && value === null) return;
  place(event, field.path === 'source.line' ? 'sourceLine' : field.path, value);
}

function place(event: Node, path: string, value: unknown): void {
  const [name, part] = path.split('.') as [string, string?];
  if (part === undefined) event[name] = value;
  else {
    const node = (event[name] ??= {}) as Node;
    node[part] = value;
  }
}

function valueOf(row: Row, field: Field, names: Names): unknown {
  const { handle, type } = field;
  if (isUnknown(row, handle)) return null;
  if (typeof type !== 'string') return type.oneOf[wordOf(row, handle)] ?? 'unknown';
  switch (type) {
    case 'hex32': case 'count': return wordOf(row, handle);
    case 'hex64': return joinU64(wordOf(row, handle), highWordOf(row, handle));
    case 'hex128': return quadOf(row, field.offset);
    case 'number': return joinCount(wordOf(row, handle), highWordOf(row, handle));
    case 'bool': return wordOf(row, handle) !== 0;
    case 'text': return textOf(row, handle);
    case 'rule': return ruleName(names, wordOf(row, handle));
    case 'seqs': return seqsOf(row, handle);
    case 'slots': return slotsOf(row, handle);
    case 'walk': return eventWalk(row, handle, names);
    case 'registers': return registersOf(row, handle);
    case 'completeness': return completenessPaths(row, handle);
  }
}

function quadOf(row: Row, offset: number): bigint {
  const { words } = row;
  return joinU64(words[offset]!, words[offset + 1]!) | (joinU64(words[offset + 2]!, words[offset + 3]!) << 64n);
}

const ruleName = (names: Names, code: number): string => names.rules[code] ?? `unknown-rule-${String(code)}`;

function eventWalk(row: Row, handle: number, names: Names): EventWalk {
  const { levels, rights, rule } = walkOf(row, handle);
  const none = rule < 0 || rule === 0xffff_ffff || names.rules[rule] === 'none';
  return { levels, verdict: { rights, rule: none ? null : ruleName(names, rule) } };
}

function completenessPaths(row: Row, handle: number): Readonly<Record<string, string>> {
  const fields = [...COMMON_FIELDS, ...SCHEMA[row.kind]!.fields];
  const paths = completenessOf(row, handle).map(({ handle: of, state }) => [fields.find((field) => field.handle === of)?.path ?? 'unknown', state] as const);
  return Object.fromEntries(paths);
}
