// Reading a descriptor by selector: the GDT or LDT limit, then two supervisor reads at the table's linear address, with page walks
// of their own. What the descriptor is good for is the caller's question. SDM 3A "Segment Selectors", "Segment Descriptor Tables".

import { HIGH_ACCESSED, limitOf, rightsOf, RIGHTS_ACCESSED, baseOf } from '../arch/descriptor.ts';
import { ERROR_TI } from '../arch/error-code.ts';
import { registerOffset, RIGHTS_UNUSABLE } from '../arch/register-file.ts';
import type { AccessPart } from '../event/heard.ts';
import { IMPLICIT } from './access.ts';
import { IS_READ, IS_WRITE, partCode, WHAT_DESCRIPTOR } from './access-codes.ts';
import { tellAccess } from './access-report.ts';
import { demand, type FaultCode } from './fault.ts';
import { readLinear32, writeLinearQuietly } from './linear-memory.ts';
import { LDTR, type Cpu } from './state.ts';
import { cachedPage, tlbIndex } from './tlb.ts';

const GDTR_BASE = registerOffset('gdtr.base'), GDTR_LIMIT = registerOffset('gdtr.limit');

/** A descriptor as it was read, with its parts decoded. Reused by its owner: valid until the owner reads the next one. `part`: code of what it is for. */
export interface Descriptor { selector: number; linear: number; physical: number; low: number; high: number; rights: number; base: number; limit: number; readonly part: number }
/** A record for `readDescriptor`; `what` it is for is what a listening probe is told. */
export const newDescriptor = (what: AccessPart): Descriptor => ({ selector: 0, linear: 0, physical: 0, low: 0, high: 0, rights: 0, base: 0, limit: 0, part: partCode(what) });

/** True for selectors 0..3: they name no segment. */
export const isNull = (selector: number): boolean => (selector & 0xfffc) === 0;
/** The part of a selector that goes into an error code. */
export const errorOf = (selector: number): number => selector & 0xfffc;

/** Reads the descriptor a selector names into `into`. `rule` and `fault` are the caller's for a selector outside its table. */
export function readDescriptor(cpu: Cpu, into: Descriptor, selector: number, rule: number, fault: FaultCode): void {
  readUntold(cpu, into, selector, rule, fault);
  if (cpu.probe.listening) tellDescriptor(cpu, into, WHAT_DESCRIPTOR);
}

/** The same, but the caller tells of the access: what is read may be a call gate. */
export function readUntold(cpu: Cpu, into: Descriptor, selector: number, rule: number, fault: FaultCode): void {
  demand(cpu, rule, isInTable(cpu, selector), fault, selector, Math.max(limitFor(cpu, selector), 0));
  fetchWords(cpu, into, selector);
}

/** Tells a listening probe of a descriptor just read, as a descriptor or as a gate (access-codes.ts). */
export function tellDescriptor(cpu: Cpu, { part, linear, low, high }: Descriptor, what: number): void {
  tellAccess(cpu, what, part, linear, 8, low, high, IS_READ);
}

/** True when a selector's descriptor lies within the GDT or, with TI set, the LDT. */
export const isInTable = (cpu: Cpu, selector: number): boolean => (selector | 7) <= limitFor(cpu, selector);

/** Reads the descriptor of a selector that lies within its table. */
export function fetchDescriptor(cpu: Cpu, into: Descriptor, selector: number): void {
  fetchWords(cpu, into, selector);
  if (cpu.probe.listening) tellDescriptor(cpu, into, WHAT_DESCRIPTOR);
}

function fetchWords(cpu: Cpu, into: Descriptor, selector: number): void {
  const linear = (((selector & ERROR_TI) !== 0 ? cpu.segmentBase(LDTR) : cpu.register(GDTR_BASE)) + (selector & 0xfff8)) >>> 0;
  into.selector = selector;
  into.linear = linear;
  into.low = readLinear32(cpu, linear, IMPLICIT);
  into.high = readLinear32(cpu, linear + 4, IMPLICIT);
  into.physical = cachedPage(cpu, tlbIndex(linear)) + (linear & 0xfff);
  into.rights = rightsOf(into.high);
  into.base = baseOf(into.low, into.high);
  into.limit = limitOf(into.low, into.high);
}

/** Sets the accessed bit of a code or data descriptor in memory and in the record; the write goes through paging and may fault. SDM 3A "Code- and Data-Segment Descriptor Types". */
export function markAccessed(cpu: Cpu, descriptor: Descriptor): void {
  if ((descriptor.rights & RIGHTS_ACCESSED) !== 0) return;
  setHigh(cpu, descriptor, HIGH_ACCESSED);
}

/** Sets bits of the descriptor's high word in memory (accessed, busy) and decodes the record again. Not a `table-write`: the processor's own. */
export function setHigh(cpu: Cpu, descriptor: Descriptor, bits: number): void {
  writeHigh(cpu, descriptor, descriptor.high | bits);
}

/** Clears bits of the descriptor's high word (busy). */
export function clearHigh(cpu: Cpu, descriptor: Descriptor, bits: number): void {
  writeHigh(cpu, descriptor, descriptor.high & ~bits);
}

function writeHigh(cpu: Cpu, descriptor: Descriptor, high: number): void {
  descriptor.high = high;
  descriptor.rights = rightsOf(high);
  writeLinearQuietly(cpu, descriptor.linear + 4, 4, high, IMPLICIT);
  tellAccess(cpu, WHAT_DESCRIPTOR, descriptor.part, (descriptor.linear + 4) >>> 0, 4, high, 0, IS_WRITE);
}

// A null LDTR has no entries: every index is outside.
function limitFor(cpu: Cpu, selector: number): number {
  if ((selector & ERROR_TI) === 0) return cpu.register(GDTR_LIMIT);
  return (cpu.segmentRights(LDTR) & RIGHTS_UNUSABLE) !== 0 ? -1 : cpu.segmentLimit(LDTR);
}
