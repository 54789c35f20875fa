// Where a transition took a register from, and which register a slot it pushed had held: the manual's operations as a table of sources. The
// memory itself is what the listening probe heard the transition read.

import type { TransitionEvent } from '../../event/event.ts';
import type { AccessPart, HeardAccess } from '../../event/heard.ts';
import { labelEvent } from '../../event/describe.ts';
import { ofAccess, type Origin } from './origin.ts';

const SLOT_REGISTERS: Readonly<Partial<Record<AccessPart, string>>> = {
  'cs': 'cs.selector', 'ss': 'ss.selector', 'sp': 'rsp', 'flags': 'rflags', 'es': 'es.selector', 'ds': 'ds.selector', 'fs': 'fs.selector', 'gs': 'gs.selector',
};

/** What a pushed slot held: the register, or an end. */
export function registerOfSlot(part: AccessPart | null, event: TransitionEvent): Origin {
  if (part === 'ip') return { kind: 'constant', text: `the address ${labelEvent(event)} was to return to: that is where it happened` };
  if (part === 'error-code') return { kind: 'constant', text: `the error code of ${labelEvent(event)}` };
  const name = part === null ? undefined : SLOT_REGISTERS[part];
  return name === undefined ? { kind: 'gap', text: 'which register was pushed there is not known' } : { kind: 'register', name };
}

/** Registers SYSENTER and SYSEXIT load without reading memory. SDM 2B "SYSENTER—Fast System Call", "SYSEXIT—Fast Return from Fast System Call". */
const FAST: Readonly<Record<'sysenter' | 'sysexit', Readonly<Record<string, string>>>> = {
  sysenter: { 'cs.selector': 'sysenter_cs', 'ss.selector': 'sysenter_cs', 'rsp': 'sysenter_esp', 'rip': 'sysenter_eip' },
  sysexit: { 'cs.selector': 'sysenter_cs', 'ss.selector': 'sysenter_cs', 'rsp': 'rcx', 'rip': 'rdx' },
};
const PARTS: Readonly<Record<string, AccessPart>> = {
  'cs.selector': 'cs', 'ss.selector': 'ss', 'rsp': 'sp', 'rip': 'ip', 'rflags': 'flags', 'es.selector': 'es', 'ds.selector': 'ds', 'fs.selector': 'fs', 'gs.selector': 'gs', 'cpl': 'cs',
};

/** Where a transition took a register's new value from. */
export function originOfTransition(event: TransitionEvent, register: string, accesses: readonly HeardAccess[]): Origin {
  const { via } = event;
  if (via === 'sysenter' || via === 'sysexit') {
    const from = FAST[via][register];
    return from === undefined ? { kind: 'constant', text: `${labelEvent(event)} sets it by itself: no memory is read` } : { kind: 'register', name: from };
  }
  const reads = accesses.filter((one) => !one.write);
  const part = PARTS[register];
  const slot = part === undefined ? undefined : reads.find((one) => (one.what === 'frame' || one.what === 'tss') && one.part === part);
  if (slot !== undefined) return { ...ofAccess(slot), name: slot.what === 'tss' ? `the ${part ?? ''} field of the TSS` : `the ${(part ?? '').toUpperCase()} slot it popped` };
  const gate = reads.find((one) => one.what === 'gate');
  if (gate !== undefined && (part === 'cs' || part === 'ip')) return { ...ofAccess(gate), name: 'the gate it went through' };
  const descriptor = reads.filter((one) => one.what === 'descriptor' && (one.part === null || register.startsWith(`${one.part}.`))).at(-1);
  if (descriptor !== undefined && part === undefined) return { ...ofAccess(descriptor), name: 'the descriptor it loaded' };
  return { kind: 'gap', text: `how ${labelEvent(event)} made it is not followed further` };
}
