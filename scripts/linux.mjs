// npm run linux: boots Debian's 32-bit kernel (linux-image-686, fetched by apt into a cache folder, never into the project) with our own tiny
// first process, records it into test/out/linux/linux.rtrace, executes the recording again, and prints what happened in numbers.
//   -- --unpacked       start the kernel unpacked by xz, without the two thousand million instructions it needs to unpack itself
//   -- --kernel FILE    another 32-bit kernel (bzImage) or a package of one (.deb)
//   -- --append TEXT    more for the kernel's command line; --command-line TEXT: another one
//   -- --no-verify      do not execute it again
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildInit, cache, debianKernel, kernelOfPackage, ramDisk, unpackedKernel } from './linux-parts.mjs';
import { fail, root, run } from './run.mjs';

// no PCI, ACPI or APIC; delays as long as they are meant (lpj: 19 090 912 ticks a second, 250 interrupts); no self-tests of ciphers, which are most of the boot
const COMMAND_LINE = 'earlyprintk=serial,ttyS0 console=ttyS0 panic=-1 nokaslr acpi=off pci=off noapic nolapic tsc=reliable lpj=76364 no_timer_check noisapnp cryptomgr.notests';
const MAX_INSTRUCTIONS = 6_000_000_000;
const out = join(root, 'test/out/linux');
const trace = join(out, 'linux.rtrace');

const grouped = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ' ');

async function ringscope(args, options) {
  return run(process.execPath, [join(root, 'scripts/ringscope.mjs'), ...args], options);
}

function prepare(values) {
  mkdirSync(out, { recursive: true });
  const given = values.kernel;
  const packed = given === undefined ? debianKernel() : given.endsWith('.deb') ? kernelOfPackage(given) : given;
  const kernel = values.unpacked ? join(out, 'vmlinux') : packed;
  if (values.unpacked) writeFileSync(kernel, unpackedKernel(readFileSync(packed)));
  const initrd = join(out, 'init.cpio');
  writeFileSync(initrd, ramDisk(buildInit(out)));
  return { kernel, initrd, commandLine: values['command-line'] ?? [COMMAND_LINE, values.append ?? ''].join(' ').trim() };
}

async function record({ kernel, initrd, commandLine }) {
  process.stderr.write(`kernel ${kernel} (cache ${cache})\ncommand line: ${commandLine}\n`);
  const started = performance.now();
  const { status } = await ringscope(['record', kernel, '-o', trace, '--format', 'linux', '--initrd', initrd, '--append', commandLine, '--max-instructions', String(MAX_INSTRUCTIONS), '--console', '-']);
  if (status !== 0) throw new Error('the recording failed');
  return (performance.now() - started) / 1000;
}

async function print(seconds) {
  const { status, output } = await ringscope(['stats', trace, '--calls', '0', '--os', 'linux', '--json'], { quiet: true });
  if (status !== 0) throw new Error(`the recording cannot be counted: ${output.trim()}`);
  const { events, kinds, rings, os, vectors } = JSON.parse(output.slice(output.indexOf('{')));
  const instructions = rings.instructions.reduce((sum, one) => sum + one, 0);
  const of = (vector) => vectors.find((one) => one.vector === vector);
  const sum = (field) => os.calls.reduce((all, one) => all + one[field], 0);
  const faults = os.addressSpaces.reduce((all, one) => all + one.userPageFaults, 0);
  const lines = [
    `recorded in ${seconds.toFixed(1)} s: ${grouped(instructions)} instructions (${grouped(rings.instructions[3])} in ring 3), ${grouped(events)} events`,
    `system calls: ${grouped(sum('sysenter'))} by SYSENTER, ${grouped(sum('int80'))} by INT 80h`,
    ...os.calls.map(({ name, number, int80, sysenter }) => `  ${`${name ?? 'call'} (${number})`.padEnd(20)} sysenter ${grouped(sysenter).padStart(4)}   int 0x80 ${grouped(int80).padStart(4)}`),
    `page faults: ${grouped(of(14)?.faults ?? 0)}, ${grouped(faults)} of them of ring 3`, `address spaces: ${grouped(os.addressSpaces.length)}; transitions: ${grouped(kinds.transition ?? 0)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (sum('sysenter') === 0 || sum('int80') === 0 || faults === 0) throw new Error('the first process did not get as far as its system calls: see the console above');
}

try {
  const { values } = parseArgs({ options: { 'unpacked': { type: 'boolean' }, 'kernel': { type: 'string' }, 'append': { type: 'string' }, 'command-line': { type: 'string' }, 'no-verify': { type: 'boolean' } } });
  await print(await record(prepare(values)));
  if (values['no-verify'] !== true) {
    const started = performance.now();
    const { status } = await ringscope(['verify', trace]);
    if (status !== 0) throw new Error('the recording is not reproduced');
    process.stdout.write(`executed again in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  }
} catch (error) { fail(error); }
