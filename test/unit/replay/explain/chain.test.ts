// Chains of causes on samples: each link with its kind and the instruction it names; and chains that cannot be followed say so and end.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FLOAT_WORDS } from '../../../../core/arch/float-file.ts';
import { registerOffset, REGISTER_FILE_WORDS } from '../../../../core/arch/register-file.ts';
import type { Reexecutor, ReexecuteReply } from '../../../../core/event/reexecutor.ts';
import { chainOf, LINKS_MAX } from '../../../../core/replay/explain/chain.ts';
import { explainEvent, lastFault } from '../../../../core/replay/explain/explain.ts';
import type { Explanation } from '../../../../core/replay/explain/explanation.ts';
import { Inquiry, type ExplainSource } from '../../../../core/replay/explain/inquiry.ts';
import { open } from '../../ringscope/recorded.ts';

function sourceOf(name: string): ExplainSource {
  const { reader, reexecutor, absent, symbols } = open(readFileSync(new URL(`../../../../traces/${name}.rtrace`, import.meta.url)));
  return { trace: reader, reexecutor, absent, symbols };
}
async function explained(name: string, seq?: number): Promise<Explanation> {
  const source = sourceOf(name);
  return explainEvent(source, seq ?? lastFault(source)!);
}
const links = ({ chain }: Explanation): readonly string[] => chain.map(({ kind, text }) => `${kind}: ${text}`);

