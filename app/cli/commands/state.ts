// `ringscope state`: registers and tables just before (or after) an event, or at an instruction count.

import { BadInput } from '../../../core/base/bad-input.ts';
import { momentAt } from '../../../core/replay/cursor.ts';
import { contentOf, viewFloat, type FloatView } from '../../../core/replay/float-state.ts';
import { loggedState, type LoggedState } from '../../../core/replay/logged-state.ts';
import { eventAt, positionOfEvent } from '../../../core/replay/source.ts';
import { listRegisters, notLogged, viewState, type RegisterRow, type StateView } from '../../../core/replay/state.ts';
import type { Position } from '../../../core/event/position.ts';
import type { Arguments, Command } from '../command.ts';
import { eventOf, textPrinter } from '../event-text.ts';
import type { Io } from '../io.ts';
import { countOf } from '../numbers.ts';
import { openTraceOf, warn, type TraceFile } from '../open-trace.ts';
import { SYMBOLS_OPTION } from '../symbols.ts';
import { painter } from '../style.ts';

export const stateCommand: Command = {
  name: 'state',
  summary: 'registers and tables at an event or instruction count',
  help: `usage: ringscope state TRACE (--at SEQ [--after] | --icount N) [--float] [--symbols FILE] [--json]

Prints the registers, segments, table registers, control registers and MSRs just before an event, from the trace alone.

  --at SEQ       just before event SEQ; what the event changes is marked with *
  --after        just after it instead; a log mostly shows registers before an event only
  --icount N     after N retired instructions, wherever that is: found by executing the recording again
  --float        the x87 and SSE registers too: events do not carry them, so the recording is executed again up to there
  --symbols FILE names and source lines for addresses, beside those in the trace: an ELF file (symbols, DWARF lines), System.map
                 or a map of nasm; may be given more than once, the first one is asked first
  --json         one JSON object: position, mode, CPL, and every register by name as a hexadecimal string

Example: ringscope state a.rtrace --at 12 --after`,
  options: { ...SYMBOLS_OPTION, at: { type: 'string' }, after: { type: 'boolean' }, icount: { type: 'string' }, float: { type: 'boolean' }, json: { type: 'boolean' } },
  positionals: { least: 1, most: 1 },
  async run(args: Arguments, io: Io): Promise<number> {
    const at = args.text('at'), icount = args.text('icount');
    if ((at === null) === (icount === null)) throw new BadInput('state needs one of --at SEQ and --icount N; see ringscope state --help');
    if (icount !== null && args.flag('after')) throw new BadInput('--after belongs to --at: an instruction count is one point');
    if (args.flag('float') && args.flag('after')) throw new BadInput('--float shows the registers before an event: leave --after out, or give the --at of the next one');
    const wantedSeq = at === null ? null : countOf(at, '--at');
    const wantedCount = icount === null ? null : countOf(icount, '--icount');
    const trace = openTraceOf(args, io);
    const point = wantedSeq === null ? await pointAtCount(trace, wantedCount ?? 0) : pointAtEvent(trace, wantedSeq, args.flag('after') ? 'after' : 'before');
    warn(trace, io);
    const float = args.flag('float') ? await floatAt(trace, point.position) : null;
    io.out(args.flag('json') ? jsonOf(trace, point, float) : textOf(trace, point, io) + (float === null ? '' : floatText(float)));
    return trace.exitCode;
  },
};

/** A point with its registers; `other` is what they are compared with. */
interface Point { readonly position: Position; readonly when: 'before' | 'after' | 'at'; readonly seq: number | null; readonly registers: Uint32Array; readonly other: Uint32Array | null }

function pointAtEvent(trace: TraceFile, seq: number, when: 'before' | 'after'): Point {
  const { reader, warning } = trace;
  if (seq >= reader.eventCount) throw new BadInput(`there is no event ${String(seq)}: ${reader.eventCount === 0 ? 'the trace has none' : `give one from 0 to ${String(reader.eventCount - 1)}`}${warning === null ? '' : `; ${warning}`}`);
  const before = reader.stateBefore(seq), after = reader.stateAfter(seq);
  if (when === 'after' && logged(trace, seq)?.isAfterKnown === false) throw new BadInput(`the log does not show the registers after event ${String(seq)}: leave --after out, or look before the next event`);
  return { position: positionOfEvent(reader, seq), when, seq, registers: when === 'before' ? before : after, other: when === 'before' ? after : before };
}

/** What the log shows around an event of an imported trace; null where registers were recorded. */
function logged({ reader }: TraceFile, seq: number | null): LoggedState | null {
  return seq === null || reader.header.kind !== 'imported' ? null : loggedState(eventOf({ reader }, seq));
}

async function pointAtCount(trace: TraceFile, icount: number): Promise<Point> {
  const { reader } = trace;
  const position = { icount, iteration: 0, seq: reader.seqAtIcount(icount) };
  const event = eventAt(reader, position);
  if (event !== null && reader.hasState) return { position, when: 'at', seq: event, registers: reader.stateBefore(event), other: null };
  const reply = await momentAt({ trace: reader, reexecutor: trace.reexecutor, absent: trace.absent }, position);
  if (reply.kind === 'absent') throw new BadInput(`no event stands at icount ${String(icount)}, and ${reply.reason}`);
  if (reply.moment.position.icount !== icount) throw new BadInput(`the recording ends at icount ${String(reply.moment.position.icount)}: give a smaller --icount`);
  return { position: reply.moment.position, when: 'at', seq: null, registers: reply.moment.registers, other: null };
}

