// Input scripts: from text to steps, or refused with the line and what was expected. And keys: each one a script can name exists.

import { describe, expect, it } from 'vitest';
import { parseInputScript, SCRIPT_MAX } from '../../../core/event/input-script.ts';
import { findKey, KEY_NAMES, pressChord, typeCharacter } from '../../../core/event/keys.ts';
import { isKeyName } from '../../../core/machine/devices/key-codes.ts';

const texts = (script: string): readonly string[] => parseInputScript(script).flatMap((step) => (step.kind === 'give' ? step.inputs.map((bytes) => Buffer.from(bytes).toString('latin1')) : []));

describe('a script', () => {
  it('is steps, one a line, in order', () => {
    expect(parseInputScript('# nothing\n\nafter "login: "\r\n  after com1 "# "\nwait 1.5s\nwait 20ms\nat clock 1_000\nsend "ls\\r"\ndown Shift').map(({ line, kind }) => [line, kind]).slice(0, 6))
      .toEqual([[3, 'after'], [4, 'after'], [5, 'wait'], [6, 'wait'], [7, 'at'], [8, 'give']]);
  });

  it('means what it says', () => {
    expect(parseInputScript('after screen "a\\"b"')).toEqual([{ line: 1, kind: 'after', device: 'screen', text: 'a"b' }]);
    expect(parseInputScript('at 20ms')).toEqual([{ line: 1, kind: 'at', time: { unit: 'seconds', value: 0.02 } }]);
    expect(parseInputScript('wait clock 7')).toEqual([{ line: 1, kind: 'wait', time: { unit: 'clock', value: 7 } }]);
    expect(texts('send "a\\x80\\x7f\\e\\\\é"')).toEqual(['a\u0080\u007f\u001b\\Ã©']);
    expect(texts('press ctrl+alt+Delete')).toEqual(['+ControlLeft', '+AltLeft', '+Delete', '-Delete', '-AltLeft', '-ControlLeft']);
    expect(texts('press a\npress F1\ndown ShiftLeft\nup shiftleft')).toEqual(['+KeyA', '-KeyA', '+F1', '-F1', '+ShiftLeft', '-ShiftLeft']);
  });

  it('types a character a step', () => {
    expect(parseInputScript('type "aB\\n"').map((step) => (step.kind === 'give' ? step.inputs.length : 0))).toEqual([2, 4, 2]);
    expect(texts('type "B"')).toEqual(['+ShiftLeft', '+KeyB', '-KeyB', '-ShiftLeft']);
  });

  it('cuts what is sent to the bytes one input may have', () => {
    expect(texts(`send "${'x'.repeat(10_000)}"`).map(({ length }) => length)).toEqual([4096, 4096, 1808]);
  });

  it.each([
    ['sned "x"', /line 1 .*"sned" is no step \(did you mean "send"\?\)/], ['\nsend x', /line 2 .*quotation marks is expected, not "x"/], ['send "x', /no closing/], ['send "a" "b"', /behind the text/],
    ['send ""', /nothing to send/], ['send "\\q"', /\\q.* means nothing/], ['type "é"', /no key for/], ['press Entr', /no key "Entr" \(did you mean "Enter"\?\)/], ['press', /a key is missing/], ['wait 5', /no time/],
    ['wait 99999999s', /no time/], ['at clock 99999999999999999999', /no time/], ['after ""', /1 to 1024/], [`after "${'x'.repeat(1025)}"`, /1 to 1024/], ['after com2 "x"', /quotation marks/],
  ])('is refused: %s', (script, why) => {
    expect(() => parseInputScript(script)).toThrow(why);
  });

  it('is bounded', () => {
    expect(() => parseInputScript(' '.repeat(SCRIPT_MAX + 1))).toThrow(/at most/);
    expect(() => parseInputScript(`type "${'a'.repeat(70_000)}"`)).toThrow(/at most 65536 steps/);
  });
});

describe('keys', () => {
  it('are all on the keyboard', () => {
    expect(KEY_NAMES.filter((name) => !isKeyName(name))).toEqual([]);
    expect(new Set(KEY_NAMES).size).toBe(KEY_NAMES.length);
  });

  it('type every printable ASCII character, each its own way', () => {
    const ways = Array.from({ length: 95 }, (_, index) => typeCharacter(String.fromCharCode(32 + index))?.join(' '));
    expect(ways).not.toContain(undefined);
    expect(new Set(ways).size).toBe(95);
    expect(typeCharacter('ß')).toBeNull();
  });

  it('are found by name and by what is printed on them', () => {
    expect([findKey('arrowup'), findKey('!'), findKey('c'), findKey('ä')]).toEqual(['ArrowUp', 'Digit1', 'KeyC', null]);
    expect(pressChord('+')).toEqual({ inputs: ['+ShiftLeft', '+Equal', '-Equal', '-ShiftLeft'].slice(1, 3) });
    expect(pressChord('Ctrl+Nokey')).toEqual({ unknown: 'Nokey' });
  });
});
