// What main accepts from the page: exactly the contract, nothing larger, nothing beside it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CALLS } from '../../../app/contract/channels.ts';
import { LIMITS } from '../../../app/contract/limits.ts';
import { BadMessage } from '../../../app/contract/check.ts';
import { PARSERS, savedRecents, settingsChange } from '../../../app/contract/parse.ts';

test('every call has a parser, and no other', () => {
  expect(Object.keys(PARSERS).sort()).toEqual([...CALLS, 'imagePath', 'openPath', 'symbolsPath'].sort());
});

test('whatever comes, a parser answers typed arguments or throws BadMessage', () => {
  fc.assert(fc.property(fc.constantFrom(...Object.values(PARSERS)), fc.array(fc.anything(), { maxLength: 3 }), (parse, args) => {
    try {
      expect(Array.isArray(parse(args))).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(BadMessage);
    }
  }));
});

test('a recording with a change: its fields are there and bounded', () => {
  const request = { jobId: 'a', traceId: 'b', seq: 7, change: 'cr0.WP=0', more: 1 };
  expect(PARSERS.recordChange([request])).toEqual([{ jobId: 'a', traceId: 'b', seq: 7, change: 'cr0.WP=0' }]);
  expect(() => PARSERS.recordChange([{ ...request, seq: -1 }])).toThrow('recordChange.seq: expected a whole number');
  expect(() => PARSERS.recordChange([{ ...request, change: 'x'.repeat(201) }])).toThrow('recordChange.change: expected a string of 1 to 200 characters');
});

test('a recording: omitted options stay omitted, unknown fields are dropped, wrong ones are named', () => {
  const request = { jobId: 'a', imageToken: 'b', options: { format: 'flat', org: 0x7c00, evil: 1 }, more: true };
  expect(PARSERS.record([request])).toEqual([{ jobId: 'a', imageToken: 'b', options: { format: 'flat', org: 0x7c00 } }]);
  const wrong = (options: object) => () => PARSERS.record([{ ...request, options }]);
  expect(wrong({ format: 'iso' })).toThrow('record.options.format: expected auto, flat, elf, boot, rom');
  expect(wrong({ format: 'elf', memory: -1 })).toThrow('record.options.memory: expected a whole number');
  expect(wrong({ format: 'elf', maxInstructions: 1.5 })).toThrow('record.options.maxInstructions');
});

test('settings: theme, panes and breakpoints, each within its bound', () => {
  const change = { theme: 'dark', panes: { inspector: 300 }, breakpoints: [{ expression: 'cpl 3->0', name: null, enabled: true }] };
  expect(settingsChange(change, 'settings')).toEqual(change);
  expect(settingsChange({}, 'settings')).toEqual({});
  expect(() => settingsChange({ panes: { inspector: Infinity } }, 'settings')).toThrow('settings.panes.inspector: expected a number');
  const many = Array.from({ length: LIMITS.breakpoints + 1 }, () => change.breakpoints[0]);
  expect(() => settingsChange({ breakpoints: many }, 'settings')).toThrow(`settings.breakpoints: expected a list of at most ${LIMITS.breakpoints}`);
  expect(() => settingsChange({ breakpoints: [{ expression: 'x'.repeat(LIMITS.expression + 1), name: null, enabled: true }] }, 'settings')).toThrow('expression');
});

test('re-execution requests: every kind, field by field, within bounds', () => {
  const at = { icount: 1, iteration: 0, seq: 2 };
  const good = [
    { kind: 'moment', at }, { kind: 'step', from: at, direction: 'backward', count: 1 }, { kind: 'walk', at, linear: 0xffff_f000 }, { kind: 'verify' },
    { kind: 'find-execution', from: at, direction: 'forward', ranges: [{ first: 0, end: 1 }], until: null },
    { kind: 'read-linear', at, linear: 0, length: 16 }, { kind: 'read-physical', at, physical: 0, length: 16 },
  ];
  for (const request of good) expect(PARSERS.reexecute(['id', { ...request, extra: 1 }])).toEqual(['id', request]);
  const refused = (request: object) => expect(() => PARSERS.reexecute(['id', request]));
  refused({ at }).toThrow('reexecute.kind: expected moment');
  refused({ kind: 'moment', at: { icount: -2, iteration: 0, seq: 0 } }).toThrow('reexecute.at.icount');
  refused({ kind: 'read-linear', at, linear: 0, length: 2 ** 21 }).toThrow('reexecute.length: expected a whole number up to 1048576');
  refused({ kind: 'find-execution', from: at, direction: 'forward', ranges: [{ first: 1, end: 1 }], until: null }).toThrow('ranges[0]: expected first below end');
  refused({ kind: 'find-execution', from: at, direction: 'forward', ranges: Array.from({ length: LIMITS.ranges + 1 }, () => ({ first: 0, end: 1 })), until: null }).toThrow('at most 1000');
});

test('recents.json is a bounded list of id, path and time', () => {
  const entry = { id: 'a', path: '/t.rtrace', openedAt: 1 };
  expect(savedRecents([entry], 'recents')).toEqual([entry]);
  expect(() => savedRecents(Array.from({ length: LIMITS.recents + 1 }, () => entry), 'recents')).toThrow(BadMessage);
});
