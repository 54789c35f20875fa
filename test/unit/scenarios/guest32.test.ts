// The guest of ../shared from its boot sector to its triple fault, against what Bochs logged of the same disk: every delivery (vector, error code, source),
// CR2 of every #PF, where each interrupt, exception and IRET landed, changes of ring, mode, task and MSRs, in order. Timer ticks aside: their number is chance.
// Skipped with its reason where ../shared is not beside the checkout. FORMATS.md there, sections 2 and 5, has the grammar of the logs.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultEvent, TraceEvent, TransitionEvent } from '../../../core/event/event.ts';
import { parseBochsLog } from '../../witness/lib/bochs-log.ts';
import { root } from '../architecture/source-files.ts';
import { open, record } from '../ringscope/recorded.ts';

const SHARED = join(root, process.env['RINGSCOPE_SHARED'] ?? '../shared');
const IMAGE = join(SHARED, 'guests/guest32.img'), LOG = join(SHARED, 'samples/bochs/g32-debugcpu.log'), CONSOLE = join(SHARED, 'samples/bochs/g32-showint.stdout');
const missing = [IMAGE, LOG, CONSOLE].filter((file) => !existsSync(file));
if (missing.length > 0) console.warn(`SKIPPED: guest32 cannot be compared with Bochs, there is no ${missing.join(', ')}`);

/** Deliveries of the guest in Bochs's log, two ticks among them. */
const DELIVERIES = 49;
const TICK = 0x20, SECOND_OF_TICK = '0008:00008263';
/** RDMSR of an MSR that does not exist: #GP(0) (SDM 2B "RDMSR"). Bochs was run with ignore_bad_msrs, which is its default: it logs the refusal and answers 0. */
const IGNORED_RULE = 'msr-exists', IGNORED_LINE = 'RDMSR: Unknown register 0x12345678';

const hex = (value: number | bigint, digits = 2): string => value.toString(16).padStart(digits, '0');

/** One delivery that was begun, as a word: vector, error code, `int` for INT n, INT3 and INTO. */
const delivery = (vector: number, errorCode: number, isSoftware: boolean): string => `${hex(vector)} ${hex(errorCode, 4)}${isSoftware ? ' int' : ''}`;
const isNoTick = (line: string): boolean => !line.startsWith(hex(TICK));

/** The log from where the guest takes over: behind the last time the BIOS was in real-address mode. */
function guestLog(): readonly string[] {
  const text = readFileSync(LOG, 'latin1');
  return text.slice(text.lastIndexOf('real mode activated')).split(/\r?\n/);
}

/** What Bochs began to deliver in protected and virtual-8086 mode. The error code is that of the exception raised before. */
function bochsDeliveries(lines: readonly string[]): readonly string[] {
  let errorCode = 0, isProtected = false;
  return lines.flatMap((line) => {
    isProtected ||= line.endsWith('protected mode activated');
    errorCode = parseInt(/exception\(0x[0-9a-f]+\): error_code=([0-9a-f]+)/.exec(line)?.[1] ?? hex(errorCode), 16);
    const [, vector, type] = /interrupt\(\): vector = ([0-9a-f]+), TYPE = (\d)/.exec(line) ?? [];
    return vector === undefined || !isProtected ? [] : [delivery(parseInt(vector, 16), type === '3' ? errorCode : 0, '456'.includes(type!))];
  });
}

