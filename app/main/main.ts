// The program's main side begins here: one instance, one window, the stores, the bridge. It computes nothing itself:
// recording and re-execution run in worker threads, traces are read by the page.
import { app } from 'electron';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ChosenFiles } from './chosen-files.ts';
import { handlersOf, openFile, type Stores } from './handlers.ts';
import { ImportJobs } from './import-jobs.ts';
import { answer } from './ipc.ts';
import { setMenu } from './menu.ts';
import { registerScheme, serve } from './protocol.ts';
import { RecentStore } from './recents.ts';
import { RecordJobs } from './record-jobs.ts';
import { Reexecution } from './reexecution.ts';
import { SampleStore } from './samples.ts';
import { harden } from './security.ts';
import { SettingsStore } from './settings.ts';
import { TraceStore } from './traces.ts';
import { MainWindow } from './window.ts';

registerScheme();
const files = filesOf(process.argv);
if (app.requestSingleInstanceLock({ files })) run();
else app.quit();

function run(): void {
  const window = new MainWindow();
  const stores = storesOf(app.getPath('userData'));
  const opens = async (paths: readonly string[]): Promise<void> => {
    for (const path of paths) window.send('openRequest', await openFile(stores, path));
  };
  app.on('second-instance', (_event, _argv, _folder, data) => {
    window.show();
    void opens(pathsIn(data));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    void app.whenReady().then(() => opens([path]));
  });
  app.on('activate', () => { if (app.isReady()) window.show(); });
  app.on('window-all-closed', () => { app.quit(); });
  app.on('will-quit', () => {
    stores.recordings.cancelAll();
    stores.imports.cancelAll();
    void stores.reexecution.closeAll();
    void stores.traces.closeAll();
  });
  void app.whenReady().then(async () => {
    harden();
    serve({ folder: join(__dirname, 'renderer'), traces: stores.traces });
    answer(handlersOf(stores));
    setMenu((command) => { window.send('menuCommand', command); });
    await Promise.all([stores.settings.load(), stores.recents.load()]);
    window.show();
    await opens(files);
  });
}

/** `folder`: the user's data folder. */
function storesOf(folder: string): Stores {
  mkdirSync(folder, { recursive: true });
  const worker = join(__dirname, 'worker.cjs');
  return {
    samples: new SampleStore(join(app.isPackaged ? process.resourcesPath : app.getAppPath(), 'traces')),
    traces: new TraceStore(),
    chosen: new ChosenFiles(),
    recents: new RecentStore(join(folder, 'recents.json')),
    settings: new SettingsStore(join(folder, 'settings.json')),
    recordings: new RecordJobs(worker, join(folder, 'recordings')),
    imports: new ImportJobs(worker, join(folder, 'recordings')),
    reexecution: new Reexecution(worker),
  };
}

/** Files named on the command line: what is no switch, without the app's own folder when started through Electron. */
function filesOf(argv: readonly string[]): readonly string[] {
  const named = argv.slice(1).filter((word) => !word.startsWith('-'));
  return (process.defaultApp ? named.slice(1) : named).map((word) => resolve(word));
}

/** Files a second start was given. */
function pathsIn(data: unknown): readonly string[] {
  const named: unknown = typeof data === 'object' && data !== null && 'files' in data ? data.files : [];
  return Array.isArray(named) ? named.filter((path) => typeof path === 'string') : [];
}
