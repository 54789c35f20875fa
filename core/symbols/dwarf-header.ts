// The header of one unit of .debug_line, DWARF 2 to 5: how its program is coded, and the names of its files.
// DWARF Debugging Information Format version 5: "The Line Number Program Header"; versions 2 to 4: "The Statement Program Prologue".

import { BadInput } from '../base/bad-input.ts';
import type { DwarfReader } from './dwarf-reader.ts';

export interface LineHeader {
  readonly instructionBytes: number;
  readonly isStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** How many operands a standard opcode has, by opcode. */
  readonly operands: readonly number[];
  /** Names by file number; the numbers of versions 2 to 4 begin with 1. */
  readonly files: string[];
  readonly directories: readonly string[];
  /** Where the program begins. */
  readonly programAt: number;
}
/** Where names outside the unit lie. */
export interface LineStrings { readonly line: Uint8Array | null; readonly all: Uint8Array | null }

const FILES_MAX = 1 << 16;
const LNCT_PATH = 1, LNCT_DIRECTORY = 2;
const FORM = { block2: 0x03, block4: 0x04, data2: 0x05, data4: 0x06, data8: 0x07, string: 0x08, block: 0x09, block1: 0x0a, data1: 0x0b, strp: 0x0e, udata: 0x0f, data16: 0x1e, lineStrp: 0x1f } as const;

/** Reads a header up to its program; `input` stands behind the unit's length. Throws BadInput for what cannot be read. */
export function readLineHeader(input: DwarfReader, isWide: boolean, strings: LineStrings): LineHeader {
  const version = input.u16();
  if (version < 2 || version > 5) throw new BadInput(`line numbers of DWARF ${String(version)} are not read: 2 to 5 are`);
  if (version === 5) input.skip(2);
  const length = input.offset(isWide);
  const programAt = input.at + length;
  const instructionBytes = input.u8();
  if (version >= 4 && input.u8() !== 1) throw input.damaged();
  const isStatement = input.u8() !== 0;
  const lineBase = (input.u8() << 24) >> 24, lineRange = input.u8(), opcodeBase = input.u8();
  if (lineRange === 0 || opcodeBase === 0) throw input.damaged();
  const operands = [0, ...Array.from({ length: opcodeBase - 1 }, () => input.u8())];
  const names = version === 5 ? readTables(input, isWide, strings) : readLists(input);
  return { instructionBytes, isStatement, lineBase, lineRange, opcodeBase, operands, ...names, programAt };
}

type Names = Pick<LineHeader, 'files' | 'directories'>;

function readLists(input: DwarfReader): Names {
  const directories = [''];
  for (let name = input.text(); name !== ''; name = input.text()) push(input, directories, name);
  const files = [''];
  for (let name = input.text(); name !== ''; name = input.text()) {
    push(input, files, joinPath(directories[input.uleb()], name, null));
    input.uleb();
    input.uleb();
  }
  return { directories, files };
}

// version 5: both lists have a format of their own, and number 0 is where the compiler ran
function readTables(input: DwarfReader, isWide: boolean, strings: LineStrings): Names {
  const directories = readTable(input, isWide, strings).map(({ path }) => path);
  const home = directories[0] ?? null;
  const files = readTable(input, isWide, strings).map(({ path, directory }) => joinPath(directories[directory], path, home));
  return { directories, files };
}

function readTable(input: DwarfReader, isWide: boolean, strings: LineStrings): readonly { readonly path: string; readonly directory: number }[] {
  const format = Array.from({ length: input.u8() }, () => ({ content: input.uleb(), form: input.uleb() }));
  const count = input.uleb();
  if (count > Math.min(FILES_MAX, input.remaining) || (format.length === 0 && count > 0)) throw input.damaged();
  return Array.from({ length: count }, () => {
    let path = '', directory = 0;
    for (const { content, form } of format) {
      const value = readForm(input, form, isWide, strings);
      if (content === LNCT_PATH && typeof value === 'string') path = value;
      if (content === LNCT_DIRECTORY && typeof value === 'number') directory = value;
    }
    return { path, directory };
  });
}

function readForm(input: DwarfReader, form: number, isWide: boolean, strings: LineStrings): string | number {
  switch (form) {
    case FORM.string: return input.text();
    case FORM.lineStrp: return input.textOf(strings.line, input.offset(isWide));
    case FORM.strp: return input.textOf(strings.all, input.offset(isWide));
    case FORM.udata: return input.uleb();
    case FORM.data1: return input.u8();
    case FORM.data2: return input.u16();
    case FORM.data4: return input.u32();
    case FORM.data8: input.skip(8); return 0;
    case FORM.data16: input.skip(16); return 0;
    case FORM.block: input.skip(input.uleb()); return 0;
    case FORM.block1: input.skip(input.u8()); return 0;
    case FORM.block2: input.skip(input.u16()); return 0;
    case FORM.block4: input.skip(input.u32()); return 0;
    default: throw new BadInput(`a name of the line numbers has the form 0x${form.toString(16)}, which is not read`);
  }
}

function push(input: DwarfReader, list: string[], name: string): void {
  if (list.length >= FILES_MAX) throw input.damaged();
  list.push(name);
}

const DOTS = /^(?:\.\/)+/;

/** A file's name with its folder, relative to where the compiler ran (`home`) where it lies below that. */
export function joinPath(directory: string | undefined, name: string, home: string | null): string {
  const plain = name.replace(DOTS, '');
  const whole = plain.startsWith('/') || directory === undefined || directory === '' || directory === home ? plain : `${directory}/${plain}`;
  const own = home !== null && home !== '' && whole.startsWith(`${home}/`) ? whole.slice(home.length + 1) : whole;
  return own.replace(DOTS, '');
}
