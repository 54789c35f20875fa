// A small machine built directly in RAM: GDT, IDT, TSS and stacks at fixed places, and ears for events and checks.
// Tests bend one thing in it and run one protection procedure.

import { joinU64 } from '../../../core/base/u64.ts';
import { encodeDescriptor } from '../../../core/arch/descriptor.ts';
import { encodeGate } from '../../../core/arch/gate.ts';
import { VENDOR_DIFFERENCES } from '../../../core/arch/vendor-differences.ts';
import { registerOffset } from '../../../core/arch/register-file.ts';
import type { Bus } from '../../../core/cpu/bus.ts';
import { Fault, faultErrorCode, faultHasErrorCode, faultVector } from '../../../core/cpu/fault.ts';
import { PAGE_DIRTY } from '../../../core/cpu/page-flags.ts';
import { installFlat, FLAT_CODE, FLAT_DATA } from '../../../core/cpu/segmentation.ts';
import { startProtected32 } from '../../../core/cpu/start.ts';
import { CS, Cpu, DS, ES, FS, GS, SS, stateBytes } from '../../../core/cpu/state.ts';
import { lgdt, lidt, ltr } from '../../../core/cpu/system-tables.ts';
import { movToCr } from '../../../core/cpu/control-registers.ts';
import { setQuick } from '../../../core/cpu/tlb.ts';
import { decodeEvent } from '../../../core/event/decode.ts';
import type { EventDraft } from '../../../core/event/draft.ts';
import type { TraceEvent } from '../../../core/event/event.ts';
import { ACCESS_KINDS, ACCESS_PARTS, type Heard } from '../../../core/event/heard.ts';
import { EVENT_KINDS } from '../../../core/event/kinds.ts';
import { SILENT_PROBE } from '../../../core/event/probe.ts';
import { ruleOf } from '../../../core/event/rules.ts';

export const RAM = 0x40_0000;
export const GDT = 0x1000, IDT = 0x2000, TSS = 0x3000, LDT = 0x3800, KERNEL_STACK = 0x8000, USER_STACK = 0xa000, HANDLER = 0x1_0000, DIRECTORY = 0x2_0000, TABLE = 0x2_1000;
export const TSS_LIMIT = 0x87;
/** Selectors of the fixed GDT; FREE and FREE2 are for tests to define. */
export const CODE0 = 0x08, DATA0 = 0x10, CODE3 = 0x1b, DATA3 = 0x23, TSS_SELECTOR = 0x28, LDT_SELECTOR = 0x30, FREE = 0x38, FREE2 = 0x40, BEYOND = 0x48;
/** Access rights: flat 32-bit segments without the accessed bit. */
export const CODE = 0xc09a, DATA = 0xc092, DPL3 = 0x60, CONFORMING = 0xc09e, EXECUTE_ONLY = 0xc098, READ_ONLY = 0xc090, TSS32 = 0x0089, TSS16 = 0x0081, LDT_RIGHTS = 0x0082, ABSENT = 0x80;

const BUS: Bus = { readPort: () => 0xff, writePort: () => undefined, readDevice: () => -1, writeDevice: () => undefined, acknowledgeInterrupt: () => 0x20, willWake: () => false, apicBaseWritten: () => undefined, setFpuError: () => undefined, ignoresFpuError: () => false };

export interface Check { readonly rule: string; readonly outcome: number }
/** What a listening probe heard, in order; a listening world takes no short paths. */
export interface World { readonly cpu: Cpu; readonly events: TraceEvent[]; readonly checks: Check[]; readonly heard: Heard[] }

/** Ring 0, paging off, tables loaded, IF clear, ESP at the kernel stack; events and checks since then are collected. */
export function newWorld(): World {
  const cpu = new Cpu(new ArrayBuffer(stateBytes(RAM)), RAM, BUS);
  startProtected32(cpu, HANDLER);
  const world: World = { cpu, events: [], checks: [], heard: [] };
  descriptor(world, CODE0, CODE);
  descriptor(world, DATA0, DATA);
  descriptor(world, CODE3, CODE | DPL3);
  descriptor(world, DATA3, DATA | DPL3);
  descriptor(world, TSS_SELECTOR, TSS32, { base: TSS, limit: TSS_LIMIT });
  descriptor(world, LDT_SELECTOR, LDT_RIGHTS, { base: LDT, limit: 0xf });
  store32(world, TSS + 4, KERNEL_STACK);
  store32(world, TSS + 8, DATA0);
  store32(world, TSS + 100, 104 << 16);
  lgdt(cpu, BEYOND - 1, GDT);
  lidt(cpu, 0x81 * 8 - 1, IDT);
  ltr(cpu, TSS_SELECTOR);
  cpu.esp = KERNEL_STACK;
  listen(world);
  return world;
}

