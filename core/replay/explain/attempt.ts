// One attempt looked at again: its instruction decoded, and what memory it read and wrote, with physical addresses. What a chain of causes is made of.

import { RIGHTS_DB } from '../../arch/descriptor.ts';
import { registerOffset } from '../../arch/register-file.ts';
import { decode } from '../../isa/decoder.ts';
import { disassemble } from '../../isa/disassembler.ts';
import type { Insn } from '../../isa/insn.ts';
import type { HeardAccess } from '../../event/heard.ts';
import type { Position } from '../../event/position.ts';
import { namesUnder, symbolText } from '../code-names.ts';
import type { Inquiry } from './inquiry.ts';

export interface Attempt {
  /** Null where the bytes are no instruction. */
  readonly insn: Insn | null;
  /** Assembly text; bytes in words where it is none. */
  readonly text: string;
  readonly ip: bigint;
  readonly registers: Uint32Array;
  /** Bytes of the instruction from its linear address on; what lies behind it follows. */
  readonly code: { readonly linear: number; readonly bytes: Uint8Array };
  /** What memory it read and wrote, in order, page entries left out. */
  readonly accesses: readonly HeardAccess[];
}

const CS_RIGHTS = registerOffset('cs.rights'), RIP = registerOffset('rip');

/** The attempt that begins at a boundary; a reason where it cannot be had. */
export async function attemptAt(inquiry: Inquiry, at: Position): Promise<Attempt | { readonly reason: string }> {
  const moment = await inquiry.ask({ kind: 'moment', at }, 'moment');
  if (moment.kind === 'unknown') return { reason: moment.reason };
  const heard = await inquiry.ask({ kind: 'listen', at }, 'heard');
  if (heard.kind === 'unknown') return { reason: heard.reason };
  const { registers, code } = moment.moment;
  const ip = registers[RIP]!;
  const result = decode(code.bytes, (registers[CS_RIGHTS]! & RIGHTS_DB) === 0 ? 16 : 32);
  const insn = result.kind === 'insn' ? result.insn : null;
  const { symbols } = inquiry.source, names = symbols === null ? null : namesUnder(symbols, registers);
  const symbolise = (lo: number): string | null => symbolText(names?.symbolAt(lo >>> 0) ?? null) || null;
  return {
    insn, text: insn === null ? 'no instruction' : disassemble(insn, { ip, symbolise }), ip: BigInt(ip), registers,
    code: { linear: code.linear, bytes: insn === null ? code.bytes : code.bytes.subarray(0, insn.lengthBytes) },
    accesses: heard.heard.filter((one): one is HeardAccess => one.kind === 'access' && one.what !== 'page-entry' && one.what !== 'tlb'),
  };
}
