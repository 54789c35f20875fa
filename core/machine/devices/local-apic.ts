// The local APIC of the one processor: registers at FEE00000, priorities, the local vector table, interrupts it sends to itself. What it
// sends to other processors goes to nobody. No x2APIC, no TSC-deadline timer; the pins are edge-triggered. Its timer: local-apic-timer.ts.
// SDM 3A "Advanced Programmable Interrupt Controller (APIC)"; where the manual leaves a choice, it is QEMU's.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { LINE_ACKNOWLEDGED, LINE_RAISED } from '../../cpu/emit.ts';
import { Unsupported } from '../../cpu/fault.ts';
import { LINE_SOURCES, type LineSource } from '../../event/kinds.ts';
import {
  DELIVER_EXTINT, DELIVER_FIXED, DELIVER_INIT, DELIVER_LOWEST, DELIVER_NAMES, DELIVER_NMI, DELIVER_STARTUP, deliveryModeOf, ENTRY_LEVEL, ENTRY_MASKED, FIRST_VECTOR, type ApicMessage,
} from './apic-message.ts';
import { LocalApicTimer } from './local-apic-timer.ts';
import type { MemoryDevice, Saved } from './port-device.ts';
import { VectorSet } from './vector-set.ts';

type LocalSource = Exclude<LineSource, 'io-apic'>;
/** Codes of `#origins`: pins of the I/O APIC first, then LINE_SOURCES. */
const LOCAL_ORIGINS = 0x80;

/** A request for `vector` was latched or taken; `pin` is the one of the I/O APIC it came in by, else null. */
export interface ApicChange { readonly state: number; readonly vector: number; readonly pin: number | null; readonly source: LineSource }

export interface LocalApicWorld {
  readonly clock: () => number;
  /** IA32_APIC_BASE.EN of a processor that has one. */
  readonly isEnabled: () => boolean;
  /** A request was latched, or taken by the processor. */
  readonly onChange: (change: ApicChange) => void;
  /** What asks for the processor may have changed. */
  readonly onOutput: () => void;
  readonly onNmi: () => void;
  readonly onInit: () => void;
  /** The end of a level-triggered interrupt is told to I/O APICs. */
  readonly onEnd: (vector: number) => void;
}

//  offsets of registers, by 16 bytes
const ID = 0x02, VERSION = 0x03, TPR = 0x08, APR = 0x09, PPR = 0x0a, EOI = 0x0b, REMOTE_READ = 0x0c, LDR = 0x0d, DFR = 0x0e, SVR = 0x0f, ISR = 0x10, TMR = 0x18, IRR = 0x20, ESR = 0x28,
  ICR_LOW = 0x30, ICR_HIGH = 0x31, LVT = 0x32, INITIAL_COUNT = 0x38, CURRENT_COUNT = 0x39, DIVIDE = 0x3e;
/** Entries of the local vector table, and which bits of each can be written. */
const LVT_TIMER = 0, LVT_LINT0 = 3, LVT_LINT1 = 4, LVT_ERROR = 5;
const LVT_BITS = [0x3_00ff, 0x1_07ff, 0x1_07ff, 0x1_a7ff, 0x1_a7ff, 0x1_00ff] as const;
const LVT_PERIODIC = 0x2_0000;
/** Version 14H of QEMU's, with its six entries. */
const VERSION_VALUE = ((LVT_BITS.length - 1) << 16) | 0x14;
const SVR_ENABLED = 0x100, SVR_BITS = 0x3ff;
const ICR_BITS = 0xc_cfff, ICR_DEASSERTS = 0xc000, ICR_ASSERT = 0x4000, ICR_LOGICAL = 0x800;
const TO_ALL_BUT_SELF = 3, TO_DESTINATION = 0;
/** Error status. */
const ERROR_SENT_VECTOR = 0x20, ERROR_RECEIVED_VECTOR = 0x40, ERROR_REGISTER = 0x80;
export const LOCAL_APIC_BYTES = 0x1000;
const FLAT_MODEL = 0xffff_ffff, BROADCAST = 0xff;

const classOf = (vector: number): number => vector >> 4;

export class LocalApic implements MemoryDevice, Saved {
  readonly timer: LocalApicTimer;
  readonly #requested = new VectorSet();
  readonly #inService = new VectorSet();
  readonly #levels = new VectorSet();
  readonly #entries = new Uint32Array(LVT_BITS.length);
  /** Where the request for each vector came from last. */
  readonly #origins = new Uint8Array(256);
  #id = 0;
  #taskPriority = 0;
  #logicalId = 0;
  #model = FLAT_MODEL;
  #spurious = 0;
  /** Errors met since the last write to the error status, and what that write showed. */
  #errors = 0;
  #shownErrors = 0;
  #command = 0;
  #destination = 0;
  readonly #pins = [false, false];
  readonly #world: LocalApicWorld;

