// The opcode table as lookups: rows from opcodes-*.ts expanded, checked and filed by map and opcode byte.
// Built once when loaded; a malformed row stops the program at once.
import { ONE_BYTE_ROWS } from './opcodes-one-byte.ts';
import { TWO_BYTE_ROWS } from './opcodes-two-byte.ts';
import { X87_ROWS } from './opcodes-x87.ts';
import { SIMD_ROWS } from './opcodes-simd.ts';
import { CONDITIONS, type OpcodeRow } from './opcode-row.ts';
import { parseOperands, type OperandLetters } from './operand-letters.ts';

/** Every operation of the table. `Record<Op, …>` elsewhere makes a forgotten operation a type error. */
export type Op = (typeof ONE_BYTE_ROWS | typeof TWO_BYTE_ROWS | typeof X87_ROWS | typeof SIMD_ROWS)[number][1];

/** All rows of all maps, as written. */
export const OPCODE_ROWS: readonly OpcodeRow<Op>[] = [...ONE_BYTE_ROWS, ...TWO_BYTE_ROWS, ...X87_ROWS, ...SIMD_ROWS];

/** Mandatory prefixes: none given (any prefixes go), NP, 66, F3, F2. */
export type MandatoryPrefix = 'any' | 'NP' | '66' | 'F3' | 'F2';

/** One row for one opcode byte, ready for matching. */
export interface OpcodeEntry {
  readonly key: string;
  readonly op: Op;
  readonly operands: readonly OperandLetters[];
  readonly map: number;
  readonly prefix: MandatoryPrefix;
  /** -1 when any. */
  readonly exactModrm: number;
  readonly digit: number;
  readonly form: 'any' | 'mem' | 'reg';
  readonly needsModrm: boolean;
  readonly lockable: boolean;
  readonly repeats: 'no' | 'rep' | 'repe';
  readonly default64: boolean;
  readonly modes: 'any' | 'no64' | 'only64';
  /** Mnemonics for 16, 32 and 64 bits, selected by operand size or, when `byAddress`, by address size. */
  readonly mnemonics: readonly [string, string, string];
  readonly byAddress: boolean;
}

const MODRM_METHODS = 'EGMRSCDTPQNVWUF';
const index: OpcodeEntry[][] = Array.from({ length: 4 * 256 }, () => []);
for (const row of OPCODE_ROWS) addRow(row);
// Exact ModRM bytes before digits before general rows; a mandatory prefix before none.
for (const entries of index) entries.sort((a, b) => specificity(b) - specificity(a));

/** The entries filed under an opcode byte (0..255) of a map (0 one-byte, 1 0F, 2 0F 38, 3 0F 3A), most specific first. */
export function opcodeEntries(map: number, opcode: number): readonly OpcodeEntry[] {
  return index[map * 256 + opcode] ?? [];
}

function specificity(entry: OpcodeEntry): number {
  const modrm = entry.exactModrm >= 0 ? 8 : (entry.digit >= 0 ? 4 : 0) + (entry.form !== 'any' ? 2 : 0);
  return modrm + (entry.prefix === 'any' ? 0 : 16);
}

interface Key { map: number; opcode: number; prefix: MandatoryPrefix; exactModrm: number; digit: number; form: 'any' | 'mem' | 'reg'; span: 1 | 8 | 16 }

function parseKey(text: string): Key {
  const words = text.split(' ');
  const key: Key = { map: 0, opcode: -1, prefix: 'any', exactModrm: -1, digit: -1, form: 'any', span: 1 };
  const first = words[0];
  if (words.length > 1 && (first === 'NP' || ((first === '66' || first === 'F3' || first === 'F2') && isByte(words[1])))) {
    key.prefix = first;
    words.shift();
  }
  if (words[0] === '0F') {
    words.shift();
    key.map = ['', '', '38', '3A'].indexOf(words[0]);
    if (key.map > 1) words.shift();
    else key.map = 1;
  }
  for (const word of words) parseKeyWord(key, word, text);
  if (key.opcode < 0) throw new Error(`internal error: no opcode in ${text}`);
  return key;
}

function isByte(word: string | undefined): boolean {
  return word !== undefined && /^[0-9A-F]{2}$/.test(word);
}

function parseKeyWord(key: Key, word: string, text: string): void {
  if (isByte(word)) {
    const value = parseInt(word, 16);
    if (key.opcode < 0) key.opcode = value;
    else key.exactModrm = value;
  } else if (/^\/[0-7]$/.test(word)) key.digit = Number(word[1]);
  else if (word === 'mem' || word === 'reg') key.form = word;
  else if (word === '+r') key.span = 8;
  else if (word === '+cc') key.span = 16;
  else throw new Error(`internal error: opcode key ${text} has ${word}`);
}

function addRow(row: OpcodeRow<Op>): void {
  const key = parseKey(row[0]);
  const attributes = (row[3] ?? '').split(' ').filter((word) => word !== '');
  const operands = parseOperands(row[2]);
  const names = attributes.find((word) => word.startsWith('as=') || word.startsWith('as-address='));
  const byAddress = names?.startsWith('as-address=') ?? false;
  const choices = names === undefined ? [row[1]] : names.slice(names.indexOf('=') + 1).split('|');
  for (let offset = 0; offset < key.span; offset += 1) {
    const suffix = key.span === 16 ? CONDITIONS[offset]! : '';
    const name = (width: number): string => (choices[Math.min(width, choices.length - 1)] ?? row[1]) + suffix;
    index[key.map * 256 + key.opcode + offset]!.push({
      key: row[0], op: row[1], operands, map: key.map,
      prefix: key.prefix, exactModrm: key.exactModrm, digit: key.digit, form: key.form,
      needsModrm: key.exactModrm >= 0 || key.digit >= 0 || key.form !== 'any' || operands.some((operand) => MODRM_METHODS.includes(operand.method)),
      lockable: attributes.includes('lock'),
      repeats: attributes.includes('rep') ? 'rep' : attributes.includes('repe') ? 'repe' : 'no',
      default64: attributes.includes('def64'),
      modes: attributes.includes('no64') ? 'no64' : attributes.includes('only64') ? 'only64' : 'any',
      mnemonics: [name(0), name(1), name(2)], byAddress,
    });
  }
}
