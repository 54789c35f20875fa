// What a person should know about an imported QEMU log, in sentences: what is not in it, how QEMU's log differs from a processor, and
// the commands that would have captured more. Nothing of it changes an event: the log is never corrected.

import type { LineCounts } from '../line-counts.ts';
import type { QemuFacts } from './facts.ts';

export interface Remarks { readonly notes: readonly string[]; readonly advice: readonly string[] }

const count = (many: number, one: string, more = `${one}s`): string => `${String(many)} ${many === 1 ? one : more}`;

/** Notes and advice for what was counted. */
export function remarksOf(facts: QemuFacts, lines: LineCounts): Remarks {
  const records = lines.of('record');
  return { notes: [...absences(facts, lines, records), ...derivations(facts), ...quirks(facts), ...leftOut(lines)], advice: adviceOf(facts, lines, records) };
}

type Sentence = readonly [boolean, string];
const said = (sentences: readonly Sentence[]): string[] => sentences.flatMap(([applies, text]) => (applies ? [text] : []));

function absences(facts: QemuFacts, lines: LineCounts, records: number): string[] {
  const { firstCount, missingRecords, runs } = facts;
  return said([
    [records === 0 && lines.of('reset') > 0 && lines.of('check-exception') + lines.of('hardware') === 0,
      'the log has resets but no interrupt or exception: -d int logs nothing under KVM, HVF and WHPX'],
    [records > 0, 'a record shows the processor before delivery: where the handler is, its stack, the frame and the gate are not in the log (its ring is taken to be 0), and no return (IRET, SYSEXIT, SYSRET) and no SYSENTER, SYSCALL, call gate or task switch is'],
    [records > 0, 'the register dumps have no MSRs but IA32_EFER, no CR8 and no XCR0'],
    [facts.realModeInterrupts > 0, `${count(facts.realModeInterrupts, 'interrupt')} without a record: QEMU logs none in real mode, only that an interrupt was serviced`],
    [firstCount > 0, `the log begins with record ${String(firstCount)}: its beginning is missing`],
    [missingRecords > 0, `${count(missingRecords, 'record')} missing, by QEMU's own counter: lines are lost, or several files belong together`],
    [runs > 1, `the file holds ${String(runs)} runs, one after the other`],
    [facts.incompleteDumps > 0, `${count(facts.incompleteDumps, 'register dump')} not whole: their records carry what their own line says`],
    [lines.list().some(({ rule }) => rule === 'cut'), 'the last line is cut off and was left out'],
  ]);
}

function derivations(facts: QemuFacts): string[] {
  return said([
    [facts.inferredRings > 0, `${count(facts.inferredRings, 'change')} of ring inferred: a processor seen in ring 3 after a delivery has returned in between, by an instruction the log does not have`],
    [facts.inferredWrites > 0, `${count(facts.inferredWrites, 'write')} of control, table and mode registers inferred from differences between successive dumps`],
    [facts.unlogged > 0, `${count(facts.unlogged, 'exception')} known by vector alone, from check_exception lines: error code and CR2 are not logged`],
    [facts.refused > 0, `${count(facts.refused, 'record')} never delivered: the fault in the record after is the reason`],
    [facts.guessedCauses > 0, `${count(facts.guessedCauses, 'record')} without the line that names the cause: taken from the vector`],
    [facts.smmEntries + facts.smmReturns > 0, `${count(facts.smmEntries, 'entry', 'entries')} to system management mode and ${count(facts.smmReturns, 'return')} folded`],
    [facts.resets > 0, `${count(facts.resets, 'reset')} folded; QEMU resets a processor more than once at its start`],
    [facts.processors > 1, `${String(facts.processors)} processors: records name none, so TR's base tells them apart, in the order of appearance`],
  ]);
}

function quirks(facts: QemuFacts): string[] {
  return said([
    [facts.longGateCodes > 0, `${count(facts.longGateCodes, 'error code')} that ${facts.longGateCodes === 1 ? 'names' : 'name'} a gate in long mode: QEMU 7.2 computes vector * 16 + 2 there, the architecture vector * 8 + 2; the log's value is kept`],
    [facts.gateCodes > 0, 'QEMU never sets EXT (bit 0) in error codes; a processor does when something outside the program was being delivered'],
    [facts.v86Faults > 0, 'INT n in virtual-8086 mode with IOPL below 3 shows only its #GP'],
    [facts.breakpoints > 0, 'INT3 (CC) and INT 3 (CD 03) look alike in the log: taken as INT3'],
    [facts.narrowDumps > 0, `${count(facts.narrowDumps, 'dump')} of compatibility mode: QEMU prints 32 bits of each register there, and no R8 to R15; these read 0`],
  ]);
}

function leftOut(lines: LineCounts): string[] {
  const execution = lines.of('exec') + lines.of('exec-chain'), others = lines.of('in-asm') + lines.of('mmu') + lines.of('trace') + lines.of('pcall') + lines.of('guest-error');
  return said([
    [execution > 0, `${count(execution, 'line')} of -d exec, with the dumps behind them, left for a later version, which will read transitions from them`],
    [others > 0, `${count(others, 'line')} of -d in_asm, mmu, pcall, guest_errors or -trace left for a later version`],
  ]);
}

function adviceOf(facts: QemuFacts, lines: LineCounts, records: number): string[] {
  return said([
    [records === 0, 'run QEMU with -accel tcg: hardware acceleration logs no interrupts'],
    [lines.of('reset') === 0, 'add cpu_reset for resets, triple faults and the number of processors: -d int,cpu_reset -D LOG'],
    [facts.smmEntries > 0, 'add -machine pc,smm=off (or q35,smm=off) to leave the firmware\'s system management mode out'],
    [true, 'for every change of ring, with its registers: -accel tcg -d exec,nochain,int,cpu,cpu_reset -dfilter LO..HI -D LOG (some 1.3 kB for each translation block in the range)'],
  ]);
}
