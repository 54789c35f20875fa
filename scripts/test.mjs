// `npm test`, the whole truth but the long suites: check, component tests in Chromium, end-to-end tests in Electron.
// A part that fails does not stop the next, so that one run shows all there is to see.
import { buildIfStale } from './build.mjs';
import { check } from './check.mjs';
import { electronPath } from './runtime.mjs';
import { step, suite } from './suites.mjs';
import { ensure, virtualScreen } from './system.mjs';

const ready = await step('system', async () => { ensure(['xvfb', 'electron', 'chromium', ...(process.env.CI === 'true' ? ['nasm'] : [])], await electronPath()); });
const built = await step('build', () => buildIfStale());
const checked = await check();
const components = await suite('browser');
const whole = ready && built && await suite('e2e', { prefix: virtualScreen({ always: true }) });
process.exit(ready && built && checked && components && whole ? 0 : 1);
