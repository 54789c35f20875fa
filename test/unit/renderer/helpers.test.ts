// The window's arithmetic: virtual rows, dividers, keys, forms, pages, breakpoint texts, listings, words.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MSR_NAMES, caretAt, cplText, msrText, MECHANISMS, RINGS } from '../../../renderer/breakpoints/presets.ts';
import { compile, isRefusal } from '../../../core/replay/expression/compile.ts';
import { agoText } from '../../../renderer/gallery/ago.ts';
import { linesOf, type ConsolePiece } from '../../../renderer/console/text.ts';
import { blocksOf, inlinesOf } from '../../../renderer/guide/markdown.ts';
import { listingOf } from '../../../renderer/inspector/listing.ts';
import { wordsOf } from '../../../renderer/inspector/stack-words.ts';
import { layoutFor, mainTabs, tabOr, tabsFor } from '../../../renderer/layout.ts';
import { optionsOf } from '../../../renderer/record/options.ts';
import { COMMANDS } from '../../../renderer/session/commands.ts';
import { mergeRising } from '../../../renderer/session/merge.ts';
import { columnsOf } from '../../../renderer/session/columns.ts';
import { drawPreview, PREVIEW_WIDTH } from '../../../renderer/session/previews.ts';
import { commandFor, isTaken } from '../../../renderer/shortcuts/keys.ts';
import { nextRow } from '../../../renderer/ui/list-keys.ts';
import { placeBeside } from '../../../renderer/ui/place.ts';
import { fitSize, keySize } from '../../../renderer/ui/split.ts';
import { HEIGHT_MAX, scrollToShow, stripOf } from '../../../renderer/ui/virtual.ts';
import { symbolTable } from '../../../core/symbols/symbol-table.ts';
import { row, traceOf, transition } from '../replay/synthetic.ts';

test('a long list draws what is in view, however long it is, and can show every row', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 50_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (count, share) => {
    const index = Math.floor(share * (count - 1));
    const view = { count, rowHeight: 28, viewHeight: 400, scrollTop: 0 };
    const scrollTop = scrollToShow(index, view);
    const strip = stripOf({ ...view, scrollTop });
    expect(strip.height).toBeLessThanOrEqual(HEIGHT_MAX);
    expect(strip.first).toBeLessThanOrEqual(index);
    expect(strip.end).toBeGreaterThan(index);
    expect(strip.end - strip.first).toBeLessThanOrEqual(30);
    const top = strip.offset + (index - strip.first) * 28 - scrollTop;
    expect(top).toBeGreaterThanOrEqual(-1);
    expect(top + 28).toBeLessThanOrEqual(401);
  }));
});

test('a divider keeps both panes at their least, and takes the arrows along its axis', () => {
  expect(fitSize(5, { least: 10, leastOther: 20, total: 60 })).toBe(10);
  expect(fitSize(99, { least: 10, leastOther: 20, total: 60 })).toBe(40);
  expect(keySize('ArrowRight', 20, { side: 'start', axis: 'row' })).toBe(21);
  expect(keySize('ArrowRight', 20, { side: 'end', axis: 'row' })).toBe(19);
  expect(keySize('ArrowUp', 20, { side: 'start', axis: 'row' })).toBeNull();
});

test('a floating box stays inside the window', () => {
  expect(placeBeside({ left: 990, top: 580, width: 10, height: 10 }, { width: 200, height: 50 }, { width: 1000, height: 600 })).toEqual({ left: 794, top: 524 });
});

const press = (key: string, more: Partial<Parameters<typeof commandFor>[0]> = {}): Parameters<typeof commandFor>[0] => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });

