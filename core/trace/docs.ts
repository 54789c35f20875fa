// The pages about events and the trace format, made from the tables the code runs on: docs/events.md, docs/events.schema.json and the
// tables of docs/trace-format.md. `npx tsx scripts/docs.ts` writes them; a test holds the files against these functions.

import { REGISTER_FILE, REGISTER_FILE_WORDS } from '../arch/register-file.ts';
import { COMPLETENESS, SLOT_NAMES } from '../event/kinds.ts';
import { COMMON_FIELDS, SCHEMA, type Field, type FieldType, type KindSchema } from '../event/schema.ts';
import {
  CACHE_BYTES, CHECKPOINT_BYTES_MAX, CHUNK_EVENTS, CHUNK_WORDS_FLUSH, CHUNK_WORDS_MAX, CHUNKS_MAX, END_BYTES_MAX, HEADER_BYTES_MAX, IMAGE_BYTES_MAX,
  INPUT_BYTES_MAX, REGISTER_WORDS_MAX, ROWS_MAX, SECTION_BYTES_MAX,
} from './limits.ts';
import { TRACE_VERSION } from './version.ts';

export type Schema = { readonly [name: string]: unknown };

const HEX = { type: 'string', pattern: '^0x[0-9a-f]+$' };
const COUNT = { type: 'integer', minimum: 0 };
const LAST_WRITER: Schema = {
  oneOf: [
    {
      type: 'object', required: ['by'],
      properties: { by: { enum: ['cpu', 'device', 'loader'] }, icount: orNull(COUNT), seq: orNull(COUNT), cpl: orNull(COUNT), cs: orNull(HEX), ip: orNull(HEX), before: orNull(HEX), after: orNull(HEX) },
    },
    { type: 'object', required: ['absent'], properties: { absent: { type: 'string' } } },
  ],
};
const LEVEL: Schema = {
  type: 'object',
  required: ['level', 'physical', 'entry', 'present', 'pageSize', 'rightsSoFar', 'lastWriter'],
  properties: {
    level: COUNT, physical: HEX, entry: HEX, register: { enum: ['pdpte0', 'pdpte1', 'pdpte2', 'pdpte3'] }, ...Object.fromEntries(['present', 'writable', 'user', 'nx', 'accessed', 'dirty', 'stale'].map((name) => [name, { type: 'boolean' }])),
    pageSize: COUNT, rightsSoFar: { type: 'string', pattern: '^[us][r-][w-][x-]$' }, lastWriter: LAST_WRITER,
  },
};
const VERDICT: Schema = { type: 'object', required: ['rights', 'rule'], properties: { rights: { type: 'string' }, rule: { type: ['string', 'null'] } } };

const CODE_PLACE: Record<string, Schema> = { symbol: { type: 'string' }, offset: COUNT, file: { type: 'string' }, line: COUNT };
const CODE: Schema = { type: 'object', properties: CODE_PLACE };

function orNull(schema: Schema): Schema {
  return { oneOf: [schema, { type: 'null' }] };
}

function valueSchema(type: FieldType): Schema {
  if (typeof type !== 'string') return { enum: type.oneOf };
  switch (type) {
    case 'hex32': case 'hex64': case 'hex128': return HEX;
    case 'count': case 'number': return COUNT;
    case 'bool': return { type: 'boolean' };
    case 'text': case 'rule': return { type: 'string' };
    case 'seqs': return { type: 'array', items: COUNT };
    case 'slots': return { type: 'array', items: { type: 'object', required: ['name', 'value'], properties: { name: { enum: SLOT_NAMES }, value: HEX } } };
    case 'walk': return { type: 'array', items: LEVEL };
    case 'registers': return { type: 'object', additionalProperties: HEX };
    case 'completeness': return { type: 'object', additionalProperties: { enum: COMPLETENESS } };
  }
}

const WORDS: Readonly<Record<Extract<FieldType, string>, string>> = {
  hex32: 'hex string', hex64: 'hex string, 64 bits', hex128: 'hex string, 128 bits', count: 'number', number: 'number', bool: 'true or false', text: 'text', seqs: 'list of seq',
  slots: 'list of {name, value}', walk: 'list of levels', completeness: '{field: state}', registers: '{register: hex string}', rule: 'rule id',
};
const typeText = (type: FieldType): string => (typeof type === 'string' ? WORDS[type] : type.oneOf.map((name) => `\`${name}\``).join(' '));

function propertiesOf(fields: readonly Field[]): Record<string, Schema> {
  const properties: Record<string, Schema> = {};
  for (const { path, type } of fields) {
    const [name, part] = path.split('.') as [string, string?];
    if (part === undefined) properties[name] = orNull(valueSchema(type));
    else {
      const outer = (properties[name] ??= { type: 'object', properties: {} });
      (outer['properties'] as Record<string, Schema>)[part] = orNull(valueSchema(type));
    }
  }
  return properties;
}

function kindSchema({ kind, fields }: KindSchema): Schema {
  const common = propertiesOf(COMMON_FIELDS);
  const own = propertiesOf(fields);
  const source = own['source'] === undefined ? common['source'] : { oneOf: [own['source'], common['source']] };
  const extra = { ...(kind === 'fault' ? { verdict: VERDICT } : {}), sourceLine: COUNT, code: kind === 'transition' ? { ...CODE, properties: { ...CODE_PLACE, to: CODE } } : CODE };
  return { properties: { kind: { const: kind }, seq: COUNT, ...common, ...own, source, ...extra }, additionalProperties: false };
}

