// Disassembly around a point, as lines. Bytes before the instruction pointer come from the start of the covering symbol, so that
// decoding begins at an instruction; if it does not arrive exactly at the pointer, those lines are left out rather than guessed.

import { decode } from '../../core/isa/decoder.ts';
import { disassemble } from '../../core/isa/disassembler.ts';
import type { BitWidth } from '../../core/isa/insn.ts';
import type { CodeNames, SourceLine } from '../../core/symbols/symbol-table.ts';
import { nameOf } from './names.ts';

export interface CodeLine {
  readonly linear: number;
  readonly bytes: string;
  readonly text: string;
  readonly current: boolean;
  /** A symbol that begins here. */
  readonly label: string | null;
  /** The source line, where it is another than that of the instruction before. */
  readonly source: SourceLine | null;
}
interface Span { readonly linear: number; readonly bytes: Uint8Array }

/** Lines of `code` (whose first byte is the next instruction), with up to `before` lines of `lead` (which ends there) in front. */
export function listingOf(code: Span, lead: Span | null, options: { readonly bits: BitWidth; readonly symbols: CodeNames | null; readonly before: number; readonly after: number }): readonly CodeLine[] {
  const ahead = linesOf(code, { ...options, most: options.after, current: code.linear });
  if (lead === null) return withoutRepeats(ahead);
  const back = linesOf(lead, { ...options, most: Number.MAX_SAFE_INTEGER, current: null });
  const last = back[back.length - 1];
  const arrives = last !== undefined && last.linear + last.bytes.split(' ').length === code.linear;
  return withoutRepeats(arrives ? [...back.slice(-options.before), ...ahead] : ahead);
}

// a source line is told once for the instructions made from it
function withoutRepeats(lines: readonly CodeLine[]): readonly CodeLine[] {
  return lines.map((line, index) => {
    const before = lines[index - 1]?.source ?? null;
    return line.source !== null && before?.line === line.source.line && before.file === line.source.file ? { ...line, source: null } : line;
  });
}

function linesOf(span: Span, options: { readonly bits: BitWidth; readonly symbols: CodeNames | null; readonly most: number; readonly current: number | null }): readonly CodeLine[] {
  const lines: CodeLine[] = [];
  for (let at = 0; at < span.bytes.length && lines.length < options.most;) {
    const linear = (span.linear + at) >>> 0;
    const result = decode(span.bytes, options.bits, at);
    if (result.kind === 'incomplete') break;
    const length = result.kind === 'insn' ? result.insn.lengthBytes : 1;
    const text = result.kind === 'insn'
      ? disassemble(result.insn, { ip: linear, symbolise: (lo, hi) => (hi === 0 ? nameOf(options.symbols, lo >>> 0) : null) })
      : '(no instruction)';
    const symbol = options.symbols?.symbolAt(linear) ?? null;
    lines.push({ linear, text, bytes: hexBytes(span.bytes.subarray(at, at + length)), current: linear === options.current, label: symbol?.offset === 0 ? symbol.name : null, source: options.symbols?.lineAt(linear) ?? null });
    at += length;
  }
  return lines;
}

function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** The code size of a segment from its access rights: 64 with L, 32 with D/B, else 16. */
export function codeBits(rights: number): BitWidth {
  if ((rights & 0x2000) !== 0) return 64;
  return (rights & 0x4000) !== 0 ? 32 : 16;
}