/** Collects from here on. */
export function listen(world: World): void {
  world.events.length = 0;
  world.checks.length = 0;
  world.heard.length = 0;
  const { heard } = world;
  world.cpu.probe = {
    ...SILENT_PROBE,
    listening: true,
    emit: (seq: number, draft: EventDraft) => {
      world.events.push(decodeEvent(draft, seq));
      heard.push({ kind: 'event', seq, event: EVENT_KINDS[draft.kind]! });
    },
    check: (rule: number, outcome: number, a: number, b: number) => {
      world.checks.push({ rule: ruleOf(rule)?.id ?? '?', outcome });
      heard.push({ kind: 'check', rule, outcome, a: a >>> 0, b: b >>> 0 });
    },
    differ: (difference: number) => {
      heard.push({ kind: 'difference', id: VENDOR_DIFFERENCES[difference]!.id });
    },
    access: (what, part, linear, physical, size, lo, hi, write) => {
      heard.push({ kind: 'access', what: ACCESS_KINDS[what]!, part: ACCESS_PARTS[part] ?? null, linear, physical, size, value: joinU64(lo, hi), write: write !== 0 });
    },
  };
  setQuick(world.cpu, { isQuick: false });
}

/** Defines a descriptor of the GDT (or, with TI in the selector, the LDT). */
export function descriptor(world: World, selector: number, rights: number, place: { readonly base: number; readonly limit: number } = { base: 0, limit: 0xf_ffff }): void {
  const { low, high } = encodeDescriptor({ ...place, rights });
  const at = ((selector & 4) === 0 ? GDT : LDT) + (selector & 0xfff8);
  store32(world, at, low);
  store32(world, at + 4, high);
}

/** Defines a gate of the IDT; an interrupt gate to HANDLER in ring 0 with DPL 3 unless said otherwise. */
export function gate(world: World, vector: number, change: Partial<Parameters<typeof encodeGate>[0]> = {}): void {
  const { low, high } = encodeGate({ selector: CODE0, offset: HANDLER, type: 14, dpl: 3, present: true, ...change });
  store32(world, IDT + vector * 8, low);
  store32(world, IDT + vector * 8 + 4, high);
}

/** Defines a gate of the GDT (or, with TI in the selector, the LDT); a 32-bit call gate to HANDLER with DPL 3 and no parameters unless said otherwise. */
export function gateAt(world: World, selector: number, change: Partial<Parameters<typeof encodeGate>[0]> & { readonly parameters?: number } = {}): void {
  const { low, high } = encodeGate({ selector: CODE0, offset: HANDLER, type: 12, dpl: 3, present: true, ...change });
  const at = ((selector & 4) === 0 ? GDT : LDT) + (selector & 0xfff8);
  store32(world, at, low);
  store32(world, at + 4, high | (change.parameters ?? 0));
}

/** Memory as a loader writes it: no event, nobody told. */
export function store32(world: World, physical: number, value: number): void {
  world.cpu.ramView.setUint32(physical, value >>> 0, true);
  world.cpu.pageFlags[physical >>> 12]! |= PAGE_DIRTY;
}
export const load32 = (world: World, physical: number): number => world.cpu.ramView.getUint32(physical, true);

/** Puts the processor into ring 3 with flat segments and ESP at the user stack. */
export function enterRing3(world: World): void {
  const { cpu } = world;
  cpu.setNarrow(registerOffset('cpl'), 3);
  installFlat(cpu, CS, CODE3, FLAT_CODE, 3);
  for (const segment of [ES, SS, DS, FS, GS]) installFlat(cpu, segment, DATA3, FLAT_DATA, 3);
  cpu.esp = USER_STACK;
}

/** Turns paging on: the first 4 MBytes identity-mapped, user and writable. */
export function enablePaging(world: World): void {
  store32(world, DIRECTORY, TABLE | 7);
  for (let page = 0; page < 1024; page += 1) store32(world, TABLE + page * 4, (page << 12) | 7);
  movToCr(world.cpu, 3, DIRECTORY);
  movToCr(world.cpu, 0, world.cpu.register(registerOffset('cr0')) | 0x8000_0000);
  listen(world);
}
/** Changes the page-table entry of a linear address and drops its translation. */
export function mapPage(world: World, linear: number, entry: number): void {
  store32(world, TABLE + (linear >>> 12) * 4, entry);
  world.cpu.tlb.fill(0);
}

/** Pushes words onto the current stack, the last one ending up lowest, without any check. */
export function pushWords(world: World, ...words: readonly number[]): void {
  for (const word of words) {
    world.cpu.esp -= 4;
    store32(world, world.cpu.esp, word);
  }
}

/** What a faulting action threw, as text `#GP(0x38) rule`; `ok` when it did not. */
export function outcome(action: () => void): string {
  try {
    action();
    return 'ok';
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return describe(thrown);
  }
}
const MNEMONICS: Readonly<Record<number, string>> = { 0: '#DE', 1: '#DB', 5: '#BR', 6: '#UD', 7: '#NM', 10: '#TS', 11: '#NP', 12: '#SS', 13: '#GP', 14: '#PF', 16: '#MF', 17: '#AC', 19: '#XM' };
function describe(fault: Fault): string {
  const vector = faultVector(fault.code);
  const code = faultHasErrorCode(fault.code) ? `(0x${faultErrorCode(fault.code).toString(16)})` : '';
  return `${MNEMONICS[vector] ?? vector}${code} ${ruleOf(fault.rule)?.id}`;
}