describe.skipIf(missing.length > 0)('guest32 from its boot sector', () => {
  const recorded = missing.length > 0 ? null : record(readFileSync(IMAGE), { format: 'boot', memoryBytes: 64 << 20 });
  const { reader } = recorded === null ? { reader: null } : open(recorded.bytes);
  const all: readonly TraceEvent[] = reader === null ? [] : Array.from({ length: reader.eventCount }, (_, seq) => reader.event(seq));
  const ours = all.filter((event) => event.mode !== 'real');
  const log = missing.length > 0 ? [] : guestLog();

  const faults = ours.filter((event): event is FaultEvent => event.kind === 'fault');
  const transitions = ours.filter((event): event is TransitionEvent => event.kind === 'transition');
  const ignored = faults.filter(({ rule }) => rule === IGNORED_RULE);
  /** Seqs of the fault Bochs ignores, of its delivery, and of the IRET behind it, which skips the instruction. */
  const ignoredSeqs = new Set(ignored.flatMap(({ seq }) => [seq, ...transitions.filter((one) => one.seq > seq).slice(0, 2).map((one) => one.seq)]));
  const isCompared = (event: TraceEvent): boolean => !ignoredSeqs.has(event.seq);

  it('prints all its letters and ends in the triple fault', () => {
    expect(recorded!.console).toBe('ABCDEFGHIJKLMNOPQrRSTUVWXZ\n');
    expect(recorded!.summary.end).toEqual({ kind: 'shutdown' });
    expect(log.some((line) => line.includes('3rd (13) exception with no resolution'))).toBe(true);
  });

  it('ignores one fault of ours: Bochs says that it does', () => {
    expect(ignored.map(({ vector, errorCode }) => [vector, errorCode])).toEqual([[13, 0]]);
    expect(log.filter((line) => line.includes(IGNORED_LINE))).toHaveLength(1);
  });

  it('has the deliveries Bochs has: vector, error code, source, order', () => {
    const begun = ours.filter(isCompared).flatMap((event) => {
      if (event.kind === 'transition' && event.vector !== undefined) return [delivery(event.vector, event.errorCode ?? 0, event.source === 'software')];
      if (event.kind !== 'fault' || event.during !== 'delivery' || event.class === 'abort') return [];
      const { source, vector, seq } = event.deliveryOf!;
      const cause = seq === null ? undefined : faults.find((one) => one.seq === seq);
      return [delivery(vector, cause?.errorCode ?? 0, source === 'software')];
    });
    const theirs = bochsDeliveries(log);
    expect(begun.filter(isNoTick)).toEqual(theirs.filter(isNoTick));
    expect([theirs.length, begun.length]).toEqual([DELIVERIES, DELIVERIES]);
  });

  it('has its exceptions, those of failed deliveries too, and CR2 of every #PF', () => {
    const exceptions = faults.filter((one) => isCompared(one) && one.source !== 'software').map(({ vector, errorCode, cr2 }) => ({ vector, errorCode: errorCode ?? null, cr2: cr2 === undefined ? null : Number(cr2) }));
    const theirs = parseBochsLog(log.join('\n')).events.filter(({ source }) => source === 'exception').map(({ vector, errorCode, cr2 }) => ({ vector, errorCode, cr2 }));
    expect(exceptions).toEqual(theirs);
    expect(exceptions.filter(({ vector }) => vector === 14)).toHaveLength(5);
  });

  it('lands where it landed, and changes ring and task where it did', () => {
    const landing = /^[\s\S]?(\d{11}): (softint|exception \(not softint\)|iret) ([0-9a-f]{4}):([0-9a-f]+) /;
    const theirs = readFileSync(CONSOLE, 'latin1').split('\n').flatMap((line) => {
      const [, , , cs, ip] = landing.exec(line) ?? [];
      return cs === undefined ? [] : [`${cs}:${ip!}`];
    });
    // its list begins with the first IRET to ring 3; it shows no CALL to a task, and neither far transfers nor SYSENTER
    const shown = transitions.filter((one) => isCompared(one) && (one.vector !== undefined || one.via === 'iret' || (one.via === 'task-switch' && one.returnIp === undefined)));
    const places = shown.map(({ vector, to }) => (vector === TICK ? 'tick' : `${hex(to.cs!, 4)}:${hex(to.ip!, to.mode === 'v86' ? 4 : 8)}`));
    expect(places[0]).toBe('001b:00007f40');
    // of a tick it shows the handler's second instruction
    expect(places).toEqual(theirs.slice(-places.length).map((place) => (place === SECOND_OF_TICK ? 'tick' : place)));

    const inward = shown.filter(({ via, from, to }) => via !== 'iret' && from.cpl! > to.cpl!), outward = shown.filter(({ from, to }) => from.cpl! < to.cpl! && to.mode !== 'v86');
    expect(inward).toHaveLength(log.filter((line) => line.includes('INTERRUPT TO INNER PRIVILEGE')).length);
    expect(outward).toHaveLength(log.filter((line) => line.includes('INTERRUPT RETURN TO OUTER PRIVILEGE LEVEL')).length);
    expect(transitions.filter(({ via }) => via === 'task-switch')).toHaveLength(log.filter((line) => line.includes('TASKING: ENTER')).length);
  });

  it('goes through its modes and writes its MSRs', () => {
    const modes = log.flatMap((line) => /(protected|v8086) mode activated/.exec(line)?.[1]?.replace('v8086', 'v86') ?? []);
    expect(all.flatMap((event) => (event.kind === 'mode-change' ? [event.after] : []))).toEqual(modes);
    const written = log.flatMap((line) => /WRMSR: write ([0-9a-f:]+) to MSR ([0-9a-f]+)/.exec(line)?.slice(1).join(' ').replace(':', '') ?? []);
    expect(ours.flatMap((event) => (event.kind === 'msr-write' ? [`${hex(event.after, 16)} ${hex(event.msr)}`] : []))).toEqual(written);
  });
});
