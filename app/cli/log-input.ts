// The bytes of a log file in pieces, unpacked when it is gzip: whatever its size, only a piece is in memory.

import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Input, Io } from './io.ts';

/** What reading came to: `problem` is a sentence when the packed data ended early or is damaged; what came before it is good. */
export interface LogEnd { readonly problem: string | null }

/** Hands each piece to `take`, which answers false to stop. `name` is for the problem's sentence. */
export async function readLog(path: string, io: Io, take: (piece: Uint8Array, readBytes: number, allBytes: number | null) => Promise<boolean>): Promise<LogEnd> {
  const input = io.openInput(path);
  try {
    const first = input.read();
    if (first === null) return { problem: null };
    if (first[0] === 0x1f && first[1] === 0x8b) return await readPacked(path, first, input, take);
    let read = 0;
    for (let piece: Uint8Array | null = first; piece !== null; piece = input.read()) {
      read += piece.length;
      if (!(await take(piece, read, input.size))) break;
    }
    return { problem: null };
  } finally {
    input.close();
  }
}

async function readPacked(path: string, first: Uint8Array, input: Input, take: (piece: Uint8Array, readBytes: number, allBytes: number | null) => Promise<boolean>): Promise<LogEnd> {
  let read = 0;
  function* packed(): Generator<Uint8Array> {
    for (let piece: Uint8Array | null = first; piece !== null; piece = input.read()) {
      read += piece.length;
      yield piece.slice();
    }
  }
  const unpacked = createGunzip();
  const source = Readable.from(packed(), { objectMode: true });
  source.on('error', (problem) => { unpacked.destroy(problem); });
  source.pipe(unpacked);
  try {
    for await (const piece of unpacked as AsyncIterable<Uint8Array>) if (!(await take(piece, read, input.size))) break;
  } catch (problem) {
    const code = problem instanceof Error && 'code' in problem ? String(problem.code) : '';
    if (!code.startsWith('Z_')) throw problem;
    return { problem: `${path} is gzip data that ${code === 'Z_BUF_ERROR' ? 'ends too early' : 'is damaged'}: what could be unpacked was imported; take a whole copy` };
  }
  return { problem: null };
}
