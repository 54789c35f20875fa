// Runs parts of the truth (types, lint, vitest projects) and keeps their counts in test/out/counts/, so that `.ci/run`
// can close with one line over all of them. A failed part without tests of its own counts as one failure.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';

const folder = join(root, 'test/out/counts');
const bin = (name) => join(root, 'node_modules/.bin', name);

/** Starts counting anew; `.ci/run` does it once for all the commands it runs. */
export function resetCounts() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/** A tool that passes or fails as a whole. Prints its output only when it fails. */
export async function tool(name, command, args) {
  const start = performance.now();
  const { status, output } = await run(bin(command), args, { quiet: true });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(status === 0 ? `ok   ${name} (${seconds} s)\n` : `${output.trimEnd()}\nFAIL ${name} (${seconds} s)\n`);
  count(name, { passed: 0, failed: status === 0 ? 0 : 1, skipped: 0 });
  return status === 0;
}

/** A step of ours that passes when it does not throw. */
export async function step(name, work) {
  try {
    await work();
    count(name, { passed: 0, failed: 0, skipped: 0 });
    return true;
  } catch (error) {
    process.stdout.write(`${error.message}\nFAIL ${name}\n`);
    count(name, { passed: 0, failed: 1, skipped: 0 });
    return false;
  }
}

/** One vitest project. `prefix` is a command it runs under (xvfb-run …), `env` what it is told. */
export async function suite(project, { prefix = [], env = {}, args = [] } = {}) {
  mkdirSync(folder, { recursive: true });
  const report = join(folder, `${project}.report.json`);
  rmSync(report, { force: true });
  const words = [...prefix, process.execPath, join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project,
    '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args];
  const { status } = await run(words[0], words.slice(1), { env });
  count(project, counts(report, status));
  return status === 0;
}

/** Vitest's own counts; what ended badly without a failed test (a file that does not load) is one failure. */
function counts(report, status) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    const failed = numFailedTests > 0 ? numFailedTests : numFailedTestSuites;
    return { passed: numPassedTests, failed: failed > 0 || status === 0 ? failed : 1, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function count(name, values) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name.replace(/\W+/g, '-')}.json`), JSON.stringify(values));
}

/** Sum over every part run since `resetCounts`. */
export function total() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json') && !file.endsWith('.report.json'))) {
    const part = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    for (const key of Object.keys(sum)) sum[key] += part[key];
  }
  return sum;
}

export const closingLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;
