// Decides what the records say: which were delivered and which were refused, what a fault happened during, which pairs became a double
// fault, and what must have happened between two records. A record stands before its delivery, so the next one decides about it.

import { registerOffset } from '../../arch/register-file.ts';
import { findVector } from '../../arch/vectors.ts';
import type { Captured } from '../pattern.ts';
import { countDifferences, writeDifferences } from './differences.ts';
import type { QemuFacts } from './facts.ts';
import { Folding } from './folding.ts';
import { RING_MARKS } from './marks.ts';
import { Processors, type Processor } from './processors.ts';
import { emptyRecord, isLongActive, isSamePlace, isVirtual8086, modeOfDump, namesGate, readRecord, type LogRecord } from './record.ts';
import type { DeliveryOf, Rows } from './rows.ts';

/** A `check_exception` line: `old` is the exception being delivered (NONE when none), `raised` the new one. */
interface Check { readonly old: number; readonly raised: number; readonly line: number }
interface Hardware { readonly vector: number; readonly line: number }

const NONE = 0xffff_ffff;
const NMI = 2, BREAKPOINT = 3, OVERFLOW = 4, DOUBLE_FAULT = 8, PAGE_FAULT = 14, MACHINE_CHECK = 18, FIRST_FREE_VECTOR = 32;
const CPL = registerOffset('cpl'), FLAGS = registerOffset('rflags');

const contributionOf = (vector: number): string => findVector(vector)?.contribution ?? 'benign';
/** SDM 3A "Interrupt 8—Double Fault Exception (#DF)": the pairs QEMU turns into a double fault. */
function makesDoubleFault({ old, raised }: Check): boolean {
  const first = contributionOf(old), second = contributionOf(raised);
  return old !== DOUBLE_FAULT && ((first === 'contributory' && second === 'contributory') || (first === 'page-fault' && second !== 'benign'));
}

export class Deliveries {
  readonly processors = new Processors();
  readonly folding: Folding;
  private readonly rows: Rows;
  private readonly facts: QemuFacts;
  /** The last record, until it is known whether it was delivered. */
  private pending: LogRecord | null = null;
  private current = emptyRecord();
  private spare = emptyRecord();
  private currentCheck: Check | null = null;
  private currentDelivery: DeliveryOf | null = null;
  private check: Check | null = null;
  private hardware: Hardware | null = null;
  /** Seqs of the faults that arose from one another, the last one latest. */
  private chain: number[] = [];
  private shutdownSeq = -1;
  private countNext = -1;
  private resetsAtRecord = 0;

  constructor(rows: Rows, facts: QemuFacts) {
    this.rows = rows;
    this.facts = facts;
    this.folding = new Folding(rows, this.processors, facts);
  }

  /** `Servicing hardware INT=`: the record follows at once, or never in real mode. */
  service(vector: number, line: number): void {
    this.flushLone();
    this.hardware = { vector, line };
  }

  /** `check_exception`: the record follows unless the processor shuts down, is in real mode, or a hypervisor takes it. */
  raise(old: number, raised: number, line: number): void {
    this.flushLone();
    this.check = { old, raised, line };
    if (old === DOUBLE_FAULT) this.failDoubleFault(this.check);
  }

  /** `Triple fault`: says again what the check_exception line before it said, unless that is missing. */
  tripleFault(line: number): void {
    if (this.shutdownSeq >= 0 && this.shutdownSeq === this.rows.seq - 1) return;
    this.flushLone();
    this.settle();
    this.shutDown(line, null);
  }

  /** The line of a record. Its dump comes next. */
  record(fields: Captured, line: number): void {
    const next = this.spare;
    readRecord(next, fields, line);
    this.countRecord(next);
    const { check, hardware } = this;
    const isCheckOfIt = check !== null && next.cause === 'exception' && (next.vector === check.raised || (next.vector === DOUBLE_FAULT && makesDoubleFault(check)));
    const isServiced = hardware !== null && next.cause === 'exception' && hardware.vector === next.vector && check === null;
    if (!isServiced) this.flushHardware();
    if (!isCheckOfIt) this.flushCheck();
    if (next.cause !== 'software') this.nameCause(next, { isCheckOfIt, isServiced });
    this.currentCheck = isCheckOfIt ? check : null;
    this.currentDelivery = this.deliveryOf(next, this.currentCheck);
    if (this.currentDelivery !== null && (check?.old === NONE || check?.old === this.pending?.vector)) this.refuse();
    else this.settle();
    this.check = null;
    this.hardware = null;
    this.spare = this.current;
    this.current = next;
  }

