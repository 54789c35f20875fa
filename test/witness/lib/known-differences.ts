// Where an emulator is known to differ from the manual or to keep silent, with the place in the manual. The tests compare
// everything else, and fail when an entry of this list no longer happens: nothing is waived silently.

import { lineOf, type WitnessRun } from './witness-event.ts';

export interface KnownDifference {
  readonly scenario: string;
  readonly witness: 'qemu' | 'bochs';
  /** The line of that witness's text (witness-event.ts) that shows it. */
  readonly line: string;
  readonly why: string;
  readonly manual: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    scenario: 'triple-fault', witness: 'qemu', line: '#13 error=?',
    why: 'QEMU logs no error code for an exception that becomes a double fault, nor for the one that ends in shutdown; Bochs tells both, 006b and 0043.',
    manual: 'SDM 3A "Interrupt 8: Double Fault Exception (#DF)" and "Error Code"',
  },
  {
    scenario: 'double-fault', witness: 'qemu', line: '#11 error=?',
    why: 'QEMU logs no error code for an exception that becomes a double fault; Bochs tells it, 006b.',
    manual: 'SDM 3A "Interrupt 8: Double Fault Exception (#DF)" and "Error Code"',
  },
  {
    scenario: 'double-fault', witness: 'qemu', line: '#14 error=? cr2=?',
    why: 'QEMU logs neither error code nor address of a page fault that becomes a double fault; Bochs tells both, 0000 and the address of gate 14.',
    manual: 'SDM 3A "Interrupt 8: Double Fault Exception (#DF)" and "Interrupt 14: Page-Fault Exception (#PF)"',
  },
  {
    scenario: 'idt-not-mapped', witness: 'qemu', line: '#14 error=? cr2=?',
    why: 'QEMU logs neither error code nor address of a page fault that becomes a double fault, nor of the one that ends in shutdown; Bochs tells both: 0000 and the address of the gate.',
    manual: 'SDM 3A "Interrupt 8: Double Fault Exception (#DF)" and "Interrupt 14: Page-Fault Exception (#PF)"',
  },
  {
    scenario: 'kernel-stack-overflow', witness: 'qemu', line: '#14 error=? cr2=?',
    why: 'QEMU logs neither error code nor address of a page fault that becomes a double fault, nor of the one that ends in shutdown; Bochs tells both: 0002 and the guard page.',
    manual: 'SDM 3A "Interrupt 8: Double Fault Exception (#DF)" and "Interrupt 14: Page-Fault Exception (#PF)"',
  },
  {
    scenario: 'tss-not-ready', witness: 'qemu', line: '#10 error=?',
    why: 'QEMU logs no error code for an exception that becomes a double fault, nor for the one that ends in shutdown; Bochs tells it, 0001: no selector, EXT.',
    manual: 'SDM 3A "Interrupt 8: Double Fault Exception (#DF)" and "Error Code"',
  },
  {
    scenario: 'task-gate-double-fault', witness: 'qemu', line: '#14 error=? cr2=?',
    why: 'QEMU logs neither error code nor address of a page fault that becomes a double fault; Bochs tells both: 0002 and where the frame would have gone.',
    manual: 'SDM 3A "Interrupt 8: Double Fault Exception (#DF)" and "Interrupt 14: Page-Fault Exception (#PF)"',
  },
];

/** Of several equal lines one that is not the first: 2 is the second of those that are left. */
export interface NthLine { readonly line: string; readonly nth: number }

/** What an emulator leaves out of a scenario, as it does not make the check: lines of events and of the console, in order. */
export interface KnownAbsence {
  readonly scenario: string;
  readonly witnesses: readonly ('qemu' | 'bochs')[];
  readonly events: readonly (string | NthLine)[];
  readonly console: readonly string[];
  /** What it has in their place. */
  readonly instead?: readonly string[];
  readonly why: string;
  readonly manual: string;
}