/** The JSON schema of one event line, as text. */
export function eventsSchemaJson(): string {
  return `${JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'One event of a Ringscope trace',
    type: 'object', required: ['seq', 'icount', 'kind', 'mode', 'cpl', 'cs', 'ip', 'cpu'], oneOf: SCHEMA.map(kindSchema),
  }, null, 1)}\n`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const fieldTable = (fields: readonly Field[]): string => table(['field', 'value'], fields.map(({ path, type }) => [`\`${path}\``, typeText(type)]));

/** The page of events. */
export function eventsPage(): string {
  const kinds = SCHEMA.map(({ kind, fields }) => `### \`${kind}\`\n\n${fields.length === 0 ? 'No further fields.' : fieldTable(fields)}\n`).join('\n');
  return `# Events

Made from \`core/event/schema.ts\` by \`npx tsx scripts/docs.ts\`; do not edit. The same as a JSON schema: \`events.schema.json\`.

\`ringscope events TRACE --json\` prints one event a line. A dot in a field is nesting: \`from.cpl\` is \`{"from": {"cpl": …}}\`. Hex strings are lower case
with \`0x\`, exact to their width. Unknown is \`null\`; what does not apply is left out. Every line has \`seq\`, \`icount\`, \`kind\`, \`mode\`, \`cpl\`, \`cs\`, \`ip\`, \`cpu\`.

- \`walk\` is a list of levels from the top down: \`level\`, \`physical\`, \`entry\`, \`present\`, \`writable\`, \`user\`, \`nx\`, \`accessed\`, \`dirty\`, \`pageSize\`
  (bytes the entry maps; 0 when it maps none), \`rightsSoFar\` (four letters: \`u\` or \`s\`, then \`r\`, \`w\`, \`x\` or \`-\`), \`lastWriter\`. Beside it stands \`verdict\`: \`rights\` and \`rule\`.
  With PAE the first level is a PDPTE register: it has \`register\` (\`pdpte0\` to \`pdpte3\`) and \`stale\` (memory holds something else by now) instead of rights and marks.
- \`lastWriter\` is \`{by, icount, seq, cpl, cs, ip, before, after}\` or \`{absent: reason}\`.
- \`source\` is the mechanism's where the kind has that field; an imported event without one has \`source: {line}\`, one with it \`sourceLine\`.
- \`code\` is what symbols tell of the instruction responsible: \`symbol\` and \`offset\` behind it, \`file\` and \`line\`, each where it is known; of a transition
  \`to\`, too: the same of where it led. It is not stored: with other symbols (\`--symbols\`) it is another.
- \`completeness\` names fields of an imported event that were not in the log: ${COMPLETENESS.map((name) => `\`${name}\``).join(' or ')}.

## Fields of every kind

${fieldTable(COMMON_FIELDS)}

## Kinds

${kinds}
Frame slots are named: ${SLOT_NAMES.map((name) => `\`${name}\``).join(' ')}.
`;
}

const LIMITS: readonly (readonly [string, number, string])[] = [
  ['events in a chunk', CHUNK_EVENTS, 'events'], ['words at which a writer ends a chunk', CHUNK_WORDS_FLUSH, 'words'], ['words a chunk may unfold to', CHUNK_WORDS_MAX, 'words'],
  ['one section of a chunk, unfolded', SECTION_BYTES_MAX, 'bytes'], ['header JSON', HEADER_BYTES_MAX, 'bytes'], ['closing JSON', END_BYTES_MAX, 'bytes'],
  ['image', IMAGE_BYTES_MAX, 'bytes'], ['checkpoint, unfolded', CHECKPOINT_BYTES_MAX, 'bytes'], ['inputs of one chunk, unfolded', INPUT_BYTES_MAX, 'bytes'],
  ['rows of a trace', ROWS_MAX, 'rows'], ['chunks', CHUNKS_MAX, 'chunks'], ['register file', REGISTER_WORDS_MAX, 'words'], ['unfolded chunks a reader keeps, rows and states each', CACHE_BYTES, 'bytes'],
];

/** The generated part of docs/trace-format.md: version, register file, row widths, limits. */
export function formatTables(): string {
  return `Format version ${String(TRACE_VERSION)}.

### Limits

${table(['what', 'at most'], LIMITS.map(([what, most, unit]) => [what, `${String(most)} ${unit}`]))}

### Row words of this version

Words 0 to 3 are the presence masks; then come the common fields, then those of the kind.

${table(['kind', 'words'], SCHEMA.map(({ kind, words }) => [`\`${kind}\``, String(words)]))}

### Register file of this version

${String(REGISTER_FILE_WORDS)} words: ${REGISTER_FILE.filter(({ title }) => title !== '').map(({ name, words }) => `\`${name}\`${words === 2 ? ' (2)' : ''}`).join(', ')}.
`;
}

/** Where the generated part of a page begins and ends. */
export const GENERATED_FIRST = '<!-- generated from the code: first line -->';
export const GENERATED_END = '<!-- generated from the code: end -->';

/** A page with its generated part renewed. Throws when the page has no place for it. */
export function withGenerated(page: string, generated: string): string {
  const first = page.indexOf(GENERATED_FIRST);
  const end = page.indexOf(GENERATED_END);
  if (first < 0 || end < first) throw new Error('internal error: expected a page with a generated part');
  return `${page.slice(0, first)}${GENERATED_FIRST}\n${generated}${page.slice(end)}`;
}
