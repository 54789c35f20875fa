// Writes the pages that are made from the code: docs/events.md, docs/events.schema.json, the tables of docs/trace-format.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { eventsPage, eventsSchemaJson, formatTables, withGenerated } from '../core/trace/docs.ts';

const docs = new URL('../docs/', import.meta.url);
const format = new URL('trace-format.md', docs);
writeFileSync(new URL('events.md', docs), eventsPage());
writeFileSync(new URL('events.schema.json', docs), eventsSchemaJson());
writeFileSync(format, withGenerated(readFileSync(format, 'utf8'), formatTables()));
console.log('docs/events.md, docs/events.schema.json and the tables of docs/trace-format.md are up to date');
