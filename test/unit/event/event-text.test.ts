// Events as text: the JSON of EVENTS.md, and sentences that never fail, whatever an imported row lacks.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../../core/event/decode.ts';
import { describeEvent, labelEvent } from '../../../core/event/describe.ts';
import { EventDraft } from '../../../core/event/draft.ts';
import { appendSeq, appendSlot, appendWalkLevel } from '../../../core/event/heap-lists.ts';
import { eventJson, eventLine } from '../../../core/event/json.ts';
import { EVENT_KINDS, MODES, SLOT_NAMES, SOURCES, TIME_UNITS, VIAS, codeOf, type EventKind } from '../../../core/event/kinds.ts';
import { commonHandle, handleOf } from '../../../core/event/schema.ts';
import { anySynthetic, fill } from '../trace/support.ts';

function begin(kind: EventKind): EventDraft {
  const draft = new EventDraft();
  draft.begin(codeOf(EVENT_KINDS, kind));
  draft.setNumber(commonHandle('icount'), 41);
  draft.set(commonHandle('mode'), codeOf(MODES, 'protected'));
  draft.set(commonHandle('cpl'), 3);
  draft.set(commonHandle('cs'), 0x1b);
  draft.set64(commonHandle('ip'), 0x0804_8010, 0);
  draft.set(commonHandle('cpu'), 0);
  return draft;
}

function pageFault(): EventDraft {
  const draft = begin('fault');
  const at = (path: string): number => handleOf('fault', path);
  draft.set(at('vector'), 14);
  draft.setText(at('mnemonic'), '#PF');
  draft.set(at('class'), 0);
  draft.set(at('errorCode'), 6);
  draft.set(at('rule'), 0);
  draft.set(at('during'), 0);
  draft.set64(at('cr2'), 0x123, 0xffff_8000);
  draft.set(at('access.type'), 1);
  draft.set(at('access.user'), 1);
  draft.set(at('access.implicit'), 0);
  draft.set(at('tlb'), 0);
  draft.setList(at('walk'));
  draft.append(1);
  appendWalkLevel(draft, 2, 0x10_3004, 0x67, 0, 0b110111, 0, 15);
  draft.append(15);
  draft.append(0);
  return draft;
}

