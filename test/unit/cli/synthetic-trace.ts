// A small trace written by the real writer: a page fault at a 64-bit address, its delivery, MSR writes, console, exit.

import { deflateRawSync } from 'node:zlib';
import { REGISTER_FILE_WORDS, registerOffset } from '../../../core/arch/register-file.ts';
import type { EventDraft } from '../../../core/event/draft.ts';
import type { TraceFacts } from '../../../core/trace/header.ts';
import { TraceWriter } from '../../../core/trace/writer.ts';
import { row, transition } from '../replay/synthetic.ts';

const FACTS: TraceFacts = {
  kind: 'recorded', coreVersion: '0.0-test', engine: 'none', cpuModel: 'i686', devices: ['console'], memoryBytes: 1 << 20, options: { format: 'flat', org: 0x10_0000 }, filter: null,
  image: null, files: [], sourceTool: null,
};
const common = (icount: number, cpl: number): Readonly<Record<string, number | string>> => ({ icount, cpl, mode: 'protected', cs: cpl === 0 ? 8 : 0x1b, ip: 0x1000 + icount, cpu: 0 });

export const ROWS: readonly EventDraft[] = [
  row('msr-write', { ...common(3, 0), msr: 0x176, name: 'IA32_SYSENTER_EIP', before: 0, after: 0x10_1000, refused: false }),
  transition(0, 3, 'iret', { ...common(10, 0), 'from.cs': 8, 'to.cs': 0x1b, 'from.ip': 0x100a, 'to.ip': 0x2000, 'from.flags': 2, 'to.flags': 0x202 }),
  row('fault', { ...common(20, 3), vector: 14, mnemonic: '#PF', class: 'fault', errorCode: 5, rule: 0, during: 'execution', cr2: 0xffff_8000_0000_0123n, 'access.type': 'read', 'access.user': true, 'access.implicit': false, tlb: 'miss' }),
  transition(3, 0, 'exception', { ...common(20, 3), vector: 14, errorCode: 5, 'from.cs': 0x1b, 'to.cs': 8, 'from.ip': 0x1014, 'to.ip': 0x1100, 'from.flags': 0x202, 'to.flags': 2 }),
  row('console', { ...common(30, 0), text: 'a, "b"', device: 'e9' }),
  row('msr-write', { ...common(35, 0), msr: 0x176, name: 'IA32_SYSENTER_EIP', before: 0x10_1000, after: 0x10_2000, refused: false }),
  row('exit', { ...common(40, 0), value: 0 }),
];

/** The bytes of the trace. `flushEach` puts every event into a chunk of its own. */
export function syntheticTrace(options: { readonly flushEach?: boolean; readonly facts?: Partial<TraceFacts> } = {}): Uint8Array {
  const parts: Uint8Array[] = [];
  const registers = new Uint32Array(REGISTER_FILE_WORDS);
  let generation = 0;
  const writer = new TraceWriter({
    machine: { registers, generation: () => generation }, facts: { ...FACTS, ...options.facts }, deflate: (bytes) => deflateRawSync(bytes),
    sink: { write: (bytes) => { parts.push(bytes.slice()); } },
  });
  ROWS.forEach((one, seq) => {
    writer.before();
    registers[registerOffset('rax')] = 0x100 + seq;
    registers[registerOffset('cr0')] = 1;
    generation += 1;
    writer.emit(seq, one);
    if (options.flushEach === true) writer.flush();
  });
  writer.finish();
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
