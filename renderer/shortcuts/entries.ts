// What the palette offers for a text: commands, samples, an event by number, an expression as a breakpoint.

import { compile, isRefusal } from '../../core/replay/expression/compile.ts';
import type { Direction } from '../../core/replay/source.ts';
import { COMMANDS, type Command } from '../session/commands.ts';
import type { Session } from '../session/session.svelte.ts';

export type Action =
  | { readonly kind: 'command'; readonly id: string }
  | { readonly kind: 'event'; readonly seq: number }
  | { readonly kind: 'sample'; readonly name: string }
  | { readonly kind: 'find'; readonly text: string; readonly direction: Direction }
  | { readonly kind: 'breakpoint'; readonly text: string };
export interface Entry { readonly id: string; readonly title: string; readonly group: string; readonly keys: string; readonly disabled: string | null; readonly action: Action }

/** Entries for a text, best first. Disabled commands stay, last, with their reason. */
export function entriesFor(text: string, session: Session): readonly Entry[] {
  const wanted = text.trim();
  const commands = ranked(COMMANDS.filter((command) => command.id !== 'palette'), wanted, (command) => command.title).map((command) => commandEntry(command, session));
  const samples = wanted === '' ? [] : ranked(session.samples ?? [], wanted, (sample) => sample.title)
    .map((sample): Entry => ({ id: `sample-${sample.name}`, title: sample.title, group: 'Sample', keys: '', disabled: null, action: { kind: 'sample', name: sample.name } }));
  const all = [...special(wanted, session), ...commands, ...samples];
  return [...all.filter((entry) => entry.disabled === null), ...all.filter((entry) => entry.disabled !== null)];
}

function commandEntry(command: Command, session: Session): Entry {
  return { id: command.id, title: command.title, group: command.group, keys: command.keys[0] ?? '', disabled: command.disabled(session), action: { kind: 'command', id: command.id } };
}

function special(wanted: string, session: Session): readonly Entry[] {
  const count = session.recording?.columns.count ?? 0;
  if (session.recording === null || wanted === '') return [];
  if (/^#?\d+$/.test(wanted)) {
    const seq = Number(wanted.replace('#', ''));
    return [{ id: 'event', title: `Go to event ${String(Math.min(seq, count))}`, group: 'Move', keys: '', disabled: null, action: { kind: 'event', seq: Math.min(seq, count) } }];
  }
  if (isRefusal(compile(wanted, { symbols: session.recording.symbols }))) return [];
  const find = (direction: Direction): Entry => ({ id: `find-${direction}`, title: `Go to the ${direction === 'forward' ? 'next' : 'previous'} ${wanted}`, group: 'Find', keys: '', disabled: null, action: { kind: 'find', text: wanted, direction } });
  return [find('forward'), find('backward'), { id: 'breakpoint', title: `Break on ${wanted}`, group: 'Breakpoint', keys: '', disabled: null, action: { kind: 'breakpoint', text: wanted } }];
}

/** Items whose text holds every word, those that begin with the first word first. */
export function ranked<Item>(items: readonly Item[], wanted: string, textOf: (item: Item) => string): readonly Item[] {
  const words = wanted.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const scored = items.map((item) => {
    const text = textOf(item).toLowerCase();
    return { item, score: words.every((word) => text.includes(word)) ? (text.startsWith(words[0] ?? '') ? 0 : 1) : 2 };
  });
  return scored.filter(({ score }) => score < 2).sort((a, b) => a.score - b.score).map(({ item }) => item);
}
