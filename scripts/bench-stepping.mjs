// `npm run bench:stepping`: the time of a step back by one instruction in the app, on every sample (test/bench/stepping.ts).
import { join } from 'node:path';
import { APP, buildIfStale } from './build.mjs';
import { fail, root, run } from './run.mjs';
import { electronPath } from './runtime.mjs';
import { ensure, virtualScreen } from './system.mjs';

try {
  ensure(['display', 'electron'], await electronPath());
  await buildIfStale(APP);
  const [command, ...args] = [...virtualScreen(), process.execPath, join(root, 'node_modules/tsx/dist/cli.mjs'), join(root, 'test/bench/stepping.ts')];
  process.exit((await run(command, args)).status);
} catch (error) { fail(error); }
