// What must have happened between two dumps of one processor: their control, debug, table and mode registers differ. Such events are
// inferred: they lie somewhere between the two, in an order nobody knows; they are written in the order of the table below.

import { registerOffset } from '../../arch/register-file.ts';
import { codeOf, CONTROL_REGISTERS, DEBUG_REGISTERS, EVENT_KINDS, MODES, TABLE_REGISTERS } from '../../event/kinds.ts';
import { handleOf } from '../../event/schema.ts';
import { setMarks } from '../completeness.ts';
import { CR_MARKS, DR_MARKS, MODE_MARKS, MSR_MARKS, TABLE_MARKS } from './marks.ts';
import { modeOfDump } from './record.ts';
import type { Rows } from './rows.ts';

interface Between { readonly after: number; readonly before: number }
interface Dumps { readonly cpu: number; readonly older: Uint32Array; readonly newer: Uint32Array }

const isWideChange = ({ older, newer }: Dumps, offset: number): boolean => older[offset] !== newer[offset] || older[offset + 1] !== newer[offset + 1];
const kind = (name: (typeof EVENT_KINDS)[number]): number => codeOf(EVENT_KINDS, name);

// CR2 is not among them: a page fault writes it. DR6 neither: a debug exception does.
const CONTROL = (['cr0', 'cr3', 'cr4'] as const).map((name) => ({ offset: registerOffset(name), code: codeOf(CONTROL_REGISTERS, name) }));
const DEBUG = (['dr0', 'dr1', 'dr2', 'dr3', 'dr7'] as const).map((name) => ({ offset: registerOffset(name), code: codeOf(DEBUG_REGISTERS, name) }));
const TABLES = TABLE_REGISTERS.map((name) => ({
  code: codeOf(TABLE_REGISTERS, name), base: registerOffset(`${name}.base`), limit: registerOffset(`${name}.limit`),
  selector: name === 'tr' || name === 'ldtr' ? registerOffset(`${name}.selector`) : -1,
}));
const EFER = registerOffset('efer'), IA32_EFER = 0xc000_0080;

const CR = { register: handleOf('cr-write', 'register'), before: handleOf('cr-write', 'before'), after: handleOf('cr-write', 'after') };
const DR = { register: handleOf('dr-write', 'register'), before: handleOf('dr-write', 'before'), after: handleOf('dr-write', 'after') };
const MSR = {
  msr: handleOf('msr-write', 'msr'), name: handleOf('msr-write', 'name'), before: handleOf('msr-write', 'before'), after: handleOf('msr-write', 'after'), refused: handleOf('msr-write', 'refused'),
};
const MODE = { before: handleOf('mode-change', 'before'), after: handleOf('mode-change', 'after') };
const TABLE_SIDES = (['before', 'after'] as const).map((side) => ({
  selector: handleOf('table-load', `${side}.selector`), base: handleOf('table-load', `${side}.base`), limit: handleOf('table-load', `${side}.limit`),
}));
const TABLE_REGISTER = handleOf('table-load', 'register');

/** How many events `writeDifferences` will write for these dumps. */
export function countDifferences(dumps: Dumps): number {
  let count = 0;
  for (const { offset } of CONTROL) if (isWideChange(dumps, offset)) count += 1;
  for (const { offset } of DEBUG) if (isWideChange(dumps, offset)) count += 1;
  for (const table of TABLES) if (isTableChange(dumps, table)) count += 1;
  if (isWideChange(dumps, EFER)) count += 1;
  return modeOfDump(dumps.older) === modeOfDump(dumps.newer) ? count : count + 1;
}

/** Writes one inferred event for every difference; the registers events carry are those of the older dump. */
export function writeDifferences(rows: Rows, dumps: Dumps, between: Between): void {
  const { older, newer, cpu } = dumps;
  const wide = (handle: number, words: Uint32Array, offset: number): void => { rows.draft.set64(handle, words[offset]!, words[offset + 1]!); };
  const begin = (code: number): void => {
    rows.begin(code, cpu);
    rows.between(between);
  };
  for (const [list, fields, code, marks] of [[CONTROL, CR, kind('cr-write'), CR_MARKS], [DEBUG, DR, kind('dr-write'), DR_MARKS]] as const) {
    for (const one of list) {
      if (!isWideChange(dumps, one.offset)) continue;
      begin(code);
      rows.draft.set(fields.register, one.code);
      wide(fields.before, older, one.offset);
      wide(fields.after, newer, one.offset);
      setMarks(rows.draft, marks);
      rows.emit();
    }
  }
  if (isWideChange(dumps, EFER)) {
    begin(kind('msr-write'));
    rows.draft.set(MSR.msr, IA32_EFER);
    rows.draft.setText(MSR.name, 'IA32_EFER');
    wide(MSR.before, older, EFER);
    wide(MSR.after, newer, EFER);
    rows.draft.set(MSR.refused, 0);
    setMarks(rows.draft, MSR_MARKS);
    rows.emit();
  }
  writeModeChange(rows, dumps, begin);
  for (const table of TABLES) if (isTableChange(dumps, table)) writeTable(rows, dumps, table, begin);
}

function writeModeChange(rows: Rows, { older, newer }: Dumps, begin: (code: number) => void): void {
  const before = modeOfDump(older), after = modeOfDump(newer);
  if (before === after || before >= MODES.length) return;
  begin(kind('mode-change'));
  rows.draft.set(MODE.before, before);
  rows.draft.set(MODE.after, after);
  setMarks(rows.draft, MODE_MARKS);
  rows.emit();
}

type Table = (typeof TABLES)[number];
const isTableChange = (dumps: Dumps, { base, limit, selector }: Table): boolean =>
  isWideChange(dumps, base) || dumps.older[limit] !== dumps.newer[limit] || (selector >= 0 && dumps.older[selector] !== dumps.newer[selector]);

function writeTable(rows: Rows, { older, newer }: Dumps, table: Table, begin: (code: number) => void): void {
  begin(kind('table-load'));
  rows.draft.set(TABLE_REGISTER, table.code);
  [older, newer].forEach((words, index) => {
    const side = TABLE_SIDES[index]!;
    if (table.selector >= 0) rows.draft.set(side.selector, words[table.selector]!);
    rows.draft.set64(side.base, words[table.base]!, words[table.base + 1]!);
    rows.draft.set(side.limit, words[table.limit]!);
  });
  setMarks(rows.draft, TABLE_MARKS);
  rows.emit();
}