  /** The dump behind a record, or null when it is not whole. */
  recordDump(dump: Uint32Array | null): void {
    const record = this.current, delivery = this.currentDelivery;
    this.folding.flush();
    const processor = dump === null ? this.processors.at(record.cpu) : this.processors.of(dump);
    record.cpu = processor.index;
    if (dump !== null) {
      record.mode = modeOfDump(dump);
      record.flags = dump[FLAGS]!;
    }
    if (delivery === null) {
      this.infer(processor, record, dump);
      this.chain = [];
    }
    if (dump !== null) {
      this.rows.show(dump);
      processor.dump.set(dump);
    }
    processor.hasDump = dump !== null;
    if (record.cause === 'exception') this.writeFault(record, processor);
    Object.assign(processor, { cpl: record.cpl, entered: false, returned: false });
    this.noteQuirks(record);
    this.pending = record;
  }

  /** A dump that is no record's: the processor runs with these registers. */
  sawDump(dump: Uint32Array): Processor {
    this.settle();
    const processor = this.processors.of(dump);
    const cpl = dump[CPL]!;
    if (processor.entered && cpl !== 3) return processor;
    processor.returned ||= processor.entered;
    processor.entered = false;
    if (!processor.returned && processor.cpl < 0) processor.cpl = cpl;
    return processor;
  }

  /** Writes what is open of the event before: what comes now is no part of it. */
  closeEvent(): void {
    this.flushLone();
    this.settle();
  }

  /** Writes what is still open; nothing follows any more, or nothing that belongs to it. */
  flush(): void {
    this.closeEvent();
    this.folding.flush();
  }

  private countRecord(next: LogRecord): void {
    const { facts } = this;
    facts.vectors[next.vector]! += 1;
    if (this.countNext < 0) {
      facts.runs = 1;
      facts.firstCount = next.count;
    } else if (next.count < this.countNext) this.beginRun();
    else facts.missingRecords += next.count - this.countNext;
    this.countNext = next.count + 1;
    this.resetsAtRecord = facts.resets;
  }

  // a reset logged since the last record belongs to the new run already
  private beginRun(): void {
    this.facts.runs += 1;
    this.settle();
    if (this.facts.resets === this.resetsAtRecord) this.processors.clear();
  }

  private nameCause(record: LogRecord, { isCheckOfIt, isServiced }: { readonly isCheckOfIt: boolean; readonly isServiced: boolean }): void {
    if (isCheckOfIt) return;
    if (isServiced) record.cause = 'external';
    else if (record.vector === NMI) record.cause = 'nmi';
    else {
      record.cause = record.vector < FIRST_FREE_VECTOR ? 'exception' : 'external';
      record.isCauseGuessed = record.vector !== MACHINE_CHECK;
      if (record.isCauseGuessed) this.facts.guessedCauses += 1;
    }
  }

  /**
   * What the exception of this record arose during, or null. Three signs: QEMU names the exception being delivered; the error code names
   * the gate of the record before, at the same instruction and stack; or the record before was an INT n there, which can fault in no other
   * way but by its own fetch.
   */
  private deliveryOf(next: LogRecord, check: Check | null): DeliveryOf | null {
    const { pending } = this;
    if (check === null) return null;
    if (pending === null) return check.old === NONE ? null : { source: 'exception', vector: check.old, seq: -1 };
    const source = pending.cause;
    if (check.old !== NONE) return { source: 'exception', vector: check.old, seq: pending.vector === check.old ? pending.faultSeq : -1 };
    if (!isSamePlace(pending, next)) return null;
    const isRefused = next.vector !== PAGE_FAULT && namesGate(next.errorCode, pending.vector, pending.mode);
    const isByInstruction = source === 'software' && contributionOf(next.vector) !== 'benign' && next.vector !== 0 && !(next.vector === PAGE_FAULT && (next.cr2Lo - next.pcLo) >>> 0 < 4);
    return isRefused || isByInstruction ? { source, vector: pending.vector, seq: pending.faultSeq } : null;
  }

  /** The pending record was delivered: its transition is written. */
  private settle(): void {
    const record = this.pending;
    if (record === null) return;
    this.pending = null;
    const processor = this.processors.at(record.cpu);
    // CD 03 and CC look alike here; compilers and debuggers use CC, of which the fault is reported
    if (record.cause === 'software' && (record.vector === BREAKPOINT || record.vector === OVERFLOW)) this.rows.fault(record, null, []);
    processor.seqLast = this.rows.transition(record);
    Object.assign(processor, { entered: true, returned: false });
  }

  /** The pending record was never delivered: the next one tells why. */
  private refuse(): void {
    if (this.pending === null) return;
    this.facts.refused += 1;
    this.pending = null;
  }

  private writeFault(record: LogRecord, processor: Processor): void {
    const { rows, chain, currentCheck: check, currentDelivery: delivery } = this;
    let causes: readonly number[] = [];
    if (record.vector === DOUBLE_FAULT && check !== null && check.raised !== DOUBLE_FAULT) {
      const second = rows.checkedFault(check.raised, check.line, record, delivery, []);
      this.facts.unlogged += 1;
      chain.push(second);
      causes = delivery === null || delivery.seq < 0 ? [second] : [delivery.seq, second];
    }
    record.faultSeq = rows.fault(record, delivery, causes);
    chain.push(record.faultSeq);
    processor.seqLast = record.faultSeq;
  }

