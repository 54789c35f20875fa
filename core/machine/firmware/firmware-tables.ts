// What firmware leaves in memory for whoever runs next: the MP table and the ACPI tables in the BIOS segment, where kernels look for their
// signatures, and the extended BIOS data area. Below a ROM there is no firmware, and on a processor without local APIC nothing about APICs.

import { featureFlags } from '../../cpu/cpuid.ts';
import type { CpuModel } from '../../arch/cpu-models.ts';
import { BASE_MEMORY_END, EXTENDED_DATA_AREA } from '../memory-map.ts';
import type { LoadPart, LoadPlan } from '../loaders/load-plan.ts';
import { dsdt, facs, fadt, madt, rsdp, rsdt } from './acpi-tables.ts';
import { mpPointer, mpTable } from './mp-table.ts';
import { joined, u16, u8 } from './table-bytes.ts';

/** The first table; each begins on a boundary of 64 bytes. The BIOS (bios/rom.ts) has nothing up to the end of this room. */
export const TABLES = 0xf_4000, TABLES_END = 0xf_6000;
const ALIGN = 64;
/** Where the two pointers are: of the MP table, and of the ACPI tables, which PVH kernels are told. */
const MP_POINTER_AT = TABLES;
export const RSDP_AT = TABLES + ALIGN;
/** Words of the BIOS data area: COM1, the segment of the extended area, KiB of conventional memory. */
const COM1_AT = 0x400, EXTENDED_SEGMENT_AT = 0x40e, BASE_MEMORY_AT = 0x413;
const COM1 = 0x3f8, EXTENDED_KIB = 1, KIB = 1024;

/** The tables, and below a plan without BIOS the words of its data area; nothing below a ROM. What the image loads at their place comes later and wins. */
export function firmwareParts({ start, hasBios }: LoadPlan, machine: { readonly model: CpuModel; readonly memoryBytes: number }): readonly LoadPart[] {
  if (start.kind === 'reset') return [];
  return [...(hasBios ? [] : dataAreas()), ...tables(machine)];
}

/** The RSDP as it lies at RSDP_AT: boot loaders hand kernels a copy. */
export function rsdpBytes(machine: { readonly model: CpuModel; readonly memoryBytes: number }): Uint8Array {
  return tables(machine).find(({ physical }) => physical === RSDP_AT)!.bytes;
}

function tables({ model, memoryBytes }: { readonly model: CpuModel; readonly memoryBytes: number }): readonly LoadPart[] {
  const parts: LoadPart[] = [];
  let next = RSDP_AT + ALIGN;
  const place = (bytes: Uint8Array): number => {
    const physical = next;
    parts.push(partOf(physical, bytes));
    next = physical + Math.ceil(bytes.length / ALIGN) * ALIGN;
    return physical;
  };
  const fixed = place(fadt({ facsAt: place(facs()), dsdtAt: place(dsdt(memoryBytes)), hasApic: model.hasLocalApic }));
  const rsdtAt = place(rsdt(model.hasLocalApic ? [fixed, place(madt())] : [fixed]));
  parts.push(partOf(RSDP_AT, rsdp(rsdtAt)));
  if (model.hasLocalApic) parts.push(partOf(MP_POINTER_AT, mpPointer(place(mpTable({ signature: model.signature, features: featureFlags(model) })))));
  return parts;
}

/** Where a boot loader finds COM1 and how far conventional memory goes; the extended area says how large it is. */
function dataAreas(): readonly LoadPart[] {
  return [partOf(COM1_AT, joined(u16(COM1))), partOf(EXTENDED_SEGMENT_AT, joined(u16(EXTENDED_DATA_AREA / 16))), partOf(BASE_MEMORY_AT, joined(u16(BASE_MEMORY_END / KIB))), partOf(EXTENDED_DATA_AREA, joined(u8(EXTENDED_KIB)))];
}

const partOf = (physical: number, bytes: Uint8Array): LoadPart => ({ physical, bytes, memoryBytes: bytes.length });
