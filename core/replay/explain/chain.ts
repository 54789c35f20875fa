// The chain of causes: from the value a failed check turned on back through pushes, registers, selector loads and MSR writes, one proven link
// after the other, until a constant, the loader, or a gap that says why nothing more is proven. Each link is a place to go to.

import { hex } from '../../base/u64.ts';
import type { TransitionEvent, TraceEvent } from '../../event/event.ts';
import type { AccessPart } from '../../event/heard.ts';
import type { Position } from '../../event/position.ts';
import { labelEvent } from '../../event/describe.ts';
import { attemptAt, type Attempt } from './attempt.ts';
import type { CauseLink, ValueRead } from './explanation.ts';
import type { Inquiry } from './inquiry.ts';
import { nameOfPart, nameOfRegister } from './names.ts';
import { covers, ofAccess, originOfLoad, originOfStore, type Origin } from './origin.ts';
import { originOfTransition, registerOfSlot } from './origin-transition.ts';
import { AS_IT_STARTED } from '../writers/register.ts';
import { writerOfMemory, writerOfRegister, type Written } from './writer.ts';

/** A chain has no more links than this. */
export const LINKS_MAX = 12;

type Wanted = Extract<Origin, { readonly kind: 'memory' | 'register' }>;
interface Found { readonly link: CauseLink; readonly next: Origin; readonly before: Position }

/** The chain of where a value came from, as of a point; its last link is an end: a constant, the loader, or a gap. */
export async function chainOf(inquiry: Inquiry, value: ValueRead, before: Position): Promise<readonly CauseLink[]> {
  const links: CauseLink[] = [];
  let wanted: Wanted | null = wantedOf(value);
  let point = before;
  while (wanted !== null) {
    if (links.length === LINKS_MAX) return [...links, gap(`the chain goes on; ${String(LINKS_MAX)} links are shown`)];
    const found: Found | CauseLink = wanted.kind === 'memory' ? await memoryLink(inquiry, wanted, point) : await registerLink(inquiry, wanted, point);
    if (!('link' in found)) return [...links, found];
    links.push(found.link);
    const { next } = found;
    if (next.kind === 'constant') return [...links, { ...gap(next.text), kind: 'constant' }];
    if (next.kind === 'gap') return [...links, gap(next.text)];
    wanted = next;
    point = found.before;
  }
  return links;
}

function wantedOf({ name, from }: ValueRead): Wanted | null {
  switch (from.kind) {
    case 'memory': return { kind: 'memory', physical: Number(from.physical), length: Math.min(8, from.size), name };
    case 'register': return { kind: 'register', name: from.register, bits: from.bits };
    case 'instruction': return from.physical === null ? null : { kind: 'memory', physical: Number(from.physical), length: Math.min(8, from.size), name };
  }
}

/** An end without proof of more. */
export const gap = (text: string): CauseLink => ({ text, kind: 'gap', place: null, ip: null, symbol: null });

const linkOf = (kind: CauseLink['kind'], text: string, { writer, symbol, place }: Written): CauseLink => ({ text, kind, place, ip: 'absent' in writer ? null : writer.ip, symbol });
const by = ({ writer, symbol }: Written): string => symbol ?? ('absent' in writer || writer.ip === null ? 'an unknown instruction' : hex(writer.ip));

async function memoryLink(inquiry: Inquiry, wanted: Wanted & { readonly kind: 'memory' }, before: Position): Promise<Found | CauseLink> {
  const { name } = wanted;
  const written = await writerOfMemory(inquiry, { before, physical: wanted.physical, length: wanted.length });
  const { writer } = written;
  if ('absent' in writer) return gap(`who wrote ${name} is not known: ${writer.absent}`);
  const value = writer.after === null ? '' : ` = ${hex(writer.after)}`;
  if (writer.by === 'loader') return linkOf('loader', `${name}${value}, in the image: the loader put it there`, written);
  const at = written.place?.at ?? null;
  if (writer.by === 'device' || at === null) return linkOf('gap', `${name}${value}, written by a device`, written);
  const attempt = await attemptAt(inquiry, at);
  if ('reason' in attempt) return linkOf('gap', `${name}${value}, written by ${by(written)}; ${attempt.reason}`, written);
  const event = eventOf(inquiry, writer.seq);
  if (event?.kind === 'transition') return pushLink({ event, attempt, written, wanted, value, at });
  return { link: linkOf('memory', `${name}${value}, written by ${by(written)}: ${attempt.text}`, written), next: originOfStore(attempt, wanted.physical), before: at };
}

