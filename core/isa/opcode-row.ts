// The shape of the opcode table: one row is one line of the manual's opcode map (SDM 2D "Opcode Map").
// Rows live in opcodes-*.ts; opcode-index.ts turns them into lookups. Decoder, disassembler, dispatch and tests read these rows.
//
// A key is written as the manual writes an opcode:
//   [NP|66|F3|F2] [0F [38|3A]] byte [exact ModRM byte] [/digit] [mem|reg] [+r|+cc]
//   NP, 66, F3, F2  mandatory prefix (NP: none of them);  /digit  ModRM.reg;  mem, reg  ModRM.mod below 3, equal to 3
//   +r  eight opcodes, register in the low three bits;    +cc  sixteen opcodes, condition in the low four bits
//
// Operands are the manual's letters (SDM 2D "Codes for Addressing Method", "Codes for Operand Type"); see operand-letters.ts.
//
// Attributes, separated by blanks:
//   lock    LOCK is legal when the destination is memory (SDM 2A "LOCK")
//   rep     REP repeats it;  repe  REPE and REPNE repeat it
//   def64   the operand size defaults to 64 bits in 64-bit mode;  no64, only64  invalid (valid) in 64-bit mode alone
//   as=a|b|c   mnemonic for operand sizes 16|32|64 (one name: always);  as-address=…  the same by address size

/** A row: key, operation, operand letters, attributes. */
export type OpcodeRow<Name extends string = string> = readonly [key: string, op: Name, operands: string, attributes?: string];

/** Passes rows through while keeping the operation names as literal types, so that `Op` is derived from the table. */
export function rows<const Table extends readonly OpcodeRow[]>(table: Table): Table {
  return table;
}

/** The condition suffixes by number (SDM 2D "Encoding of Conditional Test (tttn) Field"). */
export const CONDITIONS = ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g'] as const;
