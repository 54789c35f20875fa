// How the workspace divides itself, by the room it has in rem: wide has three columns, medium two, narrow one.

import type { MainTab, SideTab, WorkTab } from './session/panes.svelte.ts';
import type { IconName } from './ui/icons.ts';

export type Layout = 'wide' | 'medium' | 'narrow';

/** The layout for a width and height in rem. */
export function layoutFor(width: number, height: number): Layout {
  if (width >= 76) return 'wide';
  return width >= 50 && height >= 28 ? 'medium' : 'narrow';
}

export interface TabInfo { readonly id: WorkTab; readonly text: string; readonly icon: IconName }
const TABS: Readonly<Record<WorkTab, TabInfo>> = {
  inspector: { id: 'inspector', text: 'Inspector', icon: 'chip' },
  events: { id: 'events', text: 'Events', icon: 'list' },
  visits: { id: 'visits', text: 'Visits', icon: 'visit' },
  stats: { id: 'stats', text: 'Stats', icon: 'chart' },
  breakpoints: { id: 'breakpoints', text: 'Breakpoints', icon: 'breakpoint' },
  guide: { id: 'guide', text: 'Guide', icon: 'book' },
  console: { id: 'console', text: 'Console', icon: 'terminal' },
};
const MAIN: readonly MainTab[] = ['events', 'visits', 'stats'];

/** The tabs of the main column, where it stands alone (wide). */
export function mainTabs(): readonly TabInfo[] {
  return MAIN.map((id) => TABS[id]);
}

/** The tabs beside the main column (wide), of both (medium), or of everything (narrow). */
export function tabsFor(layout: Layout, hasGuide: boolean): readonly TabInfo[] {
  const side: readonly SideTab[] = hasGuide ? ['guide', 'breakpoints', 'console'] : ['breakpoints', 'console'];
  const ids: readonly WorkTab[] = layout === 'narrow' ? ['inspector', ...MAIN, ...side] : layout === 'medium' ? [...MAIN, ...side] : side;
  return ids.map((id) => TABS[id]);
}

/** The tab to show when the wanted one is not there. */
export function tabOr(wanted: WorkTab, tabs: readonly TabInfo[]): WorkTab {
  return tabs.some((tab) => tab.id === wanted) ? wanted : tabs[0]?.id ?? 'events';
}
