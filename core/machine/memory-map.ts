// What lies where in physical memory, as firmware and boot loaders tell it (INT 15h E820, Multiboot, the boot protocol of Linux, PVH).
// Advanced Configuration and Power Interface Specification 6.4: "System Address Map Interfaces".

export const MEMORY_USABLE = 1, MEMORY_RESERVED = 2;
/** `length` bytes from `base` on. */
export interface MemoryArea { readonly base: number; readonly length: number; readonly type: typeof MEMORY_USABLE | typeof MEMORY_RESERVED }

const KIB = 1024, MIB = 1024 * KIB;
/** Conventional memory; the extended BIOS data area is its last KiB, above what is usable. */
export const BASE_MEMORY_END = 639 * KIB, EXTENDED_DATA_AREA = BASE_MEMORY_END, EXTENDED_DATA_BYTES = KIB;
export const IO_APIC_BASE = 0xfec0_0000, LOCAL_APIC_BASE = 0xfee0_0000;

/** The map of a machine with so much memory, ascending. */
export function memoryMap(memoryBytes: number): readonly MemoryArea[] {
  return [
    { base: 0, length: BASE_MEMORY_END, type: MEMORY_USABLE },
    { base: EXTENDED_DATA_AREA, length: EXTENDED_DATA_BYTES, type: MEMORY_RESERVED },
    { base: 0xf_0000, length: 0x1_0000, type: MEMORY_RESERVED },
    { base: MIB, length: memoryBytes - MIB, type: MEMORY_USABLE },
    { base: 0xfffc_0000, length: 256 * KIB, type: MEMORY_RESERVED },
  ];
}
