// RCPPS, RCPSS, RSQRTPS and RSQRTSS against the host processor: special operands give the same, others the same up to both errors, and MXCSR
// keeps its flags. Which values come out is a vendor difference (`reciprocal-approximation`).

import { SIMD_ROWS } from '../../../core/isa/opcodes-simd.ts';
import { IMAGE_MXCSR, IMAGE_XMM, RECORD_IMAGE, runOnHost } from './host-float.ts';
import { randomFrom } from './random.ts';
import { simdRecord } from './simd-cases.ts';
import { runHere } from './simd-here.ts';

const ROWS = SIMD_ROWS.filter(([, name]) => /^(rcp|rsqrt)/.test(name));
/** Each may err by 1.5 * 2^-12. */
const ERROR_MAX = 3 / 4096;
const LANES = 32, SMALLEST = 2 ** -126;

/** Lanes that are neither the same nor as near as that, as text, and how many were compared. */
export function compareApproximations({ seed, perRow }: { readonly seed: number; readonly perRow: number }): { readonly compared: number; readonly differing: readonly string[] } {
  const random = randomFrom(seed);
  const records = ROWS.flatMap((row) => Array.from({ length: perRow }, () => ({ name: row[1], record: simdRecord(random, row, 'any') })));
  const answers = runOnHost(records.map(({ record }) => record));
  const differing = records.flatMap(({ name, record }, index) => {
    const ours = viewOf(runHere(record)), theirs = viewOf(answers[index]!);
    const found = Array.from({ length: LANES }, (_, lane) => RECORD_IMAGE + IMAGE_XMM + lane * 4).filter((at) => !isNear(ours, theirs, at)).map((at) => `${name}: ${hex(ours, at)}, the host ${hex(theirs, at)}`);
    return ours.getUint32(RECORD_IMAGE + IMAGE_MXCSR, true) === theirs.getUint32(RECORD_IMAGE + IMAGE_MXCSR, true) ? found : [...found, `${name}: MXCSR`];
  });
  return { compared: records.length * LANES, differing };
}

const viewOf = (record: Uint8Array): DataView => new DataView(record.buffer, record.byteOffset);
const hex = (view: DataView, at: number): string => view.getUint32(at, true).toString(16);

// around 2^126 a reciprocal may be the smallest normal number or, being tiny, zero (SDM 2B "RCPPS")
function isNear(ours: DataView, theirs: DataView, at: number): boolean {
  if (ours.getUint32(at, true) === theirs.getUint32(at, true)) return true;
  const here = ours.getFloat32(at, true), there = theirs.getFloat32(at, true);
  return Math.abs(here / there - 1) <= ERROR_MAX || (Math.abs(here) === SMALLEST && there === 0);
}
