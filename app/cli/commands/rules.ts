// `ringscope rules`: the catalogue of checks the processor makes, with citations, in the order it makes them.

import { readingOf } from '../../../core/event/rule-readings.ts';
import { RULES, type Rule } from '../../../core/event/rules.ts';
import { NEGATIVE, OK, type Arguments, type Command } from '../command.ts';
import type { Io } from '../io.ts';
import { painter } from '../style.ts';

export const rulesCommand: Command = {
  name: 'rules',
  summary: 'the catalogue of architectural checks, with the manual\'s sections',
  help: `usage: ringscope rules [WORD] [--json]

Lists every check a fault can name in its "rule" field: id, what must hold, in parentheses the operands a check ladder shows, the section
of the manual, grouped by procedure in the order the processor checks. With WORD only rules whose id, title or procedure contains it.
Exit code 1 when none does.

  --json         one JSON object a line: id, title, cite, procedure, operands, reads

Example: ringscope rules iret`,
  options: { json: { type: 'boolean' } },
  positionals: { least: 0, most: 1 },
  run(args: Arguments, io: Io): number {
    const word = (args.positionals[0] ?? '').toLowerCase();
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

const operandNames = (id: string): readonly string[] => readingOf(id).operands.map((one) => one.name);
const inParentheses = (names: readonly string[]): string => (names.length === 0 ? '' : ` (${names.join(', ')})`);

/** Where the value comes from: kinds of memory, a register, `instruction`; empty where nothing is read. */
function readsOf(id: string): readonly string[] {
  const { reads } = readingOf(id);
  if (reads === null) return [];
  if (typeof reads === 'string') return [reads];
  return 'register' in reads ? [reads.register] : reads;
}
