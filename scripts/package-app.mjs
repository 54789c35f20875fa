// Packages the app unpacked (`electron-builder --dir`) and names its executable in APP_EXECUTABLE for the tests.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';

/** Answers the environment the end-to-end tests need to run against the packaged app. */
export async function packageApp() {
  const { status, output } = await run(join(root, 'node_modules/.bin/electron-builder'), ['--dir'], { quiet: true });
  if (status !== 0) throw new Error(`electron-builder --dir failed: ${output.split('\n').find((line) => line.includes('⨯')) ?? output.trim()}`);
  const release = join(root, 'release');
  const folder = readdirSync(release).find((name) => name.endsWith('-unpacked') || name.startsWith('mac'));
  if (folder === undefined) throw new Error('electron-builder --dir made no unpacked app in release/');
  const inside = folder.startsWith('mac') ? 'Ringscope.app/Contents/MacOS/Ringscope' : folder.startsWith('win') ? 'Ringscope.exe' : 'ringscope';
  return { APP_EXECUTABLE: join(release, folder, inside) };
}
