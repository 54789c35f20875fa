// Who wrote something before a point: bytes of memory or a register, asked of the re-executor; and who wrote it before that.

import { findRegister } from '../../core/arch/register-file.ts';
import type { Position } from '../../core/event/position.ts';
import type { MemoryWrite, RegisterWrite, Reexecutor } from '../../core/event/reexecutor.ts';
import type { Replay } from '../../core/replay/cursor.ts';

/** What was written: a register of the register file by its name there, or `size` (1..8) bytes at a physical or, failing that, a linear address. */
export type Written =
  | { readonly kind: 'register'; readonly register: string }
  | { readonly kind: 'memory'; readonly physical: bigint | null; readonly linear: bigint | null; readonly size: number };

/** One write: by whom, from where, what became of what. `at` is the boundary before it; null for what the loader brought. */
export interface Write {
  readonly by: 'cpu' | 'device' | 'loader'; readonly at: Position | null; readonly event: number | null;
  readonly cpl: number | null; readonly ip: bigint | null; readonly before: bigint; readonly after: bigint;
}
/** `never`: not since the machine started. */
export type Who = { readonly kind: 'write'; readonly write: Write } | { readonly kind: 'never' } | { readonly kind: 'absent'; readonly reason: string };

/** The last write to it before a point. */
export async function whoWrote({ reexecutor, absent }: Replay, what: Written, before: Position): Promise<Who> {
  if (reexecutor === null) return { kind: 'absent', reason: absent ?? 'this trace cannot be executed again' };
  return what.kind === 'register' ? ofRegister(reexecutor, what.register, before) : ofMemory(reexecutor, what, before);
}

async function ofRegister(reexecutor: Reexecutor, register: string, before: Position): Promise<Who> {
  const row = findRegister(register);
  if (row === null) return { kind: 'absent', reason: `no register is called ${register}` };
  const reply = await reexecutor.ask({ kind: 'last-register-write', before, offset: row.offset, words: row.words });
  if (reply.kind === 'absent') return { kind: 'absent', reason: reply.reason };
  return reply.kind !== 'register-written' || reply.write === null ? { kind: 'never' } : { kind: 'write', write: writeOfRegister(reply.write) };
}

async function ofMemory(reexecutor: Reexecutor, what: Written & { readonly kind: 'memory' }, before: Position): Promise<Who> {
  let { physical } = what;
  if (physical === null && what.linear !== null) {
    const reply = await reexecutor.ask({ kind: 'walk', at: before, linear: Number(what.linear) });
    if (reply.kind === 'absent') return { kind: 'absent', reason: reply.reason };
    if (reply.kind === 'walk' && reply.walk.physical !== null) physical = BigInt(reply.walk.physical);
  }
  if (physical === null) return { kind: 'absent', reason: 'no page is mapped at this address' };
  const reply = await reexecutor.ask({ kind: 'last-write', before, physical: Number(physical), length: what.size });
  if (reply.kind === 'absent') return { kind: 'absent', reason: reply.reason };
  return reply.kind !== 'written' || reply.write === null ? { kind: 'never' } : { kind: 'write', write: writeOfMemory(reply.write) };
}

const writeOfMemory = ({ by, at, event, cpl, ip, before, after }: MemoryWrite): Write => ({ by, at, event, cpl, ip, before, after });
const writeOfRegister = ({ at, event, cpl, ip, before, after }: RegisterWrite): Write => ({ by: 'cpu', at, event, cpl, ip, before, after });
