// Keys pressed here as a guest gets them: on its keyboard, or from a terminal.

import { expect, test } from 'vitest';
import { keyInput, leaves, terminalText } from '../../../renderer/record/guest-keys.ts';

const key = (name: string, held: { readonly ctrl?: boolean; readonly alt?: boolean; readonly shift?: boolean } = {}) =>
  ({ code: '', key: name, ctrlKey: held.ctrl === true, altKey: held.alt === true, shiftKey: held.shift === true });

test('a key of the guest\'s keyboard is named, pressed and released; others are none', () => {
  expect([keyInput('KeyA', true), keyInput('KeyA', false), keyInput('BrowserHome', true), keyInput('', true)]).toEqual(['+KeyA', '-KeyA', null, null]);
});

test('a terminal sends text, control characters and escape sequences', () => {
  expect(['a', 'é', 'Enter', 'Backspace', 'ArrowUp', 'Shift', 'F13'].map((name) => terminalText(key(name)))).toEqual(['a', 'é', '\r', '\u007f', '\u001b[A', null, null]);
  expect([terminalText(key('c', { ctrl: true })), terminalText(key('1', { ctrl: true })), terminalText(key('x', { alt: true }))]).toEqual(['\u0003', null, '\u001bx']);
});

test('Shift+Tab leaves, Tab is the guest\'s', () => {
  expect([leaves(key('Tab', { shift: true })), leaves(key('Tab'))]).toEqual([true, false]);
  expect(terminalText(key('Tab'))).toBe('\t');
});
