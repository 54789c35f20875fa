// Aligned columns of text under a head, as several commands print them.

import type { Ink } from './style.ts';

export type Paint = (ink: Ink, text: string) => string;

/** Lines of a table: the head, then the rows. `right`: columns of numbers. Widths follow the longest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], { paint, right }: { readonly paint: Paint; readonly right: readonly number[] }): readonly string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => (right.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd();
  return [paint('dim', line(head)), ...rows.map(line)];
}

/** Words in lines of at most `width` characters, each begun with `indent`. */
export function wrapped(text: string, { width, indent }: { readonly width: number; readonly indent: string }): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) { lines.push(indent + line); line = word; }
    else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, indent + line];
}