describe('the JSON of an event', () => {
  it('of a #PF has hexadecimal strings for values, numbers for counts, the walk with its verdict', () => {
    expect(eventJson(decodeEvent(pageFault(), 7))).toEqual({
      seq: 7, icount: 41, kind: 'fault', mode: 'protected', cpl: 3, cs: '0x1b', ip: '0x8048010', cpu: 0, vector: 14, mnemonic: '#PF', class: 'fault',
      errorCode: '0x6', rule: 'none', during: 'execution', cr2: '0xffff800000000123', access: { type: 'write', user: true, implicit: false }, tlb: 'miss',
      walk: [{
        level: 2, physical: '0x103004', entry: '0x67', present: true, writable: true, user: true, nx: false, accessed: true, dirty: true, pageSize: 0,
        rightsSoFar: 'urwx', lastWriter: { absent: 'not looked for: the record of table writes was not searched' },
      }],
      verdict: { rights: 'urwx', rule: null },
    });
  });

  it('takes the last writer from whoever looked for it', () => {
    const writer = { by: 'cpu', icount: 9, seq: 2, cpl: 0, cs: 8, ip: 0x10_0000n, before: 0n, after: 0xffff_8000_0000_0000n } as const;
    const json = eventJson(decodeEvent(pageFault(), 7), () => writer);
    expect(json['walk']).toMatchObject([{ lastWriter: { by: 'cpu', icount: 9, seq: 2, cpl: 0, cs: '0x8', ip: '0x100000', before: '0x0', after: '0xffff800000000000' } }]);
  });

  it('of a transition nests sides, frame, gate and stack source', () => {
    const draft = begin('transition');
    const at = (path: string): number => handleOf('transition', path);
    draft.set(at('via'), codeOf(VIAS, 'int'));
    draft.set(at('source'), codeOf(SOURCES, 'software'));
    draft.set(at('vector'), 0x80);
    draft.set(at('from.cpl'), 3);
    draft.set(at('to.cpl'), 0);
    draft.set(at('to.cs'), 8);
    draft.setUnknown(at('to.flags'));
    draft.set64(at('frame.linear'), 0x10_7fec, 0);
    draft.set(at('frame.width'), 32);
    draft.setList(at('frame.slots'));
    draft.append(1);
    appendSlot(draft, codeOf(SLOT_NAMES, 'eip'), 0x0804_8012, 0);
    draft.set(at('gate.index'), 0x80);
    draft.set(at('gate.raw'), 0x0008_1000);
    draft.words[(at('gate.raw') & 0x1ff) + 3] = 0x8000_0000;
    const json = eventJson(decodeEvent(draft, 0));
    expect(json).toMatchObject({
      vector: 128, from: { cpl: 3, cs: null, mode: null }, to: { cpl: 0, cs: '0x8', flags: null }, gate: { index: 128, raw: '0x80000000000000000000000000081000' },
      frame: { linear: '0x107fec', width: 32, slots: [{ name: 'eip', value: '0x8048012' }] },
    });
    expect(json).not.toHaveProperty('errorCode');
    expect(json).not.toHaveProperty('stackFrom');
    expect(json).not.toHaveProperty('iteration');
  });

  it('of an imported event has time, source line, completeness, inference and context', () => {
    const draft = new EventDraft();
    draft.begin(codeOf(EVENT_KINDS, 'transition'));
    draft.set(handleOf('transition', 'via'), codeOf(VIAS, 'interrupt'));
    draft.setNumber(commonHandle('time.value'), 2 ** 40 + 5);
    draft.set(commonHandle('time.unit'), codeOf(TIME_UNITS, 'nanoseconds'));
    draft.setNumber(commonHandle('source.line'), 12);
    draft.setNumber(commonHandle('inferred.after'), 3);
    draft.setNumber(commonHandle('inferred.before'), 4);
    draft.setText(commonHandle('context.comm'), 'init');
    draft.setList(commonHandle('completeness'));
    draft.append(1);
    draft.append(handleOf('transition', 'from.cpl'));
    draft.append(1);
    const plain = { icount: null, time: { value: 2 ** 40 + 5, unit: 'nanoseconds' }, inferred: { after: 3, before: 4 }, context: { comm: 'init' }, completeness: { 'from.cpl': 'absent' } };
    expect(eventJson(decodeEvent(draft, 0))).toMatchObject({ ...plain, source: { line: 12 } });
    draft.set(handleOf('transition', 'source'), codeOf(SOURCES, 'external'));
    expect(eventJson(decodeEvent(draft, 0))).toMatchObject({ ...plain, source: 'external', sourceLine: 12 });
  });

  it('prints kinds of value as the contract says', () => {
    const exit = begin('exit');
    exit.set(handleOf('exit', 'value'), 0xff);
    expect(eventJson(decodeEvent(exit, 1))).toMatchObject({ value: 255 });
    const msr = begin('msr-write');
    msr.set(handleOf('msr-write', 'msr'), 0xc000_0080);
    msr.set64(handleOf('msr-write', 'after'), 1, 0x8000_0000);
    expect(eventJson(decodeEvent(msr, 1))).toMatchObject({ msr: '0xc0000080', before: null, after: '0x8000000000000001' });
    const shutdown = begin('shutdown');
    shutdown.setList(handleOf('shutdown', 'chain'));
    shutdown.append(2);
    appendSeq(shutdown, 4);
    appendSeq(shutdown, 2 ** 33);
    expect(eventJson(decodeEvent(shutdown, 1))).toMatchObject({ chain: [4, 2 ** 33] });
    const snapshot = new EventDraft();
    snapshot.begin(codeOf(EVENT_KINDS, 'snapshot'));
    snapshot.setList(handleOf('snapshot', 'registers'));
    for (const word of [1, 4, 0x10, 0xffff_ffff]) snapshot.append(word);
    expect(eventJson(decodeEvent(snapshot, 1))).toMatchObject({ registers: { rdx: '0xffffffff00000010' } });
  });
});

describe('the sentence of an event', () => {
  it('says what a page fault was', () => {
    expect(describeEvent(decodeEvent(pageFault(), 7))).toBe('#PF (page fault) on user write at 0xffff800000000123; error code 0x6: not present, write, user');
    expect(labelEvent(decodeEvent(pageFault(), 7))).toBe('#PF');
  });

  it('says which bits a CR0 write changes', () => {
    const draft = begin('cr-write');
    draft.set(handleOf('cr-write', 'register'), 0);
    draft.set64(handleOf('cr-write', 'before'), 0x11, 0);
    draft.set64(handleOf('cr-write', 'after'), 0x8000_0001, 0);
    expect(describeEvent(decodeEvent(draft, 0))).toBe('CR0 is written: 0x11 -> 0x80000001, sets PG, clears ET');
  });

  it('says what a task switch is for, when something is delivered', () => {
    const draft = begin('transition');
    draft.set(handleOf('transition', 'via'), codeOf(VIAS, 'task-switch'));
    expect(labelEvent(decodeEvent(draft, 0))).toBe('task switch');
    draft.set(handleOf('transition', 'vector'), 8);
    expect(labelEvent(decodeEvent(draft, 0))).toBe('task switch for #DF');
  });

  it('exists for every row of every kind, on one line, without undefined or null in it', () => {
    fc.assert(fc.property(anySynthetic, (synthetic) => {
      const draft = new EventDraft();
      fill(draft, { ...synthetic, fields: synthetic.fields.map((one) => (one.field.type === 'text' ? { ...one, text: 'a\nb' } : one)) });
      const event = decodeEvent(draft, 3);
      for (const text of [describeEvent(event), labelEvent(event)]) {
        expect(text).not.toBe('');
        expect(text).not.toMatch(/\n|undefined|null|NaN|\[object/);
      }
      expect(JSON.parse(eventLine(event))).toMatchObject({ seq: 3, kind: event.kind });
    }), { numRuns: 400 });
  });
});
