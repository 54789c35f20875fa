// The processor's whole state in one buffer at fixed offsets, so that later engines (WebAssembly) read and write the same bytes.
// Only this file knows offsets; everything else uses the named accessors. Semantics live in the files named after the manual's topics.
//
//   0x00000  register file (core/arch/register-file.ts), u32 words
//   0x00800  internals: counters as f64, then u32 words (below)
//   0x00a00  x87, MXCSR and XMM registers: not in the register file of events; checkpoints and the state hash hold them
//   0x00e00  registers of which few guests know: MSRs that are not in the register file (msr-places.ts), test registers; as above
//   0x01000  TLB: TLB_ENTRIES entries of 4 words each (paging.ts gives them meaning)
//   0x10000  page flags: one byte for each 4 KiB page of RAM and storage (physical.ts)
//   then     RAM, page aligned; storage behind it (storage.ts)

import { EventDraft } from '../event/draft.ts';
import { SILENT_PROBE, type Probe } from '../event/probe.ts';
import { registerOffset, SEGMENT_BASE, SEGMENT_LIMIT, SEGMENT_RIGHTS, SEGMENT_SELECTOR, SEGMENT_WORDS, REGISTER_FILE_WORDS } from '../arch/register-file.ts';
import { FLOAT_CONTROL, FLOAT_MXCSR, FLOAT_WORDS, FLOAT_XMM } from '../arch/float-file.ts';
import { DEFAULT_MODEL, type CpuModel } from '../arch/cpu-models.ts';
import type { Bus } from './bus.ts';
import type { WriteWatch } from './write-watch.ts';

const INTERNAL_BYTES = 0x800;
const TLB_BYTES = 0x1000;
const PAGE_FLAGS_BYTES = 0x1_0000;
export const TLB_ENTRIES = 1024;
export const TLB_WORDS = 4;
export const PAGE_SIZE = 4096;

// internals: f64 indices
const F_ICOUNT = INTERNAL_BYTES / 8, F_SEQ = F_ICOUNT + 1, F_IDLE = F_ICOUNT + 2, F_ITERATION = F_ICOUNT + 3, F_ATTEMPTS = F_ICOUNT + 4, F_EXTRA = F_ICOUNT + 5;
// internals: u32 indices, behind 16 f64
const W = INTERNAL_BYTES / 4 + 32;
const W_LAZY_RESULT = W, W_LAZY_CARRIES = W + 1, W_PENDING = W + 2, W_INTERRUPT_REQUEST = W + 3, W_GENERATION = W + 4, W_INSTRUCTION_EIP = W + 5,
  W_CODE32 = W + 7, W_STACK32 = W + 8, W_FLAT_SEGMENTS = W + 11, W_TSC_OFFSET = W + 12, W_DEBUG_CAUSES = W + 14, W_REPEAT_RESULT = W + 16, W_REPEAT_CARRIES = W + 17;

// x87 and SSE: u32 indices
const W_X87 = 0xa00 / 4, W_FPU = W_X87 + FLOAT_CONTROL, W_MXCSR = W_X87 + FLOAT_MXCSR, W_XMM = W_X87 + FLOAT_XMM;

/** Where registers outside the register file of events are kept, in words, for `register` and `setRegister`: pairs for MSRs, then test registers. */
export const RARE_MSRS = 0xe00 / 4, TEST_REGISTERS = 0xfe0 / 4;

const RIP = registerOffset('rip'), RFLAGS = registerOffset('rflags'), CPL = registerOffset('cpl'), ACTIVITY = registerOffset('activity'), SHADOW = registerOffset('shadow');
const SEGMENTS = registerOffset('es.selector');

