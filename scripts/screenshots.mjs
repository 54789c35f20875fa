// `npm run screenshots`: writes the app's views as PNG into test/out/screenshots (sizes, text sizes and themes: test/e2e/screenshots).
import { APP, buildIfStale } from './build.mjs';
import { fail } from './run.mjs';
import { electronPath } from './runtime.mjs';
import { suite } from './suites.mjs';
import { ensure, virtualScreen } from './system.mjs';

try {
  ensure(['xvfb', 'electron'], await electronPath());
  await buildIfStale(APP);
  process.exit(await suite('screenshots', { prefix: virtualScreen({ always: true }) }) ? 0 : 1);
} catch (error) { fail(error); }
