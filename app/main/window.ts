// The one window: created sandboxed, shown when painted, remembered for messages that come from outside.
import { BrowserWindow, nativeTheme } from 'electron';
import { join } from 'node:path';
import { ORIGIN, type Sends } from '../contract/channels.ts';
import { send } from './handlers.ts';

export class MainWindow {
  #window: BrowserWindow | null = null;
  #loaded = false;
  #queue: (() => void)[] = [];

  /** Opens the window, or brings it to the front. */
  show(): void {
    if (this.#window === null) this.#create();
    else if (this.#window.isMinimized()) this.#window.restore();
    this.#window?.focus();
  }

  /** Sends to the page, once it is loaded. */
  send<K extends keyof Sends>(channel: K, message: Sends[K]): void {
    const deliver = (): void => { if (this.#window !== null) send(this.#window.webContents, channel, message); };
    if (this.#loaded) deliver();
    else this.#queue.push(deliver);
  }

  #create(): void {
    const window = new BrowserWindow({
      width: 1280, height: 800, minWidth: 640, minHeight: 400, show: false, title: 'Ringscope',
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#14161a' : '#ffffff',
      webPreferences: {
        preload: join(__dirname, 'preload.cjs'), contextIsolation: true, sandbox: true, nodeIntegration: false,
        webviewTag: false, navigateOnDragDrop: false, spellcheck: false,
      },
    });
    this.#window = window;
    window.once('ready-to-show', () => { window.show(); });
    window.webContents.on('did-finish-load', () => {
      this.#loaded = true;
      for (const deliver of this.#queue.splice(0)) deliver();
    });
    window.on('closed', () => {
      this.#window = null;
      this.#loaded = false;
    });
    void window.loadURL(`${ORIGIN}/`);
  }
}
