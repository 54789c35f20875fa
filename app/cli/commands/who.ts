// `ringscope who`: who last wrote a byte, a table entry, a page entry or a register before an event, and everybody before that.

import { BadInput } from '../../../core/base/bad-input.ts';
import { hex } from '../../../core/base/u64.ts';
import { writerJson, type JsonValue } from '../../../core/event/json.ts';
import { describeWriter, writerName } from '../../../core/replay/last-writer.ts';
import { bytesAt } from '../../../core/replay/walk/table-entry.ts';
import { historyOfPlace, historyOfRegister, type History } from '../../../core/replay/writers/history.ts';
import { isAbsent, type Place, type WriterReplay } from '../../../core/replay/writers/place.ts';
import { entryOfQuestion, parseQuestion, placeOfQuestion, type Question } from '../../../core/replay/writers/question.ts';
import { findNamedRegister, lastWriterOfRegister } from '../../../core/replay/writers/register.ts';
import { lastWriterOfPlace, type Written } from '../../../core/replay/writers/written.ts';
import { NEGATIVE, type Arguments, type Command } from '../command.ts';
import { atEvent, type AtEvent } from '../at-event.ts';
import type { Io } from '../io.ts';
import { countOf } from '../numbers.ts';
import { openTraceOf, warn } from '../open-trace.ts';
import { SYMBOLS_OPTION } from '../symbols.ts';
import { painter } from '../style.ts';

const LENGTH = 4;

export const whoCommand: Command = {
  name: 'who',
  summary: 'who last wrote a byte, a table entry or a register before an event',
  help: `usage: ringscope who TRACE WHAT --at SEQ [--length N] [--history] [--symbols FILE] [--json]

Prints the last write before an event: by which instruction, in which ring, from which value to which; or that the image's loader or a
device put it there, or a delivery pushed it. The recording is executed again backwards for it. What the processor does for itself
(accessed, dirty and busy bits) is nobody's write. Exit code 1 when nobody ever wrote it.

  --at SEQ       before event SEQ; "last-fault" is the last fault, "end" the end of the recording
  --length N     how many bytes an address is about (default 4)
  --history      all writes before the event, newest first, at most 32
  --symbols FILE names and source lines for addresses, beside those in the trace: an ELF file (symbols, DWARF lines), System.map
                 or a map of nasm; may be given more than once, the first one is asked first
  --json         one JSON object

WHAT is one of
  0x401000  user_stack_top  kernel_start+8      bytes at a linear address, through the tables of that point
  phys:0x1000                                   bytes at a physical address
  gdt[2]  ldt[1]  idt[0x80]  tss.esp0           an entry of a table, a field of the current TSS
  pde[0x7ff000]  pte[0x7ff000]                  the page entries that translate an address; with PAE pdpte[0x7ff000], too
  eax  cr0  idtr  cs  IA32_SYSENTER_CS          a register
  eflags.AC  cr4.SMAP                           bits of a register: what changed them, not the others

Examples:
  ringscope who a.rtrace idt[0x80] --at last-fault
  ringscope who a.rtrace pte[0x408000] --at 7 --history`,
  options: { ...SYMBOLS_OPTION, at: { type: 'string' }, length: { type: 'string' }, history: { type: 'boolean' }, json: { type: 'boolean' } },
  positionals: { least: 2, most: 2 },
  async run(args: Arguments, io: Io): Promise<number> {
    const wanted = args.text('at'), length = args.text('length');
    if (wanted === null) throw new BadInput('who needs --at SEQ; see ringscope who --help');
    const trace = openTraceOf(args, io);
    const at = atEvent(trace, wanted);
    const question = parseQuestion(args.positionals[1] ?? '', { symbols: trace.symbols, length: length === null ? LENGTH : countOf(length, '--length') });
    if ('refused' in question) throw new BadInput(question.refused);
    const replay: WriterReplay = { trace: trace.reader, reexecutor: trace.reexecutor, absent: trace.absent, symbols: trace.symbols };
    const answer = await answerOf(replay, at, question, args.flag('history'));
    if (answer.written.basis.kind === 'absent') throw new BadInput(answer.written.basis.reason);
    warn(trace, io);
    io.out(args.flag('json') ? `${JSON.stringify(jsonOf(at, answer, replay))}\n` : textOf(at, answer, { replay, io }));
    return 'absent' in answer.written.writer ? NEGATIVE : trace.exitCode;
  },
};

