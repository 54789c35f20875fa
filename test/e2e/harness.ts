// Starts the real app for a test: its own HOME and data folder, Electron found as `npm start` finds it, or the packaged
// executable named by APP_EXECUTABLE. Also axe and pictures, so that every test file asks the same of the page.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { electronPath, sandboxArgs } from '../../scripts/runtime.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export type Theme = 'light' | 'dark';
export type LaunchOptions = {
  /** Files on the command line. */
  readonly files?: readonly string[];
  readonly theme?: Theme;
  /** Content of the window in pixels (1280 x 800). */
  readonly size?: { readonly width: number; readonly height: number };
  /** A home to start in again; by default a new one, removed at the end. */
  readonly home?: string;
};

export type Running = {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** HOME and everything the app writes. */
  readonly home: string;
  /** What the page wrote to its console as errors, and exceptions nobody caught: should stay empty. */
  readonly errors: readonly string[];
  close(): Promise<void>;
};

/** Starts the app and waits for its window to be loaded. */
export async function launch(options: LaunchOptions = {}): Promise<Running> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'ringscope-e2e-'));
  const data = join(home, 'data');
  mkdirSync(data, { recursive: true });
  if (options.theme !== undefined) writeFileSync(join(data, 'settings.json'), JSON.stringify({ theme: options.theme }));
  const switches = [...sandboxArgs(), '--disable-gpu', '--force-device-scale-factor=1', `--user-data-dir=${data}`];
  const app = await start(switches, options.files ?? [], environment(home));
  const page = await app.firstWindow();
  const errors: string[] = [];
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.waitForLoadState('load');
  const { width, height } = options.size ?? { width: 1280, height: 800 };
  await app.evaluate(({ BrowserWindow }, size) => { BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height); }, { width, height });
  const close = async (): Promise<void> => {
    await app.close();
    if (options.home === undefined) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  return { app, page, home, errors, close };
}

/**
 * Playwright holds the app back until it is attached, by a module Electron loads first, but only where it finds Electron
 * itself: so it is told where. A packaged app cannot be held back; attaching may come too late, and is tried again.
 */
async function start(switches: readonly string[], files: readonly string[], env: Record<string, string>): Promise<ElectronApplication> {
  const common = { env, colorScheme: null, timeout: 20_000 }; // colorScheme: the app's own theme decides
  const packaged = process.env['APP_EXECUTABLE'];
  if (packaged === undefined) {
    process.env['ELECTRON_OVERRIDE_DIST_PATH'] = distFolder(await electronPath());
    return _electron.launch({ ...common, args: [...switches, root, ...files] });
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await _electron.launch({ ...common, executablePath: packaged, args: [...switches, ...files] });
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      console.warn(`the packaged app could not be attached to (attempt ${attempt} of ${ATTEMPTS})`);
    }
  }
}
const ATTEMPTS = 3;

/** The unpacked Electron an executable belongs to. */
const distFolder = (executable: string): string => (process.platform === 'darwin' ? join(executable, '../../../..') : dirname(executable));

/** The user's environment without what would make the app find the user's own files or another screen. */
function environment(home: string): Record<string, string> {
  const kept = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && !/^(XDG_|WAYLAND_|ELECTRON_RUN_AS_NODE|NODE_OPTIONS)/.test(entry[0]));
  return { ...Object.fromEntries(kept), HOME: home };
}

/** Violations axe finds, each as `rule: where`; an empty list is a pass. */
export async function axe(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    type Axe = { run(): Promise<{ violations: { id: string; nodes: { target: unknown[] }[] }[] }> };
    const { violations } = await (window as unknown as { axe: Axe }).axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
  });
}

/** Makes the text this many times as large, as the user does with Ctrl and +. */
export async function zoom({ app, page }: Running, factor: number): Promise<void> {
  const before = await page.evaluate(() => window.devicePixelRatio);
  await app.evaluate(({ BrowserWindow }, to) => { BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(to); }, factor);
  if (before !== factor) await page.waitForFunction((to) => window.devicePixelRatio === to, factor);
}

/** Elements whose text does not fit them though nothing scrolls: `tag.class: text`. Meant to be empty at every size. */
export async function clipped(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const cut = (element: Element): boolean => {
      const style = getComputedStyle(element);
      const hides = (overflow: string): boolean => overflow === 'hidden' || overflow === 'clip';
      const wide = element.scrollWidth > element.clientWidth + 1 && hides(style.overflowX) && style.textOverflow !== 'ellipsis';
      const tall = element.scrollHeight > element.clientHeight + 1 && hides(style.overflowY);
      return wide || tall;
    };
    const shown = [...document.body.querySelectorAll('*')].filter((element) => element.clientWidth > 1 && element.clientHeight > 1);
    return shown.filter((element) => cut(element) && element.textContent.trim() !== '')
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}: ${element.textContent.trim().slice(0, 60)}`);
  });
}

/** Writes the window as it is on the screen to test/out/screenshots/<name>.png; answers the path. */
export async function screenshot({ app, page }: Running, name: string): Promise<string> {
  const path = join(root, 'test/out/screenshots', `${name}.png`);
  await page.evaluate(() => new Promise((painted) => { requestAnimationFrame(() => requestAnimationFrame(painted)); }));
  // Playwright's own picture is cut to a part of a zoomed window.
  const png = await app.evaluate(async ({ BrowserWindow }) => (await BrowserWindow.getAllWindows()[0]?.webContents.capturePage())?.toPNG().toString('base64'));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.from(png ?? '', 'base64'));
  return path;
}

/** The sizes and text sizes every view is looked at in. */
export const VIEWS = [
  { label: '1280x800', size: { width: 1280, height: 800 }, factor: 1 },
  { label: '900x600', size: { width: 900, height: 600 }, factor: 1 },
  { label: '1280x800-text200', size: { width: 1280, height: 800 }, factor: 2 },
] as const;

/** Runs `tour` in every view and both themes; it calls `picture` wherever a view is worth one. */
export async function everyView(tour: (running: Running, picture: (view: string) => Promise<void>) => Promise<void>): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    for (const { label, size, factor } of VIEWS) {
      const running = await launch({ theme, size });
      try {
        await zoom(running, factor);
        await tour(running, async (view) => { await screenshot(running, `${view}-${label}-${theme}`); });
      } finally {
        await running.close();
      }
    }
  }
}
