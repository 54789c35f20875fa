// `npm run acceptance`: the long suites. Each line is one suite; add yours to the list. With CI=true the tests take a
// missing witness (QEMU, Bochs, gcc) for a failure, and what the system lacks is installed; otherwise they skip it and say so.
import { buildIfStale } from './build.mjs';
import { packageApp } from './package-app.mjs';
import { electronPath } from './runtime.mjs';
import { step, suite } from './suites.mjs';
import { ensure, virtualScreen } from './system.mjs';

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
process.exit(passed ? 0 : 1);

function witnesses() {
  if (process.env['CI'] === 'true') ensure(['nasm', 'gcc', 'qemu', 'bochs']);
  return {};
}

async function packaged() {
  ensure(['xvfb', 'electron'], await electronPath());
  return packageApp();
}
