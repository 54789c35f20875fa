// What is remembered between runs, with the theme in force. Writes are sent on, and a refusal changes nothing on screen.

import type { Api, SavedBreakpoint, Settings, Theme } from '../../app/contract/api.ts';

export class Preferences {
  readonly #api: Api;
  settings = $state.raw<Settings>({ theme: 'system', panes: {}, breakpoints: [] });
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  async load(): Promise<void> {
    this.settings = await this.#api.settings();
  }

  /** Size of a pane in rem. */
  pane(name: string, otherwise: number): number {
    return this.settings.panes[name] ?? otherwise;
  }

  setPane(name: string, size: number): void {
    this.settings = { ...this.settings, panes: { ...this.settings.panes, [name]: size } };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { void this.#api.saveSettings({ panes: this.settings.panes }); }, 400);
  }

  async setTheme(theme: Theme): Promise<void> {
    this.settings = { ...this.settings, theme };
    await this.#api.saveSettings({ theme });
  }

  async setBreakpoints(breakpoints: readonly SavedBreakpoint[]): Promise<void> {
    this.settings = { ...this.settings, breakpoints };
    await this.#api.saveSettings({ breakpoints });
  }
}
