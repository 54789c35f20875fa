// Storms as sentences.

import { vectorName } from '../arch/vectors.ts';
import { hex } from '../base/u64.ts';
import type { FaultEvent, TransitionEvent } from '../event/event.ts';
import { eventOf, type TraceSource } from './source.ts';

/** `412 times the same #PF at 0x401000 on 0x8000 (error code 0x4): each return runs into it again`. `seq`: the fault or the entry of a round. */
export function stormText(trace: TraceSource, kind: 'refault' | 'interrupt', { seq, count }: { readonly seq: number; readonly count: number }): string {
  const event = eventOf(trace, seq);
  const many = `${String(count)} times`;
  if (kind === 'refault' && event.kind === 'fault') return `${many} the same ${faultText(event)}: each return runs into it again`;
  if (event.kind === 'transition') return `${many} ${interruptText(event)}, each within a few instructions of the return from the one before`;
  return `${many} the same`;
}

function faultText({ mnemonic, vector, ip, cr2, errorCode, cpl }: FaultEvent): string {
  const at = ip === null ? '' : ` at ${hex(ip)}`;
  const on = cr2 === undefined || cr2 === null ? '' : ` on ${hex(cr2)}`;
  const code = errorCode === null ? '' : ` (error code ${hex(errorCode)})`;
  return `${mnemonic === '' ? vectorName(vector) : mnemonic}${at}${on}${code}${cpl === null ? '' : ` in ring ${String(cpl)}`}`;
}

function interruptText({ vector, via }: TransitionEvent): string {
  return via === 'nmi' || vector === undefined ? 'the same NMI' : `interrupt vector ${hex(vector)}`;
}
