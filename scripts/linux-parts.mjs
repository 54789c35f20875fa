// What `npm run linux` puts together: Debian's 32-bit kernel, fetched by apt into a cache folder and never into the project, our own first
// process, and the initial RAM disk around it. cpio: Linux kernel documentation "initramfs buffer format".
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from './run.mjs';

const PACKAGE = 'linux-image-686';
const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
export const cache = join(base, 'ringscope', 'linux');

/** The kernel's file in the cache; fetched when it is not there. */
export function debianKernel() {
  const found = kernelIn(join(cache, 'boot'));
  if (found !== null) return found;
  for (const name of ['lists/partial', 'archives/partial']) mkdirSync(join(cache, name), { recursive: true });
  writeFileSync(join(cache, 'status'), '');
  process.stderr.write(`fetching Debian's ${PACKAGE} by apt, once, into ${cache}\n`);
  // a part of the lists may be unreachable: what counts is whether the package is in the others
  const update = spawnSync('apt-get', [...options(), 'update'], { encoding: 'utf8' });
  if (update.error) throw new Error(`apt-get is not here (${update.error.message}): give a 32-bit kernel with --kernel FILE`);
  const name = dependencyOf(PACKAGE);
  if (name === null) throw new Error(`apt knows no package ${PACKAGE} for i386 (is this Debian?): give a 32-bit kernel with --kernel FILE; apt said: ${lastLine(update.stderr)}`);
  const download = spawnSync('apt-get', [...options(), 'download', name], { cwd: join(cache, 'archives'), encoding: 'utf8' });
  if (download.status !== 0) throw new Error(`apt-get could not fetch ${name}: ${lastLine(download.stderr)}`);
  const archive = readdirSync(join(cache, 'archives')).find((file) => file.startsWith(`${name}_`) && file.endsWith('.deb'));
  if (archive === undefined) throw new Error(`apt-get fetched no file of ${name}: remove ${cache} and try again`);
  return unpackBoot(join(cache, 'archives', archive), join(cache, 'boot'));
}

/** The kernel of a package file. */
export function kernelOfPackage(archive) {
  return unpackBoot(archive, join(cache, 'given'));
}

// apt with lists, status and cache of its own: nothing of the system's changes, and nobody need be root
function options() {
  const at = (path) => join(cache, path);
  return ['-q', '-o', 'APT::Architecture=i386', '-o', 'APT::Architectures::=i386', '-o', `Dir::State::lists=${at('lists')}`, '-o', `Dir::State::status=${at('status')}`, '-o', `Dir::Cache=${at('')}`, '-o', `Dir::Cache::archives=${at('archives')}`, '-o', 'APT::Sandbox::User='];
}

// the package names no version: it depends on the one that has the kernel
function dependencyOf(name) {
  const { stdout } = spawnSync('apt-cache', [...options(), 'depends', name], { encoding: 'utf8' });
  return /Depends: (linux-image-\S+)/.exec(stdout ?? '')?.[1] ?? null;
}

