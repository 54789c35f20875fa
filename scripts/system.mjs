// What the system must have besides Node: found by looking for the thing itself, installed by apt when we may (root on
// Debian or Ubuntu), otherwise named in one line to paste. `node scripts/system.mjs electron display …` does one round.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright';

/** Each need: how to see that it is met, and the Debian packages that meet it (`t64` names are tried first). */
const needs = {
  display: { met: () => hasDisplay() || (has('xvfb-run') && has('xauth')), packages: ['xvfb', 'xauth'] },
  xvfb: { met: () => has('xvfb-run') && has('xauth'), packages: ['xvfb', 'xauth'] },
  electron: {
    met: (exe) => missingLibraries(exe).length === 0,
    packages: ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1', 'libxtst6', 'libnotify4', 'libatspi2.0-0', 'libsecret-1-0'],
  },
  chromium: { met: () => chromiumPath() !== null, packages: isUbuntu() ? [] : ['chromium'], otherwise: ['playwright', 'install', 'chromium'] },
  gcc: { met: () => has('gcc') && has('ld') && has('objdump'), packages: ['gcc', 'binutils'] },
  nasm: { met: () => has('nasm'), packages: ['nasm'] },
  qemu: { met: () => has('qemu-system-i386'), packages: ['qemu-system-x86', 'seabios'] },
  bochs: { met: () => has('bochs') && existsSync('/usr/share/bochs'), packages: ['bochs', 'bochs-x', 'bochsbios', 'vgabios'] },
};

/**
 * Makes sure of every named need. `exe` is the Electron executable, for `electron`.
 * Throws one line with the command to paste when something is missing that we may not install.
 */
export function ensure(names, exe) {
  const missing = names.filter((name) => !needs[name].met(exe));
  if (missing.length === 0) return;
  for (const name of missing.filter((need) => needs[need].packages.length === 0)) viaNpx(name, needs[name].otherwise);
  const wanted = [...new Set(missing.flatMap((name) => needs[name].packages))];
  if (wanted.length === 0) return;
  if (!has('apt-get')) throw new Error(`missing on this system: ${missing.join(', ')}. Install what your distribution calls: ${wanted.join(' ')}`);
  if (process.getuid?.() !== 0) throw new Error(`missing on this system: ${missing.join(', ')}. Run: sudo apt-get update && sudo apt-get install -y ${names64(wanted).join(' ')}`);
  process.stderr.write(`[system] missing ${missing.join(', ')}: installing ${wanted.join(' ')} with apt-get (as root)…\n`);
  apt('update', '-qq');
  apt('install', '-y', '-qq', '--no-install-recommends', ...names64(wanted));
  const still = missing.filter((name) => !needs[name].met(exe));
  if (still.length > 0) throw new Error(`installed ${wanted.join(' ')}, and still missing: ${still.join(', ')}${still.includes('electron') ? ` (${missingLibraries(exe).join(' ')})` : ''}`);
}

/** Ubuntu has no Chromium package; Playwright's installer fetches one (and, as root, the libraries it needs). */
function viaNpx(name, words) {
  const args = process.getuid?.() === 0 ? [...words, '--with-deps'] : words;
  process.stderr.write(`[system] missing ${name}: npx ${args.join(' ')}…\n`);
  const install = spawnSync('npx', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (install.status !== 0 || !needs[name].met()) throw new Error(`missing on this system: ${name}. Run: sudo npx playwright install --with-deps chromium, or set CHROMIUM to the path of one`);
}
function isUbuntu() {
  return existsSync('/etc/os-release') && /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Debian 13 and Ubuntu 24.04 renamed some libraries (`libgtk-3-0t64`); apt cannot always follow the old name. */
function names64(packages) {
  return packages.map((name) => (/^lib.*\d$/.test(name) && known(`${name}t64`) ? `${name}t64` : name));
}
function known(name) {
  const answer = spawnSync('apt-cache', ['show', '--no-all-versions', name], { encoding: 'utf8' });
  return answer.status === 0 && answer.stdout.includes('Package:');
}

function apt(...args) {
  const run = spawnSync('apt-get', args, { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'pipe', 'pipe'] });
  if (run.status !== 0) throw new Error(`apt-get ${args.join(' ')} failed: ${run.error?.message ?? run.stderr.trim().split('\n').at(-1)}`);
}

/** Shared libraries the executable asks for and the system does not have. Linux only; elsewhere none are missing. */
function missingLibraries(exe) {
  if (process.platform !== 'linux') return [];
  const ldd = spawnSync('ldd', [exe], { encoding: 'utf8', env: { ...process.env, LD_LIBRARY_PATH: dirname(exe) } });
  return [...(ldd.stdout ?? '').matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
}

/** A Chromium for the component tests: $CHROMIUM, the system's, Playwright's own, or null. */
export function chromiumPath() {
  const named = ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser'].map(find);
  return [process.env['CHROMIUM'], ...named, chromium.executablePath()].find((path) => path && existsSync(path) && !isSnapStub(path)) ?? null;
}
/** Ubuntu's package is a script that asks for a snap. */
function isSnapStub(path) {
  const head = readFileSync(path).subarray(0, 4096).toString('latin1');
  return head.startsWith('#!') && head.includes('snap install');
}

export const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);

/** Full path of a program on PATH (and in sbin, which a plain user's PATH lacks), or null. */
export function find(program) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders.filter((name) => name !== '')) {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return join(folder, program);
    } catch { /* not in this one */ }
  }
  return null;
}
const has = (program) => find(program) !== null;

/** Words to put before a command so that it runs on a virtual screen; none where there is no need (`always`: even beside a real one). */
export function virtualScreen({ always = false } = {}) {
  if (process.platform !== 'linux' || (hasDisplay() && !always)) return [];
  return ['xvfb-run', '-a', '-s', '-screen 0 1920x1200x24'];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { fail } = await import('./run.mjs');
  try {
    const names = process.argv.slice(2);
    const exe = names.includes('electron') ? await (await import('./runtime.mjs')).electronPath() : undefined;
    ensure(names, exe);
  } catch (error) { fail(error); }
}
