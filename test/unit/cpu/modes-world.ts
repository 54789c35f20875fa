// The world of world.ts in the other modes: real-address mode as a boot sector finds it, and virtual-8086 mode over the same tables.

import { registerOffset } from '../../../core/arch/register-file.ts';
import { writeFlags } from '../../../core/cpu/flags.ts';
import { NO_LIMITS, run, type StopReason } from '../../../core/cpu/run.ts';
import { loadParagraph } from '../../../core/cpu/real-mode.ts';
import { startBoot } from '../../../core/cpu/start.ts';
import { CS, DS, ES, FS, GS, SS } from '../../../core/cpu/state.ts';
import type { TraceEvent } from '../../../core/event/event.ts';
import { PAGE_DIRTY } from '../../../core/cpu/page-flags.ts';
import { listen, type World } from './world.ts';

export const VM = 0x2_0000, IOPL3 = 0x3000;
/** Where guests of these tests lie in real-address and virtual-8086 mode, and their stack: paragraphs 0x500 and 0x900. */
export const REAL_CODE = 0x5000, REAL_STACK = 0x9000;

/** Real-address mode with interrupts off: CS 0x500, the other segments 0x900, SP 0x100. */
export function enterReal(world: World): void {
  const { cpu } = world;
  startBoot(cpu, { drive: 0x80 });
  writeFlags(cpu, 2);
  settle(world);
}

/** Virtual-8086 mode with IOPL 3 and the same registers; GDT, IDT and TSS are those of the world. */
export function enterVirtual8086(world: World, flags: number = IOPL3): void {
  const { cpu } = world;
  cpu.setNarrow(registerOffset('cpl'), 3);
  writeFlags(cpu, VM | flags | 2);
  settle(world);
}

function settle(world: World): void {
  const { cpu } = world;
  loadParagraph(cpu, CS, REAL_CODE >>> 4);
  for (const segment of [SS, DS, ES, FS, GS]) loadParagraph(cpu, segment, REAL_STACK >>> 4);
  cpu.esp = 0x100;
  cpu.eip = 0;
  cpu.instructionEip = 0;
  listen(world);
}

/** Words of the stack at SS:SP, lowest first. */
export function storeStack(world: World, ...words: readonly number[]): void {
  words.forEach((word, index) => { store16(world, REAL_STACK + world.cpu.esp + index * 2, word); });
}
export function store16(world: World, physical: number, value: number): void {
  world.cpu.ramView.setUint16(physical, value, true);
  world.cpu.pageFlags[physical >>> 12]! |= PAGE_DIRTY;
}
export const load16 = (world: World, physical: number): number => world.cpu.ramView.getUint16(physical, true);

/** Sets the vector-table entry of real-address mode. */
export function vector(world: World, number: number, cs: number, ip: number): void {
  store16(world, number * 4, ip);
  store16(world, number * 4 + 2, cs);
}

/** Puts bytes at a physical address and runs at most `attempts` instruction attempts from where the processor stands. */
export function runBytes(world: World, at: number, bytes: readonly number[], attempts: number): StopReason {
  world.cpu.ram.set(bytes, at);
  world.cpu.pageFlags[at >>> 12]! |= PAGE_DIRTY;
  return run(world.cpu, { ...NO_LIMITS, attempts: world.cpu.attempts + attempts });
}

const hex = (value: number | bigint | null): string => value?.toString(16) ?? '?';
/** One event as a line: `#GP during execution`, `int 21 500:2 -> 700:34 real`, `mode real -> protected`, `cr0 10 -> 11`. */
export function line(event: TraceEvent): string {
  switch (event.kind) {
    case 'fault': return `${event.mnemonic}${event.errorCode === null ? '' : `(${hex(event.errorCode)})`} during ${event.during} [${event.rule ?? '?'}]`;
    case 'transition': {
      const { from, to } = event;
      const modes = from.mode === to.mode ? from.mode : `${from.mode} -> ${to.mode}`;
      return `${event.via}${event.vector === undefined ? '' : ` ${hex(event.vector)}`} ${hex(from.cs)}:${hex(from.ip)} -> ${hex(to.cs)}:${hex(to.ip)} ${modes}`;
    }
    case 'mode-change': return `mode ${event.before} -> ${event.after}`;
    case 'cr-write': return `${event.register} ${hex(event.before)} -> ${hex(event.after)}`;
    case 'unsupported': return `unsupported ${event.detail}`;
    default: return event.kind;
  }
}
export const lines = (world: World): readonly string[] => world.events.map(line);
