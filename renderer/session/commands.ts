// Everything a person can do, once: the transport buttons, the keys, the palette and the menu all run these.

import { addSymbols } from './add-symbols.ts';
import type { Session } from './session.svelte.ts';
import { goToEnd, seekVisit, stepVisit } from './visit-moves.ts';

export type Group = 'Move' | 'Timeline' | 'File' | 'Window';
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  /** Keys as people write them, the first one shown on buttons: `Shift+F5`. `Mod` is Ctrl, or Cmd on a Mac. */
  readonly keys: readonly string[];
  /** Why it cannot be done now, in words; null when it can. */
  disabled(session: Session): string | null;
  run(session: Session): void;
}

type When = (session: Session) => string | null;
const always: When = () => null;
const opened: When = (session) => (session.recording === null ? 'Open a trace first.' : null);
const notAtStart: When = (session) => opened(session) ?? (session.at.seq <= 0 && session.at.icount <= 0 ? 'This is the start of the recording.' : null);
const notAtEnd: When = (session) => opened(session) ?? (session.at.seq >= (session.recording?.columns.count ?? 0) ? 'This is the end of the recording.' : null);
const reexecutable = (edge: When): When => (session) => opened(session) ?? (session.execution.absent === null ? edge(session) : `Instructions need re-execution: ${session.execution.absent}`);
const atEvent: When = (session) => opened(session) ?? (session.event === null ? 'Go to an event first: what is changed is changed just before it.' : null);
const breakable = (edge: When): When => (session) => opened(session) ?? (session.breakpoints.active === 0 ? 'Add a breakpoint first (B).' : edge(session));

const command = (id: string, title: string, group: Group, keys: readonly string[], disabled: When, run: (session: Session) => void): Command => ({ id, title, group, keys, disabled, run });