interface Answer {
  readonly name: string;
  /** Null for a register. */
  readonly place: Place | null;
  /** The value at the point, and what it means; null when it is not known or has no fields. */
  readonly value: bigint | null;
  readonly meaning: string | null;
  readonly written: Written;
  readonly history: History | null;
}

async function answerOf(replay: WriterReplay, { position }: AtEvent, question: Question, wantsHistory: boolean): Promise<Answer> {
  if (question.kind === 'register') {
    const written = await lastWriterOfRegister(replay, position, question.name);
    const value = 'absent' in written.writer ? null : written.writer.after;
    return { name: nameOfRegisterPart(question.name, written.part), place: null, value, meaning: null, written, history: wantsHistory ? await historyOfRegister(replay, position, question.name) : null };
  }
  if (question.kind === 'entry' || question.kind === 'tss-field') {
    const entry = await entryOfQuestion(replay, position, question);
    if (isAbsent(entry)) throw new BadInput(entry.absent);
    const { place, raw, meaning, written } = entry;
    return { name: place.name, place, value: raw, meaning, written, history: wantsHistory ? await historyOfPlace(replay, position, place) : null };
  }
  const place = await placeOfQuestion(replay, position, question);
  if (isAbsent(place)) throw new BadInput(place.absent);
  const bytes = await bytesAt(replay, position, place);
  const written = await lastWriterOfPlace(replay, position, place);
  return { name: place.name, place, value: isAbsent(bytes) ? null : bytes.value, meaning: null, written, history: wantsHistory ? await historyOfPlace(replay, position, place) : null };
}

/** `cr0`; `idtr (idtr.limit)` where one part changed last; `eflags (its AC)` of a question about bits, as the value is that of the whole register. */
function nameOfRegisterPart(name: string, part: string): string {
  const [register, bits] = name.split('.');
  if (bits !== undefined && findNamedRegister(name)?.parts[0]?.mask !== null) return `${register ?? name} (its ${bits.toUpperCase()})`;
  return part === name ? name : `${name} (${part})`;
}

function jsonOf({ seq }: AtEvent, { name, place, value, meaning, written, history }: Answer, replay: WriterReplay): JsonValue {
  return {
    seq, what: name, ...(place === null ? {} : { linear: place.linear === null ? null : hex(place.linear), physical: hex(place.pieces[0]!.physical), length: place.length }),
    value: value === null ? null : hex(value), ...(meaning === null ? {} : { meaning }), ...writtenJson(written, replay), basis: written.basis.kind,
    ...(history === null ? {} : { history: history.writes.map((one) => writtenJson(one, replay)), more: history.more }),
  };
}

function writtenJson({ writer, at }: Written, replay: WriterReplay): { readonly [name: string]: JsonValue } {
  return { lastWriter: writerJson(writer), symbol: writerName(writer, replay), at: at === null ? null : { ...at } };
}

function textOf({ words }: AtEvent, { name, value, meaning, written, history }: Answer, { replay, io }: { readonly replay: WriterReplay; readonly io: Io }): string {
  const paint = painter(io);
  const basis = paint('dim', `[${written.basis.kind === 'record' ? 'recorded' : 're-executed'}]`);
  const head = `${name} ${words}${value === null ? '' : ` is ${hex(value)}`}${meaning === null ? '' : `: ${meaning}`}\n`;
  if (history === null) return `${head}  ${'absent' in written.writer ? written.writer.absent : describeWriter(written.writer, replay)} ${basis}\n`;
  const lines = history.writes.map((one) => `  ${describeWriter(one.writer, replay)}\n`);
  const end = history.more ? '  and more before these\n' : history.absent !== null ? `  before these: ${history.absent}\n` : lines.length === 0 ? '  nobody wrote it\n' : '';
  return `${head}${lines.join('')}${end}  ${basis}\n`;
}
