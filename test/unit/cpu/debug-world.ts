// A guest of a few bytes with a handler for #DB that looks once and goes on: it sets RF in its frame and returns. Every guest runs three times: at a stretch, with a
// listening probe, and attempt by attempt with what is derived from the registers forgotten in between, as when a checkpoint is gone back to. All must end the same.

import { expect } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { PAGE_DIRTY } from '../../../core/cpu/page-flags.ts';
import { NO_LIMITS, run } from '../../../core/cpu/run.ts';
import { ACTIVE } from '../../../core/cpu/state.ts';
import { setQuick } from '../../../core/cpu/tlb.ts';
import { decodeEvent } from '../../../core/event/decode.ts';
import type { EventDraft } from '../../../core/event/draft.ts';
import type { TraceEvent } from '../../../core/event/event.ts';
import { SILENT_PROBE } from '../../../core/event/probe.ts';
import { gate, HANDLER, load32, newWorld, type World } from './world.ts';

export const DB_HANDLER = HANDLER + 0x400, INT_HANDLER = HANDLER + 0x500, DATA_AT = 0x5000;
export const NOP = 0x90, HLT = 0xf4, RF = 0x1_0000, TF = 0x100;
const DR6 = registerOffset('dr6');
/** or dword [esp+8], RF; iretd */
export const RESUME = [0x81, 0x4c, 0x24, 0x08, 0x00, 0x00, 0x01, 0x00, 0xcf];

export function put({ cpu }: World, at: number, code: readonly number[]): void {
  cpu.ram.set(code, at);
  cpu.pageFlags[at >>> 12]! |= PAGE_DIRTY;
}

/** What #DB said: its class and rule, the instruction it names, DR6 without its fixed ones, and CS:EIP and RF of the frame. */
export interface Told { readonly text: string; readonly dr6: number; readonly returnIp: number; readonly resumes: boolean }
export interface Outcome { readonly world: World; readonly debug: readonly Told[]; readonly events: readonly TraceEvent[] }

const hex = (value: bigint | number): string => value.toString(16);

/** Runs a guest for at most `attempts` attempts; code begins at HANDLER, vectors 1, 3, 6, 13, 14, 0x20 and 0x80 have gates with DPL 3. */
export function guest(code: readonly number[], attempts: number, ...setups: readonly ((world: World) => void)[]): Outcome {
  const silent = once(code, { attempts, listens: false, isSliced: false }, setups);
  const listening = once(code, { attempts, listens: true, isSliced: false }, setups);
  const sliced = once(code, { attempts, listens: false, isSliced: true }, setups);
  for (const other of [listening, sliced]) {
    expect(Array.from(other.world.cpu.registerFile)).toEqual(Array.from(silent.world.cpu.registerFile));
    expect(other.events).toEqual(silent.events);
  }
  expect(Buffer.compare(sliced.world.cpu.processorBytes, silent.world.cpu.processorBytes), 'all of the processor').toBe(0);
  return listening;
}

function once(code: readonly number[], how: { readonly attempts: number; readonly listens: boolean; readonly isSliced: boolean }, setups: readonly ((world: World) => void)[]): Outcome {
  const world = newWorld();
  const { cpu } = world;
  for (const vector of [3, 6, 13, 14, 0x20, 0x80]) gate(world, vector, { offset: INT_HANDLER });
  gate(world, 1, { offset: DB_HANDLER });
  put(world, HANDLER, code);
  put(world, DB_HANDLER, RESUME);
  put(world, INT_HANDLER, [0xcf]);
  for (const setup of setups) setup(world);
  const debug: Told[] = [];
  world.events.length = 0;
  const emit = (seq: number, draft: EventDraft): void => { note(world, debug, decodeEvent(draft, seq)); };
  cpu.probe = { ...(how.listens ? cpu.probe : SILENT_PROBE), emit };
  setQuick(cpu, { isQuick: !how.listens });
  const end = cpu.attempts + how.attempts;
  while (how.isSliced && cpu.attempts < end && cpu.activity === ACTIVE) {
    run(cpu, { ...NO_LIMITS, attempts: cpu.attempts + 1 });
    cpu.armed = 0;
  }
  run(cpu, { ...NO_LIMITS, attempts: end });
  return { world, debug, events: world.events };
}

function note(world: World, debug: Told[], event: TraceEvent): void {
  const { cpu, events } = world;
  events.push(event);
  if (event.kind !== 'transition' || event.vector !== 1 || event.via !== 'exception' || event.returnIp === undefined) return;
  const fault = events.filter((one) => one.kind === 'fault' && one.vector === 1).at(-1);
  if (fault?.kind !== 'fault' || fault.ip === null) return;
  // a 32-bit frame: EIP, CS, EFLAGS; of real-address mode none is asked for
  const flags = event.to.mode === 'real' ? 0 : load32(world, (cpu.segmentBase(2) + cpu.esp + 8) >>> 0);
  debug.push({ text: `${fault.class} ${fault.rule ?? ''} ${hex(fault.ip)}`, dr6: cpu.register(DR6) & 0xf00f, returnIp: Number(event.returnIp), resumes: (flags & RF) !== 0 });
}
/** `#DB`s as lines: `fault instruction-breakpoint 10000 -> 10000 dr6 1`, `RF` behind it when the frame has it. */
export const linesOf = ({ debug }: Outcome): readonly string[] => debug.map(({ text, dr6, returnIp, resumes }) => `${text} -> ${hex(returnIp)} dr6 ${hex(dr6)}${resumes ? ' RF' : ''}`);
