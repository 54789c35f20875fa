// How fast recording is and how large its files are, printed for a reader; only the size is held, as it does not depend on the machine.

import { expect, it } from 'vitest';
import { registerOffset } from '../../../core/arch/register-file.ts';
import { EventDraft } from '../../../core/event/draft.ts';
import { appendSlot } from '../../../core/event/heap-lists.ts';
import { EVENT_KINDS, VIAS, codeOf } from '../../../core/event/kinds.ts';
import { commonHandle, handleOf } from '../../../core/event/schema.ts';
import { TraceWriter } from '../../../core/trace/writer.ts';
import { Collector, deflate, FACTS, FakeMachine, open } from './support.ts';

const EVENTS = 20_000;
const [RAX, RSP, RIP, CS, CPL] = ['rax', 'rsp', 'rip', 'cs.selector', 'cpl'].map(registerOffset) as [number, number, number, number, number];
const ICOUNT = commonHandle('icount'), IP = commonHandle('ip'), VIA = handleOf('transition', 'via'), SLOTS = handleOf('transition', 'frame.slots');
const FROM = handleOf('transition', 'from.cpl'), TO = handleOf('transition', 'to.cpl');

it('records round trips through the kernel in a few bytes an event', () => {
  const machine = new FakeMachine(), sink = new Collector(), draft = new EventDraft();
  const started = performance.now();
  const writer = new TraceWriter({ machine, facts: FACTS, sink, deflate });
  for (let seq = 0; seq < EVENTS; seq += 1) {
    const enters = (seq & 1) === 0;
    machine.registers[RAX] = Math.imul(seq, 0x9e37_79b1);
    machine.registers[RIP] = enters ? 0x0804_8010 : 0x10_02a0;
    writer.before();
    draft.begin(codeOf(EVENT_KINDS, 'transition'));
    draft.setNumber(ICOUNT, seq * 15 + (enters ? 0 : 7));
    draft.set64(IP, machine.registers[RIP], 0);
    draft.set(VIA, codeOf(VIAS, enters ? 'int' : 'iret'));
    draft.set(FROM, enters ? 3 : 0);
    draft.set(TO, enters ? 0 : 3);
    draft.setList(SLOTS);
    draft.append(5);
    for (let slot = 1; slot <= 5; slot += 1) appendSlot(draft, slot, 0x0804_8012 + slot, 0);
    machine.registers[RSP] = enters ? 0x10_7fec : 0xbfff_f000;
    machine.registers[CS] = enters ? 8 : 0x1b;
    machine.registers[CPL] = enters ? 0 : 3;
    machine.generation += 1;
    writer.emit(seq, draft);
  }
  writer.finish();
  const recorded = performance.now();
  const reader = open(sink.bytes());
  reader.columns();
  const read = performance.now();
  const bytes = sink.bytes().length / EVENTS;
  console.log(`recording ${(1e3 * (recorded - started) / EVENTS).toFixed(2)} us an event, opening with columns ${(1e3 * (read - recorded) / EVENTS).toFixed(2)} us an event, ${bytes.toFixed(2)} bytes an event`);
  expect(bytes).toBeLessThan(24);
});
