// The x87 and SSE registers of a moment as rows: which physical register is ST0, tags, values about right, control bits by name.

import { describe, expect, it } from 'vitest';
import { FLOAT_CONTROL, FLOAT_MXCSR, FLOAT_STATUS, FLOAT_TAG, FLOAT_WORDS, FLOAT_XMM, X87_WORDS } from '../../../core/arch/float-file.ts';
import { contentOf, decimalOf, viewFloat } from '../../../core/replay/float-state.ts';

describe('viewFloat', () => {
  it('numbers the stack from TOP and names tags and bits', () => {
    const words = new Uint32Array(FLOAT_WORDS);
    words[FLOAT_STATUS] = (6 << 11) | 0x20;
    words[FLOAT_CONTROL] = 0x37f;
    words[FLOAT_TAG] = 0x0fff; // R6 and R7 in use
    words[FLOAT_MXCSR] = 0x1f80;
    words.set([0, 0xc000_0000, 0x4000], 6 * X87_WORDS); // 3
    words.set([0, 0x8000_0000, 0x7fff], 7 * X87_WORDS); // infinity
    words[FLOAT_XMM + 4] = 7;
    const view = viewFloat(words);
    expect(view.stack[0]).toEqual({ name: 'ST0', physical: 6, tag: 'valid', hex: '0x4000_c000000000000000', decimal: '3' });
    expect(view.stack.map(({ tag }) => tag)).toEqual(['valid', 'special', 'empty', 'empty', 'empty', 'empty', 'empty', 'empty']);
    expect(view.control.find(({ name }) => name === 'FSW')?.bits.filter(({ isSet }) => isSet).map(({ name, value }) => `${name}=${value}`)).toEqual(['PE=1', 'TOP=0x6']);
    expect(view.xmm[1]).toEqual({ name: 'XMM1', hex: '0x00000000000000000000000000000007' });
    expect(view.stack.slice(0, 3).map(contentOf)).toEqual(['about 3', 'infinity', 'empty']);
    expect(view.isUnused).toBe(false);
  });

  it('says that nothing is used yet after FNINIT', () => {
    const words = new Uint32Array(FLOAT_WORDS);
    words[FLOAT_TAG] = 0xffff;
    expect(viewFloat(words).isUnused).toBe(true);
  });
});

describe('decimalOf', () => {
  it.each([
    [0x3fff, 0x8000_0000_0000_0000n, '1'], [0xc000, 0xc000_0000_0000_0000n, '-3'], [0x8000, 0n, '-0'], [0x7fff, 0x8000_0000_0000_0000n, 'infinity'],
    [0xffff, 0xc000_0000_0000_0000n, 'NaN'], [0x3fff, 0x4000_0000_0000_0000n, 'not supported'], [0x7ffe, 0xffff_ffff_ffff_ffffn, '1.189731e4932'], [0, 1n, '3.645200e-4951'],
  ])('%x %x is %s', (head, significand, text) => { expect(decimalOf(head, significand)).toBe(text); });
});
