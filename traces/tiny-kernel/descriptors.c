// descriptors.c - GDT, IDT, TSS and the MSRs of SYSENTER: everything the processor reads by itself when it changes rings.
// SDM 3A "Segment Descriptors", "IDT Descriptors", "Task-State Segment (TSS)"; SDM 2B "SYSENTER—Fast System Call".
#include "kernel.h"

enum { CODE_RING0 = 0x9a, DATA_RING0 = 0x92, CODE_RING3 = 0xfa, DATA_RING3 = 0xf2, TSS_AVAILABLE = 0x89 };
enum { INTERRUPT_GATE = 0x8e, INTERRUPT_GATE_RING3 = 0xee };
enum { IA32_SYSENTER_CS = 0x174, IA32_SYSENTER_ESP = 0x175, IA32_SYSENTER_EIP = 0x176 };

struct table { uint16_t limit; uint32_t base; } __attribute__((packed));

static uint64_t gdt[6], idt[GATES];
// Of the TSS only the stack for ring 0 is used: by every entry from ring 3 through a gate.
static struct { uint32_t link, esp0, ss0, unused[22]; uint16_t trap, io_map; } tss = { .ss0 = KERNEL_DS, .io_map = sizeof tss };

static uint64_t flat(uint8_t access) { return 0x00cf00000000ffffu | (uint64_t)access << 40; }
static uint64_t segment(uint32_t base, uint32_t limit, uint8_t access) { return (uint64_t)(base >> 24) << 56 | (uint64_t)access << 40 | (uint64_t)(base & 0xffffff) << 16 | limit; }
static uint64_t gate(uint32_t handler, uint8_t access) { return (uint64_t)(handler >> 16) << 48 | (uint64_t)access << 40 | KERNEL_CS << 16 | (handler & 0xffff); }

static void write_msr(uint32_t msr, uint32_t value) { __asm__ volatile("wrmsr" : : "c"(msr), "a"(value), "d"(0)); }

static void load_segments(void)
{
	const struct table gdt_pointer = { sizeof gdt - 1, (uint32_t)gdt };
	__asm__ volatile("lgdt %0\n\tljmp %1, $1f\n1:\tmov %2, %%ds\n\tmov %2, %%es\n\tmov %2, %%ss\n\tmov %3, %%fs\n\tmov %3, %%gs"
		: : "m"(gdt_pointer), "i"(KERNEL_CS), "r"(KERNEL_DS), "r"(0) : "memory");
}

void load_descriptors(void)
{
	gdt[KERNEL_CS >> 3] = flat(CODE_RING0);
	gdt[KERNEL_DS >> 3] = flat(DATA_RING0);
	gdt[USER_CS >> 3] = flat(CODE_RING3);
	gdt[USER_DS >> 3] = flat(DATA_RING3);
	gdt[TSS_SELECTOR >> 3] = segment((uint32_t)&tss, sizeof tss - 1, TSS_AVAILABLE);
	load_segments();
	for (int vector = 0; vector < GATES; vector++) if (gate_entries[vector] != 0) idt[vector] = gate(gate_entries[vector], INTERRUPT_GATE);
	idt[VECTOR_SYSTEM_CALL] = gate(gate_entries[VECTOR_SYSTEM_CALL], INTERRUPT_GATE_RING3);
	const struct table idt_pointer = { sizeof idt - 1, (uint32_t)idt };
	__asm__ volatile("lidt %0" : : "m"(idt_pointer));
	__asm__ volatile("ltr %w0" : : "r"(TSS_SELECTOR));
	set_kernel_stack((uint32_t)boot_stack_top);
	write_msr(IA32_SYSENTER_CS, KERNEL_CS);
	write_msr(IA32_SYSENTER_EIP, (uint32_t)sysenter_entry);
}

/// The stack of the process that runs next, for both ways into ring 0.
void set_kernel_stack(uint32_t esp)
{
	tss.esp0 = esp;
	write_msr(IA32_SYSENTER_ESP, esp);
}