/** Segment register numbers, the manual's encoding; LDTR and TR behind them. */
export const ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5, LDTR = 6, TR = 7;
/** General register numbers, the manual's encoding. */
export const EAX = 0, ECX = 1, EDX = 2, EBX = 3, ESP = 4, EBP = 5, ESI = 6, EDI = 7;
export const ACTIVE = 0, HALTED = 1, SHUTDOWN = 2;
export const SHADOW_STI = 1, SHADOW_MOV_SS = 2, SHADOW_NMI = 4;

/** Bytes of buffer a processor with `ramBytes` of RAM and `storageBytes` behind it (multiples of 4096) needs. */
export function stateBytes(ramBytes: number, storageBytes = 0): number {
  return ramStart(ramBytes + storageBytes) + ramBytes + storageBytes;
}
function ramStart(bytes: number): number {
  const pageFlags = Math.ceil(bytes / PAGE_SIZE);
  return PAGE_FLAGS_BYTES + Math.ceil(pageFlags / PAGE_SIZE) * PAGE_SIZE;
}

/** The processor. Free functions take it as their first argument; it has accessors and no behaviour. */
export class Cpu {
  /** The register file and internals as unsigned words; index with offsets of register-file.ts only. */
  readonly words: Uint32Array;
  readonly signed: Int32Array;
  private readonly floats: Float64Array;
  /** TLB_ENTRIES * TLB_WORDS words; paging.ts owns their meaning. */
  readonly tlb: Uint32Array;
  /** One byte for each page of RAM, then of storage; physical.ts owns the bits. */
  readonly pageFlags: Uint8Array;
  /** Which 64-byte pieces of each page of RAM hold decoded code, two words a page; derived, page-flags.ts owns the bits. */
  readonly codeChunks: Uint32Array;
  /** RAM as bytes, physical address 0 first; and the same memory as a DataView for unaligned access. */
  readonly ram: Uint8Array;
  readonly ramView: DataView;
  readonly ramBytes: number;
  /** Bytes that checkpoints keep as they keep RAM and that no physical address reaches: what guests wrote to disks (storage.ts). */
  readonly storage: Uint8Array;
  /** Bytes of ROM that end at 1 MiB and are seen again below 4 GiB (physical.ts); set by the loader, 0 without one. */
  romBytes = 0;
  readonly buffer: ArrayBuffer;
  readonly bus: Bus;
  /** Which processor this is: what CPUID says and which instructions, registers and bits exist. Set before the first instruction. */
  model: CpuModel = DEFAULT_MODEL;
  /** The x87 data registers R0..R7 (physical numbers), four words each: significand low, significand high, sign (bit 15) and exponent, unused. MM0..MM7 are their significands. */
  readonly x87: Uint32Array;
  /** XMM0..XMM15, four words each, lowest first. */
  readonly xmm: Uint32Array;
  /** Replaced freely between instructions: what listens. */
  probe: Probe = SILENT_PROBE;
  /** The one event row everything is reported in. */
  readonly draft = new EventDraft();
  /** Called when a page flagged PAGE_CODE (physical.ts) is written, with the page's number; the flag is already cleared. */
  onCodeWritten: ((page: number) => void) | null = null;
  /** Told of writes to pages flagged PAGE_SOUGHT. */
  writeWatch: WriteWatch | null = null;
  /** Instructions of the running block that retired and are not yet in the counter; 0 outside execute.ts. An integer store for each instruction is 3x cheaper than adding to an f64. */
  retiredInBlock = 0;
  /** Where the run stops, REPs between iterations: `clock` reached (devices may lower it), or iterations of this instruction done. Set by run.ts; not part of the state. */
  clockLimit = Infinity;
  iterationLimit = Infinity;
  /** False inside `run` while a probe listens or a data or I/O breakpoint is armed: accesses are told and looked at then (tlb.ts). Not part of the state. */
  isQuick = true;
  /** The breakpoints that DR7 and CR4.DE arm (breakpoint-match.ts). Derived from those; not part of the state. */
  armed = 0;

