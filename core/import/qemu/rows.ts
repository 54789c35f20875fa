// Writes the events of a QEMU log: facts in, rows out. Every field the log does not have is unknown or missing, and marked so. What the
// facts are is decided in importer.ts.

import { REGISTER_FILE, REGISTER_FILE_WORDS, registerOffset } from '../../arch/register-file.ts';
import { findVector, vectorName } from '../../arch/vectors.ts';
import { EventDraft } from '../../event/draft.ts';
import { appendSeq } from '../../event/heap-lists.ts';
import { codeOf, ACCESS_TYPES, DURINGS, EVENT_KINDS, FAULT_CLASSES, MODES, SOURCES, VIAS, type Source } from '../../event/kinds.ts';
import type { Probe } from '../../event/probe.ts';
import { commonHandle, handleOf } from '../../event/schema.ts';
import { setMarks } from '../completeness.ts';
import { NOT_DUMPED } from './dump.ts';
import { checkedFaultMarks, faultMarks, REAL_INTERRUPT_MARKS, RESET_MARKS, SHUTDOWN_MARKS, SNAPSHOT_MARKS, transitionMarks } from './marks.ts';
import type { LogRecord } from './record.ts';

const FAULT = codeOf(EVENT_KINDS, 'fault'), TRANSITION = codeOf(EVENT_KINDS, 'transition'), RESET = codeOf(EVENT_KINDS, 'reset');
const SHUTDOWN = codeOf(EVENT_KINDS, 'shutdown'), SNAPSHOT = codeOf(EVENT_KINDS, 'snapshot');
const C = {
  mode: commonHandle('mode'), cpl: commonHandle('cpl'), cs: commonHandle('cs'), ip: commonHandle('ip'), cpu: commonHandle('cpu'), line: commonHandle('source.line'),
  after: commonHandle('inferred.after'), before: commonHandle('inferred.before'),
};
const F = {
  vector: handleOf('fault', 'vector'), mnemonic: handleOf('fault', 'mnemonic'), class: handleOf('fault', 'class'), errorCode: handleOf('fault', 'errorCode'),
  during: handleOf('fault', 'during'), ofSource: handleOf('fault', 'deliveryOf.source'), ofVector: handleOf('fault', 'deliveryOf.vector'), ofSeq: handleOf('fault', 'deliveryOf.seq'),
  causes: handleOf('fault', 'causes'), cr2: handleOf('fault', 'cr2'), accessType: handleOf('fault', 'access.type'), accessUser: handleOf('fault', 'access.user'),
  accessImplicit: handleOf('fault', 'access.implicit'), source: handleOf('fault', 'source'), rule: handleOf('fault', 'rule'),
};
const T = {
  via: handleOf('transition', 'via'), source: handleOf('transition', 'source'), vector: handleOf('transition', 'vector'), errorCode: handleOf('transition', 'errorCode'),
  fromCpl: handleOf('transition', 'from.cpl'), fromCs: handleOf('transition', 'from.cs'), fromIp: handleOf('transition', 'from.ip'), fromSs: handleOf('transition', 'from.ss'),
  fromSp: handleOf('transition', 'from.sp'), fromFlags: handleOf('transition', 'from.flags'), fromMode: handleOf('transition', 'from.mode'), toCpl: handleOf('transition', 'to.cpl'),
};
const FROM = ['cpl', 'cs', 'ip', 'ss', 'sp', 'flags', 'mode'].map((part) => handleOf('transition', `from.${part}`));
const TO = ['cpl', 'cs', 'ip', 'ss', 'sp', 'flags', 'mode'].map((part) => handleOf('transition', `to.${part}`));
const RESET_REASON = handleOf('reset', 'reason'), CHAIN = handleOf('shutdown', 'chain'), REGISTERS = handleOf('snapshot', 'registers'), DETAIL = handleOf('snapshot', 'detail');
const REAL = codeOf(MODES, 'real');
const hasErrorCode = (vector: number): boolean => findVector(vector)?.hasErrorCode === true;

