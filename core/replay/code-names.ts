// Names and source lines of the instructions around events. An address is what CS:IP stand for at that moment: the segment's base is added,
// and while paging is off a file's load addresses count (core/symbols). What no file names has no name.

import { registerOffset, SEGMENT_BASE } from '../arch/register-file.ts';
import { BadInput } from '../base/bad-input.ts';
import { hex, joinU64 } from '../base/u64.ts';
import type { TraceEvent } from '../event/event.ts';
import type { LastWriter } from '../event/json.ts';
import type { Mode } from '../event/kinds.ts';
import type { CodeNames, SourceLine, SymbolHit, SymbolTable } from '../symbols/symbol-table.ts';
import type { TraceSource } from './source.ts';

/** What is known of an instruction's address: a name, a source line, or both. */
export interface CodePlace { readonly symbol: SymbolHit | null; readonly source: SourceLine | null }
/** Of an event: the instruction responsible and, of a transition, where it led. */
export interface EventCode { readonly at: CodePlace | null; readonly to: CodePlace | null }

const CS = registerOffset('cs.selector'), CR0 = registerOffset('cr0');
const PAGING = 0x8000_0000;

/** The names as they are while these registers hold: by physical address where paging is off. */
export function namesUnder(symbols: SymbolTable, registers: Uint32Array): CodeNames {
  return (registers[CR0]! & PAGING) === 0 ? symbols.unpaged : symbols;
}

/** The names as they are just before an event; where no registers are known, those for linear addresses. */
export function namesBefore(trace: TraceSource, symbols: SymbolTable, seq: number): CodeNames {
  const registers = symbols.unpaged === symbols ? null : registersAt(trace, seq, 'before');
  return registers === null ? symbols : namesUnder(symbols, registers);
}

/** A trace with its names. */
export interface Named { readonly trace: TraceSource; readonly symbols: SymbolTable | null }

/** The names as they were when somebody wrote something: nothing turns paging on or off between a write and the next event. */
export function namesOfWriter({ trace, symbols }: Named, writer: LastWriter): CodeNames | null {
  const seq = 'absent' in writer ? null : writer.seq ?? writer.nextSeq ?? null;
  return symbols === null || seq === null ? symbols : namesBefore(trace, symbols, seq);
}

/** What is known of an address; null when that is nothing. */
export function placeAt(names: CodeNames | null, linear: number | bigint): CodePlace | null {
  const symbol = names?.symbolAt(linear) ?? null, source = names?.lineAt(linear) ?? null;
  return symbol === null && source === null ? null : { symbol, source };
}

/** What is known of the instructions of an event. */
export function codeOfEvent(trace: TraceSource, symbols: SymbolTable | null, event: TraceEvent): EventCode {
  if (symbols === null) return { at: null, to: null };
  const at = placeOf(symbols, registersAt(trace, event.seq, 'before'), event);
  return { at, to: event.kind === 'transition' ? placeOf(symbols, registersAt(trace, event.seq, 'after'), event.to) : null };
}

interface FarPointer { readonly cs: number | null; readonly ip: bigint | null; readonly mode: Mode | null }

function placeOf(symbols: SymbolTable, registers: Uint32Array | null, { cs, ip, mode }: FarPointer): CodePlace | null {
  if (ip === null) return null;
  return placeAt(registers === null ? symbols : namesUnder(symbols, registers), linearOf({ cs, ip, mode }, registers));
}

function linearOf({ cs, ip, mode }: FarPointer & { readonly ip: bigint }, registers: Uint32Array | null): bigint {
  const base = registers !== null && registers[CS] === cs ? joinU64(registers[CS + SEGMENT_BASE]!, registers[CS + SEGMENT_BASE + 1]!)
    : mode === 'real' || mode === 'v86' ? BigInt(cs ?? 0) << 4n : 0n;
  return BigInt.asUintN(mode === 'long' ? 64 : 32, base + ip);
}

function registersAt(trace: TraceSource, seq: number, moment: 'before' | 'after'): Uint32Array | null {
  if (!trace.hasState) return null;
  try {
    return moment === 'before' ? trace.stateBefore(seq) : trace.stateAfter(seq);
  } catch (problem) {
    // a part of an imported log without dumps
    if (problem instanceof BadInput) return null;
    throw problem;
  }
}

/** `main+0x12`, empty without a name. */
export function symbolText(symbol: SymbolHit | null): string {
  return symbol === null ? '' : `${symbol.name}${symbol.offset === 0 ? '' : `+${hex(symbol.offset)}`}`;
}

/** `kernel/trap.c:131`; without folders where it is to be short. Empty without a line. */
export function sourceText(source: SourceLine | null, length: 'whole' | 'short' = 'whole'): string {
  if (source === null) return '';
  const file = length === 'whole' ? source.file : source.file.slice(source.file.lastIndexOf('/') + 1);
  return `${file}:${String(source.line)}`;
}

/** `main+0x12 (trap.c:131)`, or what of it is known; empty for null. */
export function placeText(place: CodePlace | null, length: 'whole' | 'short' = 'short'): string {
  if (place === null) return '';
  const name = symbolText(place.symbol), line = sourceText(place.source, length);
  return name === '' ? line : line === '' ? name : `${name} (${line})`;
}

/** The same, or null without a name. */
export function nameOrNull(place: CodePlace | null): string | null {
  return place === null ? null : placeText(place);
}
