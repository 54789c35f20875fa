// Which sections are folded, remembered with the sizes of the panes (1 open, 0 folded).

import type { Preferences } from '../session/preferences.svelte.ts';

export class Folds {
  readonly #preferences: Preferences;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
  }

  isOpen(name: string, otherwise = true): boolean {
    return this.#preferences.pane(`fold.${name}`, otherwise ? 1 : 0) !== 0;
  }

  set(name: string, open: boolean): void {
    this.#preferences.setPane(`fold.${name}`, open ? 1 : 0);
  }
}
