// `ringscope rules`: the catalogue of checks the processor makes, with citations, in the order it makes them.

import { differenceText, VENDOR_DIFFERENCES, type VendorDifference } from '../../../core/arch/vendor-differences.ts';
import { readingOf } from '../../../core/event/rule-readings.ts';
import { RULES, type Rule } from '../../../core/event/rules.ts';
import { NEGATIVE, OK, type Arguments, type Command } from '../command.ts';
import type { Io } from '../io.ts';
import { painter } from '../style.ts';
import { wrap } from '../wrap.ts';

export const rulesCommand: Command = {
  name: 'rules',
  summary: 'the catalogue of architectural checks, with the manual\'s sections',
  help: `usage: ringscope rules [WORD] [--differences] [--json]

Lists every check a fault can name in its "rule" field: id, what must hold, in parentheses the operands a check ladder shows, the section
of the manual, grouped by procedure in the order the processor checks. With WORD only rules whose id, title or procedure contains it.
Exit code 1 when none does.

  --differences  instead, where processors and emulators differ or the manual leaves a choice: what each does, and what is done here
  --json         one JSON object a line: id, title, cite, procedure, operands, reads; of differences id, title, here, others, cite

Examples: ringscope rules iret
          ringscope rules --differences cpuid`,
  options: { json: { type: 'boolean' }, differences: { type: 'boolean' } },
  positionals: { least: 0, most: 1 },
  run(args: Arguments, io: Io): number {
    const word = (args.positionals[0] ?? '').toLowerCase();
    if (args.flag('differences')) return listDifferences(word, { json: args.flag('json') }, io);
    const rules: readonly Rule[] = RULES.filter((one) => one.id !== 'none' && `${one.id} ${one.title} ${one.procedure}`.toLowerCase().includes(word));
    if (rules.length === 0) { io.err(`no rule contains ${JSON.stringify(word)}\n`); return NEGATIVE; }
    if (args.flag('json')) {
      for (const { id, title, cite, procedure } of rules) io.out(`${JSON.stringify({ id, title, cite, procedure, operands: operandNames(id), reads: readsOf(id) })}\n`);
      return OK;
    }
    const paint = painter(io);
    const width = Math.max(...rules.map((one) => one.id.length));
    const groups = [...new Set(rules.map((one) => one.procedure))].map((procedure) => {
      const lines = rules.filter((one) => one.procedure === procedure).map((one) => `  ${one.id.padEnd(width)}  ${one.title}${paint('dim', inParentheses(operandNames(one.id)))}  ${paint('dim', `[${one.cite}]`)}`);
      return `${paint('bold', procedure)}\n${lines.join('\n')}\n`;
    });
    io.out(groups.join('\n'));
    return OK;
  },
};

function listDifferences(word: string, { json }: { readonly json: boolean }, io: Io): number {
  const found: readonly VendorDifference[] = VENDOR_DIFFERENCES.filter((one) => `${one.id} ${differenceText(one)}`.toLowerCase().includes(word));
  if (found.length === 0) { io.err(`no difference contains ${JSON.stringify(word)}\n`); return NEGATIVE; }
  if (json) {
    for (const { id, title, here, others, cite } of found) io.out(`${JSON.stringify({ id, title, here, others, cite })}\n`);
    return OK;
  }
  const paint = painter(io);
  io.out(found.map(({ id, title, here, others, cite }) => [
    paint('bold', id), ...wrap(`${title}  [${cite}]`, '  '), ...[{ who: 'Ringscope', does: here }, ...others].flatMap(({ who, does }) => wrap(does, `    ${who}: `, '      ')), '',
  ].join('\n')).join('\n'));
  return OK;
}

const operandNames = (id: string): readonly string[] => readingOf(id).operands.map((one) => one.name);
const inParentheses = (names: readonly string[]): string => (names.length === 0 ? '' : ` (${names.join(', ')})`);

/** Where the value comes from: kinds of memory, a register, `instruction`; empty where nothing is read. */
function readsOf(id: string): readonly string[] {
  const { reads } = readingOf(id);
  if (reads === null) return [];
  if (typeof reads === 'string') return [reads];
  return 'register' in reads ? [reads.register] : reads;
}
