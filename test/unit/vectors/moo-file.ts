// Builds files of recorded tests for tests of the runner: the same chunks as the recordings, with a handful of bytes in them.

import { REGISTER_NAMES, type Registers } from '../../vectors/moo.ts';

export type Bytes = readonly (readonly [address: number, value: number])[];

export interface MadeTest {
  readonly code: readonly number[];
  readonly before: Registers;
  readonly memory?: Bytes;
  readonly after: Registers;
  readonly written?: Bytes;
  readonly exception?: { readonly vector: number; readonly flagsAddress: number };
}

const u16 = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff];
const u32 = (value: number): number[] => [...u16(value), ...u16(value >>> 16)];
const chunk = (id: string, payload: readonly number[]): number[] => [...new TextEncoder().encode(id), ...u32(payload.length), ...payload];

function registersChunk(id: string, registers: Registers): number[] {
  const present = REGISTER_NAMES.filter((name) => registers[name] !== undefined);
  return chunk(id, [...u16(present.reduce((mask, name) => mask | (1 << REGISTER_NAMES.indexOf(name)), 0)), ...present.flatMap((name) => u16(registers[name]!))]);
}

function memoryChunk(bytes: Bytes): number[] {
  return chunk('RAM ', [...u32(bytes.length), ...bytes.flatMap(([address, value]) => [...u32(address), value])]);
}

/** Code at CS:IP and the HLT behind it. */
function codeBytes({ code, before }: MadeTest): Bytes {
  return [...code, 0xf4].map((byte, at) => [(before.cs ?? 0) * 16 + (before.ip ?? 0) + at, byte]);
}

/** One file with these tests; `fileMask` is the masks of registers the file itself may hold. */
export function mooFile(tests: readonly MadeTest[], fileMask?: Registers): Uint8Array {
  const bytes = tests.flatMap((test, index) => chunk('TEST', [
    ...u32(index),
    ...chunk('NAME', [...u32(4), ...new TextEncoder().encode('test')]),
    ...chunk('BYTS', [...u32(test.code.length + 1), ...test.code, 0xf4]),
    ...chunk('INIT', [...registersChunk('REGS', test.before), ...memoryChunk([...codeBytes(test), ...(test.memory ?? [])])]),
    ...chunk('FINA', [...registersChunk('REGS', test.after), ...memoryChunk(test.written ?? [])]),
    ...(test.exception === undefined ? [] : chunk('EXCP', [test.exception.vector, ...u32(test.exception.flagsAddress)])),
    ...chunk('HASH', [1, 2, 3]),
  ]));
  return Uint8Array.from([...chunk('MOO ', [1, 0, 0, 0, ...u32(tests.length)]), ...chunk('WHAT', [9]), ...(fileMask === undefined ? [] : registersChunk('RMSK', fileMask)), ...bytes]);
}
