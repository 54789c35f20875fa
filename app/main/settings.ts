// What is remembered between runs (settings.json). Reads once; every change is checked, merged and written in order.
import { nativeTheme } from 'electron';
import type { Settings } from '../contract/api.ts';
import { settingsChange } from '../contract/parse.ts';
import { readJson, writeJson } from './json-file.ts';

const DEFAULTS: Settings = { theme: 'system', panes: {}, breakpoints: [] };

export class SettingsStore {
  readonly #path: string;
  #current: Settings = DEFAULTS;
  #written: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  get current(): Settings {
    return this.#current;
  }

  /** Reads the file (a damaged one counts as none) and applies the theme. */
  async load(): Promise<void> {
    this.#current = { ...DEFAULTS, ...checked(await readJson(this.#path)) };
    nativeTheme.themeSource = this.#current.theme;
  }

  /** Merges a checked change; the answer is what holds now. */
  async save(change: Partial<Settings>): Promise<Settings> {
    this.#current = { ...this.#current, ...change };
    nativeTheme.themeSource = this.#current.theme;
    this.#written = this.#written.catch(() => undefined).then(() => writeJson(this.#path, this.#current));
    await this.#written;
    return this.#current;
  }
}

function checked(value: unknown): Partial<Settings> {
  try {
    return settingsChange(value, 'settings.json');
  } catch {
    return {};
  }
}
