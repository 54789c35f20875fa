// Runs single x87, MMX and SSE instructions on the machine that runs the tests (host-float.asm), a record each: registers, the instruction, its
// memory operand at ECX and an FXSAVE image go in; the same, as the instruction left them, and the number of the signal it raised come out.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { missing, ROOT } from './programs.ts';

export const RECORD_BYTES = 704;
export const RECORD_EAX = 0, RECORD_EDX = 4, RECORD_EFLAGS = 8, RECORD_SIGNAL = 12, RECORD_CODE = 16, RECORD_OPERAND = 64, RECORD_IMAGE = 192;
/** Bytes there are for the instruction; what it does not need must be NOPs. */
export const CODE_BYTES = 16, OPERAND_BYTES = 128;
/** Fields of the image. SDM 1 "FXSAVE Area". */
export const IMAGE_FCW = 0, IMAGE_FSW = 2, IMAGE_FTW = 4, IMAGE_MXCSR = 24, IMAGE_ST = 32, IMAGE_XMM = 160;
export const SIGILL = 4, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11;

const BATCH = 20_000;

/** Why the host cannot be asked, or null. */
export function hostMissing(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the host is not Linux on an x86 processor';
  const reason = missing('nasm', 'nasm');
  if (reason !== null) return reason;
  return withRunner((runner) => (spawnSync(runner, { input: '' }).status === 0 ? null : 'the host does not run 32-bit programs'));
}

function withRunner<T>(use: (runner: string) => T): T {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ringscope-host-')), runner = path.join(folder, 'host-float');
  try {
    execFileSync('nasm', ['-f', 'bin', '-o', runner, path.join(ROOT, 'test/witness/lib/host-float.asm')]);
    chmodSync(runner, 0o755);
    return use(runner);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The records as the host leaves them, in order. Throws when it does not answer all of them. */
export function runOnHost(records: readonly Uint8Array[]): readonly Uint8Array[] {
  return withRunner((runner) => {
    const answers: Uint8Array[] = [];
    for (let from = 0; from < records.length; from += BATCH) {
      const batch = records.slice(from, from + BATCH);
      const { stdout, status, signal } = spawnSync(runner, { input: Buffer.concat(batch), maxBuffer: (BATCH + 1) * RECORD_BYTES });
      if (status !== 0 || stdout.length !== batch.length * RECORD_BYTES) throw new Error(`the host answered ${stdout.length / RECORD_BYTES} of ${batch.length} records (status ${String(status)}, signal ${String(signal)})`);
      for (let index = 0; index < batch.length; index += 1) answers.push(stdout.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES));
    }
    return answers;
  });
}
