// Reads files of recorded single-instruction tests (MOO, version 1): chunks of a four-letter id, a length and a payload; unknown ones are
// passed over. The layout is described beside the files. What a test means is guest.ts.

import { gunzipSync } from 'node:zlib';

/** The registers of a recording, in the order of its masks. */
export const REGISTER_NAMES = ['ax', 'bx', 'cx', 'dx', 'cs', 'ss', 'ds', 'es', 'sp', 'bp', 'si', 'di', 'ip', 'flags'] as const;
export type RegisterName = (typeof REGISTER_NAMES)[number];
export type Registers = Readonly<Partial<Record<RegisterName, number>>>;

/** Bits 12 to 15 of FLAGS are 0 in real-address mode on an 80286 whatever was asked to be loaded. */
export const FLAGS_OF_80286 = 0x0fff;

/** Bytes of memory by physical address; where one stands twice, the later counts. */
export interface MemoryBytes { readonly addresses: Uint32Array; readonly values: Uint8Array }

export interface RecordedTest {
  /** Which file and which test of it. */
  readonly file: string;
  readonly index: number;
  /** The instruction as text. */
  readonly name: string;
  /** The instruction and the HLT behind it. */
  readonly bytes: Uint8Array;
  readonly before: Registers;
  readonly memoryBefore: MemoryBytes;
  /** What differs afterwards from `before`. */
  readonly after: Registers;
  readonly memoryAfter: MemoryBytes;
  /** The exception it ended in: its vector, and the physical address of the pushed flags; null when there was none. */
  readonly exception: { readonly vector: number; readonly flagsAddress: number } | null;
  /** Bits of registers that the recording itself leaves out of account are 0. */
  readonly mask: Registers;
}

/** The tests of one file, which may be compressed (its name then ends in `.gz`). Throws RangeError when it is cut or records other registers. */
export function readTests(file: string, content: Uint8Array): readonly RecordedTest[] {
  const bytes = file.endsWith('.gz') ? gunzipSync(content) : content;
  const tests: RecordedTest[] = [];
  let mask: Registers = {};
  for (const { id, payload } of chunksOf(bytes)) {
    if (id === 'RMSK') mask = registersOf(payload);
    if (id === 'TEST') tests.push(testOf(file, payload, mask));
  }
  return tests;
}

interface Chunk { readonly id: string; readonly payload: Uint8Array }

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** Bytes of their own: a test that is kept must not keep its whole file. */
const copyOf = (bytes: Uint8Array, from: number): Uint8Array => Uint8Array.from(bytes.subarray(from));
const textOf = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes);
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at + 4, true);
    if (at + 8 + length > bytes.length) throw new RangeError(`a chunk ends behind the end of the file, at byte ${String(at)}`);
    yield { id: textOf(bytes.subarray(at, at + 4)), payload: bytes.subarray(at + 8, at + 8 + length) };
    at += 8 + length;
  }
}

const NO_MEMORY: MemoryBytes = { addresses: new Uint32Array(0), values: new Uint8Array(0) };

function testOf(file: string, payload: Uint8Array, fileMask: Registers): RecordedTest {
  const parts = new Map<string, Uint8Array>();
  for (const { id, payload: part } of chunksOf(payload.subarray(4))) parts.set(id, part);
  const initial = stateOf(parts.get('INIT')), final = stateOf(parts.get('FINA'));
  if (initial.registers.ip === undefined) throw new RangeError('a test without 16-bit registers');
  const exception = parts.get('EXCP');
  return {
    file, index: viewOf(payload).getUint32(0, true), name: textOf((parts.get('NAME') ?? new Uint8Array(4)).subarray(4)), bytes: copyOf(parts.get('BYTS') ?? new Uint8Array(4), 4),
    before: initial.registers, memoryBefore: initial.memory, after: final.registers, memoryAfter: final.memory,
    exception: exception === undefined ? null : { vector: exception[0]!, flagsAddress: viewOf(exception).getUint32(1, true) },
    mask: { ...fileMask, ...final.mask },
  };
}

function stateOf(payload: Uint8Array | undefined): { readonly registers: Registers; readonly memory: MemoryBytes; readonly mask: Registers } {
  let registers: Registers = {}, mask: Registers = {}, memory = NO_MEMORY;
  for (const { id, payload: part } of chunksOf(payload ?? new Uint8Array(0))) {
    if (id === 'REGS') registers = registersOf(part);
    if (id === 'RMSK') mask = registersOf(part);
    if (id === 'RAM ') memory = memoryOf(part);
  }
  return { registers, memory, mask };
}

function registersOf(payload: Uint8Array): Registers {
  const view = viewOf(payload);
  const present = view.getUint16(0, true);
  const registers: Partial<Record<RegisterName, number>> = {};
  let at = 2;
  REGISTER_NAMES.forEach((name, bit) => {
    if (((present >>> bit) & 1) === 0) return;
    registers[name] = view.getUint16(at, true);
    at += 2;
  });
  return registers;
}

function memoryOf(payload: Uint8Array): MemoryBytes {
  const view = viewOf(payload);
  const count = view.getUint32(0, true);
  const addresses = new Uint32Array(count), values = new Uint8Array(count);
  for (let index = 0; index < count; index += 1) {
    addresses[index] = view.getUint32(4 + 5 * index, true);
    values[index] = view.getUint8(8 + 5 * index);
  }
  return { addresses, values };
}
