// `npm run check`: types, lint, unit tests (with import rules and goldens). Offline, under a minute; two tools at a time.
import { fileURLToPath } from 'node:url';
import { fail } from './run.mjs';
import { suite, tool } from './suites.mjs';

/** True when all passed; runs everything even after a failure, so that one run shows it all. */
export async function check() {
  const cache = 'node_modules/.cache';
  const core = () => tool('types of core (no DOM, no Node)', 'tsc', ['-p', 'core', '--incremental', '--tsBuildInfoFile', `${cache}/core.tsbuildinfo`]);
  // svelte-check reads the whole tsconfig: it says what tsc would say, and the components' own
  const all = () => tool('types', 'svelte-check', ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--incremental', '--output', 'human']);
  const lint = () => tool('lint', 'eslint', ['.', '--max-warnings', '0', '--cache', '--cache-strategy', 'content', '--cache-location', `${cache}/eslint`]);
  const [typed, linted] = await Promise.all([core().then(async (ok) => (await all()) && ok), lint()]);
  return (await suite('unit')) && typed && linted;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await check().catch(fail) ? 0 : 1);