test('keys lead to commands, with Shift and Ctrl told apart and signs taken as they are', () => {
  expect(commandFor(press('F5'))?.id).toBe('run');
  expect(commandFor(press('F5', { shiftKey: true }))?.id).toBe('reverse');
  expect(commandFor(press('F', { shiftKey: true }))?.id).toBe('previous-fault');
  expect(commandFor(press('k', { ctrlKey: true }))?.id).toBe('palette');
  expect(commandFor(press('k'))?.id).toBe('show-visits');
  expect(commandFor(press('j'))).toBeNull();
  expect(commandFor(press('?', { shiftKey: true }))?.id).toBe('keys');
  expect(commandFor(press('+', { shiftKey: true }))?.id).toBe('zoom-in');
  expect(commandFor(press('f', { altKey: true }))).toBeNull();
});

test('no two commands share a key', () => {
  const keys = COMMANDS.flatMap((command) => command.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test('typing keeps its letters, but not the function keys', () => {
  const input = { tag: 'INPUT', role: null, type: 'text' };
  expect(isTaken(press('f'), input)).toBe(true);
  expect(isTaken(press('F5'), input)).toBe(false);
  expect(isTaken(press('ArrowRight'), { tag: 'BUTTON', role: 'tab', type: null })).toBe(true);
  expect(isTaken(press('ArrowRight'), { tag: 'CANVAS', role: 'slider', type: null })).toBe(true);
  expect(isTaken(press('ArrowRight'), { tag: 'BODY', role: null, type: null })).toBe(false);
});

test('rows of the event table by key', () => {
  const at = { at: 5, count: 100, page: 10 };
  expect(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'x'].map((key) => nextRow(key, at))).toEqual([6, 4, 15, 0, 0, 99, null]);
});

test('every breakpoint the builder offers is one the language takes', () => {
  for (const from of RINGS) for (const to of RINGS) for (const via of ['*', ...MECHANISMS]) expect(isRefusal(compile(cplText(from, to, via))), cplText(from, to, via)).toBe(false);
  for (const name of ['*', ...MSR_NAMES]) for (const changed of [true, false]) expect(isRefusal(compile(msrText(name, { changed }))), name).toBe(false);
  expect(caretAt('msr', 99)).toBe(3);
});

test('record options: defaults are left out, hexadecimal is taken, what is wrong is named', () => {
  const empty = { format: 'auto' as const, memory: '', cpuModel: '', maxInstructions: '', maxEvents: '', org: '', entry: '', append: '', isLive: false };
  expect(optionsOf(empty)).toEqual({ kind: 'right', options: { format: 'auto' } });
  expect(optionsOf({ ...empty, cpuModel: '486' })).toEqual({ kind: 'right', options: { format: 'auto', cpuModel: '486' } });
  expect(optionsOf({ ...empty, memory: '64', org: '0x10_0000', maxEvents: '1 000' })).toEqual({ kind: 'right', options: { format: 'auto', memory: 67_108_864, org: 0x100000, maxEvents: 1000 } });
  expect(optionsOf({ ...empty, memory: '0' })).toMatchObject({ kind: 'wrong' });
  expect(optionsOf({ ...empty, entry: 'main' })).toMatchObject({ kind: 'wrong' });
  expect(optionsOf({ ...empty, format: 'linux', append: 'console=ttyS0', isLive: true })).toEqual({ kind: 'right', options: { format: 'linux', append: 'console=ttyS0', live: true } });
  expect(optionsOf({ ...empty, format: 'rom', append: 'x' })).toEqual({ kind: 'right', options: { format: 'rom' } });
  for (const format of ['elf', 'boot', 'rom'] as const) expect(optionsOf({ ...empty, format, entry: 'main' })).toEqual({ kind: 'right', options: { format } });
});

test('a sample page becomes blocks; markup of others stays text', () => {
  const blocks = blocksOf('# One\n\ntext `code` **bold**\nmore\n\n1. a\n   b\n2. c\n\n| h | i |\n|---|---|\n| 1 | 2 |\n\n    pre\n      fix\n\n<b>no</b>');
  expect(blocks.map((block) => block.kind)).toEqual(['heading', 'paragraph', 'list', 'table', 'code', 'paragraph']);
  expect(blocks[2]).toMatchObject({ ordered: true, items: [[{ text: 'a b' }], [{ text: 'c' }]] });
  expect(blocks[4]).toMatchObject({ text: 'pre\n  fix' });
  expect(inlinesOf('see [this](https://x) *now*')).toEqual([{ kind: 'text', text: 'see this ' }, { kind: 'em', text: 'now' }]);
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (page) => { blocksOf(page); }));
});