  private flushLone(): void {
    this.flushHardware();
    this.flushCheck();
  }

  private flushHardware(): void {
    const { hardware } = this;
    if (hardware === null) return;
    this.hardware = null;
    this.settle();
    this.folding.flush();
    this.rows.realModeInterrupt(hardware.vector, hardware.line);
    this.facts.realModeInterrupts += 1;
  }

  // an exception without a record: taken in real mode, or by a hypervisor. What it belongs to is the record before, if that names it.
  private flushCheck(): void {
    const { check } = this;
    if (check === null) return;
    this.check = null;
    this.facts.unlogged += 1;
    const at = this.placeOf(check);
    const delivery: DeliveryOf | null = check.old === NONE ? null : { source: 'exception', vector: check.old, seq: this.chain.at(-1) ?? -1 };
    if (delivery === null) this.chain = [];
    const seq = this.rows.checkedFault(check.raised, check.line, at, delivery, []);
    const causes = [...this.chain.slice(-1), seq];
    this.chain.push(seq);
    if (makesDoubleFault(check)) this.chain.push(this.rows.checkedFault(DOUBLE_FAULT, check.line, at, delivery, causes));
  }

  /** The record a lone check belongs to; it was not delivered then. */
  private placeOf(check: Check): LogRecord | null {
    const { pending } = this;
    if (pending !== null && check.old === pending.vector) {
      this.refuse();
      return pending;
    }
    this.settle();
    this.folding.flush();
    return null;
  }

  // a fault while #DF is being delivered: the processor shuts down. SDM 3A "Interrupt 8—Double Fault Exception (#DF)"
  private failDoubleFault(check: Check): void {
    this.check = null;
    this.facts.unlogged += 1;
    const at = this.placeOf(check);
    this.chain.push(this.rows.checkedFault(check.raised, check.line, at, { source: 'exception', vector: DOUBLE_FAULT, seq: this.chain.at(-1) ?? -1 }, []));
    this.shutDown(check.line, at);
  }

  private shutDown(line: number, at: LogRecord | null): void {
    this.folding.flush();
    this.shutdownSeq = this.rows.shutdown(this.chain, line, at);
    this.chain = [];
    // what comes next comes after a reset, logged or not: nothing lies "between" the two
    for (const processor of this.processors.list) Object.assign(processor, { hasDump: false, cpl: -1, entered: false, returned: false, seqLast: -1 });
  }

  /** Writes the events that must lie between the processor's last event and this record. */
  private infer(processor: Processor, record: LogRecord, dump: Uint32Array | null): void {
    if (processor.seqLast < 0) return;
    const rings = this.ringChanges(processor, record.cpl);
    const dumps = dump !== null && processor.hasDump ? { cpu: processor.index, older: processor.dump, newer: dump } : null;
    const writes = dumps === null ? 0 : countDifferences(dumps);
    const count = rings.length + writes;
    if (count === 0) return;
    const between = { after: processor.seqLast, before: this.rows.seq + count };
    if (processor.hasDump) this.rows.show(processor.dump);
    if (dumps !== null && writes > 0) writeDifferences(this.rows, dumps, between);
    for (const [from, to] of rings) this.rows.inferredTransition(processor.index, from, to, between, RING_MARKS);
    this.facts.inferredWrites += writes;
    this.facts.inferredRings += rings.length;
  }

  /**
   * Changes of ring nobody logged. After a delivery the processor is in a handler: seen in ring 3 it has returned. A record in ring 0 after
   * one in ring 3 says nothing: it may lie in the handler of the first. Only a dump without a record, in ring 3, makes it an entry.
   */
  private ringChanges(processor: Processor, cpl: number): readonly (readonly [number, number])[] {
    if (processor.entered) return cpl === 3 ? [[0, 3]] : [];
    if (processor.returned) return cpl === 3 ? [[0, 3]] : [[0, 3], [3, cpl]];
    return processor.cpl < 0 || processor.cpl === cpl ? [] : [[processor.cpl, cpl]];
  }

  private noteQuirks({ vector, cause, errorCode, mode }: LogRecord): void {
    const { facts } = this;
    if (cause === 'software' && vector === BREAKPOINT) facts.breakpoints += 1;
    if (cause === 'exception' && vector >= 10 && vector <= 13 && (errorCode & 2) !== 0) {
      facts.gateCodes += 1;
      if (isLongActive(mode)) facts.longGateCodes += 1;
    }
    if (isVirtual8086(mode) && vector === 13) facts.v86Faults += 1;
  }
}