describe('the chain of causes', () => {
  it('goes from a slot through registers to the selector load and its constant', async () => {
    expect(links(await explained('stale-ss'))).toEqual([
      'check: iret-ss-rpl failed: RPL of SS 0 is not RPL of CS 3', 'memory: the SS slot of the frame = 0x18, written by push_ss_slot: push eax', expect.stringMatching(/^register: EAX = 0x18, by .*: mov eax, ss$/),
      'selector: SS selector = 0x18, by loader_loads_ss: mov ss, eax', expect.stringMatching(/^register: EAX = 0x18, by .*: mov eax, 0x18$/), 'constant: mov eax, 0x18: a constant of the program',
    ]);
  });

  it('goes from a table register to its pseudo-descriptor, and from an MSR to the register written to it', async () => {
    expect(links(await explained('triple-fault')).slice(1)).toEqual([
      expect.stringMatching(/^register: IDTR limit = 0x1f, by load_wrong_idt: lidt /), expect.stringMatching(/^loader: the limit in the pseudo-descriptor at 0x[0-9a-f]+ = 0x1f, in the image/),
    ]);
    expect((await explained('sysenter-msrs')).chain.map(({ kind }) => kind)).toEqual(['check', 'msr', 'register', 'constant']);
  });

  it('names the delivery that pushed a slot, and the mistake of one slot', async () => {
    const explanation = await explained('error-code-left');
    expect(links(explanation).slice(1)).toEqual([
      'push: CS was pushed as EIP by #PF at event 13: its error code was not removed', 'push: the CS slot of the frame = 0x400040, pushed as EIP by #PF (event 13)', expect.stringMatching(/^constant: the address #PF was to return to/),
    ]);
    expect(explanation.remedy).toBe('add 4 to ESP before the return, which removes the error code');
    expect(explanation.chain[2]!.place).toMatchObject({ event: 13 });
  });

  it('does not take an interrupt on the vector of an exception for that exception', async () => {
    const explanation = await explained('unremapped-pic');
    expect(links(explanation).slice(1, 3)).toEqual([
      'push: CS was pushed as EFLAGS by interrupt 0x8 at event 9: no #DF, and no error code', 'push: the CS slot of the frame = 0x202, pushed as EFLAGS by interrupt 0x8 (event 9)',
    ]);
    expect(explanation.remedy).toBe('give interrupt lines vectors from 0x20 on');
  });

  it('pairs the read of a repeated move with the write of the slot', async () => {
    expect(links(await explained('iret-bad-frame', 17)).slice(1)).toEqual([expect.stringMatching(/^memory: the CS slot of the frame = 0x23, written by .*: rep movsd$/), expect.stringMatching(/^loader: .* = 0x23, in the image/)]);
  });

  it('takes the later of selector and descriptor for the value', async () => {
    expect((await explained('iret-bad-frame', 17)).value?.name).toBe('the CS slot of the frame');
    expect((await explained('selector-error-code')).value?.name).toBe('GDT entry 6 (selector 0x30)');
  });

  it('takes the write the TLB does not know of for a stale entry, and INVLPG for its remedy', async () => {
    const { writerSymbol, remedy, chain } = await explained('missing-invlpg');
    expect(writerSymbol).toBe('set_writable');
    expect(remedy).toMatch(/^execute INVLPG/);
    expect(chain.at(-1)).toMatchObject({ kind: 'gap' });
  });

  it('proposes a selector that there is', async () => {
    const { remedies, tss } = await explained('tss-not-ready');
    expect(remedies).toEqual(['tss.ss0=0x10']);
    expect(tss[0]).toMatchObject({ name: 'ss0', value: '0x0', writerSymbol: 'clear_tss' });
  });
});

describe('a chain that cannot be followed', () => {
  const trace = { ...sourceOf('triple-fault').trace, hasState: false, eventCount: 0, rowCount: 0, kindAt: () => -1, rowNotAfter: () => -1 };
  const value = { name: 'EAX', value: '0x1', meaning: null, from: { kind: 'register', register: 'rax' } } as const;
  const at = { icount: 1000, iteration: 0, seq: 0 };
  const registers = new Uint32Array(REGISTER_FILE_WORDS);
  registers[registerOffset('cs.rights')] = 0xc09b;

  function answering(reply: (kind: string) => ReexecuteReply): Inquiry {
    const reexecutor: Reexecutor = { ask: ({ kind }) => Promise.resolve(reply(kind)) };
    return new Inquiry({ trace, reexecutor, absent: null, symbols: null });
  }

  it('ends with a gap that says why', async () => {
    const chain = await chainOf(answering(() => ({ kind: 'absent', reason: 'recorded by core 9, differs at seq 3', differsAt: 3 })), value, at);
    expect(chain).toHaveLength(1);
    expect(chain[0]).toMatchObject({ kind: 'gap', text: expect.stringContaining('differs at seq 3') as string });
  });

  it('stops after its most links, and after its most questions', async () => {
    // MOV EAX, EAX for ever
    const code = { linear: 0, bytes: Uint8Array.of(0x8b, 0xc0) };
    const inquiry = answering((kind) => {
      if (kind === 'last-register-write') return { kind: 'register-written', write: { at, event: null, cpl: 0, cs: 8, ip: 0n, before: 0n, after: 1n } };
      if (kind === 'moment') return { kind: 'moment', moment: { position: at, registers, float: new Uint32Array(FLOAT_WORDS), code, stack: { linear: 0, bytes: new Uint8Array(0) }, stopped: null } };
      return { kind: 'heard', heard: [], cut: false };
    });
    const chain = await chainOf(inquiry, value, at);
    expect(chain).toHaveLength(LINKS_MAX + 1);
    expect(chain.at(-1)).toMatchObject({ kind: 'gap', text: expect.stringContaining('12 links') as string });
    await chainOf(inquiry, value, at);
    expect((await chainOf(inquiry, value, at)).at(-1)).toMatchObject({ kind: 'gap', text: expect.stringContaining('too many re-executions') as string });
  });
});

it('hands out the ladder first, with what the record tells', async () => {
  const parts: Explanation[] = [];
  const whole = await explainEvent(sourceOf('triple-fault'), 15, (part) => { parts.push(part); });
  expect(parts).toHaveLength(1);
  expect(parts[0]).toMatchObject({ value: null, chain: [], steps: whole.steps, cascade: whole.cascade });
  expect(parts[0]!.consequence).toBe('idt-limit failed while #DF was delivered: the gate ends at byte 0x47, beyond the IDT limit 0x1f.');
  expect(whole.chain.length).toBeGreaterThan(0);
});
