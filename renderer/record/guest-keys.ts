// What a key pressed here means to a guest: a key of its keyboard, or bytes of a terminal on its serial line.

import { KEY_NAMES } from '../../core/event/keys.ts';

export type Line = 'keyboard' | 'com1';
export interface PressedKey { readonly code: string; readonly key: string; readonly ctrlKey: boolean; readonly altKey: boolean; readonly shiftKey: boolean }

const KNOWN = new Set(KEY_NAMES);
/** As a terminal sends them: CR for Enter, DEL for Backspace, escape sequences for the cursor keys. */
const TERMINAL: Readonly<Record<string, string>> = {
  Enter: '\r', Backspace: '\u007f', Tab: '\t', Escape: '\u001b', ArrowUp: '\u001b[A', ArrowDown: '\u001b[B', ArrowRight: '\u001b[C', ArrowLeft: '\u001b[D', Home: '\u001b[H', End: '\u001b[F',
  Delete: '\u001b[3~', PageUp: '\u001b[5~', PageDown: '\u001b[6~',
};

/** True for the key that leaves the guest's console: it is never the guest's, so that nobody is caught there. */
export const leaves = ({ key, shiftKey }: PressedKey): boolean => key === 'Tab' && shiftKey;

/** The input for the guest's keyboard; null when it has no such key. */
export function keyInput(code: string, isPressed: boolean): string | null {
  return KNOWN.has(code) ? `${isPressed ? '+' : '-'}${code}` : null;
}

/** What a terminal sends for a key; null when nothing. Ctrl with a letter is that control character. */
export function terminalText({ key, ctrlKey, altKey }: PressedKey): string | null {
  if (ctrlKey && /^[a-z@[\\\]^_]$/i.test(key)) return String.fromCharCode(key.toUpperCase().charCodeAt(0) & 0x1f);
  if (ctrlKey) return null;
  const text = TERMINAL[key] ?? (Array.from(key).length === 1 ? key : null);
  return text === null ? null : `${altKey ? '\u001b' : ''}${text}`;
}