  constructor(buffer: ArrayBuffer, ramBytes: number, bus: Bus, storageBytes = 0) {
    this.buffer = buffer;
    this.bus = bus;
    this.ramBytes = ramBytes;
    const ram = ramStart(ramBytes + storageBytes);
    this.words = new Uint32Array(buffer, 0, TLB_BYTES / 4);
    this.signed = new Int32Array(buffer, 0, TLB_BYTES / 4);
    this.floats = new Float64Array(buffer, 0, TLB_BYTES / 8);
    this.x87 = this.words.subarray(W_X87, W_FPU);
    this.xmm = this.words.subarray(W_XMM, W_X87 + FLOAT_WORDS);
    this.tlb = new Uint32Array(buffer, TLB_BYTES, TLB_ENTRIES * TLB_WORDS);
    this.pageFlags = new Uint8Array(buffer, PAGE_FLAGS_BYTES, Math.ceil((ramBytes + storageBytes) / PAGE_SIZE));
    this.codeChunks = new Uint32Array(Math.ceil(ramBytes / PAGE_SIZE) * 2);
    this.ram = new Uint8Array(buffer, ram, ramBytes);
    this.ramView = new DataView(buffer, ram, ramBytes);
    this.storage = new Uint8Array(buffer, ram + ramBytes, storageBytes);
  }

  /** The register file alone, REGISTER_FILE_WORDS words: what events and moments carry. */
  get registerFile(): Uint32Array { return this.words.subarray(0, REGISTER_FILE_WORDS); }

  /** The x87 and SSE registers, FLOAT_WORDS words (core/arch/float-file.ts): what moments carry. */
  get floatFile(): Uint32Array { return this.words.subarray(W_X87, W_X87 + FLOAT_WORDS); }

  /** Everything but RAM and page flags: register file, internals, TLB. Checkpoints store these bytes. */
  get processorBytes(): Uint8Array { return new Uint8Array(this.buffer, 0, TLB_BYTES + TLB_ENTRIES * TLB_WORDS * 4); }

  // general registers: index is the manual's number; 32-bit values are signed or unsigned as the name says
  get32(register: number): number { return this.signed[register << 1]!; }
  set32(register: number, value: number): void { this.signed[register << 1] = value; }
  get16(register: number): number { return this.words[register << 1]! & 0xffff; }
  set16(register: number, value: number): void {
    this.words[register << 1] = (this.words[register << 1]! & 0xffff_0000) | (value & 0xffff);
  }
  /** 8-bit registers: 0..3 AL CL DL BL, 4..7 AH CH DH BH. */
  get8(register: number): number { return (this.words[(register & 3) << 1]! >>> ((register & 4) << 1)) & 0xff; }
  set8(register: number, value: number): void {
    const shift = (register & 4) << 1;
    this.words[(register & 3) << 1] = (this.words[(register & 3) << 1]! & ~(0xff << shift)) | ((value & 0xff) << shift);
  }
  get esp(): number { return this.words[ESP << 1]!; }
  set esp(value: number) { this.words[ESP << 1] = value; }
  get eip(): number { return this.words[RIP]!; }
  set eip(value: number) { this.words[RIP] = value; }
  /** EIP of the instruction being executed: what a fault reports and restores. */
  get instructionEip(): number { return this.words[W_INSTRUCTION_EIP]!; }
  set instructionEip(value: number) { this.words[W_INSTRUCTION_EIP] = value; }
  /** EFLAGS as last materialised; the arithmetic flags may be pending: use flags.ts. */
  get rawFlags(): number { return this.words[RFLAGS]!; }
  set rawFlags(value: number) { this.words[RFLAGS] = value; }
  get lazyResult(): number { return this.signed[W_LAZY_RESULT]!; }
  set lazyResult(value: number) { this.signed[W_LAZY_RESULT] = value; }
  get lazyCarries(): number { return this.signed[W_LAZY_CARRIES]!; }
  set lazyCarries(value: number) { this.signed[W_LAZY_CARRIES] = value; }
  /** The two words above as they were before the REPE or REPNE instruction in progress (string.ts). */
  get repeatResult(): number { return this.signed[W_REPEAT_RESULT]!; }
  set repeatResult(value: number) { this.signed[W_REPEAT_RESULT] = value; }
  get repeatCarries(): number { return this.signed[W_REPEAT_CARRIES]!; }
  set repeatCarries(value: number) { this.signed[W_REPEAT_CARRIES] = value; }

