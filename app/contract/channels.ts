// The names that cross the bridge, as values: preload exposes them, main answers or sends them. Types are in api.ts.
import type { Calls, ChooseImageOutcome, MenuCommand, OpenOutcome, RecordProgress, SymbolsOutcome } from './api.ts';
import type { ImportProgress } from './import.ts';

/** Every invoke channel: the renderer's calls, and three only preload makes, with the path of a dropped file. */
export type Invokes = Calls & {
  openPath(path: string): Promise<OpenOutcome>;
  imagePath(path: string): Promise<ChooseImageOutcome>;
  symbolsPath(path: string): Promise<SymbolsOutcome>;
};

/** Messages from main, by channel. */
export type Sends = { recordProgress: RecordProgress; importProgress: ImportProgress; openRequest: OpenOutcome; menuCommand: MenuCommand };

export const CALLS = [
  'samples', 'openSample', 'openDialog', 'recents', 'openRecent', 'forgetRecent', 'saveTraceAs', 'closeTrace',
  'recordDialog', 'recordFileDialog', 'record', 'recordChange', 'cancelRecord', 'steerRecord', 'symbolsDialog', 'importDialog', 'importLog', 'cancelImport', 'reexecute', 'settings', 'saveSettings', 'platform',
] as const satisfies readonly (keyof Calls)[];

/** The page's origin, served by main from the bundle; nothing else may call. */
export const ORIGIN = 'app://bundle';
