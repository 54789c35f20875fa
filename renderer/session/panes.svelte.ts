// Which pane is in front. A wide window shows three at a time: one of the main ones, one beside it, and the inspector; so each group
// remembers its own.

export const MAIN_TABS = ['events', 'visits', 'stats'] as const;
export const SIDE_TABS = ['guide', 'breakpoints', 'console'] as const;
export type MainTab = (typeof MAIN_TABS)[number];
export type SideTab = (typeof SIDE_TABS)[number];
/** What lies over the window. */
export type Overlay = 'keys' | 'palette' | 'record' | 'import' | 'what-if' | null;
export type WorkTab = MainTab | SideTab | 'inspector';

export class Panes {
  #tab = $state<WorkTab>('inspector');
  main = $state<MainTab>('events');
  side = $state<SideTab>('guide');
  /** How often a pane was asked for by a command: it is to be brought into sight then, wherever the window has scrolled. */
  asked = $state(0);
  /** Index of the kernel visit pointed at in a list, to be shown on the timeline; null for none. */
  pointedVisit = $state<number | null>(null);

  /** The pane asked for last: what a window with room for one shows. */
  get tab(): WorkTab {
    return this.#tab;
  }

  /** Brings a pane to the front and into sight. */
  reveal(tab: WorkTab): void {
    this.show(tab);
    this.asked += 1;
  }

  /** Brings a pane to the front of its group. */
  show(tab: WorkTab): void {
    this.#tab = tab;
    const main = MAIN_TABS.find((one) => one === tab);
    const side = SIDE_TABS.find((one) => one === tab);
    if (main !== undefined) this.main = main;
    if (side !== undefined) this.side = side;
  }
}