export const KNOWN_ABSENCES: readonly KnownAbsence[] = [
  {
    scenario: 'stack-fault', witnesses: ['qemu'], events: ['#12 error=0000', '#12 error=0000'],
    console: ['stack fault: #SS, error code 00000000: stack full, program ended', 'stack fault: #SS, error code 00000000: stack full, segment grown downwards'],
    why: 'QEMU checks no segment limit when data is accessed, so no stack of this scenario is ever full.',
    manual: 'SDM 3A "Limit Checking"',
  },
  {
    scenario: 'missing-invlpg', witnesses: ['qemu', 'bochs'], events: ['#14 error=0007 cr2=00411000'],
    console: ['page fault: error code 00000007, and the page-table entry is 00109027: again'],
    why: 'Both walk the tables again before they refuse an access by a cached translation. The manual lets a processor fault there, and names it a spurious fault.',
    manual: 'SDM 3A "Optional Invalidation" (R/W changed from 0 to 1)',
  },
  {
    scenario: 'debug-exceptions', witnesses: ['qemu'], events: [{ line: '#1', nth: 7 }, { line: '#1', nth: 5 }], instead: ['#6'],
    console: ['debug exception: DR6 ffff0ff0, returns to 0040001a', 'debug exception: DR6 ffff2ff0, returns to 0010026d'],
    why: 'QEMU 7.2 has no INT1: its byte is an invalid opcode there. And it does not look at DR7.GD.',
    manual: 'SDM 2A "INT n/INTO/INT3/INT1", SDM 3B "General-Detect Exception Condition"',
  },
  {
    scenario: 'alignment-check', witnesses: ['qemu'], events: ['#17 error=0000', '#17 error=0000', '#17 error=0000'],
    console: ['0040001a', '00400024', '00400040'].map((place) => `misaligned access by ${place}: let through once`),
    why: 'QEMU 7.2 does not check alignment.',
    manual: 'SDM 3A "Interrupt 17—Alignment Check Exception (#AC)"',
  },
  {
    scenario: 'v86-round-trip', witnesses: ['qemu'],
    events: [
      // INT n that is refused or redirected is not logged as such: three in the first run, three in the second
      'int 21', 'int 60', 'int 21', 'int 21', 'int 60', 'int 21',
      // the traps of the second run
      '#13 error=0000', '#13 error=0000', '#13 error=0000', '#13 error=0000', '#13 error=0000',
    ],
    console: ['with CR4.VME: hello from an 8086 program!1', 'traps to the monitor: 00000005'],
    why: 'QEMU 7.2 has no VME, and its CPUID says so: the program runs once. It logs an INT n only when that goes through the IDT.',
    manual: 'SDM 3B "Sensitive Instructions", "Class 3—Software Interrupt Handling in Virtual-8086 Mode"',
  },
];

/** An event a witness tells wrongly, and what of it the guest then prints. */
export interface KnownMistake {
  readonly scenario: string;
  readonly witness: 'qemu' | 'bochs';
  readonly event: { readonly vector: number; readonly told: number; readonly right: number };
  readonly console: { readonly told: string; readonly right: string };
  readonly why: string;
  readonly manual: string;
}

export const KNOWN_MISTAKES: readonly KnownMistake[] = [
  {
    scenario: 'nx-without-nxe', witness: 'qemu', event: { vector: 14, told: 0xe, right: 0xf }, console: { told: 'error code 0000000e', right: 'error code 0000000f' },
    why: 'QEMU 7.2 sets RSVD without P. An entry whose reserved bits are looked at is present.',
    manual: 'SDM 3A "Page-Fault Exceptions": bit 3 of the error code can be set only if bit 0 is also set',
  },
];

/** The run of a witness with what it is known to tell wrongly put right. Throws when the run does not have it: then the entry is out of date. */
export function corrected(run: WitnessRun, scenario: string, witness: Teller): WitnessRun {
  return KNOWN_MISTAKES.filter((one) => one.scenario === scenario && one.witness === witness).reduce((now, { event: { vector, told, right }, console }) => {
    const isTold = (event: WitnessRun['events'][number]): boolean => event.vector === vector && event.errorCode === told;
    if (!now.events.some(isTold) || !now.console.includes(console.told)) throw new Error(`known-differences.ts expects a mistake of ${witness} in ${scenario}, which the run does not have`);
    return { ...now, events: now.events.map((event) => (isTold(event) ? { ...event, errorCode: right } : event)), console: now.console.replaceAll(console.told, console.right) };
  }, run);
}

type Teller = 'qemu' | 'bochs' | 'ringscope';

const absencesOf = (scenario: string, { of, against }: { readonly of: Teller; readonly against: Teller }): readonly KnownAbsence[] =>
  KNOWN_ABSENCES.filter(({ scenario: name, witnesses }) => {
    const lacks = (teller: Teller): boolean => witnesses.some((witness) => witness === teller);
    return name === scenario && lacks(against) && !lacks(of);
  });

/** Whether a witness is known to leave something out of a scenario. */
export const leavesOut = (scenario: string, witness: Teller): boolean => absencesOf(scenario, { of: 'ringscope', against: witness }).length > 0;

/** The run of one (`of`) without what the other (`against`) is known to leave out. Throws when the run does not have it: then the entry is out of date. */
export function withoutAbsent(run: WitnessRun, scenario: string, pair: { readonly of: Teller; readonly against: Teller }): WitnessRun {
  const events = [...run.events];
  const lines = run.console.split('\n');
  for (const absence of absencesOf(scenario, pair)) {
    for (const event of absence.events) removeEvent(events, typeof event === 'string' ? { line: event, nth: 1 } : event);
    for (const line of absence.console) removeFirst(lines, (text) => text === line, line);
  }
  const own = KNOWN_ABSENCES.filter(({ scenario: name, witnesses }) => name === scenario && witnesses.some((witness) => witness === pair.of) && !witnesses.some((witness) => witness === pair.against));
  for (const line of own.flatMap(({ instead }) => instead ?? [])) removeFirst(events, (event) => lineOf(event) === line, line);
  return { ...run, events, console: lines.join('\n') };
}

function removeEvent(events: WitnessRun['events'][number][], { line, nth }: NthLine): void {
  let left = nth;
  removeFirst(events, (event) => lineOf(event) === line && --left === 0, line);
}

function removeFirst<T>(list: T[], isWanted: (one: T) => boolean, name: string): void {
  const at = list.findIndex(isWanted);
  if (at < 0) throw new Error(`known-differences.ts expects ${name}, which the run does not have`);
  list.splice(at, 1);
}
