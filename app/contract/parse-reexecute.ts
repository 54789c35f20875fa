// The check of re-execution requests (core/event/reexecutor.ts): bounded before they reach a worker.
import type { Position } from '../../core/event/position.ts';
import { READ_BYTES_MAX, TRY_ATTEMPTS_MAX, type LinearRange, type ReexecuteRequest } from '../../core/event/reexecutor.ts';
import { count, list, nullable, oneOf, record, refuse, text, type Check } from './check.ts';
import { LIMITS } from './limits.ts';

const KINDS = ['moment', 'step', 'find-execution', 'read-linear', 'read-physical', 'walk', 'screen', 'listen', 'last-write', 'last-register-write', 'try', 'preflight', 'verify'] as const satisfies readonly ReexecuteRequest['kind'][];

const WATCH_BYTES_MAX = 8, REGISTER_WORDS_MAX = 1024, CHANGE_CHARACTERS_MAX = 200;

/** What a what-if sets, as core/event/change.ts reads it. */
export const changeText = text(CHANGE_CHARACTERS_MAX);

const address = count(Number.MAX_SAFE_INTEGER);
const direction = oneOf('forward', 'backward');

/** Imported events may have no icount: -1. */
const icount: Check<number> = (value, what) => (value === -1 ? -1 : address(value, what));

const position: Check<Position> = (value, what) => {
  const from = record(value, what);
  return { icount: icount(from['icount'], `${what}.icount`), iteration: address(from['iteration'], `${what}.iteration`), seq: address(from['seq'], `${what}.seq`) };
};

const range: Check<LinearRange> = (value, what) => {
  const from = record(value, what);
  const first = address(from['first'], `${what}.first`);
  const end = address(from['end'], `${what}.end`);
  return first < end ? { first, end } : refuse(what, 'first below end');
};

/** A request with every field checked. */
export const reexecuteRequest: Check<ReexecuteRequest> = (value, what) => {
  const from = record(value, what);
  const at = (): Position => position(from['at'], `${what}.at`);
  const start = () => ({ from: position(from['from'], `${what}.from`), direction: direction(from['direction'], `${what}.direction`) });
  const number = (field: string, most: number): number => count(most)(from[field], `${what}.${field}`);
  const kind = oneOf(...KINDS)(from['kind'], `${what}.kind`);
  switch (kind) {
    case 'moment': return { kind, at: at() };
    case 'step': return { kind, ...start(), count: number('count', Number.MAX_SAFE_INTEGER) };
    case 'find-execution': return { kind, ...start(), ranges: list(range, LIMITS.ranges)(from['ranges'], `${what}.ranges`), until: nullable(position)(from['until'], `${what}.until`) };
    case 'read-linear': return { kind, at: at(), linear: number('linear', Number.MAX_SAFE_INTEGER), length: number('length', READ_BYTES_MAX) };
    case 'read-physical': return { kind, at: at(), physical: number('physical', Number.MAX_SAFE_INTEGER), length: number('length', READ_BYTES_MAX) };
    case 'walk': return { kind, at: at(), linear: number('linear', Number.MAX_SAFE_INTEGER) };
    case 'listen': case 'preflight': case 'screen': return { kind, at: at() };
    case 'last-write': return { kind, before: position(from['before'], `${what}.before`), physical: number('physical', Number.MAX_SAFE_INTEGER), length: number('length', WATCH_BYTES_MAX) };
    case 'last-register-write': return { kind, before: position(from['before'], `${what}.before`), offset: number('offset', REGISTER_WORDS_MAX), words: number('words', 2), mask: nullable(count(0xffff_ffff))(from['mask'], `${what}.mask`) };
    case 'try': return { kind, at: at(), change: changeText(from['change'], `${what}.change`), attempts: number('attempts', TRY_ATTEMPTS_MAX) };
    case 'verify': return { kind };
  }
};
