// npm run traces: rebuilds every scenario image under traces/ with nasm, then records each one again.
// `--images` stops after the images; names (`npm run traces -- triple-fault`) restrict it to those scenarios.
// Both steps give the same bytes every time: no dates, no paths. What is written in C is built only when it is named: compilers differ.
// Exit 0 ok, 1 a step failed, 2 usage or nasm missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildTinyKernel, compilerMissing } from './kernel.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'traces');

/** Ends with one line on stderr. */
function stop(message, code) {
  console.error(`traces: ${message}`);
  process.exit(code);
}

/** The scenario in C: its sources are a folder. */
const IN_C = 'tiny-kernel';

/** The scenarios asked for: all of traces/*.asm and the one in C, or those named. */
function scenarios(names) {
  const all = [IN_C, ...readdirSync(folder).filter((file) => file.endsWith('.asm')).map((file) => file.slice(0, -4))].sort();
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) stop(`no such scenario: ${unknown.join(', ')} (there are ${all.join(', ')})`, 2);
  return names.length > 0 ? names : all;
}

/** Runs one step from the checkout root and passes its output through; on failure ends with its name. */
function step(command, args, what) {
  const run = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (run.error) stop(`${what}: ${command} could not be started (${run.error.message})`, 1);
  if (run.status !== 0) stop(`${what} failed (${run.signal ?? `exit ${run.status}`})`, 1);
}

/** traces/tiny-kernel/ -> traces/tiny-kernel.img. */
function compile() {
  const missing = compilerMissing();
  if (missing !== null) stop(missing, 2);
  try { buildTinyKernel(`traces/${IN_C}.img`); } catch (error) { stop(error.message, 1); }
}

/** traces/NAME.asm -> traces/NAME.img; relative names only, so that messages are the same everywhere. */
function assemble(name) {
  step('nasm', ['-f', 'bin', '-Wall', '-Werror', '-I', 'traces/', '-o', `traces/${name}.img`, `traces/${name}.asm`], `assembling ${name}`);
}

/** traces/NAME.img -> traces/NAME.rtrace, by the command users have. */
function record(name) {
  step(process.execPath, ['scripts/ringscope.mjs', 'record', `traces/${name}.img`, '-o', `traces/${name}.rtrace`], `recording ${name}`);
}

const args = process.argv.slice(2);
const option = args.find((arg) => arg.startsWith('-') && arg !== '--images');
if (option) stop(`unknown option ${option}; usage: npm run traces -- [--images] [NAME…]`, 2);
if (spawnSync('nasm', ['-v'], { stdio: 'ignore' }).error) stop('nasm is missing: install it (Debian, Ubuntu: apt-get install nasm) and run this again', 2);

const named = args.filter((arg) => !arg.startsWith('-'));
const names = scenarios(named);
const assembled = names.filter((name) => name !== IN_C);
for (const name of assembled) assemble(name);
if (named.includes(IN_C)) compile();
console.log(`traces: ${assembled.length + Number(named.includes(IN_C))} images made`);
if (!args.includes('--images')) {
  if (!existsSync(path.join(root, 'scripts/ringscope.mjs'))) stop('scripts/ringscope.mjs is missing, so nothing can be recorded (--images makes only the images)', 1);
  for (const name of names) record(name);
  console.log(`traces: ${names.length} traces recorded`);
}