test('a listing puts lines before the pointer only where decoding arrives at it', () => {
  const options = { bits: 32 as const, symbols: symbolTable([{ name: 'start', address: 0x1000, size: 16 }]), before: 3, after: 2 };
  const code = { linear: 0x1002, bytes: Uint8Array.from([0x90, 0xc3]) };
  const right = listingOf(code, { linear: 0x1000, bytes: Uint8Array.from([0x90, 0x90]) }, options);
  expect(right.map((line) => [line.linear, line.text, line.current])).toEqual([[0x1000, 'nop', false], [0x1001, 'nop', false], [0x1002, 'nop', true], [0x1003, 'ret', false]]);
  expect(right[0]?.label).toBe('start');
  const wrong = listingOf(code, { linear: 0x1000, bytes: Uint8Array.from([0x90, 0xb8]) }, options);
  expect(wrong.map((line) => line.linear)).toEqual([0x1002, 0x1003]);
});

test('small words', () => {
  const hour = 3_600_000;
  expect([agoText(0, 30_000), agoText(0, hour), agoText(0, 26 * hour), agoText(0, 15 * 24 * hour)]).toEqual(['just now', '1 hour ago', '1 day ago', '2 weeks ago']);
  expect(wordsOf({ linear: 0xfffffffc, bytes: Uint8Array.from([1, 0, 0, 0, 2, 0, 0, 0, 9]) }, 4)).toEqual([{ linear: '0xfffffffc', value: '0x1' }, { linear: '0x0', value: '0x2' }]);
  expect([...mergeRising([Uint32Array.from([1, 4]), Uint32Array.from([1, 2])])]).toEqual([1, 2, 4]);
  expect([...mergeRising([Uint32Array.from([3]), Uint32Array.from([]), Uint32Array.from([1, 3]), Uint32Array.from([0, 9])])]).toEqual([0, 1, 3, 9]);
});

test('the workspace has three columns, two or one, and the tab asked for or the first', () => {
  expect([layoutFor(80, 50), layoutFor(56, 37), layoutFor(40, 25), layoutFor(56, 18)]).toEqual(['wide', 'medium', 'narrow', 'narrow']);
  expect(tabOr('inspector', tabsFor('wide', true))).toBe('guide');
  expect(tabOr('events', tabsFor('narrow', false))).toBe('events');
  expect(mainTabs().map((tab) => tab.id)).toEqual(['events', 'visits', 'stats']);
});

test('a preview stays inside its drawing and keeps its faults', () => {
  const rows = Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? transition(0, 3, 'iret') : transition(3, 0, 'int')));
  rows.push(row('fault', { cpl: 0, vector: 8, mnemonic: '#DF', class: 'abort' }));
  const preview = drawPreview(columnsOf(traceOf(rows)));
  expect(preview).toMatchObject({ events: 401, changes: 400, faults: 1 });
  expect(preview.faultsAt).toHaveLength(1);
  for (const bar of preview.bars) expect(bar.x + bar.width).toBeLessThanOrEqual(PREVIEW_WIDTH + 0.001);
});

test('console pieces become lines, whatever the pieces end with', () => {
  const piece = (seq: number, text: string): ConsolePiece => ({ seq, text, device: 'debug' });
  const lines = linesOf([piece(1, 'page fault at 1'), piece(2, ': supplied\r\n\nnext'), piece(3, ' line\n')]);
  expect(lines.map((line) => line.map((one) => `${String(one.seq)} ${one.text}`))).toEqual([['1 page fault at 1', '2 : supplied'], [], ['2 next', '3  line']]);
});
