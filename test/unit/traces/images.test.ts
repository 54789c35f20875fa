// The committed scenarios: every one has source, image and page; images are what their sources give; any loader can take them:
// ELF executables with a Multiboot header, or boot disks.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isBootDisk } from '../../witness/lib/boot-disk.ts';
import { readElf } from '../../witness/lib/elf.ts';
import { ROOT } from '../../witness/lib/programs.ts';

const folder = path.join(ROOT, 'traces');
const names = readdirSync(folder).filter((file) => file.endsWith('.asm')).map((file) => file.slice(0, -4)).sort();
/** The one in C; compilers differ, so its image is not compared with its sources (test/witness/tiny-kernel.test.ts compiles and runs them). */
const IN_C = 'tiny-kernel';
const image = (name: string): Buffer => readFileSync(path.join(folder, `${name}.img`));

/** The front matter of a page: `key: value` lines between two lines of dashes. */
function frontMatter(page: string): Map<string, string> {
  const block = /^---\n([\s\S]*?)\n---\n/.exec(page)?.[1] ?? '';
  return new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
}

/** The names in .symtab, with their values. */
function symbols(elf: Buffer): Map<string, number> {
  const section = (index: number): { type: number; offset: number; size: number; link: number } => {
    const at = elf.readUInt32LE(32) + 40 * index;
    return { type: elf.readUInt32LE(at + 4), offset: elf.readUInt32LE(at + 16), size: elf.readUInt32LE(at + 20), link: elf.readUInt32LE(at + 24) };
  };
  const table = Array.from({ length: elf.readUInt16LE(48) }, (_, index) => section(index)).find((candidate) => candidate.type === 2);
  if (table === undefined) throw new Error('no symbol table');
  const texts = section(table.link).offset;
  const found = new Map<string, number>();
  for (let at = table.offset + 16; at < table.offset + table.size; at += 16) {
    const start = texts + elf.readUInt32LE(at);
    found.set(elf.toString('latin1', start, elf.indexOf(0, start)), elf.readUInt32LE(at + 4));
  }
  return found;
}

it('has the scenarios of the index, in its order', () => {
  const listed = [...readFileSync(path.join(folder, 'README.md'), 'utf8').matchAll(/^\| (\d+) \| \[([a-z0-9-]+)\]\(\2\.md\)/gm)];
  expect(listed.map((row) => row[2]).sort()).toEqual([...names, IN_C].sort());
  const orders = listed.map((row) => frontMatter(readFileSync(path.join(folder, `${row[2] ?? ''}.md`), 'utf8')).get('order'));
  expect(orders).toEqual(listed.map((row) => row[1]));
});

describe.each([...names, IN_C])('%s', (name) => {
  it('has a page with title, one sentence, order and tags', () => {
    const fields = frontMatter(readFileSync(path.join(folder, `${name}.md`), 'utf8'));
    expect([...fields.keys()]).toEqual(['title', 'teaches', 'order', 'tags']);
    expect(fields.get('teaches')).toMatch(/^[A-Z].{20,200}\.$/);
    expect(fields.get('tags')).toMatch(/^\[.+\]$/);
  });

});

// the kernel in C is held against its source by running what a compiler makes of it: test/witness
describe.each(names)('%s', (name) => {
  it('is what nasm makes of its source', (context) => {
    if (spawnSync('nasm', ['-v']).error) {
      console.warn(`SKIPPED: nasm is not installed (Debian, Ubuntu: apt-get install nasm), so ${name}.img was not compared with its source`);
      if (process.env['CI'] === 'true') throw new Error('nasm is not installed: in CI that is a failure');
      context.skip('nasm is not installed');
    }
    const scratch = mkdtempSync(path.join(os.tmpdir(), 'ringscope-nasm-'));
    try {
      const made = spawnSync('nasm', ['-f', 'bin', '-Wall', '-Werror', '-I', 'traces/', '-o', path.join(scratch, 'image'), `traces/${name}.asm`], { cwd: ROOT, encoding: 'utf8' });
      expect(made.stderr).toBe('');
      expect(existsSync(path.join(scratch, 'image'))).toBe(true);
      expect(readFileSync(path.join(scratch, 'image')).equals(image(name)), `traces/${name}.img is out of date: npm run traces`).toBe(true);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});

const disks = names.filter((name) => isBootDisk(image(name)));
const executables = names.filter((name) => !disks.includes(name));

it('has both kinds', () => { expect([executables.length >= 25, disks.length >= 1]).toEqual([true, true]); });

describe.each(executables)('%s, an ELF executable,', (name) => {
  it('starts at kernel_start, which lies inside a loaded segment', () => {
    const elf = readElf(image(name));
    expect(elf.entry).toBe(symbols(image(name)).get('kernel_start'));
    expect(elf.segments.some((segment) => elf.entry >= segment.address && elf.entry < segment.address + segment.fileBytes)).toBe(true);
    expect(Math.min(...elf.segments.map((segment) => segment.address))).toBe(0x100000);
  });

  it('has a Multiboot header in its first 8 KiB', () => {
    const bytes = image(name);
    const at = bytes.indexOf(Buffer.from([0x02, 0xb0, 0xad, 0x1b]));
    expect(at % 4).toBe(0);
    expect(at).toBeLessThan(8192 - 12);
    expect((bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) + bytes.readUInt32LE(at + 8)) >>> 0).toBe(0);
  });

  it('names what a reader looks for', () => {
    const known = symbols(image(name));
    for (const symbol of ['gdt', 'idt', 'tss', 'page_directory', 'kernel_stack_top', 'user_stack_top']) expect(known.has(symbol), symbol).toBe(true);
    expect([...known.keys()].some((symbol) => symbol.startsWith('user_program')), 'user_program…').toBe(true);
    expect([...known.keys()].some((symbol) => symbol.startsWith('kernel_entry_')), 'kernel_entry_…').toBe(true);
  });
});

describe.each(disks)('%s, a boot disk,', (name) => {
  it('is a 1.44 MB diskette whose first sector is signed and begins with code', () => {
    const bytes = image(name);
    expect([bytes.length, bytes.readUInt16LE(510)]).toEqual([1440 * 1024, 0xaa55]);
    // a far jump to the next instruction: CS is 0 whatever the BIOS chose
    expect(bytes[0]).toBe(0xea);
    expect(bytes.readUInt16LE(3)).toBe(0);
  });
});
