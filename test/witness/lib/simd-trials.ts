// MMX, SSE, SSE2 and SSE3 against the host processor: as many random records of every row as asked for, here and there, bit by bit.

import { decode } from '../../../core/isa/decoder.ts';
import { disassemble } from '../../../core/isa/disassembler.ts';
import { CODE_BYTES, IMAGE_MXCSR, RECORD_CODE, RECORD_IMAGE, RECORD_SIGNAL, runOnHost, SIGBUS, SIGFPE } from './host-float.ts';
import { randomFrom } from './random.ts';
import { SIMD_TEST_ROWS, simdRecord } from './simd-cases.ts';
import { differences, runHere, type Difference } from './simd-here.ts';

export interface SimdTally {
  readonly compared: number;
  readonly agreed: number;
  /** How many an excuse covers, and which it is (vendor differences). */
  readonly excused: number;
  /** How many raised a signal. */
  readonly faulted: number;
  /** A text each. */
  readonly differing: readonly string[];
}

/** Between MMX and XMM registers: AMD processors enter MMX state before they raise #XM (vendor difference `mmx-transition-before-exception`). */
const ENTERS_EARLY = /^cvt(t?p[sd]2pi|pi2p[sd])$/;
/** Whether alignment checking notices these is open (`wide-alignment-check`); AMD processors and this core do. */
const ANYWHERE = /^(movup[sd]|movdqu|lddqu)$/;

/** Why records may differ so, or null. */
function excuseOf(record: Uint8Array, ours: Uint8Array, theirs: Uint8Array, found: readonly Difference[]): string | null {
  const name = insnOf(record).mnemonic, signal = ours[RECORD_SIGNAL];
  if (signal === SIGFPE && ENTERS_EARLY.test(name) && found.every(({ isX87 }) => isX87)) return 'mmx-transition-before-exception';
  return signal === SIGBUS && theirs[RECORD_SIGNAL] === 0 && ANYWHERE.test(name) ? 'wide-alignment-check' : null;
}

/** Runs `perRow` cases of every row. `modes`: all exceptions of MXCSR masked, or any of them. Throws when the host cannot be asked. */
export function compareWithHost({ seed, perRow, modes }: { readonly seed: number; readonly perRow: number; readonly modes: 'masked' | 'any' }): SimdTally {
  const random = randomFrom(seed);
  const records = SIMD_TEST_ROWS.flatMap((row) => Array.from({ length: perRow }, () => simdRecord(random, row, modes)));
  const answers = runOnHost(records);
  const tally = { compared: records.length, agreed: 0, excused: 0, faulted: 0, differing: [] as string[] };
  records.forEach((record, index) => {
    const ours = runHere(record), theirs = answers[index]!;
    if (ours[RECORD_SIGNAL] !== 0) tally.faulted += 1;
    const found = differences(ours, theirs);
    if (found.length === 0) tally.agreed += 1;
    else if (excuseOf(record, ours, theirs, found) !== null) tally.excused += 1;
    else tally.differing.push(`${textOf(record)}: ${found.map(({ text }) => text).join('; ')}`);
  });
  return tally;
}

function insnOf(record: Uint8Array) {
  const decoded = decode(record.subarray(RECORD_CODE, RECORD_CODE + CODE_BYTES), 32);
  if (decoded.kind !== 'insn') throw new Error(`a generated instruction is ${decoded.kind}`);
  return decoded.insn;
}
function textOf(record: Uint8Array): string {
  const mxcsr = new DataView(record.buffer, record.byteOffset).getUint16(RECORD_IMAGE + IMAGE_MXCSR, true);
  return `${disassemble(insnOf(record), { ip: 0 })} with MXCSR 0x${mxcsr.toString(16)}`;
}
