// `ringscope walk`: the page walk of an address as of an event, level by level, with the last writer of each entry.

import { BadInput } from '../../../core/base/bad-input.ts';
import { fieldsOfEntry } from '../../../core/arch/page-entry.ts';
import { hex } from '../../../core/base/u64.ts';
import { levelJson, writerJson, type JsonValue } from '../../../core/event/json.ts';
import type { Named } from '../../../core/replay/code-names.ts';
import { describeWriter } from '../../../core/replay/last-writer.ts';
import { ruleOf } from '../../../core/replay/facts.ts';
import { bitRow } from '../../../core/replay/state.ts';
import { walkAt, type TlbView, type WalkAt, type WalkedLevel } from '../../../core/replay/walk/walk-at.ts';
import { isAbsent } from '../../../core/replay/writers/place.ts';
import { parseAddress } from '../../../core/replay/writers/question.ts';
import type { Arguments, Command } from '../command.ts';
import { atEvent, type AtEvent } from '../at-event.ts';
import type { Io } from '../io.ts';
import { openTraceOf, warn, type TraceFile } from '../open-trace.ts';
import { SYMBOLS_OPTION } from '../symbols.ts';
import { painter } from '../style.ts';

export const walkCommand: Command = {
  name: 'walk',
  summary: 'the page walk of an address at an event, with the last writer of each entry',
  help: `usage: ringscope walk TRACE ADDRESS --at SEQ [--symbols FILE] [--json]

Prints how a linear address is translated just before an event: every entry, the rights that are left after it and those it took away,
what the TLB holds, and who last wrote each entry, also when the table was built before it was in use. For the address of a page fault at
its own event the recorded walk is shown; for any other address the recording is executed again.

  --at SEQ       just before event SEQ; "last-fault" is the last fault, "end" the end of the recording
  --symbols FILE names and source lines for addresses, beside those in the trace: an ELF file (symbols, DWARF lines), System.map
                 or a map of nasm; may be given more than once, the first one is asked first
  --json         one JSON object: the levels as "ringscope events --json" prints them, verdict, physical address, TLB, basis

ADDRESS is a number or a symbol of the image.

Examples:
  ringscope walk a.rtrace 0x408123 --at 7
  ringscope walk a.rtrace user_program --at last-fault`,
  options: { ...SYMBOLS_OPTION, at: { type: 'string' }, json: { type: 'boolean' } },
  positionals: { least: 2, most: 2 },
  async run(args: Arguments, io: Io): Promise<number> {
    const wanted = args.text('at');
    if (wanted === null) throw new BadInput('walk needs --at SEQ; see ringscope walk --help');
    const trace = openTraceOf(args, io);
    const at = atEvent(trace, wanted);
    const text = args.positionals[1] ?? '';
    const linear = parseAddress(text, trace.symbols);
    if (linear === null) throw new BadInput(`${JSON.stringify(text)} is neither a 32-bit address nor a symbol of this trace: give one such as 0x401000`);
    const walk = await walkAt({ trace: trace.reader, reexecutor: trace.reexecutor, absent: trace.absent, symbols: trace.symbols }, at.position, linear);
    if (isAbsent(walk)) throw new BadInput(walk.absent);
    warn(trace, io);
    io.out(args.flag('json') ? `${JSON.stringify(jsonOf(at, walk))}\n` : textOf(trace, { at, walk }, io));
    return trace.exitCode;
  },
};

function jsonOf({ seq }: AtEvent, { linear, levels, verdict, physical, tlb, basis }: WalkAt): JsonValue {
  const walk = levels.map((one) => ({ ...(levelJson(one.read, one.lastWriter) as Record<string, JsonValue>), took: one.took, reserved: one.reserved, sets: one.sets }));
  return {
    seq, address: hex(linear), walk, verdict: { rights: verdict.rights, rule: verdict.rule }, physical: physical === null ? null : hex(physical),
    tlb: tlb === null ? null : tlbJson(tlb), basis: basis.kind === 'absent' ? { absent: basis.reason } : basis.kind,
  };
}

const tlbJson = ({ outcome, held, flushFor }: TlbView): JsonValue => ({
  outcome, ...(held === null ? {} : { physical: hex(held.physical), user: held.user, writable: held.writable, nx: held.nx }), ...(flushFor === null ? {} : { notFlushedFor: writerJson(flushFor.writer) }),
});

function textOf({ reader, symbols }: TraceFile, { at, walk }: { readonly at: AtEvent; readonly walk: WalkAt }, io: Io): string {
  const paint = painter(io), named: Named = { trace: reader, symbols };
  const basis = walk.basis.kind === 'record' ? 'recorded' : 're-executed';
  const head = `walk of ${hex(walk.linear)} ${at.words} (${basis})\n`;
  if (!walk.isPaging) return `${head}  paging is off: the physical address is ${hex(walk.physical ?? 0n)}\n`;
  const levels = walk.levels.map((one) => `${levelText(one)}\n      ${paint('dim', describeWriter(one.lastWriter, named))}\n`);
  return `${head}${levels.join('')}${paint(walk.verdict.rule === null ? 'plain' : 'red', verdictText(walk))}\n${walk.tlb === null ? '' : tlbText(walk.tlb, named)}`;
}

function levelText({ level, physical, entry, rightsSoFar, took, reserved, sets, read }: WalkedLevel): string {
  const bits = fieldsOfEntry(level, entry, read.paging).map((field) => bitRow(field, entry, entry)).filter((bit) => bit.isFlag && bit.isSet).map((bit) => bit.name);
  const name = read.register === undefined ? level === 1 ? 'page table entry    ' : 'page directory entry' : `${read.register.name.toUpperCase()} register     `;
  const lost = took === '' ? '' : `; takes away ${Array.from(took).join(', ')}`;
  const rights = read.present ? `rights so far ${rightsSoFar}${lost}` : 'not present';
  const notes = [...(read.register?.stale === true ? ['memory holds something else since it was loaded'] : []), ...(reserved.length === 0 ? [] : [`reserved and set: ${reserved.join(', ')}`]), ...(sets.length === 0 ? [] : [`the access sets ${sets.join(' and ')}`])];
  return `  ${name}  ${hex(entry)} ${read.register === undefined ? 'at' : 'loaded from'} ${hex(physical)}  ${bits.join(' ')}${bits.length === 0 ? '' : '  '}${[rights, ...notes].join('; ')}`;
}

function verdictText({ verdict, physical, linear }: WalkAt): string {
  const rule = ruleOf(verdict.rule);
  if (rule !== null) return `  refused by ${rule.id}, which demands: ${rule.title}`;
  return physical === null ? '  allowed by the tables' : `  ${hex(linear)} is ${hex(physical)}, rights ${verdict.rights}`;
}

function tlbText({ outcome, held, flushFor }: TlbView, named: Named): string {
  if (outcome === 'miss') return '  TLB: the page is not in it\n';
  const what = held === null ? '' : `: ${hex(held.physical)}, ${held.user ? 'user' : 'supervisor'}, ${held.writable ? 'writable' : 'read-only'}${held.nx ? ', not executable' : ''}`;
  if (outcome === 'hit') return `  TLB: holds the page as the tables have it${what}\n`;
  return `  TLB: stale, it does not agree with the tables${what}\n${flushFor === null ? '' : `      not flushed since: ${describeWriter(flushFor.writer, named)}\n`}`;
}
