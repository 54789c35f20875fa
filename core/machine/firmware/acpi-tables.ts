// The ACPI tables kernels ask for: RSDP, RSDT, FADT, FACS, MADT, and a DSDT that knows the PCI bus and how to switch the machine off (_S5).
// There is no HPET table: there is no HPET. Advanced Configuration and Power Interface Specification 1.0b: "ACPI Software Programming Model".

import { IO_APIC_BASE, LOCAL_APIC_BASE } from '../memory-map.ts';
import { CENTURY } from '../devices/real-time-clock.ts';
import { TIMER_PIN } from '../devices/interrupt-routing.ts';
import { ACPI_DISABLE, ACPI_ENABLE, GENERAL_EVENTS, GENERAL_EVENTS_BYTES, PM_BASE, PM_CONTROL, PM_TIMER, SCI_LINE, SMI_COMMAND } from '../devices/power-management.ts';
import { buffer, device, eisaId, named, number, packaged, scope } from './aml.ts';
import { joined, summed, text, u16, u32, u8, zeros, type Field } from './table-bytes.ts';

const OEM = 'RINGSC', OEM_TABLE = 'RINGSCOP', CREATOR = 'RGSC';
const HEADER_CHECKSUM = 9, POINTER_CHECKSUM = 8;

/** A table with the header all of them have. */
function table(signature: string, revision: number, ...content: readonly Field[]): Uint8Array {
  const body = joined(...content), header = joined(text(signature), u32(36 + body.length), u8(revision), u8(0), text(OEM), text(OEM_TABLE), u32(1), text(CREATOR), u32(1));
  return summed(joined(header, body), HEADER_CHECKSUM);
}

export function rsdp(rsdtAt: number): Uint8Array {
  return summed(joined(text('RSD PTR '), u8(0), text(OEM), u8(0), u32(rsdtAt)), POINTER_CHECKSUM);
}

export function rsdt(tables: readonly number[]): Uint8Array {
  return table('RSDT', 1, ...tables.map(u32));
}

/** The firmware control structure: nothing ever waits in it. */
export function facs(): Uint8Array {
  return joined(text('FACS'), u32(64), zeros(56));
}

/** WBINVD works, C1 is HLT, and there are neither power nor sleep button as fixed hardware. */
const FADT_FLAGS = 0x1 | 0x4 | 0x10 | 0x20;
/** States C2 and C3 are said to be absent by latencies above these. */
const NO_C2 = 0xfff, NO_C3 = 0xfff;
const MULTIPLE_APIC = 1;

/** The fixed hardware, as revision 1 tells it. `hasApic`: the interrupt model. */
export function fadt({ facsAt, dsdtAt, hasApic }: { readonly facsAt: number; readonly dsdtAt: number; readonly hasApic: boolean }): Uint8Array {
  return table('FACP', 1,
    u32(facsAt), u32(dsdtAt), u8(hasApic ? MULTIPLE_APIC : 0), u8(0), u16(SCI_LINE), u32(SMI_COMMAND), u8(ACPI_ENABLE), u8(ACPI_DISABLE), u8(0), u8(0),
    u32(PM_BASE), u32(0), u32(PM_CONTROL), u32(0), u32(0), u32(PM_TIMER), u32(GENERAL_EVENTS), u32(0),
    u8(4), u8(2), u8(0), u8(4), u8(GENERAL_EVENTS_BYTES), u8(0), u8(0), u8(0), u16(NO_C2), u16(NO_C3), u16(0), u16(0), u8(0), u8(0), u8(0), u8(0), u8(CENTURY), zeros(3), u32(FADT_FLAGS));
}

const HAS_8259 = 1, ENABLED = 1, LEVEL_HIGH = 0xd, ALL_PROCESSORS = 0xff;
/** The processor, the I/O APIC, and the two lines that are not as on an ISA bus: the timer's pin, and the level of ACPI's own interrupt. */
export function madt(): Uint8Array {
  return table('APIC', 1, u32(LOCAL_APIC_BASE), u32(HAS_8259),
    u8(0), u8(8), u8(0), u8(0), u32(ENABLED),
    u8(1), u8(12), u8(0), u8(0), u32(IO_APIC_BASE), u32(0),
    override(0, TIMER_PIN, 0), override(SCI_LINE, SCI_LINE, LEVEL_HIGH),
    u8(4), u8(6), u8(ALL_PROCESSORS), u16(0), u8(1));
}
const override = (line: number, pin: number, flags: number): Field => joined(u8(2), u8(10), u8(0), u8(line), u32(pin), u16(flags));

/** The root of the PCI bus, the interrupt of the power management function, and the sleep type that switches off. */
export function dsdt(memoryBytes: number): Uint8Array {
  const root = device('PCI0',
    named('_HID', eisaId('PNP0A03')), named('_ADR', number(0)), named('_UID', number(0)), named('_CRS', buffer(busResources(memoryBytes))),
    named('_PRT', packaged(packaged(number(0x0001_ffff), number(0), number(0), number(SCI_LINE)))));
  return table('DSDT', 1, scope('\\_SB_', root), named('\\_S5_', packaged(number(0), number(0), number(0), number(0))));
}

const MEMORY = 0, PORTS = 1, BUSES = 2, FIXED = 0x0c, ALL_PORTS = 3, READ_WRITE = 1;
const VGA_MEMORY = 0xa_0000, VGA_MEMORY_END = 0xc_0000;
/** What the bridge passes on: bus numbers, all ports but its own, the video memory, and what lies between RAM and the I/O APIC. */
function busResources(memoryBytes: number): Uint8Array {
  return joined(
    words(BUSES, 0, 0, 0x100), joined(u8(0x47), u8(1), u16(0xcf8), u16(0xcf8), u8(1), u8(8)), words(PORTS, ALL_PORTS, 0, 0xcf8), words(PORTS, ALL_PORTS, 0xd00, 0x1_0000),
    memory(VGA_MEMORY, VGA_MEMORY_END), memory(Math.max(memoryBytes, 0xc000_0000), IO_APIC_BASE), u8(0x79), u8(0));
}
const words = (type: number, flags: number, first: number, end: number): Field => joined(u8(0x88), u16(13), u8(type), u8(FIXED), u8(flags), u16(0), u16(first), u16(end - 1), u16(0), u16(end - first));
const memory = (first: number, end: number): Field => joined(u8(0x87), u16(23), u8(MEMORY), u8(FIXED), u8(READ_WRITE), u32(0), u32(first), u32(end - 1), u32(0), u32(end - first));