  // segment registers: only installSegment (segmentation.ts) writes them
  segmentSelector(segment: number): number { return this.words[SEGMENTS + segment * SEGMENT_WORDS + SEGMENT_SELECTOR]!; }
  segmentRights(segment: number): number { return this.words[SEGMENTS + segment * SEGMENT_WORDS + SEGMENT_RIGHTS]!; }
  segmentLimit(segment: number): number { return this.words[SEGMENTS + segment * SEGMENT_WORDS + SEGMENT_LIMIT]!; }
  segmentBase(segment: number): number { return this.words[SEGMENTS + segment * SEGMENT_WORDS + SEGMENT_BASE]!; }
  /** Writes a segment register's words. For installSegment alone. */
  setSegment(segment: number, selector: number, rights: number, limit: number, base: number): void {
    const at = SEGMENTS + segment * SEGMENT_WORDS;
    this.words[at + SEGMENT_SELECTOR] = selector;
    this.words[at + SEGMENT_RIGHTS] = rights;
    this.words[at + SEGMENT_LIMIT] = limit;
    this.words[at + SEGMENT_BASE] = base;
    this.words[W_GENERATION]! += 1;
  }

  /** A register of the file by word offset (CR, DR, MSR, GDTR…), low word. Their one-writers are named after them. */
  register(offset: number): number { return this.words[offset]!; }
  registerHigh(offset: number): number { return this.words[offset + 1]!; }
  setRegister(offset: number, lo: number, hi: number): void {
    this.words[offset] = lo;
    this.words[offset + 1] = hi;
    this.words[W_GENERATION]! += 1;
  }
  /** For one-word registers of the file (limits, cpl, activity, shadow). */
  setNarrow(offset: number, value: number): void {
    this.words[offset] = value;
    this.words[W_GENERATION]! += 1;
  }
  get cpl(): number { return this.words[CPL]!; }
  get activity(): number { return this.words[ACTIVITY]!; }
  get shadow(): number { return this.words[SHADOW]!; }
  set shadow(value: number) { this.words[SHADOW] = value; this.words[W_GENERATION]! += 1; }
  /** Grows whenever a register outside the fast words changed: recorders compare those only then. */
  get generation(): number { return this.words[W_GENERATION]!; }

  /** Derived, kept by segmentation.ts: bit n: segment register n is flat 4 GiB and may be read; bit n + 8: and may be written; none while alignment is checked. */
  get flatSegments(): number { return this.words[W_FLAT_SEGMENTS]!; }
  set flatSegments(value: number) { this.words[W_FLAT_SEGMENTS] = value; }
  /** Derived by installSegment: CS.D and SS.B. */
  get code32(): number { return this.words[W_CODE32]!; }
  set code32(value: number) { this.words[W_CODE32] = value; }
  get stack32(): number { return this.words[W_STACK32]!; }
  set stack32(value: number) { this.words[W_STACK32] = value; }
  /** Non-zero when something wants attention between instructions (bits owned by run.ts): the hot loop tests this one word. */
  get pending(): number { return this.words[W_PENDING]!; }
  set pending(value: number) { this.words[W_PENDING] = value; }
  /** The level of INTR as EFLAGS.IF: 0x200 while the interrupt controller asks, else 0. Devices set it between blocks; `interruptRequest & rawFlags` is not 0 when it may be taken. */
  get interruptRequest(): number { return this.words[W_INTERRUPT_REQUEST]!; }
  set interruptRequest(value: number) { this.words[W_INTERRUPT_REQUEST] = value; }
  /** Debug conditions met and not yet reported, in their bits of DR6 (breakpoints.ts). */
  get debugCauses(): number { return this.words[W_DEBUG_CAUSES]!; }
  set debugCauses(value: number) { this.words[W_DEBUG_CAUSES] = value; }
  /** Time-stamp counter minus clock, as two words (model-specific-registers.ts). */
  get tscOffset(): number { return this.words[W_TSC_OFFSET]!; }
  get tscOffsetHigh(): number { return this.words[W_TSC_OFFSET + 1]!; }
  setTscOffset(lo: number, hi: number): void { this.words[W_TSC_OFFSET] = lo; this.words[W_TSC_OFFSET + 1] = hi; }