/** A slot the processor pushed: the register that was saved is next. */
function pushLink({ event, attempt, written, wanted, value, at }: { readonly event: TransitionEvent; readonly attempt: Attempt; readonly at: Position; readonly written: Written; readonly wanted: Wanted & { readonly kind: 'memory' }; readonly value: string }): Found {
  const slot = attempt.accesses.find((one) => one.write && one.what === 'frame' && covers(one, wanted.physical));
  const part: AccessPart | null = slot?.part ?? null;
  const text = `${wanted.name}${value}, pushed as ${nameOfPart(part)} by ${labelEvent(event)} (event ${String(event.seq)})`;
  return { link: linkOf('push', text, written), next: registerOfSlot(part, event), before: at };
}

async function registerLink(inquiry: Inquiry, { name, bits }: Wanted & { readonly kind: 'register' }, before: Position): Promise<Found | CauseLink> {
  const label = nameOfRegister(name);
  const written = await writerOfRegister(inquiry, { before, name: bits === undefined ? name : `${name}.${bits}` });
  const { writer } = written;
  const at = written.place?.at ?? null;
  if ('absent' in writer && writer.absent === AS_IT_STARTED) return gap(`${bits === undefined ? label : `${label}.${bits}`} is ${AS_IT_STARTED}`);
  if ('absent' in writer || at === null) return gap(`who changed ${label} is not known: ${'absent' in writer ? writer.absent : 'no point is recorded'}`);
  const attempt = await attemptAt(inquiry, at);
  const value = writer.after === null ? '' : ` = ${hex(writer.after)}`;
  if ('reason' in attempt) return linkOf('gap', `${label}${value}, by ${by(written)}; ${attempt.reason}`, written);
  const event = eventOf(inquiry, writer.seq);
  const next = nextOf(attempt, event, name);
  const verb = event?.kind === 'transition' ? `by ${labelEvent(event)} (event ${String(event.seq)})` : `by ${by(written)}: ${attempt.text}`;
  return { link: linkOf(kindOf(event, name), `${label}${value}, ${verb}`, written), next, before: at };
}

function nextOf(attempt: Attempt, event: TraceEvent | null, name: string): Origin {
  if (event?.kind === 'transition') return originOfTransition(event, name, attempt.accesses);
  if (event?.kind === 'msr-write') return { kind: 'register', name: 'rax' };
  if (event?.kind === 'table-load') {
    const part = name.endsWith('.limit') ? 'limit' : 'base';
    const pseudo = attempt.accesses.find((one) => one.what === 'pseudo-descriptor' && one.part === part);
    if (pseudo !== undefined) return { ...ofAccess(pseudo), name: `the ${part} in the pseudo-descriptor at ${hex(pseudo.linear ?? pseudo.physical)}` };
  }
  return originOfLoad(attempt, name);
}

function kindOf(event: TraceEvent | null, name: string): CauseLink['kind'] {
  if (event?.kind === 'msr-write') return 'msr';
  return /^(es|cs|ss|ds|fs|gs|tr|ldtr)\./.test(name) ? 'selector' : 'register';
}

function eventOf(inquiry: Inquiry, seq: number | null): TraceEvent | null {
  const { trace } = inquiry;
  return seq === null || seq >= trace.eventCount || trace.kindAt(seq) < 0 ? null : trace.event(seq);
}
