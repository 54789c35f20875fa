// `ringscope lint` on the samples: sentences, JSON, exit codes.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryIo } from './memory-io.ts';
import { syntheticTrace } from './synthetic-trace.ts';

function io(): MemoryIo {
  const memory = new MemoryIo({});
  for (const name of ['triple-fault', 'gate-dpl', 'tss-not-ready']) memory.files.set(`${name}.rtrace`, readFileSync(new URL(`../../../traces/${name}.rtrace`, import.meta.url)));
  memory.files.set('none.rtrace', syntheticTrace());
  return memory;
}

describe('lint', () => {
  it('says what will fail, why, by which rule, and where it came true; exit code 1', async () => {
    const { code, out, err } = await io().run('lint', 'triple-fault.rtrace');
    expect([code, err]).toEqual([1, '']);
    expect(out).toBe([
      'warning at event 1, still so at event 11: #DF, #GP and #PF cannot be delivered: #GP(0x43), because the gate ends at byte 0x47, beyond the IDT limit 0x1f',
      '  not: the gate lies within the limit of the IDT [idt-limit], SDM 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure"',
      '  came true at event 13',
      '5 set-up events tried again; re-executed', '',
    ].join('\n'));
  });

  it('tells the fields of a TSS apart, and names the one that was refused', async () => {
    const { out } = await io().run('lint', 'tss-not-ready.rtrace');
    expect(out).toContain('the TSS names no stack for ring 0: esp0 is 0x107000, ss0 0x0; selector 0x0 is null (TSS field 0x0 at linear 0x1014a0');
  });

  it('says that nothing was found; exit code 0', async () => {
    expect(await io().run('lint', 'gate-dpl.rtrace')).toMatchObject({ code: 0, err: '', out: 'nothing found; 5 set-up events tried again\n' });
    expect(await io().run('lint', 'triple-fault.rtrace', '--at', '0')).toMatchObject({ code: 0, out: 'nothing found; one set-up event tried again\n' });
  });

  it('prints JSON', async () => {
    const { out } = await io().run('lint', 'triple-fault.rtrace', '--json', '--at', '1');
    expect(JSON.parse(out)).toMatchObject({
      setUps: 1, cut: false, basis: 're-executed',
      lints: [{ seq: 1, severity: 'warning', trial: 'delivery', vectors: ['0x8', '0xd', '0xe'], rule: 'idt-limit', fault: '#GP(0x43)', read: null, linear: null, cameTrue: 13 }],
    });
  });

  it('is refused where nothing can be executed, and for an event that is not there', async () => {
    expect(await io().run('lint', 'none.rtrace')).toMatchObject({ code: 2, out: '' });
    const { code, err } = await io().run('lint', 'gate-dpl.rtrace', '--at', '999');
    expect(code).toBe(2);
    expect(err).toMatch(/^error: there is no event 999 in this trace: give one from 0 to \d+\n$/);
  });
});