export const COMMANDS: readonly Command[] = [
  command('run', 'Run to next breakpoint', 'Move', ['F5'], breakable(notAtEnd), (session) => { void session.breakpoints.run('forward'); }),
  command('reverse', 'Run back to breakpoint', 'Move', ['Shift+F5'], breakable(notAtStart), (session) => { void session.breakpoints.run('backward'); }),
  command('step-event', 'Next event', 'Move', ['ArrowRight', 'E'], notAtEnd, (session) => { session.stepEvent('forward'); }),
  command('step-event-back', 'Previous event', 'Move', ['ArrowLeft', 'Shift+E'], notAtStart, (session) => { session.stepEvent('backward'); }),
  command('step-over', 'Step over a kernel visit', 'Move', ['F10'], notAtEnd, (session) => { stepVisit(session, 'over', 'forward'); }),
  command('step-over-back', 'Step back over a kernel visit', 'Move', ['Mod+F10', 'Shift+F10'], notAtStart, (session) => { stepVisit(session, 'over', 'backward'); }),
  command('step-out', 'Step out of this kernel visit', 'Move', ['Shift+F11'], notAtEnd, (session) => { stepVisit(session, 'out', 'forward'); }),
  command('step-out-back', 'Step back out of this kernel visit', 'Move', ['Mod+Shift+F11'], notAtStart, (session) => { stepVisit(session, 'out', 'backward'); }),
  command('step-instruction', 'Next instruction', 'Move', ['F11'], reexecutable(notAtEnd), (session) => { void session.execution.step('forward'); }),
  command('step-instruction-back', 'Previous instruction', 'Move', ['Mod+F11'], reexecutable(notAtStart), (session) => { void session.execution.step('backward'); }),
  command('next-fault', 'Next fault', 'Move', ['F'], notAtEnd, (session) => { session.seek('fault', 'forward'); }),
  command('previous-fault', 'Previous fault', 'Move', ['Shift+F'], notAtStart, (session) => { session.seek('fault', 'backward'); }),
  command('next-cpl-change', 'Next CPL change', 'Move', ['C'], notAtEnd, (session) => { session.seek('change', 'forward'); }),
  command('previous-cpl-change', 'Previous CPL change', 'Move', ['Shift+C'], notAtStart, (session) => { session.seek('change', 'backward'); }),
  command('next-visit', 'Next kernel visit', 'Move', ['V'], notAtEnd, (session) => { seekVisit(session, 'forward'); }),
  command('previous-visit', 'Previous kernel visit', 'Move', ['Shift+V'], notAtStart, (session) => { seekVisit(session, 'backward'); }),
  command('visit-entry', 'Entry of this kernel visit', 'Move', ['I', '['], opened, (session) => { goToEnd(session, 'entry'); }),
  command('visit-exit', 'Exit of this kernel visit', 'Move', ['O', ']'], opened, (session) => { goToEnd(session, 'exit'); }),
  command('start', 'Go to start', 'Move', ['Home'], notAtStart, (session) => { session.goToStart(); }),
  command('end', 'Go to end', 'Move', ['End'], notAtEnd, (session) => { session.goTo(session.recording?.columns.count ?? 0); }),
  command('zoom-in', 'Zoom in', 'Timeline', ['W', '+', '='], opened, (session) => { session.zoom(0.6); }),
  command('zoom-out', 'Zoom out', 'Timeline', ['S', '-'], opened, (session) => { session.zoom(1 / 0.6); }),
  command('pan-left', 'Pan left', 'Timeline', ['A'], opened, (session) => { session.pan(-0.15); }),
  command('pan-right', 'Pan right', 'Timeline', ['D'], opened, (session) => { session.pan(0.15); }),
  command('fit', 'Show the whole recording', 'Timeline', ['0'], opened, (session) => { session.fit(); }),
  command('axis', 'Switch axis: events or instructions', 'Timeline', ['X'], opened, (session) => { session.setAxis(session.axis === 'events' ? 'instructions' : 'events'); }),
  command('breakpoint', 'Add a breakpoint', 'Timeline', ['B'], opened, (session) => { session.breakpoints.edit(); }),
  command('what-if', 'What if…: change one bit and run on', 'Move', ['H'], atEvent, (session) => { if (session.event !== null) session.whatIf.open(session.event); }),
  command('find', 'Find an event…', 'Timeline', ['Mod+F'], opened, (session) => { session.overlay = 'palette'; }),
  command('gallery', 'Sample gallery', 'File', ['Mod+H'], always, (session) => { session.leave(); }),
  command('open', 'Open a trace or log…', 'File', ['Mod+O'], always, (session) => { void session.open('a trace', () => session.api.openDialog()); }),
  command('record', 'Record an image…', 'File', ['Mod+R'], always, (session) => { session.overlay = 'record'; }),
  command('import', 'Import a log…', 'File', ['Mod+I'], always, (session) => { session.log = null; session.overlay = 'import'; }),
  command('save', 'Save trace as…', 'File', ['Mod+S'], opened, (session) => { void session.save(); }),
  command('symbols', 'Add symbols…: names and source lines', 'File', ['Y'], opened, (session) => { void addSymbols(session, () => session.api.symbolsDialog()); }),
  command('close-trace', 'Close trace', 'File', ['Mod+W'], opened, (session) => { session.leave(); }),
  command('show-events', 'Show the events', 'Window', ['L'], opened, (session) => { session.panes.reveal('events'); }),
  command('show-visits', 'Show the kernel visits', 'Window', ['K'], opened, (session) => { session.panes.reveal('visits'); }),
  command('show-stats', 'Show statistics and cost', 'Window', ['M'], opened, (session) => { session.panes.reveal('stats'); }),
  command('palette', 'Find a command…', 'Window', ['Mod+K'], always, (session) => { session.overlay = 'palette'; }),
  command('keys', 'Keyboard keys', 'Window', ['?'], always, (session) => { session.overlay = session.overlay === 'keys' ? null : 'keys'; }),
  command('theme', 'Switch theme: system, light, dark', 'Window', ['T'], always, (session) => { void session.cycleTheme(); }),
];

/** The command of an id. Throws on an unknown one: a bug of ours. */
export function commandOf(id: string): Command {
  const found = COMMANDS.find((one) => one.id === id);
  if (found === undefined) throw new Error(`internal error: no command ${id}`);
  return found;
}

/** Runs a command unless it is disabled; then the reason is announced. */
export function runCommand(session: Session, id: string): void {
  const found = commandOf(id);
  const reason = found.disabled(session);
  if (reason === null) found.run(session); else session.announcement = reason;
}

/** Keys as this platform writes them. */
export function keyText(keys: string, mac: boolean): string {
  return keys.replace('Mod', mac ? '⌘' : 'Ctrl').replace('ArrowRight', '→').replace('ArrowLeft', '←');
}
