// Runs sandboxed before the page: turns the contract's channels into `window.ringscope`, and nothing else.
import * as electron from 'electron';
import { CALLS, type Invokes, type Sends } from '../contract/channels.ts';
import type { Api, Calls, Drops, Messages, Unsubscribe } from '../contract/api.ts';

const { contextBridge, ipcRenderer } = electron;

const invoke = <K extends keyof Invokes>(name: K, ...args: Parameters<Invokes[K]>): ReturnType<Invokes[K]> =>
  ipcRenderer.invoke(name, ...args) as ReturnType<Invokes[K]>;

/** A subscription on one channel. What comes before the first listener is kept for it, at most this many messages. */
const KEPT = 64;
function subscription<K extends keyof Sends>(channel: K): (listener: (message: Sends[K]) => void) => Unsubscribe {
  const listeners = new Set<(message: Sends[K]) => void>();
  let kept: Sends[K][] = [];
  ipcRenderer.on(channel, (_event, message: Sends[K]) => {
    if (listeners.size === 0 && kept.length < KEPT) kept.push(message);
    for (const listener of listeners) listener(message);
  });
  return (listener) => {
    listeners.add(listener);
    for (const message of kept) listener(message);
    kept = [];
    return () => { listeners.delete(listener); };
  };
}

/** Electron before 32 has the path on the File itself. A File made by the page has none: the empty path is refused by main. */
function pathOf(file: File): string {
  if ('webUtils' in electron) return electron.webUtils.getPathForFile(file);
  return 'path' in file && typeof file.path === 'string' ? file.path : '';
}

const NO_PATH = { kind: 'failed', message: 'what was dropped is not a file on disk: drop a file from the file manager' } as const;
const calls = Object.fromEntries(CALLS.map((name) => [name, (...args: Parameters<Invokes[typeof name]>) => invoke(name, ...args)])) as unknown as Calls;
const messages: Messages = {
  onRecordProgress: subscription('recordProgress'),
  onImportProgress: subscription('importProgress'),
  onOpenRequest: subscription('openRequest'),
  onMenuCommand: subscription('menuCommand'),
};
const drops: Drops = {
  openFile: async (file) => (pathOf(file) === '' ? NO_PATH : invoke('openPath', pathOf(file))),
  symbolsFile: async (file) => (pathOf(file) === '' ? NO_PATH : invoke('symbolsPath', pathOf(file))),
  imageFile: async (file) => (pathOf(file) === '' ? NO_PATH : invoke('imagePath', pathOf(file))),
};
const api: Api = { ...calls, ...messages, ...drops };
contextBridge.exposeInMainWorld('ringscope', api);
