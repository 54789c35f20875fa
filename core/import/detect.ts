// What a file is, from its first bytes: a log this version reads, or something else, named, with what to do about it. docs/importing.md
// has the table. Compressed files are unpacked by the caller.

import { BadInput } from '../base/bad-input.ts';
import { MAGIC } from '../trace/version.ts';
import { Grammar } from './grammar.ts';
import { QEMU_RULES } from './qemu/grammar.ts';

/** The decision is made on this much of a file, or on all of it. */
export const DETECT_BYTES = 1 << 16;

export const LOG_KINDS = ['qemu'] as const;
export type LogKind = (typeof LOG_KINDS)[number];

interface Signature { readonly first: readonly number[]; readonly what: string; readonly advice: string }
const magic = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const RECORD_LOG = 'give a log of qemu -d int';

const MAGICS: readonly Signature[] = [
  { first: [...MAGIC], what: 'a Ringscope trace already', advice: 'open it, or see ringscope info' },
  { first: [0x17, 0x08, 0x44, ...magic('tracing')], what: 'a trace.dat of trace-cmd', advice: `it is not supported yet; ${RECORD_LOG}` },
  { first: magic('PERFILE2'), what: 'a perf.data file', advice: `it is not supported yet; ${RECORD_LOG}` },
  { first: [0x7f, ...magic('ELF')], what: 'an ELF binary', advice: 'it is a program, not a log: ringscope record runs guests' },
  { first: [0x1f, 0x8b], what: 'gzip data inside gzip data, or a gzip file that was not unpacked', advice: 'unpack it first: gunzip' },
  { first: [0x28, 0xb5, 0x2f, 0xfd], what: 'a zstd file', advice: 'unpack it first: zstd -d' },
  { first: [0xfd, ...magic('7zXZ')], what: 'an xz file', advice: 'unpack it first: xz -d' },
  { first: magic('BZh'), what: 'a bzip2 file', advice: 'unpack it first: bzip2 -d' },
  { first: magic('PK\u0003\u0004'), what: 'a zip file', advice: 'unpack it first' },
  { first: [0xff, 0xfe], what: 'UTF-16 text', advice: 'write the log with -D FILE instead of through a shell that re-encodes it, or convert it to UTF-8' },
  { first: [0xfe, 0xff], what: 'UTF-16 text', advice: 'write the log with -D FILE instead of through a shell that re-encodes it, or convert it to UTF-8' },
];

interface Shape { readonly line: RegExp; readonly what: string; readonly least: number }
const later = (what: string): string => `${what}: not supported yet`;
const SHAPES: readonly Shape[] = [
  { line: /^\d{11,}[idep]\[.{6}\] /, what: later('a Bochs log'), least: 1 },
  { line: /\d{11}: (softint|exception \(not softint\)|iret|call) |^\(0\)(\.\[\d+\])? \[0x/, what: later('output of the Bochs debugger'), least: 1 },
  { line: /^# tracer: |^cpus=\d+$|^ *.{1,16}-\d+ +(\( *(\d+|-+)\) +)?\[\d+\] +(\S{4,5} +)?\d+(\.\d+)?: \w+/, what: later('an ftrace or trace-cmd report'), least: 1 },
  { line: /^ *.{1,16}? +(\d+\/)?\d+ +(\[\d+\] +)?\d+\.\d{6,9}: +(\d+ +)?[\w-]+(:\w+)?:/, what: later('output of perf script'), least: 2 },
  { line: /^(\d+ +)?(\[pid +\d+\] )?(\d\d:\d\d:\d\d(\.\d+)? |\d+\.\d{6} )?(\[ *[\d?]+\] )?(\[[0-9a-f?]+\] )?\w+\(.*\) += +(-?\d+|0x[0-9a-f]+|\?)/, what: later('output of strace'), least: 2 },
];

/** Rules one line of which is enough: nothing else looks like that. */
const TELLING = ['record', 'check-exception', 'hardware', 'smm-enter', 'smm-leave', 'reset', 'instruction-pointer', 'exec'];

/** The kind of a log from its beginning. `isWhole`: these bytes are all of it. Throws BadInput that names what it is and what to do. */
export function detectLog(head: Uint8Array, name: string, { isWhole }: { readonly isWhole: boolean }): LogKind {
  if (head.length === 0) throw new BadInput(`${name} is empty: ${RECORD_LOG}`);
  for (const { first, what, advice } of MAGICS) if (first.every((byte, index) => head[index] === byte)) throw new BadInput(`${name} is ${what}: ${advice}`);
  if (looksLikeQemu(head)) return 'qemu';
  const lines = linesOf(head);
  for (const { line, what, least } of SHAPES) if (lines.filter((text) => line.test(text)).length >= least) throw new BadInput(`${name} is ${what}; ${RECORD_LOG}`);
  if (head.includes(0)) throw new BadInput(`${name} is binary data of no known kind: ${RECORD_LOG}`);
  if (/^\s*[[{]/.test(lines[0] ?? '')) throw new BadInput(`${name} is JSON: ${RECORD_LOG}`);
  throw new BadInput(`${name} is no log this version knows${isWhole ? '' : ` (nothing known in its first ${String(DETECT_BYTES / 1024)} KiB; --from qemu reads it nevertheless)`}: ${RECORD_LOG}`);
}

function looksLikeQemu(head: Uint8Array): boolean {
  const grammar = new Grammar(QEMU_RULES.filter(({ id }) => TELLING.includes(id)));
  for (let first = 0; first < head.length;) {
    const found = head.indexOf(10, first);
    const end = found < 0 ? head.length : found;
    if (grammar.match(head, first, end > first && head[end - 1] === 13 ? end - 1 : end)) return true;
    first = end + 1;
  }
  return false;
}

const LINES_TRIED = 400, TEXT_MAX = 400;
function linesOf(head: Uint8Array): readonly string[] {
  const text = Array.from(head, (byte) => String.fromCharCode(byte)).join('');
  return text.split(/\r?\n/, LINES_TRIED).map((line) => line.slice(0, TEXT_MAX));
}
