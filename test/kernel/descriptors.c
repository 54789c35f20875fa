// GDT, IDT and TSS, and what SYSENTER reads instead of them.
#include "kernel.h"

enum { CODE = 0x9a, DATA = 0x92, RING3 = 0x60, TSS_AVAILABLE = 0x89, INTERRUPT_GATE = 0x8e };
enum { IA32_SYSENTER_CS = 0x174, IA32_SYSENTER_ESP = 0x175, IA32_SYSENTER_EIP = 0x176 };

struct pointer { uint16_t limit; uint32_t base; } __attribute__((packed));

// SDM 3A "Task-State Segment (TSS)": only the stack for ring 0 is used.
struct tss { uint32_t link, esp0, ss0, unused[22]; uint16_t trap, io_map; } __attribute__((packed));

static uint64_t gdt[6];
static uint64_t idt[GATES];
static struct tss tss = { .ss0 = KERNEL_DS, .io_map = sizeof(struct tss) };

// SDM 3A "Segment Descriptors"
static uint64_t descriptor(uint32_t base, uint32_t limit, uint8_t access, uint8_t flags)
{
	return (limit & 0xffff) | (uint64_t)(base & 0xffffff) << 16 | (uint64_t)access << 40 | (uint64_t)(limit >> 16 & 0xf) << 48
		| (uint64_t)flags << 52 | (uint64_t)(base >> 24) << 56;
}

// SDM 3A "IDT Descriptors"
static uint64_t gate(uint32_t handler, uint8_t access)
{
	return (handler & 0xffff) | KERNEL_CS << 16 | (uint64_t)access << 40 | (uint64_t)(handler >> 16) << 48;
}

// INT3, INTO and system calls are for ring 3; every other INT n is refused there.
static bool is_for_ring3(int vector) { return vector == 3 || vector == 4 || vector == VECTOR_SYSTEM_CALL; }

void load_descriptor_tables(void)
{
	gdt[1] = descriptor(0, 0xfffff, CODE, 0xc);
	gdt[2] = descriptor(0, 0xfffff, DATA, 0xc);
	gdt[3] = descriptor(0, 0xfffff, CODE | RING3, 0xc);
	gdt[4] = descriptor(0, 0xfffff, DATA | RING3, 0xc);
	gdt[5] = descriptor((uint32_t)&tss, sizeof tss - 1, TSS_AVAILABLE, 0);
	for (int vector = 0; vector < GATES; vector++) idt[vector] = gate((uint32_t)stubs[vector], is_for_ring3(vector) ? INTERRUPT_GATE | RING3 : INTERRUPT_GATE);
	struct pointer to_gdt = { sizeof gdt - 1, (uint32_t)gdt }, to_idt = { sizeof idt - 1, (uint32_t)idt };
	__asm__ volatile(
		"lgdt %0; lidt %1; ljmp %2, $1f; 1: mov %3, %%ds; mov %3, %%es; mov %3, %%fs; mov %3, %%gs; mov %3, %%ss; ltr %4"
		: : "m"(to_gdt), "m"(to_idt), "i"(KERNEL_CS), "r"(KERNEL_DS), "r"((uint16_t)TSS_SELECTOR) : "memory");
	write_msr(IA32_SYSENTER_CS, KERNEL_CS);
	write_msr(IA32_SYSENTER_EIP, (uint32_t)sysenter_entry);
}

// Where the next entry from ring 3 begins to push: for gates the TSS says so, for SYSENTER an MSR.
void set_kernel_stack(uint32_t top)
{
	tss.esp0 = top;
	write_msr(IA32_SYSENTER_ESP, top);
}
