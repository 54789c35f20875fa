// The tables of the MultiProcessor Specification: one processor, the PCI and the ISA bus, the I/O APIC, and where each line comes in.
// Intel "MultiProcessor Specification" 1.4: "MP Configuration Table"; bus numbers, identifiers and the override of line 0 are those of QEMU's firmware.

import { IO_APIC_BASE, LOCAL_APIC_BASE } from '../memory-map.ts';
import { TIMER_PIN } from '../devices/interrupt-routing.ts';
import { joined, summed, text, u16, u32, u8, zeros, type Field } from './table-bytes.ts';

const PROCESSOR = 0, BUS = 1, IO_APIC = 2, LINE = 3, LOCAL_LINE = 4;
const ENABLED = 1, BOOTSTRAP = 2;
const INT = 0, NMI = 1, EXTINT = 3;
const PCI_BUS = 0, ISA_BUS = 1, ALL = 0xff;
const LENGTH_AT = 4, CHECKSUM_AT = 7, COUNT_AT = 34;
const LOCAL_APIC_VERSION = 0x14, IO_APIC_VERSION = 0x20;
/** The cascade of the 8259s is no line of a device. */
const CASCADE_LINE = 2, LINES = 16;

/** CPUID leaf 1 of the processor: EAX and EDX. */
export interface ProcessorIdentity { readonly signature: number; readonly features: number }

/** The configuration table. */
export function mpTable({ signature, features }: ProcessorIdentity): Uint8Array {
  const lines = Array.from({ length: LINES }, (_, line) => line).filter((line) => line !== CASCADE_LINE);
  const entries: readonly Field[] = [
    joined(u8(PROCESSOR), u8(0), u8(LOCAL_APIC_VERSION), u8(ENABLED | BOOTSTRAP), u32(signature), u32(features), zeros(8)),
    joined(u8(BUS), u8(PCI_BUS), text('PCI', 6)),
    joined(u8(BUS), u8(ISA_BUS), text('ISA', 6)),
    joined(u8(IO_APIC), u8(0), u8(IO_APIC_VERSION), u8(ENABLED), u32(IO_APIC_BASE)),
    ...lines.map((line) => interrupt(LINE, INT, line, 0, line === 0 ? TIMER_PIN : line)),
    interrupt(LOCAL_LINE, EXTINT, 0, 0, 0),
    interrupt(LOCAL_LINE, NMI, 0, ALL, 1),
  ];
  const table = joined(
    text('PCMP'), u16(0), u8(4), u8(0), text('RINGSCOP', 8), text('PC', 12), u32(0), u16(0), u16(0), u32(LOCAL_APIC_BASE), u16(0), u8(0), u8(0), ...entries,
  );
  table.set(u16(table.length), LENGTH_AT);
  table.set(u16(entries.length), COUNT_AT);
  return summed(table, CHECKSUM_AT);
}

// polarity and trigger as the bus has them: ISA lines are edges, active high
function interrupt(type: number, kind: number, line: number, destination: number, pin: number): Field {
  return joined(u8(type), u8(kind), u16(0), u8(ISA_BUS), u8(line), u8(destination), u8(pin));
}

/** The pointer software looks for; there is no IMCR: the 8259 reaches the processor by LINT0. */
export function mpPointer(table: number): Uint8Array {
  return summed(joined(text('_MP_'), u32(table), u8(1), u8(4), u8(0), zeros(5)), 10);
}