/** The x87 and SSE registers, which only re-execution knows. */
async function floatAt(trace: TraceFile, position: Position): Promise<FloatView> {
  const reply = await momentAt({ trace: trace.reader, reexecutor: trace.reexecutor, absent: trace.absent }, position);
  if (reply.kind === 'absent') throw new BadInput(`x87 and SSE registers are not in the trace, and ${reply.reason}`);
  return viewFloat(reply.moment.float);
}

function floatText({ stack, control, xmm, instruction, operand, opcode }: FloatView): string {
  const names = (bits: FloatView['control'][number]['bits']): string => bits.filter((bit) => bit.isSet).map((bit) => (bit.isFlag ? bit.name : `${bit.name}=${bit.value}`)).join(' ');
  return [
    '', '  x87 and SSE, found by executing the recording again',
    ...stack.map((one) => `  ${one.name} R${String(one.physical)}  ${one.hex}  ${one.tag === 'empty' ? one.tag : `${one.tag.padEnd(7)} ${contentOf(one)}`}`),
    ...control.map((one) => `  ${one.name.padEnd(6)} ${one.hex}  ${names(one.bits)}`.trimEnd()),
    `  last instruction ${instruction}, opcode ${opcode}, operand ${operand}`,
    ...xmm.map((one) => `  ${one.name}   ${one.hex}`), '',
  ].join('\n');
}

function floatJson({ stack, control, xmm, instruction, operand, opcode }: FloatView): object {
  return {
    stack: stack.map(({ name, physical, tag, hex }) => ({ name, physical, tag, value: hex.replace('_', '') })),
    ...Object.fromEntries(control.map(({ name, hex }) => [name.toLowerCase(), hex])), instruction, operand, opcode,
    ...Object.fromEntries(xmm.map(({ name, hex }) => [name.toLowerCase(), hex])),
  };
}

function jsonOf(trace: TraceFile, { position, when, seq, registers }: Point, float: FloatView | null): string {
  const { mode, cpl } = viewState(registers, null);
  const { icount, iteration } = position;
  const names = Object.fromEntries(listRegisters(registers, notLogged(trace.reader.header)).map(({ name, value }) => [name, value]));
  return `${JSON.stringify({ seq, when, icount: icount < 0 ? null : icount, ...(iteration === 0 ? {} : { iteration }), mode, cpl, ...(logged(trace, seq)?.isOlder === true ? { dump: 'older' } : {}), registers: names, ...(float === null ? {} : { float: floatJson(float) }) })}\n`;
}

function textOf(trace: TraceFile, point: Point, io: Io): string {
  const paint = painter(io);
  const view = viewState(point.registers, point.other, notLogged(trace.reader.header));
  const where = point.seq === null ? `at icount ${String(point.position.icount)}` : `${point.when} event ${String(point.seq)}${point.position.icount < 0 ? '' : `, icount ${String(point.position.icount)}`}`;
  const event = point.seq === null ? '' : textPrinter(trace, paint).line(eventOf(trace, point.seq));
  const mark = point.other === null ? '' : `\n${paint('dim', `* differs ${point.when === 'before' ? 'after' : 'before'} the event`)}\n`;
  const older = logged(trace, point.seq)?.isOlder === true ? '(the log shows no registers at this event: these are of the last dump before it)\n' : '';
  return `${paint('bold', where)}: ${view.mode} mode, CPL ${String(view.cpl)}\n${event}${older}\n${bodyOf(view)}${mark}`;
}

function bodyOf(view: StateView): string {
  const cell = ({ label, digits, changed }: RegisterRow): string => `${label.padEnd(6)} ${digits}${changed ? '*' : ' '}`;
  const rows = (registers: readonly RegisterRow[], across: number): string[] =>
    Array.from({ length: Math.ceil(registers.length / across) }, (_, row) => `  ${registers.slice(row * across, (row + 1) * across).map(cell).join('  ')}`.trimEnd());
  const named = (register: RegisterRow): string =>
    `  ${cell(register)} ${register.bits.filter((bit) => bit.isSet && bit.name !== 'base').map((bit) => (bit.isFlag ? bit.name : `${bit.name}=${bit.value}`)).join(' ')}`.trimEnd();
  const segments = view.segments.map((one) => `  ${one.name.padEnd(4)} ${one.selector.padEnd(7)}${one.changed ? '*' : ' '} base ${one.base.padEnd(10)}  limit ${one.limit.padEnd(10)}  ${one.meaning}`);
  const tables = view.tables.map((one) => `  ${one.name} base ${one.base.padEnd(10)}  limit ${one.limit}${one.changed ? '*' : ''}`);
  const msrs = view.msrs.filter((one) => one.lo !== 0 || one.hi !== 0 || one.changed || one.name.startsWith('sysenter')).map((one) => `  ${one.label.padEnd(20)} ${one.hex}${one.changed ? '*' : ''}`);
  const pointer = view.pointer.map(named);
  return [...rows(view.general, 4), ...pointer, '', ...segments, '', ...tables, '', ...view.control.map(named), '', ...msrs, ''].join('\n');
}