const CR4 = registerOffset('cr4'), EFER = registerOffset('efer'), CR4_PAE = 1 << 5, CR4_SMEP = 1 << 20, EFER_NXE = 1 << 11;
const INSTRUCTION_BYTES_MAX = 15;
const HANDLER_RING = 0;
/** The I/D bit of error codes is in use. SDM 3A "Page-Fault Exceptions". */
const tellsFetches = (registers: Uint32Array): boolean =>
  (registers[CR4]! & CR4_SMEP) !== 0 || ((registers[CR4]! & CR4_PAE) !== 0 && (registers[EFER]! & EFER_NXE) !== 0);

/** What a fault happened during the delivery of. `seq`: of that event, or -1. */
export interface DeliveryOf { readonly source: Source; readonly vector: number; readonly seq: number }

/** Registers a snapshot lists: all a dump shows. */
const SNAPSHOT_REGISTERS = REGISTER_FILE.filter(({ name, title }) => title !== '' && name !== 'shadow' && !(NOT_DUMPED as readonly string[]).includes(name))
  .map(({ name, words }) => ({ offset: registerOffset(name), words }));

export class Rows {
  /** The register file events carry: the dump shown last. */
  readonly registers = new Uint32Array(REGISTER_FILE_WORDS);
  generation = 0;
  /** Number of the next event. */
  seq = 0;
  /** True once the log turned out to have several processors. */
  isMultiprocessor = false;
  readonly draft = new EventDraft();
  private readonly open: () => Probe;
  private output: Probe | null = null;

  /** `open` is called at the first event: a file that is no log makes no trace. */
  constructor(open: () => Probe) {
    this.open = open;
  }

  /** The state of the events to come. */
  show(registers: Uint32Array): void {
    this.registers.set(registers);
    this.generation += 1;
  }

  /** Starts an event of a kind on a processor. */
  begin(kind: number, cpu: number): EventDraft {
    this.draft.begin(kind);
    this.draft.set(C.cpu, cpu);
    return this.draft;
  }

  /** Hands the event out and answers its number. `after`: the registers it left, where the log shows them. */
  emit(after: Uint32Array | null = null): number {
    this.output ??= this.open();
    this.output.before();
    if (after !== null) this.show(after);
    this.output.emit(this.seq, this.draft);
    this.seq += 1;
    return this.seq - 1;
  }

  /** An exception the log shows in a record. */
  fault(record: LogRecord, delivery: DeliveryOf | null, causes: readonly number[]): number {
    const { vector } = record;
    const draft = this.begin(FAULT, record.cpu);
    this.place(record);
    this.nameFault(vector);
    if (hasErrorCode(vector)) draft.set(F.errorCode, record.errorCode);
    else draft.setUnknown(F.errorCode);
    this.during(delivery);
    if (causes.length > 0) this.seqs(F.causes, causes);
    if (vector === 14) this.pageFault(record);
    if (record.cause === 'software') draft.set(F.source, codeOf(SOURCES, 'software'));
    setMarks(draft, faultMarks({ pageFault: vector === 14, delivery: delivery !== null, noDump: record.mode < 0, multiprocessor: this.isMultiprocessor }));
    return this.emit();
  }

  /** An exception only its `check_exception` line speaks of. `at`: the record it belongs to, which stands at the same instruction. */
  checkedFault(vector: number, line: number, at: LogRecord | null, delivery: DeliveryOf | null, causes: readonly number[]): number {
    const draft = this.begin(FAULT, at?.cpu ?? 0);
    if (at !== null) this.place(at);
    draft.setNumber(C.line, line);
    this.nameFault(vector);
    draft.setUnknown(F.errorCode);
    if (vector === 14) draft.setUnknown(F.cr2);
    this.during(delivery);
    if (causes.length > 0) this.seqs(F.causes, causes);
    setMarks(draft, checkedFaultMarks({ pageFault: vector === 14, placed: at !== null }));
    return this.emit();
  }

