// The part of electron-builder's configuration that must be computed (electron-builder.yml extends it): builds dist/ and,
// where the official Electron cannot be downloaded, packages the runtime this checkout found instead.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { APP, buildIfStale } from './build.mjs';
import { electronPath, isOfficial } from './runtime.mjs';

export default async function configuration() {
  await buildIfStale(APP);
  const electron = await electronPath();
  if (isOfficial(electron) && !process.env['ELECTRON_OVERRIDE_DIST_PATH']) return {};
  const electronDist = dirname(electron);
  const versionFile = join(electronDist, 'version');
  if (!existsSync(versionFile)) throw new Error(`${electronDist} has no file named version: it is not an unpacked Electron`);
  const electronVersion = readFileSync(versionFile, 'utf8').trim().replace(/^v/, '');
  process.stderr.write(`[electron] packaging with Electron ${electronVersion} from this machine: for tests only, not to be given to users\n`);
  return { electronDist, electronVersion };
}