  // x87 environment and MXCSR, as FNSTENV and STMXCSR store them; SDM 1 "x87 FPU Execution Environment", "MXCSR Control and Status Register"
  get fpuControl(): number { return this.words[W_FPU]!; }
  set fpuControl(value: number) { this.words[W_FPU] = value; }
  get fpuStatus(): number { return this.words[W_FPU + 1]!; }
  set fpuStatus(value: number) { this.words[W_FPU + 1] = value; }
  /** Two bits for each physical register: 11 empty, 00 in use (the manual's other values follow from the contents: float-file.ts). */
  get fpuTag(): number { return this.words[W_FPU + 2]!; }
  set fpuTag(value: number) { this.words[W_FPU + 2] = value; }
  /** Low 11 bits of the last non-control instruction. */
  get fpuOpcode(): number { return this.words[W_FPU + 3]!; }
  set fpuOpcode(value: number) { this.words[W_FPU + 3] = value; }
  get fpuIp(): number { return this.words[W_FPU + 4]!; }
  set fpuIp(value: number) { this.words[W_FPU + 4] = value; }
  get fpuCs(): number { return this.words[W_FPU + 5]!; }
  set fpuCs(value: number) { this.words[W_FPU + 5] = value; }
  get fpuDp(): number { return this.words[W_FPU + 6]!; }
  set fpuDp(value: number) { this.words[W_FPU + 6] = value; }
  get fpuDs(): number { return this.words[W_FPU + 7]!; }
  set fpuDs(value: number) { this.words[W_FPU + 7] = value; }
  get mxcsr(): number { return this.words[W_MXCSR]!; }
  set mxcsr(value: number) { this.words[W_MXCSR] = value; }

  /** Instructions retired. */
  get icount(): number { return this.floats[F_ICOUNT]! + this.retiredInBlock; }
  set icount(value: number) { this.floats[F_ICOUNT] = value; this.retiredInBlock = 0; }
  /** Instruction attempts: retired and faulted ones (the bound of `--max-instructions`). */
  get attempts(): number { return this.floats[F_ATTEMPTS]!; }
  set attempts(value: number) { this.floats[F_ATTEMPTS] = value; }
  /** Sequence number of the next event. */
  get seq(): number { return this.floats[F_SEQ]!; }
  set seq(value: number) { this.floats[F_SEQ] = value; }
  /** Iterations done of the REP instruction being executed. */
  get iteration(): number { return this.floats[F_ITERATION]!; }
  set iteration(value: number) { this.floats[F_ITERATION] = value; }
  /** REP iterations beyond the first, over the whole run. */
  get extraIterations(): number { return this.floats[F_EXTRA]!; }
  set extraIterations(value: number) { this.floats[F_EXTRA] = value; }
  /** Ticks skipped while halted. */
  get idleTicks(): number { return this.floats[F_IDLE]!; }
  set idleTicks(value: number) { this.floats[F_IDLE] = value; }
  /** EVENTS.md "clock". */
  get clock(): number { return this.icount + this.extraIterations + this.idleTicks; }
}
