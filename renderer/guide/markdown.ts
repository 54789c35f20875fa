// The small part of Markdown that sample pages use, as data: headings, paragraphs, lists, tables, code; inside them code, bold, emphasis.
// Links keep their words only. Nothing becomes HTML: the component draws the tree.

export type Inline = { readonly kind: 'text' | 'code' | 'strong' | 'em'; readonly text: string };
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly text: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'table'; readonly head: readonly (readonly Inline[])[]; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | { readonly kind: 'code'; readonly text: string };

const ITEM = /^(?:[-*]|(\d+)\.)\s+(.*)$/;

/** The blocks of a page. Never throws: what it does not know is a paragraph. */
export function blocksOf(page: string): readonly Block[] {
  const lines = page.split(/\r?\n/);
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (line.trim() === '') { at += 1; continue; }
    const next = codeBlock(lines, at) ?? heading(lines, at) ?? table(lines, at) ?? list(lines, at) ?? paragraph(lines, at);
    blocks.push(next.block);
    at = next.end;
  }
  return blocks;
}

interface Taken { readonly block: Block; readonly end: number }

function codeBlock(lines: readonly string[], at: number): Taken | null {
  const line = lines[at] ?? '';
  if (/^ {4}\S/.test(line)) {
    let end = at;
    while (end < lines.length && (/^ {4}/.test(lines[end] ?? '') || (lines[end] ?? '').trim() === '')) end += 1;
    return { block: { kind: 'code', text: lines.slice(at, end).map((one) => one.slice(4)).join('\n').trimEnd() }, end };
  }
  if (!line.startsWith('```')) return null;
  const close = lines.findIndex((one, index) => index > at && one.startsWith('```'));
  const end = close < 0 ? lines.length : close;
  return { block: { kind: 'code', text: lines.slice(at + 1, end).join('\n') }, end: end + 1 };
}

function heading(lines: readonly string[], at: number): Taken | null {
  const match = /^(#{1,4})\s+(.*)$/.exec(lines[at] ?? '');
  return match === null ? null : { block: { kind: 'heading', level: match[1]?.length ?? 1, text: inlinesOf(match[2] ?? '') }, end: at + 1 };
}

function table(lines: readonly string[], at: number): Taken | null {
  if (!/^\s*\|/.test(lines[at] ?? '') || !/^\s*\|[\s:|-]+$/.test(lines[at + 1] ?? '')) return null;
  let end = at;
  while (/^\s*\|/.test(lines[end] ?? '')) end += 1;
  const cells = (line: string): (readonly Inline[])[] => line.trim().replace(/^\||\|$/g, '').split('|').map((cell) => inlinesOf(cell.trim()));
  return { block: { kind: 'table', head: cells(lines[at] ?? ''), rows: lines.slice(at + 2, end).map(cells) }, end };
}

function list(lines: readonly string[], at: number): Taken | null {
  const first = ITEM.exec(lines[at] ?? '');
  if (first === null) return null;
  const items: string[] = [];
  let end = at;
  for (; end < lines.length && (lines[end] ?? '').trim() !== ''; end += 1) {
    const match = ITEM.exec(lines[end] ?? '');
    if (match !== null) items.push(match[2] ?? '');
    else items[items.length - 1] = `${items[items.length - 1] ?? ''} ${(lines[end] ?? '').trim()}`;
  }
  return { block: { kind: 'list', ordered: first[1] !== undefined, items: items.map(inlinesOf) }, end };
}

function paragraph(lines: readonly string[], at: number): Taken {
  let end = at + 1;
  while (end < lines.length && (lines[end] ?? '').trim() !== '' && !/^(#{1,4}\s|```|\s*\|)/.test(lines[end] ?? '') && !ITEM.test(lines[end] ?? '')) end += 1;
  return { block: { kind: 'paragraph', text: inlinesOf(lines.slice(at, end).map((line) => line.trim()).join(' ')) }, end };
}

/** The pieces of a line. */
export function inlinesOf(text: string): readonly Inline[] {
  const plain = text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return plain.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/).filter((part) => part !== '').map((part): Inline => {
    if (part.length > 2 && part.startsWith('`') && part.endsWith('`')) return { kind: 'code', text: part.slice(1, -1) };
    if (part.length > 4 && part.startsWith('**') && part.endsWith('**')) return { kind: 'strong', text: part.slice(2, -2) };
    if (part.length > 2 && part.startsWith('*') && part.endsWith('*')) return { kind: 'em', text: part.slice(1, -1) };
    return { kind: 'text', text: part };
  });
}