  /** The delivery of a record: all that is known is where it started, and that handlers run in ring 0. */
  transition(record: LogRecord): number {
    const { vector, cause } = record;
    const draft = this.begin(TRANSITION, record.cpu);
    this.place(record);
    const via = cause === 'software' ? 'int' : cause === 'external' ? 'interrupt' : cause;
    draft.set(T.via, codeOf(VIAS, via));
    draft.set(T.source, codeOf(SOURCES, cause));
    draft.set(T.vector, vector);
    if (cause === 'exception') {
      if (hasErrorCode(vector)) draft.set(T.errorCode, record.errorCode);
      else draft.setUnknown(T.errorCode);
    }
    draft.set(T.fromCpl, record.cpl);
    draft.set(T.fromCs, record.cs);
    draft.set64(T.fromIp, record.ipLo, record.ipHi);
    draft.set(T.fromSs, record.ss);
    draft.set64(T.fromSp, record.spLo, record.spHi);
    if (record.mode < 0) for (const handle of [T.fromFlags, T.fromMode]) draft.setUnknown(handle);
    else {
      draft.set64(T.fromFlags, record.flags, 0);
      draft.set(T.fromMode, record.mode);
    }
    for (const handle of TO) draft.setUnknown(handle);
    // not logged: out of virtual-8086 mode and out of ring 0 no other is possible, and no kernel in use handles exceptions elsewhere
    if (record.mode >= 0) this.known(T.toCpl, HANDLER_RING);
    setMarks(draft, transitionMarks({ noDump: record.mode < 0, guessed: record.isCauseGuessed, multiprocessor: this.isMultiprocessor }));
    return this.emit();
  }

  /** An external interrupt without a record: QEMU logs none in real mode. */
  realModeInterrupt(vector: number, line: number): number {
    const draft = this.begin(TRANSITION, 0);
    draft.set(C.mode, REAL);
    draft.setNumber(C.line, line);
    draft.set(T.via, codeOf(VIAS, 'interrupt'));
    draft.set(T.source, codeOf(SOURCES, 'external'));
    draft.set(T.vector, vector);
    for (const handle of FROM) if (handle !== T.fromMode) draft.setUnknown(handle);
    draft.set(T.fromMode, REAL);
    for (const handle of TO) draft.setUnknown(handle);
    setMarks(draft, REAL_INTERRUPT_MARKS);
    return this.emit();
  }

  /** A change of ring that must lie between two events. */
  inferredTransition(cpu: number, from: number, to: number, between: { readonly after: number; readonly before: number }, marks: Uint32Array): number {
    const draft = this.begin(TRANSITION, cpu);
    this.between(between);
    draft.set(T.via, codeOf(VIAS, 'unknown'));
    for (const handle of [...FROM, ...TO]) draft.setUnknown(handle);
    this.known(T.fromCpl, from);
    this.known(T.toCpl, to);
    setMarks(draft, marks);
    return this.emit();
  }

  /** Marks the event under construction as one that must lie between two others. */
  between({ after, before }: { readonly after: number; readonly before: number }): void {
    this.draft.setNumber(C.after, after);
    this.draft.setNumber(C.before, before);
  }

  /** One or more resets in a row; `after` is what the last of them left, where the log shows it. */
  reset(reason: string, line: number, mode: number, after: Uint32Array | null): number {
    const draft = this.begin(RESET, 0);
    if (mode >= 0) draft.set(C.mode, mode);
    draft.setNumber(C.line, line);
    draft.setText(RESET_REASON, reason);
    setMarks(draft, RESET_MARKS);
    return this.emit(after);
  }

  shutdown(chain: readonly number[], line: number, at: LogRecord | null): number {
    const draft = this.begin(SHUTDOWN, at?.cpu ?? 0);
    if (at !== null) this.place(at);
    draft.setNumber(C.line, line);
    this.seqs(CHAIN, chain);
    setMarks(draft, at === null ? new Uint32Array(1) : SHUTDOWN_MARKS);
    return this.emit();
  }