  constructor(world: LocalApicWorld) {
    this.#world = world;
    this.timer = new LocalApicTimer({ clock: world.clock, expire: () => { this.#raiseLocal(LVT_TIMER, 'timer'); }, isServed: () => this.wouldTake(this.#entries[LVT_TIMER]! & 0xff) });
    this.#clear();
  }

  /** The state after reset. The pins pass, as in QEMU: a program that knows of no APIC finds the INTR and NMI of a processor without one. */
  reset(): void {
    this.#clear();
    this.timer.setEntry({ isPeriodic: false, isMasked: true });
    this.timer.reset();
  }

  #clear(): void {
    for (const set of [this.#requested, this.#inService, this.#levels]) set.clear();
    this.#entries.fill(ENTRY_MASKED);
    this.#entries[LVT_LINT0] = DELIVER_EXTINT << 8;
    this.#entries[LVT_LINT1] = DELIVER_NMI << 8;
    this.#id = this.#taskPriority = this.#logicalId = this.#errors = this.#shownErrors = this.#command = this.#destination = 0;
    this.#model = FLAT_MODEL;
    this.#spurious = 0xff;
  }

  /** True when an interrupt of its own waits for the processor. */
  get isRequesting(): boolean { return this.#isOn && classOf(this.#requested.highest) > classOf(this.#processorPriority) && this.#requested.highest >= 0; }

  /** True when the 8259's output reaches the processor: "virtual wire". */
  get passesIntr(): boolean {
    return !this.#world.isEnabled() || (this.#entries[LVT_LINT0]! & ENTRY_MASKED) === 0 && deliveryModeOf(this.#entries[LVT_LINT0]!) === DELIVER_EXTINT;
  }

  /** True when an NMI of the machine reaches the processor. */
  get passesNmi(): boolean {
    return !this.#world.isEnabled() || (this.#entries[LVT_LINT1]! & ENTRY_MASKED) === 0 && deliveryModeOf(this.#entries[LVT_LINT1]!) === DELIVER_NMI;
  }

  /** True when an interrupt of this vector would interrupt a processor that takes them. */
  wouldTake(vector: number): boolean { return this.#isOn && vector >= FIRST_VECTOR && classOf(vector) > classOf(this.#processorPriority); }

  /** True when it is this APIC the message is for. SDM 3A "Determining IPI Destination". */
  isAddressed({ destination, isLogical }: Pick<ApicMessage, 'destination' | 'isLogical'>): boolean {
    if (!this.#world.isEnabled()) return false;
    if (!isLogical) return destination === BROADCAST || destination === this.#id;
    if (this.#model === FLAT_MODEL) return (destination & this.#logicalId) !== 0;
    const cluster = destination >>> 4;
    return (cluster === 0xf || cluster === this.#logicalId >>> 4) && (destination & this.#logicalId & 0xf) !== 0;
  }

  /** A message that pin `pin` of the I/O APIC sends. True when it was accepted. */
  receive(message: ApicMessage, pin: number): boolean {
    return this.isAddressed(message) && this.#accept(message, pin);
  }

  /** The level at pin LINT0 (0), where the 8259's output comes in, or LINT1 (1), where NMI does. What passes as ExtINT is asked for: `passesIntr`. */
  setPin(pin: 0 | 1, isHigh: boolean): void {
    const rises = isHigh && !this.#pins[pin]!;
    this.#pins[pin] = isHigh;
    if (!rises) return;
    if (!this.#world.isEnabled()) {
      if (pin === 1) this.#world.onNmi();
    } else this.#raiseLocal(pin === 0 ? LVT_LINT0 : LVT_LINT1, pin === 0 ? 'lint0' : 'lint1');
  }

  /** The processor takes the interrupt with the highest priority. Returns its vector, the spurious one when none waits. */
  acknowledge(): number {
    if (!this.isRequesting) return this.#spurious & 0xff;
    const vector = this.#requested.highest;
    this.#requested.remove(vector);
    this.#inService.add(vector);
    this.#tell(LINE_ACKNOWLEDGED, vector);
    this.#world.onOutput();
    return vector;
  }

  readMemory(physical: number, size: number): number {
    if (!this.#world.isEnabled()) return 0xffff_ffff >>> (32 - size * 8);
    const value = this.#read((physical >>> 4) & 0xff), all = 0xffff_ffff >>> (32 - size * 8);
    return (physical & 0xc) === 0 ? ((value >>> ((physical & 3) * 8)) & all) >>> 0 : 0;
  }

  /** Only whole registers can be written. */
  writeMemory(physical: number, size: number, value: number): void {
    if (!this.#world.isEnabled() || size !== 4 || (physical & 0xf) !== 0) return;
    this.#write((physical >>> 4) & 0xff, value >>> 0);
    this.#world.onOutput();
  }

  save(writer: ByteWriter): void {
    for (const set of [this.#requested, this.#inService, this.#levels]) set.save(writer);
    for (const entry of this.#entries) writer.u32(entry);
    writer.append(this.#origins);
    for (const value of [this.#id, this.#taskPriority, this.#logicalId, this.#errors, this.#shownErrors, this.#destination]) writer.u8(value);
    for (const value of [this.#model, this.#spurious, this.#command]) writer.u32(value);
    writer.u8((this.#pins[0]! ? 1 : 0) | (this.#pins[1]! ? 2 : 0));
    this.timer.save(writer);
  }

  restore(reader: ByteReader): void {
    for (const set of [this.#requested, this.#inService, this.#levels]) set.restore(reader);
    for (let index = 0; index < this.#entries.length; index += 1) this.#entries[index] = reader.u32();
    this.#origins.set(reader.take(this.#origins.length));
    [this.#id, this.#taskPriority, this.#logicalId, this.#errors, this.#shownErrors, this.#destination] = [reader.u8(), reader.u8(), reader.u8(), reader.u8(), reader.u8(), reader.u8()];
    [this.#model, this.#spurious, this.#command] = [reader.u32(), reader.u32(), reader.u32()];
    const pins = reader.u8();
    this.#pins[0] = (pins & 1) !== 0;
    this.#pins[1] = (pins & 2) !== 0;
    this.timer.restore(reader);
  }

  /** Enabled by IA32_APIC_BASE and by software. */
  get #isOn(): boolean { return (this.#spurious & SVR_ENABLED) !== 0 && this.#world.isEnabled(); }

  // SDM 3A "Task and Processor Priorities"
  get #processorPriority(): number {
    const served = Math.max(this.#inService.highest, 0);
    return classOf(this.#taskPriority) >= classOf(served) ? this.#taskPriority : served & 0xf0;
  }

  #read(register: number): number {
    if (register >= ISR && register < ISR + 8) return this.#inService.word(register - ISR);
    if (register >= TMR && register < TMR + 8) return this.#levels.word(register - TMR);
    if (register >= IRR && register < IRR + 8) return this.#requested.word(register - IRR);
    if (register >= LVT && register < LVT + LVT_BITS.length) return this.#entries[register - LVT]!;
    switch (register) {
      case ID: return (this.#id << 24) >>> 0;
      case VERSION: return VERSION_VALUE;
      case TPR: return this.#taskPriority;
      case APR: return Math.max(this.#processorPriority, Math.max(this.#requested.highest, 0) & 0xf0);
      case PPR: return this.#processorPriority;
      case EOI: case REMOTE_READ: return 0;
      case LDR: return (this.#logicalId << 24) >>> 0;
      case DFR: return this.#model;
      case SVR: return this.#spurious;
      case ESR: return this.#shownErrors;
      case ICR_LOW: return this.#command;
      case ICR_HIGH: return (this.#destination << 24) >>> 0;
      case INITIAL_COUNT: return this.timer.initialCount;
      case CURRENT_COUNT: return this.timer.currentCount;
      case DIVIDE: return this.timer.divideConfiguration;
      default:
        this.#meet(ERROR_REGISTER);
        return 0;
    }
  }

  #write(register: number, value: number): void {
    if (register >= LVT && register < LVT + LVT_BITS.length) {
      this.#setEntry(register - LVT, value);
      return;
    }
    switch (register) {
      case ID: this.#id = value >>> 24; break;
      case TPR: this.#taskPriority = value & 0xff; break;
      case EOI: this.#endInterrupt(); break;
      case LDR: this.#logicalId = value >>> 24; break;
      case DFR: this.#model = (value | 0x0fff_ffff) >>> 0; break;
      case SVR: this.#setSpurious(value); break;
      case ESR:
        this.#shownErrors = this.#errors;
        this.#errors = 0;
        break;
      case ICR_LOW:
        this.#command = value & ICR_BITS;
        this.#send();
        break;
      case ICR_HIGH: this.#destination = value >>> 24; break;
      case INITIAL_COUNT: this.timer.setInitialCount(value); break;
      case DIVIDE: this.timer.setDivideConfiguration(value); break;
      default: if (!isReadOnly(register)) this.#meet(ERROR_REGISTER);
    }
  }

  // SDM 3A "Local APIC State After It Has Been Software Disabled": every entry is masked, and stays so
  #setSpurious(value: number): void {
    this.#spurious = value & SVR_BITS;
    if ((value & SVR_ENABLED) === 0) for (let index = 0; index < this.#entries.length; index += 1) this.#setEntry(index, this.#entries[index]!);
  }

  #setEntry(index: number, value: number): void {
    const masked = (this.#spurious & SVR_ENABLED) === 0 ? ENTRY_MASKED : 0, entry = (value & LVT_BITS[index]!) | masked;
    if ((entry & ENTRY_MASKED) === 0) demandDeliverable(index, entry);
    this.#entries[index] = entry;
    if (index === LVT_TIMER) this.timer.setEntry({ isPeriodic: (entry & LVT_PERIODIC) !== 0, isMasked: (entry & ENTRY_MASKED) !== 0 });
  }

  #endInterrupt(): void {
    const vector = this.#inService.highest;
    if (vector < 0) return;
    this.#inService.remove(vector);
    if (this.#levels.has(vector)) this.#world.onEnd(vector);
  }

  // SDM 3A "Interrupt Command Register (ICR)"
  #send(): void {
    const command = this.#command, mode = deliveryModeOf(command), shorthand = command >>> 18;
    const message: ApicMessage = { mode, vector: command & 0xff, destination: this.#destination, isLogical: (command & ICR_LOGICAL) !== 0, isLevel: false };
    // the arbitration IDs it would set anew are of no use to one processor
    if (mode === DELIVER_INIT && (command & ICR_DEASSERTS) === (ICR_DEASSERTS & ~ICR_ASSERT)) return;
    if ((mode === DELIVER_FIXED || mode === DELIVER_LOWEST) && message.vector < FIRST_VECTOR) {
      this.#meet(ERROR_SENT_VECTOR);
      return;
    }
    if (shorthand === TO_ALL_BUT_SELF || (shorthand === TO_DESTINATION && !this.isAddressed(message))) return;
    this.#accept(message, 'ipi');
  }

  #raiseLocal(index: number, source: LocalSource): void {
    const entry = this.#entries[index]!, mode = index === LVT_TIMER || index === LVT_ERROR ? DELIVER_FIXED : deliveryModeOf(entry);
    // ExtINT is a level: `passesIntr`
    if ((entry & ENTRY_MASKED) !== 0 || mode === DELIVER_EXTINT) return;
    this.#accept({ mode, vector: entry & 0xff, destination: this.#id, isLogical: false, isLevel: false }, source);
  }

  /** False when the APIC is off, which takes nothing but NMI and INIT. SDM 3A "Interrupt Acceptance for Fixed Interrupts". */
  #accept({ mode, vector, isLevel }: ApicMessage, from: number | LocalSource): boolean {
    switch (mode) {
      case DELIVER_NMI: this.#world.onNmi(); return true;
      case DELIVER_INIT: this.#world.onInit(); return true;
      case DELIVER_STARTUP: return true; // this processor does not wait for it
      case DELIVER_FIXED: case DELIVER_LOWEST: break;
      default: throw new Unsupported(`an interrupt of the local APIC with delivery mode ${DELIVER_NAMES[mode]!}`);
    }
    if (!this.#isOn) return false;
    if (vector < FIRST_VECTOR) {
      this.#meet(ERROR_RECEIVED_VECTOR);
      return true;
    }
    if (isLevel) this.#levels.add(vector);
    else this.#levels.remove(vector);
    if (!this.#requested.has(vector)) {
      this.#requested.add(vector);
      this.#origins[vector] = typeof from === 'number' ? from : LOCAL_ORIGINS + LINE_SOURCES.indexOf(from);
      this.#tell(LINE_RAISED, vector);
    }
    this.#world.onOutput();
    return true;
  }

  #meet(error: number): void {
    this.#errors |= error;
    // an error entry that is wrong itself must not be reported by itself for ever
    if ((this.#entries[LVT_ERROR]! & 0xff) >= FIRST_VECTOR) this.#raiseLocal(LVT_ERROR, 'error');
  }

  #tell(state: number, vector: number): void {
    const origin = this.#origins[vector]!;
    if (origin < LOCAL_ORIGINS) this.#world.onChange({ state, vector, pin: origin, source: 'io-apic' });
    else this.#world.onChange({ state, vector, pin: null, source: LINE_SOURCES[origin - LOCAL_ORIGINS] ?? 'ipi' });
  }
}

function isReadOnly(register: number): boolean {
  return register === VERSION || register === APR || register === PPR || register === REMOTE_READ || register === CURRENT_COUNT || (register >= ISR && register < IRR + 8);
}

/** Throws Unsupported for a way of delivery that an unmasked entry asks for and this machine has not. */
function demandDeliverable(index: number, entry: number): void {
  if (index === LVT_TIMER || index === LVT_ERROR) return;
  const mode = deliveryModeOf(entry), name = `entry ${String(index)} of the local vector table`;
  if (mode !== DELIVER_FIXED && mode !== DELIVER_NMI && mode !== DELIVER_EXTINT) throw new Unsupported(`${name} with delivery mode ${DELIVER_NAMES[mode]!}`);
  if (mode === DELIVER_FIXED && (entry & ENTRY_LEVEL) !== 0) throw new Unsupported(`${name}, level-triggered`);
}
