// The pages about events and format say what the code does, and the JSON schema accepts what the code prints.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../../core/event/decode.ts';
import { EventDraft } from '../../../core/event/draft.ts';
import { eventJson } from '../../../core/event/json.ts';
import { eventsPage, eventsSchemaJson, formatTables, withGenerated } from '../../../core/trace/docs.ts';
import { CHUNK_TYPES } from '../../../core/trace/frames.ts';
import { headerJson, makeHeader } from '../../../core/trace/header.ts';
import { MAGIC, TRACE_VERSION } from '../../../core/trace/version.ts';
import { anySynthetic, FACTS, fill } from './support.ts';

const page = (name: string): string => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
const REMEDY = 'run: npx tsx scripts/docs.ts';

describe('the pages made from the code', () => {
  it('are up to date', () => {
    expect(page('events.md'), REMEDY).toBe(eventsPage());
    expect(page('events.schema.json'), REMEDY).toBe(eventsSchemaJson());
    const format = page('trace-format.md');
    expect(format, REMEDY).toBe(withGenerated(format, formatTables()));
  });

  it('name the magic, every chunk type and every part of the header', () => {
    const format = page('trace-format.md');
    expect(format).toContain([...MAGIC].map((byte) => byte.toString(16).padStart(2, '0')).join(' '));
    for (const code of Object.values(CHUNK_TYPES)) expect(format).toContain(`\`${String.fromCharCode(code & 255, (code >> 8) & 255, (code >> 16) & 255, code >>> 24)}\``);
    const header = JSON.parse(headerJson(makeHeader(FACTS))) as Record<string, Record<string, unknown>>;
    for (const name of [...Object.keys(header), ...Object.keys(header['schema']!)]) expect(format).toContain(`\`${name}\``);
    expect(readFileSync(new URL('../../../core/trace/CHANGELOG.md', import.meta.url), 'utf8')).toContain(`\n## ${String(TRACE_VERSION)}\n`);
  });
});

describe('the JSON schema', () => {
  const schema = JSON.parse(eventsSchemaJson()) as { readonly required: string[]; readonly oneOf: { readonly properties: Record<string, { readonly const?: string }> }[] };

  it('knows every member the code prints, of every kind', () => {
    fc.assert(fc.property(anySynthetic, (synthetic) => {
      const draft = new EventDraft();
      fill(draft, synthetic);
      const json = eventJson(decodeEvent(draft, 0));
      const kind = schema.oneOf.find(({ properties }) => properties['kind']?.const === json['kind'])!;
      expect(Object.keys(kind.properties)).toEqual(expect.arrayContaining(Object.keys(json)));
      for (const name of schema.required) expect(json).toHaveProperty(name);
    }), { numRuns: 200 });
  });
});