  /** A dump that belongs to no event, or to a folded group. */
  snapshot(dump: Uint32Array, line: number, about: { readonly detail: string | null; readonly mode: number; readonly cpl: number }): number {
    const draft = this.begin(SNAPSHOT, 0);
    draft.set(C.mode, about.mode);
    draft.set(C.cpl, about.cpl);
    draft.set(C.cs, dump[registerOffset('cs.selector')]!);
    draft.set64(C.ip, dump[registerOffset('rip')]!, dump[registerOffset('rip') + 1]!);
    draft.setNumber(C.line, line);
    if (about.detail !== null) draft.setText(DETAIL, about.detail);
    draft.setList(REGISTERS);
    draft.append(SNAPSHOT_REGISTERS.length);
    for (const { offset, words } of SNAPSHOT_REGISTERS) {
      draft.append(offset);
      draft.append(dump[offset]!);
      draft.append(words === 2 ? dump[offset + 1]! : 0);
    }
    setMarks(draft, SNAPSHOT_MARKS);
    return this.emit();
  }

  private place(record: LogRecord): void {
    const { draft } = this;
    if (record.mode >= 0) draft.set(C.mode, record.mode);
    draft.set(C.cpl, record.cpl);
    draft.set(C.cs, record.cs);
    draft.set64(C.ip, record.ipLo, record.ipHi);
    draft.setNumber(C.line, record.line);
  }

  private nameFault(vector: number): void {
    const { draft } = this;
    const known = findVector(vector);
    draft.set(F.vector, vector);
    draft.setText(F.mnemonic, vectorName(vector));
    // a debug exception is a fault or a trap by its condition, which the record does not name
    if (known === null || known.class === 'interrupt' || vector === 1) draft.setUnknown(F.class);
    else draft.set(F.class, codeOf(FAULT_CLASSES, known.class));
    draft.setUnknown(F.rule);
  }

  private during(delivery: DeliveryOf | null): void {
    const { draft } = this;
    draft.set(F.during, codeOf(DURINGS, delivery === null ? 'execution' : 'delivery'));
    if (delivery === null) return;
    draft.set(F.ofSource, codeOf(SOURCES, delivery.source));
    draft.set(F.ofVector, delivery.vector);
    if (delivery.seq < 0) draft.setUnknown(F.ofSeq);
    else draft.setNumber(F.ofSeq, delivery.seq);
  }

  // SDM 3A "Page-Fault Exceptions": bit 1 a write, bit 2 user mode, bit 4 a fetch; where neither NX nor SMEP is on, a fetch looks like a read
  private pageFault(record: LogRecord): void {
    const { draft } = this;
    const code = record.errorCode;
    draft.set64(F.cr2, record.cr2Lo, record.cr2Hi);
    if ((code & 2) !== 0) draft.set(F.accessType, codeOf(ACCESS_TYPES, 'write'));
    else if ((code & 16) !== 0) draft.set(F.accessType, codeOf(ACCESS_TYPES, 'fetch'));
    else if (record.mode >= 0 && tellsFetches(this.registers)) draft.set(F.accessType, codeOf(ACCESS_TYPES, 'read'));
    else if ((record.cr2Lo - record.pcLo) >>> 0 >= INSTRUCTION_BYTES_MAX) draft.set(F.accessType, codeOf(ACCESS_TYPES, 'read'));
    else draft.setUnknown(F.accessType);
    draft.set(F.accessUser, (code >>> 2) & 1);
    draft.setUnknown(F.accessImplicit);
  }

  private seqs(handle: number, seqs: readonly number[]): void {
    this.draft.setList(handle);
    this.draft.append(seqs.length);
    for (const seq of seqs) appendSeq(this.draft, seq);
  }

  private known(handle: number, value: number): void {
    const { draft } = this;
    const bit = 1 << ((handle >>> 9) & 31);
    draft.words[((handle >>> 13) & 2) + 1]! &= ~bit;
    draft.set(handle, value);
  }
}
