// Runs the line number programs of .debug_line, DWARF 2 to 5, into rows of addresses and lines. A unit that cannot be read is passed over and
// told of; the others stand. DWARF Debugging Information Format version 5: "Line Number Information".

import { BadInput } from '../base/bad-input.ts';
import { joinPath, readLineHeader, type LineHeader, type LineStrings } from './dwarf-header.ts';
import { DwarfReader } from './dwarf-reader.ts';
import { keyOfWords } from './linear-key.ts';
import { LINE_ROWS_MAX, type LineSequence } from './line-table.ts';

const LNS = { copy: 1, advancePc: 2, advanceLine: 3, setFile: 4, constAddPc: 8, fixedAdvancePc: 9 } as const;
const LNE = { endSequence: 1, setAddress: 2, defineFile: 3 } as const;
const LINE_MAX = 0xffff_ffff;

export interface LineProgram {
  readonly sequences: readonly LineSequence[];
  /** Why some of it is missing, one sentence each. */
  readonly problems: readonly string[];
}

/** The rows of every unit. */
export function readLines(section: Uint8Array, strings: LineStrings): LineProgram {
  const sequences: LineSequence[] = [];
  const problems = new Set<string>();
  const input = new DwarfReader(section, 0, section.length);
  let rows = 0;
  while (input.remaining >= 4) {
    const short = input.u32();
    const isWide = short === 0xffff_ffff;
    const length = isWide && input.remaining >= 8 ? input.offset(true) : short;
    const unit = new DwarfReader(section, input.at, Math.min(section.length, input.at + length));
    try {
      rows = runUnit(unit, readLineHeader(unit, isWide, strings), sequences, rows);
    } catch (problem) {
      if (!(problem instanceof BadInput)) throw problem;
      problems.add(problem.message);
    }
    if (rows >= LINE_ROWS_MAX) { problems.add(`only the first ${String(LINE_ROWS_MAX)} rows of line numbers are read`); break; }
    input.at = unit.end;
  }
  return { sequences, problems: [...problems] };
}

/** Rows of the sequence being made. */
class Rows {
  #addresses: number[] = [];
  #files: number[] = [];
  #lines: number[] = [];
  total: number;

  constructor(total: number) {
    this.total = total;
  }

  /** Of rows with one address the last one counts, and one that says the same as the one before says nothing. */
  add(address: number, file: number, line: number): void {
    const last = this.#addresses.length - 1;
    if (last >= 0 && this.#addresses[last] === address) {
      this.#files[last] = file;
      this.#lines[last] = line;
      return;
    }
    if (last >= 0 && this.#lines[last] === line && this.#files[last] === file) return;
    this.#addresses.push(address);
    this.#files.push(file);
    this.#lines.push(line);
    this.total += 1;
  }

  /** What was added since the last time, as one sequence. */
  take(files: readonly string[]): LineSequence {
    const sequence = { addresses: Float64Array.from(this.#addresses), fileOf: Uint32Array.from(this.#files), lineOf: Uint32Array.from(this.#lines), files };
    this.#addresses = [];
    this.#files = [];
    this.#lines = [];
    return sequence;
  }
}

interface Registers { address: number; file: number; line: number }
const START: Readonly<Registers> = { address: 0, file: 1, line: 1 };

/** Runs the program of a unit; answers how many rows there are in all. */
function runUnit(input: DwarfReader, header: LineHeader, sequences: LineSequence[], before: number): number {
  const rows = new Rows(before);
  const registers: Registers = { ...START };
  if (header.programAt > input.end || header.programAt < input.at) throw input.damaged();
  input.at = header.programAt;
  while (input.remaining > 0 && rows.total < LINE_ROWS_MAX) {
    const opcode = input.u8();
    if (opcode >= header.opcodeBase) {
      const special = opcode - header.opcodeBase;
      registers.address += Math.floor(special / header.lineRange) * header.instructionBytes;
      registers.line += header.lineBase + (special % header.lineRange);
      addRow(rows, registers);
    } else if (opcode === 0) extended(input, header, { registers, rows, sequences });
    else standard(input, header, { opcode, registers, rows });
  }
  return rows.total;
}

function addRow(rows: Rows, { address, file, line }: Registers): void {
  rows.add(address, file, line > 0 && line <= LINE_MAX ? line : 0);
}

function standard(input: DwarfReader, header: LineHeader, { opcode, registers, rows }: { readonly opcode: number; readonly registers: Registers; readonly rows: Rows }): void {
  switch (opcode) {
    case LNS.copy: addRow(rows, registers); break;
    case LNS.advancePc: registers.address += input.uleb() * header.instructionBytes; break;
    case LNS.advanceLine: registers.line += input.sleb(); break;
    case LNS.setFile: registers.file = input.uleb(); break;
    case LNS.constAddPc: registers.address += Math.floor((255 - header.opcodeBase) / header.lineRange) * header.instructionBytes; break;
    case LNS.fixedAdvancePc: registers.address += input.u16(); break;
    // columns, blocks, prologues and whatever a later version adds: operands are passed over
    default: for (let operand = header.operands[opcode] ?? 0; operand > 0; operand -= 1) input.uleb();
  }
}

function extended(input: DwarfReader, header: LineHeader, { registers, rows, sequences }: { readonly registers: Registers; readonly rows: Rows; readonly sequences: LineSequence[] }): void {
  const length = input.uleb();
  if (length < 1 || length > input.remaining) throw input.damaged();
  const end = input.at + length;
  switch (input.u8()) {
    case LNE.endSequence:
      rows.add(registers.address, 0, 0);
      sequences.push(rows.take(header.files));
      Object.assign(registers, START);
      break;
    case LNE.setAddress: {
      const low = input.u32();
      registers.address = length === 9 ? keyOfWords(low, input.u32()) : low;
      break;
    }
    case LNE.defineFile: {
      const name = input.text();
      header.files.push(joinPath(header.directories[input.uleb()], name, null));
      break;
    }
    default:
  }
  input.at = end;
}
