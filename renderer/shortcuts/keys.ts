// From a key press to a command.

import { COMMANDS, type Command } from '../session/commands.ts';

export interface Press { readonly key: string; readonly shiftKey: boolean; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly altKey: boolean }

/** The command a key press means, or null. Letters match regardless of Caps Lock; signs such as `?` carry their own Shift. */
export function commandFor(press: Press): Command | null {
  if (press.altKey) return null;
  return COMMANDS.find((command) => command.keys.some((keys) => matches(keys, press))) ?? null;
}

function matches(keys: string, press: Press): boolean {
  const parts = keys === '+' ? ['+'] : keys.split('+');
  const key = parts[parts.length - 1] ?? '';
  if (parts.includes('Mod') !== (press.ctrlKey || press.metaKey)) return false;
  const sign = key.length === 1 && !/[a-z]/i.test(key);
  if (!sign && parts.includes('Shift') !== press.shiftKey) return false;
  return key.length === 1 ? key.toLowerCase() === press.key.toLowerCase() : key === press.key;
}

/** True when a key belongs to what has the focus: typing, arrows in lists and tabs, Enter and Space on buttons. */
export function isTaken(press: Press, target: { readonly tag: string; readonly role: string | null; readonly type: string | null }): boolean {
  const typing = (target.tag === 'INPUT' && target.type !== 'radio' && target.type !== 'checkbox') || target.tag === 'TEXTAREA' || target.tag === 'SELECT';
  if (typing) return !/^F\d+$/.test(press.key) && !(press.ctrlKey || press.metaKey);
  const arrows = /^(Arrow|Home|End|Page)/.test(press.key);
  if (arrows) return target.type === 'radio' || target.role === 'tab' || target.role === 'separator' || target.role === 'slider' || target.role === 'listbox' || target.role === 'grid' || target.role === 'treegrid' || target.role === 'row';
  return false;
}
