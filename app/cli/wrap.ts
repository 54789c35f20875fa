// Text in lines of at most 100 columns: sentences broken between words, what follows the first line indented.

/** Columns of a line of text for people. */
export const COLUMNS = 100;

/** The lines of a text: the first begins with `first`, the others with `rest` (spaces of the same length unless given). */
export function wrap(text: string, first = '', rest = ' '.repeat(first.length)): readonly string[] {
  const lines: string[] = [];
  let line = first, isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
