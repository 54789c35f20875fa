// The gallery: `traces/<name>.md` (front matter and lesson) beside `traces/<name>.rtrace`. Pages are plain text to us.
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleInfo } from '../contract/api.ts';
import { LIMITS } from '../contract/limits.ts';

const NAME = /^[a-z0-9][a-z0-9-]*$/;

export class SampleStore {
  readonly #folder: string;

  /** `folder`: traces/ of the checkout, or of the packaged app's resources. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All samples in their order; a page that cannot be read is left out. */
  async list(): Promise<readonly SampleInfo[]> {
    const files = await readdir(this.#folder).catch(() => []);
    const names = files.filter((file) => file.endsWith('.md')).map((file) => file.slice(0, -3)).filter((name) => NAME.test(name));
    const samples = await Promise.all(names.map((name) => this.#read(name)));
    return samples.filter((sample) => sample !== null).sort((a, b) => a.order - b.order || a.name.localeCompare(b.name));
  }

  /** File of a sample's trace; null for a name that cannot be one. */
  traceFile(name: string): string | null {
    return NAME.test(name) ? join(this.#folder, `${name}.rtrace`) : null;
  }

  async #read(name: string): Promise<SampleInfo | null> {
    const file = join(this.#folder, `${name}.md`);
    if ((await stat(file)).size > LIMITS.pageBytes) return null;
    const hasTrace = await access(join(this.#folder, `${name}.rtrace`)).then(() => true, () => false);
    return sampleOf(name, await readFile(file, 'utf8'), { hasTrace });
  }
}

/**
 * A sample from the text of its page: `key: value` lines between two `---` lines, then Markdown. Without front matter the
 * title is the first heading and the first paragraph says what it teaches; `README` and the like have no `teaches` and give null.
 */
export function sampleOf(name: string, text: string, { hasTrace }: { readonly hasTrace: boolean }): SampleInfo | null {
  const match = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(text);
  const page = match === null ? text : text.slice(match[0].length);
  const fields = new Map((match?.[1] ?? '').split(/\r?\n/).map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), unquoted(line.slice(colon + 1).trim())];
  }));
  const title = fields.get('title') ?? /^#\s+(.+)$/m.exec(page)?.[1]?.trim();
  if (title === undefined) return null;
  return {
    name, title,
    teaches: fields.get('teaches') ?? '',
    order: whole(fields.get('order')) ?? Number.MAX_SAFE_INTEGER,
    tags: (fields.get('tags') ?? '').replace(/^\[|\]$/g, '').split(',').map((tag) => unquoted(tag.trim())).filter((tag) => tag !== ''),
    hasTrace,
    events: whole(fields.get('events')),
    page: page.trim(),
  };
}

const unquoted = (value: string): string => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
const whole = (value: string | undefined): number | null => (value !== undefined && /^\d+$/.test(value) ? Number(value) : null);
