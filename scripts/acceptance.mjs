// `npm run acceptance`: the long suites. Each line is one suite; add yours to the list. With CI=true the tests take a
// missing witness (QEMU, Bochs, gcc) for a failure, and what the system lacks is installed; otherwise they skip it and say so.
import { join } from 'node:path';
import { buildIfStale } from './build.mjs';
import { packageApp } from './package-app.mjs';
import { root, run } from './run.mjs';
import { electronPath } from './runtime.mjs';
import { step, suite } from './suites.mjs';
import { ensure, virtualScreen } from './system.mjs';

/** Cases a mode; by itself the command runs 10 000. */
const DIFFERENTIAL_CASES = '1500';

/** `prepare` answers what the suite needs in its environment. */
const suites = [
  { project: 'witness', prepare: witnesses },
  { project: 'packaged', prepare: packaged, screen: true },
];

let passed = await step('build', () => buildIfStale());
for (const { project, prepare, screen = false } of suites) {
  let env = {};
  const ready = await step(`${project}: preparation`, async () => { env = await prepare(); });
  const prefix = screen ? virtualScreen({ always: true }) : [];
  passed = ready && (await suite(project, { prefix, env })) && passed;
}
passed = (await step('differential', differential)) && passed;
process.exit(passed ? 0 : 1);

/** A short run of `npm run differential`; where a witness may be missing, nothing compared is no failure. */
async function differential() {
  const allowed = process.env['CI'] === 'true' ? [] : ['--allow-none'];
  const { status } = await run(process.execPath, [join(root, 'node_modules/tsx/dist/cli.mjs'), join(root, 'test/differential/run.ts'), '--cases', DIFFERENTIAL_CASES, ...allowed]);
  if (status !== 0) throw new Error('differential: cases differ, or none were compared');
}

function witnesses() {
  if (process.env['CI'] === 'true') ensure(['nasm', 'gcc', 'qemu', 'bochs']);
  return {};
}

async function packaged() {
  ensure(['xvfb', 'electron'], await electronPath());
  return packageApp();
}
