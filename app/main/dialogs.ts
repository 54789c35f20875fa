// The system's file dialogs. Each answers a path, or null when the user cancelled.
import { BrowserWindow, dialog, type FileFilter, type OpenDialogOptions, type SaveDialogOptions } from 'electron';

const TRACES: FileFilter[] = [{ name: 'Ringscope trace', extensions: ['rtrace'] }, { name: 'Log to import', extensions: ['log', 'txt', 'gz'] }, { name: 'All files', extensions: ['*'] }];
const LOGS: FileFilter[] = [{ name: 'Log', extensions: ['log', 'txt', 'gz'] }, { name: 'All files', extensions: ['*'] }];
const IMAGES: FileFilter[] = [{ name: 'All files', extensions: ['*'] }, { name: 'Guest image', extensions: ['img', 'elf', 'bin', 'rom', 'o', 'dsk'] }];

export const chooseTrace = (): Promise<string | null> => choose({ title: 'Open a trace', properties: ['openFile'], filters: TRACES });
export const chooseLog = (): Promise<string | null> => choose({ title: 'Import a log', properties: ['openFile'], filters: LOGS });
export const chooseGivenFile = (): Promise<string | null> => choose({ title: 'Give a file with the image', properties: ['openFile'], filters: [{ name: 'All files', extensions: ['*'] }] });
const SYMBOLS: FileFilter[] = [{ name: 'ELF file or map', extensions: ['elf', 'map', 'img', 'debug', 'o'] }, { name: 'All files', extensions: ['*'] }];

export const chooseImage = (): Promise<string | null> => choose({ title: 'Record an image', properties: ['openFile'], filters: IMAGES });

export const chooseSymbols = (): Promise<string | null> => choose({ title: 'Add symbols to the open trace', properties: ['openFile'], filters: SYMBOLS });

/** Where to save a trace; `name` is proposed. */
export async function chooseTarget(name: string): Promise<string | null> {
  const options: SaveDialogOptions = { title: 'Save the trace', defaultPath: name.endsWith('.rtrace') ? name : `${name}.rtrace`, filters: TRACES };
  const window = BrowserWindow.getFocusedWindow();
  const { canceled, filePath } = await (window === null ? dialog.showSaveDialog(options) : dialog.showSaveDialog(window, options));
  return canceled ? null : filePath;
}

async function choose(options: OpenDialogOptions): Promise<string | null> {
  const window = BrowserWindow.getFocusedWindow();
  const { filePaths } = await (window === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options));
  return filePaths[0] ?? null;
}