// into a folder beside it first: one that is there is whole
function unpackBoot(archive, folder) {
  const beside = `${folder}.new`;
  for (const old of [beside, folder]) rmSync(old, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  const tar = spawnSync('dpkg-deb', ['--fsys-tarfile', archive], { maxBuffer: 1 << 30 });
  if (tar.status !== 0) throw new Error(`dpkg-deb could not open ${archive}: ${tar.error?.message ?? lastLine(tar.stderr.toString())}`);
  const files = spawnSync('tar', ['-x', '-C', beside, '--strip-components=2', '--wildcards', './boot/*'], { input: tar.stdout });
  if (files.status !== 0) throw new Error(`tar could not unpack ${archive}: ${lastLine(files.stderr.toString())}`);
  if (kernelIn(beside) === null) throw new Error(`there is no /boot/vmlinuz-* in ${archive}`);
  renameSync(beside, folder);
  return kernelIn(folder);
}

function kernelIn(folder) {
  const name = existsSync(folder) ? readdirSync(folder).find((file) => file.startsWith('vmlinuz-')) : undefined;
  return name === undefined ? null : join(folder, name);
}

const lastLine = (text) => (text ?? '').trim().split('\n').at(-1) ?? '';

const FLAGS = [
  '-m32', '-march=i686', '-O2', '-std=gnu11', '-ffreestanding', '-mgeneral-regs-only', '-static', '-nostdlib', '-Wall', '-Wextra', '-fno-pic', '-fno-pie', '-no-pie', '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables', '-fcf-protection=none', '-fno-tree-loop-distribute-patterns', '-Wl,--build-id=none', '-Wl,-z,noexecstack',
];

/** Builds our first process and answers its bytes. */
export function buildInit(folder) {
  const program = join(folder, 'init');
  const { status, error, stderr } = spawnSync('gcc', [...FLAGS, '-o', program, join(root, 'test/linux/init.c')], { encoding: 'utf8' });
  if (error) throw new Error(`gcc is not here (${error.message}); Debian, Ubuntu: apt-get install gcc`);
  if (status !== 0) throw new Error(`gcc could not build test/linux/init.c for 32-bit x86: ${stderr.trim().split('\n')[0]}`);
  return readFileSync(program);
}

const DIRECTORY = 0o040755, CHARACTER_DEVICE = 0o020600, PROGRAM = 0o100755, CONSOLE = [5, 1];

/** An initial RAM disk with a console and this program as /init. */
export function ramDisk(init) {
  const none = new Uint8Array(0);
  return Buffer.concat([
    entry({ name: 'dev', inode: 1, mode: DIRECTORY, bytes: none }), entry({ name: 'dev/console', inode: 2, mode: CHARACTER_DEVICE, bytes: none, device: CONSOLE }),
    entry({ name: 'init', inode: 3, mode: PROGRAM, bytes: init }), entry({ name: 'TRAILER!!!', inode: 0, mode: 0, bytes: none }),
  ]);
}

// fields in eight hexadecimal digits: inode, mode, user, group, links, time, size, device of the file, device it is, length of the name, sum
function entry({ name, inode, mode, bytes, device = [0, 0] }) {
  const fields = [inode, mode, 0, 0, 1, 0, bytes.length, 0, 0, ...device, name.length + 1, 0];
  const head = Buffer.from(`070701${fields.map((value) => value.toString(16).padStart(8, '0')).join('')}${name}\0`, 'latin1');
  return Buffer.concat([padded(head), padded(bytes)]);
}

function padded(bytes) {
  const all = Buffer.alloc(Math.ceil(bytes.length / 4) * 4);
  all.set(bytes);
  return all;
}

const SETUP_SECTORS = 0x1f1, PAYLOAD_OFFSET = 0x248, PAYLOAD_LENGTH = 0x24c, SECTOR_BYTES = 512;
const XZ = [0xfd, 0x37, 0x7a, 0x58, 0x5a];

/** The kernel as its own code would unpack it: an ELF file, some two thousand million instructions later. */
export function unpackedKernel(bytes) {
  const first = ((bytes[SETUP_SECTORS] || 4) + 1) * SECTOR_BYTES + bytes.readUInt32LE(PAYLOAD_OFFSET);
  const payload = bytes.subarray(first, first + bytes.readUInt32LE(PAYLOAD_LENGTH));
  const isXz = XZ.every((byte, index) => payload[index] === byte);
  // the payload ends with the size of what it becomes
  const { status, error, stdout } = spawnSync(...(isXz ? ['xz', ['-dc', '--single-stream']] : ['gzip', ['-dc']]), { input: payload.subarray(0, -4), maxBuffer: 1 << 30 });
  if (error) throw new Error(`${isXz ? 'xz' : 'gzip'} is not here (${error.message}): leave --unpacked out`);
  if (status !== 0 || stdout.length < 4 || stdout.readUInt32BE(0) !== 0x7f454c46) throw new Error('the kernel is packed in a way that is not known here: leave --unpacked out');
  return stdout;
}
