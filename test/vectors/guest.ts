// Executes one recorded test on our processor: registers and bytes in, run to the HLT behind the instruction (or at its handler), and
// everything that came out otherwise than recorded. Bits that are not compared are the caller's decision (flag-masks.ts).

import type { Bus } from '../../core/cpu/bus.ts';
import { readFlags, writeFlags } from '../../core/cpu/flags.ts';
import { PAGE_DIRTY } from '../../core/cpu/page-flags.ts';
import { loadParagraph } from '../../core/cpu/real-mode.ts';
import { NO_LIMITS, run } from '../../core/cpu/run.ts';
import { startReal } from '../../core/cpu/start.ts';
import { CS, Cpu, DS, EAX, EBP, EBX, ECX, EDI, EDX, ES, ESI, ESP, HALTED, SS, stateBytes } from '../../core/cpu/state.ts';
import { FLAGS_OF_80286, REGISTER_NAMES, type MemoryBytes, type RecordedTest, type RegisterName } from './moo.ts';

/** One value that is not as recorded; `address` for a byte of memory. */
export interface Difference { readonly what: RegisterName | 'memory' | 'end'; readonly address: number; readonly expected: number; readonly actual: number }

/** 1 MiB and the 64 KiB - 16 above it, which segment FFFF reaches. */
const RAM_BYTES = 0x11_0000;
const PAGE_BYTES = 0x1000;
/** Attempts until a test that does not end is given up: the instruction, an exception or two, HLT. */
const ATTEMPTS_MAX = 16;
const SEGMENTS = { cs: CS, ss: SS, ds: DS, es: ES } as const;
const GENERAL = { ax: EAX, bx: EBX, cx: ECX, dx: EDX, sp: ESP, bp: EBP, si: ESI, di: EDI } as const;

/** Nothing answers: all ones, as the recordings have it. */
const NO_DEVICES: Bus = {
  readPort: (_port, size) => (size === 4 ? 0xffff_ffff : (1 << (8 * size)) - 1),
  writePort: () => undefined,
  readDevice: () => 0xffff_ffff,
  writeDevice: () => undefined,
  acknowledgeInterrupt: () => 0,
  willWake: () => false, apicBaseWritten: () => undefined, setFpuError: () => undefined, ignoresFpuError: () => false,
};

export class Guest {
  readonly #cpu = new Cpu(new ArrayBuffer(stateBytes(RAM_BYTES)), RAM_BYTES, NO_DEVICES);
  /** Memory as it should be. */
  readonly #expected = new Uint8Array(RAM_BYTES);

  /** Executes a test; what differs from the recording. Of FLAGS, in the register and in the image an exception pushed, `flagMask` is compared. */
  execute(test: RecordedTest, flagMask: number): readonly Difference[] {
    this.#load(test);
    const cpu = this.#cpu;
    run(cpu, { ...NO_LIMITS, attempts: cpu.attempts + ATTEMPTS_MAX });
    const differences = [...this.#registerDifferences(test, flagMask), ...this.#memoryDifferences(test, flagMask)];
    if (cpu.activity !== HALTED) differences.push({ what: 'end', address: -1, expected: HALTED, actual: cpu.activity });
    this.#clear(test);
    return differences;
  }

  #load({ before, memoryBefore, memoryAfter }: RecordedTest): void {
    const cpu = this.#cpu;
    startReal(cpu);
    cpu.pending = 0;
    for (const [name, register] of Object.entries(GENERAL)) cpu.set32(register, before[name as RegisterName] ?? 0);
    for (const [name, segment] of Object.entries(SEGMENTS)) loadParagraph(cpu, segment, before[name as RegisterName] ?? 0);
    cpu.eip = before.ip ?? 0;
    writeFlags(cpu, (before.flags ?? 0) & FLAGS_OF_80286);
    cpu.pageFlags.fill(0);
    put(cpu.ram, memoryBefore);
    put(this.#expected, memoryBefore);
    put(this.#expected, memoryAfter);
  }

  #registerDifferences({ before, after, mask }: RecordedTest, flagMask: number): Difference[] {
    const differences: Difference[] = [];
    for (const name of REGISTER_NAMES) {
      const compared = (mask[name] ?? 0xffff) & (name === 'flags' ? flagMask : 0xffff);
      const recorded = after[name] ?? (name === 'flags' ? (before.flags ?? 0) & FLAGS_OF_80286 | 2 : before[name] ?? 0);
      const expected = recorded & compared, actual = this.#valueOf(name) & compared;
      if (expected !== actual) differences.push({ what: name, address: -1, expected, actual });
    }
    return differences;
  }

  #valueOf(name: RegisterName): number {
    const cpu = this.#cpu;
    switch (name) {
      case 'ip': return cpu.eip;
      case 'flags': return readFlags(cpu) & 0xffff;
      case 'cs': case 'ss': case 'ds': case 'es': return cpu.segmentSelector(SEGMENTS[name]);
      case 'ax': case 'bx': case 'cx': case 'dx': case 'sp': case 'bp': case 'si': case 'di': return cpu.get32(GENERAL[name]);
    }
  }

  // Only pages that were written or should have been can differ.
  #memoryDifferences(test: RecordedTest, flagMask: number): Difference[] {
    const { ram, pageFlags } = this.#cpu;
    const pushed = pushedFlagsOf(test);
    const pages = new Set([...test.memoryAfter.addresses].map((address) => Math.floor(address / PAGE_BYTES)));
    pageFlags.forEach((bits, page) => { if ((bits & PAGE_DIRTY) !== 0) pages.add(page); });
    const differences: Difference[] = [];
    for (const page of pages) {
      const from = page * PAGE_BYTES, end = from + PAGE_BYTES;
      if (Buffer.compare(ram.subarray(from, end), this.#expected.subarray(from, end)) === 0) continue;
      for (let address = from; address < end; address += 1) {
        const compared = address === pushed[0] ? flagMask & 0xff : address === pushed[1] ? flagMask >>> 8 : 0xff;
        const expected = this.#expected[address]! & compared, actual = ram[address]! & compared;
        if (expected !== actual) differences.push({ what: 'memory', address, expected, actual });
      }
    }
    return differences;
  }

  #clear({ memoryBefore, memoryAfter }: RecordedTest): void {
    const { ram, pageFlags } = this.#cpu;
    pageFlags.forEach((bits, page) => { if ((bits & PAGE_DIRTY) !== 0) ram.fill(0, page * PAGE_BYTES, (page + 1) * PAGE_BYTES); });
    for (const { addresses } of [memoryBefore, memoryAfter]) {
      for (const address of addresses) {
        ram[address] = 0;
        this.#expected[address] = 0;
      }
    }
  }
}

/** Where the two bytes of FLAGS lie that an exception pushed; none without an exception. The recorded address is that of a bus cycle, which is even. */
export function pushedFlagsOf({ exception, before, after }: RecordedTest): readonly number[] {
  if (exception === null) return [];
  const ss = after.ss ?? before.ss ?? 0, sp = after.sp ?? before.sp ?? 0;
  return [4, 5].map((distance) => ss * 16 + ((sp + distance) & 0xffff));
}

function put(memory: Uint8Array, { addresses, values }: MemoryBytes): void {
  addresses.forEach((address, index) => { memory[address] = values[index]!; });
}
