// The menu. Its commands go to the page, which owns the keys: on Linux and Windows the keys shown here are only shown.
import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../contract/api.ts';

type Item = MenuItemConstructorOptions;

export function setMenu(choose: (command: MenuCommand) => void): void {
  const item = (label: string, command: MenuCommand, accelerator?: string): Item => ({
    label, click: () => { choose(command); }, registerAccelerator: false, ...(accelerator === undefined ? {} : { accelerator }),
  });
  const line: Item = { type: 'separator' };
  const file: Item[] = [
    item('Sample Gallery', 'gallery'), item('Open Trace or Log…', 'open', 'CmdOrCtrl+O'), item('Import Log…', 'import', 'CmdOrCtrl+I'), item('Record Image…', 'record', 'CmdOrCtrl+R'), line,
    item('Save Trace As…', 'save', 'CmdOrCtrl+S'), item('Add Symbols…', 'symbols'), item('Close Trace', 'close-trace', 'CmdOrCtrl+W'),
    ...(process.platform === 'darwin' ? [] : [line, { role: 'quit' } satisfies Item]),
  ];
  const go: Item[] = [
    item('Run to Next Breakpoint', 'run', 'F5'), item('Run Back to Breakpoint', 'reverse', 'Shift+F5'), line,
    item('Next Event', 'step-event', 'Right'), item('Previous Event', 'step-event-back', 'Left'),
    item('Step Over Kernel Visit', 'step-over', 'F10'), item('Step Back Over Kernel Visit', 'step-over-back', 'CmdOrCtrl+F10'),
    item('Step Out of Kernel Visit', 'step-out', 'Shift+F11'), item('Step Back Out of Kernel Visit', 'step-out-back', 'CmdOrCtrl+Shift+F11'),
    item('Next Instruction', 'step-instruction', 'F11'), item('Previous Instruction', 'step-instruction-back', 'CmdOrCtrl+F11'), line,
    item('Next Fault', 'next-fault'), item('Previous Fault', 'previous-fault'),
    item('Next CPL Change', 'next-cpl-change'), item('Previous CPL Change', 'previous-cpl-change'), line,
    item('Find…', 'find', 'CmdOrCtrl+F'), item('Command Palette…', 'palette', 'CmdOrCtrl+K'),
  ];
  const view: Item[] = [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, line, { role: 'togglefullscreen' }, ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' } satisfies Item])];
  Menu.setApplicationMenu(Menu.buildFromTemplate([
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } satisfies Item] : []),
    { label: 'File', submenu: file }, { role: 'editMenu' }, { label: 'View', submenu: view }, { label: 'Go', submenu: go }, { role: 'windowMenu' },
    { role: 'help', submenu: [item('Keyboard Keys', 'keys', 'Shift+/')] },
  ]));
}
