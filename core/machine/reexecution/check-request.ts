// Refuses malformed questions to the re-executor: they may come from another process.

import { BadInput } from '../../base/bad-input.ts';
import { REGISTER_FILE_WORDS } from '../../arch/register-file.ts';
import type { Position } from '../../event/position.ts';
import { READ_BYTES_MAX, TRY_ATTEMPTS_MAX, type LinearRange, type ReexecuteRequest } from '../../event/reexecutor.ts';

/** Most bytes one search for a writer may ask about. */
const WATCH_BYTES_MAX = 8;
/** Most instructions one step may take. */
const COUNT_MAX = 1_000_000_000;

/** Returns when the request is well formed. Throws BadInput naming what is not. */
export function checkRequest(request: ReexecuteRequest): void {
  switch (request.kind) {
    case 'moment': checkPosition(request.at); return;
    case 'step': checkPosition(request.from); checkDirection(request.direction); checkNumber('count', request.count, COUNT_MAX); return;
    case 'find-execution':
      checkPosition(request.from);
      checkDirection(request.direction);
      if (request.until !== null) checkPosition(request.until);
      checkRanges(request.ranges);
      return;
    case 'read-linear': checkPosition(request.at); checkNumber('linear', request.linear, 0xffff_ffff); checkNumber('length', request.length, READ_BYTES_MAX); return;
    case 'read-physical': checkPosition(request.at); checkNumber('physical', request.physical, Number.MAX_SAFE_INTEGER); checkNumber('length', request.length, READ_BYTES_MAX); return;
    case 'walk': checkPosition(request.at); checkNumber('linear', request.linear, 0xffff_ffff); return;
    case 'listen': case 'preflight': case 'screen': checkPosition(request.at); return;
    case 'last-write':
      checkPosition(request.before);
      checkNumber('physical', request.physical, Number.MAX_SAFE_INTEGER);
      checkNumber('length', request.length, WATCH_BYTES_MAX);
      if (request.length === 0) throw new BadInput('a search for a writer needs at least one byte');
      return;
    case 'last-register-write':
      checkPosition(request.before);
      checkNumber('offset', request.offset, REGISTER_FILE_WORDS - 1);
      checkNumber('words', request.words, 2);
      if (request.mask !== null) checkNumber('mask', request.mask, 0xffff_ffff);
      if (request.words === 0 || request.offset + request.words > REGISTER_FILE_WORDS) throw new BadInput('a search for a writer needs one or two words of the register file');
      return;
    case 'try':
      checkPosition(request.at);
      checkNumber('attempts', request.attempts, TRY_ATTEMPTS_MAX);
      if (typeof request.change !== 'string') throw new BadInput('a request to try something needs the change as text, such as cr0.WP=0');
      return;
    case 'verify': return;
  }
  throw new BadInput(`there is no request of kind ${JSON.stringify((request as { readonly kind: unknown }).kind)}`);
}

function checkPosition(at: Position | null | undefined): void {
  if (typeof at !== 'object' || at === null) throw new BadInput('a request needs a position: icount, iteration and seq');
  if (at.icount === -1) throw new BadInput('this event has no instruction count: it cannot be executed again');
  checkNumber('icount', at.icount, Number.MAX_SAFE_INTEGER);
  checkNumber('iteration', at.iteration, Number.MAX_SAFE_INTEGER);
  checkNumber('seq', at.seq, Number.MAX_SAFE_INTEGER);
}

function checkRanges(ranges: readonly LinearRange[]): void {
  if (!(ranges instanceof Array)) throw new BadInput('a search needs a list of address ranges');
  for (const range of ranges) {
    checkNumber('first', range.first, 2 ** 32);
    checkNumber('end', range.end, 2 ** 32);
  }
}

function checkDirection(direction: string): void {
  if (direction !== 'forward' && direction !== 'backward') throw new BadInput(`a direction is forward or backward, not ${JSON.stringify(direction)}`);
}

function checkNumber(name: string, value: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > most) throw new BadInput(`${name} of a request must be a whole number from 0 to ${String(most)}, not ${String(value)}`);
}
