// npm run kernel: builds the C test kernel (test/kernel) with gcc into test/out/kernel/kernel-LEVEL.elf, for -O2 or for the levels
// given (`npm run kernel -- -O0 -Os`). No C library, no libgcc and no headers but the compiler's own: a gcc for x86-64 is enough.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, root } from './run.mjs';

const source = join(root, 'test/kernel');
const out = join(root, 'test/out/kernel');
export const LEVELS = ['-O0', '-O2', '-O3', '-Os'];

const FLAGS = [
  '-m32', '-march=i686', '-std=gnu11', '-ffreestanding', '-mgeneral-regs-only', '-Wall', '-Wextra',
  '-fno-pic', '-fno-pie', '-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-fcf-protection=none',
  '-fno-tree-loop-distribute-patterns', // or memset's own loop would become a call of memset
];
const SHARED = ['lib/memory', 'lib/divide', 'lib/bit-count', 'lib/print', ...['bits', 'arithmetic', 'memory', 'atomics', 'control', 'algorithms', 'table'].map((name) => `selftest/${name}`)];
const KERNEL = ['descriptors', 'paging', 'interrupts', 'tasks', 'main'];

/** Why the kernel cannot be built here, or null. */
export function compilerMissing() {
  const probe = spawnSync('gcc', ['-m32', '-ffreestanding', '-x', 'c', '-S', '-o', '/dev/null', '-'], { input: '#include <stdint.h>\nuint64_t a;\n' });
  if (probe.error) return 'gcc is not installed (Debian, Ubuntu: apt-get install gcc)';
  return probe.status === 0 ? null : `gcc cannot compile for 32-bit x86: ${probe.stderr.toString().trim().split('\n')[0]}`;
}

/** Builds the kernel at a level (-O2) and answers the path of its ELF file. Throws what the compiler or linker said. */
export function buildKernel(level) {
  const folder = join(out, level.slice(1));
  for (const name of ['lib', 'selftest']) mkdirSync(join(folder, name), { recursive: true });
  const object = (name) => join(folder, `${name}.o`);
  const compile = (name, extension, extra = []) => call('gcc', [...FLAGS, level, ...extra, '-c', join(source, `${name}.${extension}`), '-o', object(name)]);
  const link = (script, file, names) => call('ld', ['-m', 'elf_i386', '-nostdlib', '-T', join(source, script), '-o', file, ...names.map(object)]);
  for (const name of [...SHARED, ...KERNEL, 'program']) compile(name, 'c');
  compile('program-start', 'S');
  const program = join(folder, 'program.elf');
  link('program.ld', program, ['program-start', 'program', ...SHARED]);
  compile('start', 'S', [`-DPROGRAM="${program}"`]);
  const kernel = join(out, `kernel-${level.slice(1)}.elf`);
  link('kernel.ld', kernel, ['start', ...KERNEL, ...SHARED]);
  return kernel;
}

const TINY = ['start', 'main', 'descriptors', 'memory', 'paging', 'interrupts', 'calls', 'processes', 'console', 'sieve', 'deep', 'rogue'];

/** Builds the kernel of traces/tiny-kernel, with symbols and line tables, into the file `image`: the same bytes with the same compiler. */
export function buildTinyKernel(image) {
  const folder = join(out, 'tiny');
  mkdirSync(folder, { recursive: true });
  const object = (name) => join(folder, `${name}.o`);
  for (const name of TINY) call('gcc', [...FLAGS, '-O1', '-g', `-ffile-prefix-map=${resolve(root)}=.`, '-c', `traces/tiny-kernel/${name}.${name === 'start' ? 'S' : 'c'}`, '-o', object(name)]);
  call('ld', ['-m', 'elf_i386', '-nostdlib', '-T', 'traces/tiny-kernel/kernel.ld', '-o', image, ...TINY.map(object)]);
  chmodSync(resolve(root, image), 0o644);
}

/** Compiles the file of all operators with more options (a later -march wins) and answers the object's path. */
export function compileOperations(options) {
  mkdirSync(join(out, 'sweep'), { recursive: true });
  const object = join(out, 'sweep', `${options.join('').replace(/\W+/g, '-')}.o`);
  call('gcc', [...FLAGS, '-w', ...options, '-c', join(source, 'sweep/operations.c'), '-o', object]);
  return object;
}

const FLOAT_FLAGS = FLAGS.filter((flag) => flag !== '-mgeneral-regs-only' && flag !== '-march=i686');

/** Builds the floating-point program (test/kernel/float) with options and answers both its forms: for Linux on the host, and for the bare processor. */
export function buildFloat(options) {
  const folder = join(out, 'float', options.join('').replace(/\W+/g, '-'));
  mkdirSync(folder, { recursive: true });
  const object = (name) => join(folder, `${name}.o`), program = join(folder, 'host'), guest = join(folder, 'guest.elf');
  call('gcc', [...FLOAT_FLAGS, '-msse2', '-mfpmath=sse', ...options, '-c', join(source, 'float/float.c'), '-o', object('float')]);
  for (const name of ['host', 'guest']) call('gcc', [...FLOAT_FLAGS, '-c', join(source, `float/${name}.S`), '-o', object(name)]);
  call('ld', ['-m', 'elf_i386', '-o', program, object('host'), object('float')]);
  call('ld', ['-m', 'elf_i386', '-nostdlib', '-T', join(source, 'kernel.ld'), '-o', guest, object('guest'), object('float')]);
  return { host: program, guest };
}

function call(command, args) {
  const run = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (run.error) throw new Error(`${command} could not be started (${run.error.message}); Debian, Ubuntu: apt-get install gcc`);
  if (run.status !== 0) throw new Error(`${command} failed: ${run.stderr.trim()}`);
  if (run.stderr !== '') process.stderr.write(run.stderr);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const levels = process.argv.slice(2);
    const unknown = levels.find((level) => !LEVELS.includes(level));
    if (unknown) throw new Error(`unknown level ${unknown}; usage: npm run kernel -- [${LEVELS.join('|')}…]`);
    const missing = compilerMissing();
    if (missing) throw new Error(missing);
    for (const level of levels.length > 0 ? levels : ['-O2']) process.stdout.write(`${buildKernel(level)}\n`);
  } catch (error) { fail(error); }
}
