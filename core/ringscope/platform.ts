// What the library's face is given by whoever runs it (command line, worker): bytes in, bytes out, time, compression, memory.
// Core opens no file and reads no clock of its own. `Deflate` makes raw DEFLATE data (Node: deflateRawSync), `Inflate` undoes it.

import type { Allocate } from '../machine/machine.ts';

/** A plain zeroed buffer: enough for the interpreter. Others give a WebAssembly.Memory's. */
export const allocateBuffer: Allocate = (bytes) => new ArrayBuffer(bytes);
