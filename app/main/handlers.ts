// What each call of the contract does. Arguments arrive checked (contract/parse.ts); ipc.ts binds the names.
import { app, type WebContents } from 'electron';
import { basename, extname } from 'node:path';
import type { OpenOutcome, Platform } from '../contract/api.ts';
import type { Invokes, Sends } from '../contract/channels.ts';
import type { ChosenFiles } from './chosen-files.ts';
import { chooseGivenFile, chooseImage, chooseLog, chooseSymbols, chooseTarget, chooseTrace } from './dialogs.ts';
import type { ImportJobs } from './import-jobs.ts';
import { CANCELLED, failed, messageOf } from './outcome.ts';
import type { RecentStore } from './recents.ts';
import type { RecordJobs } from './record-jobs.ts';
import type { Reexecution } from './reexecution.ts';
import type { SampleStore } from './samples.ts';
import type { SettingsStore } from './settings.ts';
import { readSymbols } from './symbols.ts';
import { isTraceFile, type TraceStore } from './traces.ts';

/** Everything main holds while it runs. */
export type Stores = {
  readonly samples: SampleStore;
  readonly traces: TraceStore;
  readonly chosen: ChosenFiles;
  readonly recents: RecentStore;
  readonly settings: SettingsStore;
  readonly recordings: RecordJobs;
  readonly imports: ImportJobs;
  readonly reexecution: Reexecution;
};

/** Each handler is told which page asks, to answer its progress to. */
export type Handlers = { readonly [K in keyof Invokes]: (from: WebContents, ...args: Parameters<Invokes[K]>) => ReturnType<Invokes[K]> };

/** Opens a trace by path and remembers it among the recent ones. */
async function openTrace({ traces, recents }: Stores, path: string): Promise<OpenOutcome> {
  const outcome = await traces.open(path);
  if (outcome.kind === 'opened') await recents.add(path, Date.now());
  return outcome;
}

/** Opens a file by path: a trace, or what a log or an image is to be made into one. */
export async function openFile(stores: Stores, path: string): Promise<OpenOutcome> {
  const other = extname(path).toLowerCase() === '.rtrace' || await isTraceFile(path) ? null : await stores.chosen.logOrImage(path);
  return other ?? openTrace(stores, path);
}

export function send<K extends keyof Sends>(to: WebContents, channel: K, message: Sends[K]): void {
  if (!to.isDestroyed()) to.send(channel, message);
}

export function handlersOf(stores: Stores): Handlers {
  const { samples, traces, chosen, recents, settings, recordings, imports, reexecution } = stores;
  return {
    samples: () => samples.list(),
    openSample: (_from, name) => openSample(stores, name),
    openPath: (_from, path) => openFile(stores, path),
    openDialog: async () => {
      const path = await chooseTrace();
      return path === null ? CANCELLED : openFile(stores, path);
    },
    recents: () => recents.list(),
    openRecent: async (_from, id) => {
      const path = recents.pathOf(id);
      return path === null ? failed('this trace is no longer among the recent ones: open it with Open…') : openTrace(stores, path);
    },
    forgetRecent: async (_from, id) => {
      await recents.forget(id);
      return recents.list();
    },
    saveTraceAs: (_from, id) => saveTraceAs(stores, id),
    closeTrace: async (_from, id) => {
      await reexecution.close(id);
      await traces.close(id);
    },
    recordDialog: async () => {
      const path = await chooseImage();
      return path === null ? CANCELLED : chosen.image(path);
    },
    recordFileDialog: async () => {
      const path = await chooseGivenFile();
      return path === null ? CANCELLED : chosen.image(path);
    },
    steerRecord: (_from, request) => {
      recordings.steer(request);
      return Promise.resolve();
    },
    imagePath: (_from, path) => chosen.image(path),
    record: async (from, request) => {
      const image = chosen.pathOf(request.imageToken);
      if (image === null) return failed('the image is no longer known: choose it again');
      const files = (request.files ?? []).map(({ role, token, argument }) => ({ role, path: chosen.pathOf(token), argument }));
      const known = files.flatMap(({ role, path, argument }) => (path === null ? [] : [{ role, path, argument }]));
      if (known.length < files.length) return failed('a file given with the image is no longer known: choose it again');
      const outcome = await recordings.record({ image, files: known }, request, (progress) => { send(from, 'recordProgress', progress); });
      return outcome.kind === 'recorded' ? openTrace(stores, outcome.path) : outcome;
    },
    recordChange: async (from, request) => {
      const file = traces.fileOf(request.traceId);
      if (file === null) return failed('the trace is closed: open it again');
      const outcome = await recordings.recordChange(file, request, (progress) => { send(from, 'recordProgress', progress); });
      return outcome.kind === 'recorded' ? openTrace(stores, outcome.path) : outcome;
    },
    cancelRecord: (_from, request) => {
      recordings.cancel(request);
      return Promise.resolve();
    },
    symbolsDialog: async () => {
      const path = await chooseSymbols();
      return path === null ? CANCELLED : readSymbols(path);
    },
    symbolsPath: (_from, path) => readSymbols(path),
    importDialog: async () => {
      const path = await chooseLog();
      return path === null ? CANCELLED : chosen.log(path);
    },
    importLog: async (from, { jobId, logToken }) => {
      const log = chosen.pathOf(logToken);
      if (log === null) return failed('the log is no longer known: choose it again');
      const outcome = await imports.import(log, jobId, (progress) => { send(from, 'importProgress', progress); });
      if (outcome.kind !== 'imported') return outcome;
      const opened = await openTrace(stores, outcome.path);
      return opened.kind === 'opened' ? { kind: 'imported', report: outcome.report, trace: opened.trace } : failed(opened.kind === 'failed' ? opened.message : 'the imported trace could not be opened');
    },
    cancelImport: (_from, jobId) => {
      imports.cancel(jobId);
      return Promise.resolve();
    },
    reexecute: (_from, trace, request) => {
      const file = traces.fileOf(trace);
      if (file === null) return Promise.resolve({ kind: 'absent', reason: 'the trace is closed', differsAt: null });
      return reexecution.ask({ trace, file, request });
    },
    settings: () => Promise.resolve(settings.current),
    saveSettings: (_from, change) => settings.save(change),
    platform: () => Promise.resolve(platform()),
  };
}

async function openSample({ samples, traces }: Stores, name: string): Promise<OpenOutcome> {
  const sample = (await samples.list()).find((known) => known.name === name);
  const file = samples.traceFile(name);
  if (sample === undefined || file === null) return failed(`there is no sample named ${name}: choose one from the gallery`);
  if (!sample.hasTrace) return failed(`the recording of ${name} is missing: run npm run traces`);
  return traces.open(file, sample);
}

async function saveTraceAs({ traces, recents }: Stores, id: string): ReturnType<Invokes['saveTraceAs']> {
  const file = traces.fileOf(id);
  if (file === null) return failed('the trace is closed: open it again to save it');
  const target = await chooseTarget(basename(file));
  if (target === null) return CANCELLED;
  try {
    await traces.copyTo(id, target);
  } catch (error) {
    return failed(`cannot write ${target}: ${messageOf(error)}`);
  }
  await recents.add(target, Date.now());
  return { kind: 'saved', path: target };
}

function platform(): Platform {
  const os = (['linux', 'darwin', 'win32'] as const).find((known) => known === process.platform) ?? 'other';
  const { electron, chrome, node } = process.versions;
  return { os, app: app.getVersion(), electron, chrome, node };
}
