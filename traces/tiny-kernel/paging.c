// paging.c - address spaces, and pages that come when they are touched. The kernel's part is the same in each of them: linear is physical,
// in pages of 4 MiB, global and for ring 0 alone. SDM 3A "32-Bit Paging".
#include "kernel.h"

enum { PRESENT = 1 << 0, WRITABLE = 1 << 1, USER = 1 << 2, LARGE = 1 << 7, GLOBAL = 1 << 8 };
enum { CR4_PSE = 1 << 4, CR4_PGE = 1 << 7 };
#define CR0_WP (1u << 16)
#define CR0_PG (1u << 31)
#define LARGE_PAGE 0x400000u
#define ADDRESS_MASK 0xfffff000u

static uint32_t kernel_directory;

static uint32_t *entries_at(uint32_t table) { return (uint32_t *)(table & ADDRESS_MASK); }

void start_paging(void)
{
	kernel_directory = new_frame();
	for (uint32_t address = 0; address < memory_end(); address += LARGE_PAGE)
		entries_at(kernel_directory)[address / LARGE_PAGE] = address | PRESENT | WRITABLE | LARGE | GLOBAL;
	uint32_t cr0, cr4;
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | CR4_PSE | CR4_PGE));
	load_directory(kernel_directory);
	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | CR0_WP | CR0_PG) : "memory");
}

void load_directory(uint32_t directory) { __asm__ volatile("mov %0, %%cr3" : : "r"(directory) : "memory"); }

/// An address space with the kernel in it and no program.
uint32_t new_directory(void)
{
	uint32_t directory = new_frame();
	for (uint32_t index = 0; index < KERNEL_SPACE_END / LARGE_PAGE; index++) entries_at(directory)[index] = entries_at(kernel_directory)[index];
	return directory;
}

/// Gives back the program's pages, their tables and the directory. It must not be the one in use.
void free_directory(uint32_t directory)
{
	for (uint32_t index = KERNEL_SPACE_END / LARGE_PAGE; index < 1024; index++) {
		uint32_t table = entries_at(directory)[index];
		if ((table & PRESENT) == 0) continue;
		for (int page = 0; page < 1024; page++) if (entries_at(table)[page] & PRESENT) free_frame(entries_at(table)[page] & ADDRESS_MASK);
		free_frame(table & ADDRESS_MASK);
	}
	free_frame(directory);
}

static void map(uint32_t directory, uint32_t linear, uint32_t entry)
{
	uint32_t *table = &entries_at(directory)[linear / LARGE_PAGE];
	if ((*table & PRESENT) == 0) *table = new_frame() | PRESENT | WRITABLE | USER;
	entries_at(*table)[linear / PAGE % 1024] = entry;
}

static void copy(char *to, const char *from, uint32_t bytes)
{
	for (uint32_t index = 0; index < bytes; index++) to[index] = from[index];
}

/// Demand paging: false when the process has nothing at that address. Code is copied from the kernel's file, heap and stack begin as zeros.
bool supply_page(const struct process *process, uint32_t linear)
{
	const struct program *program = process->program;
	uint32_t page = linear & ADDRESS_MASK, offset = page - program->base;
	bool is_code = offset < program->bytes;
	bool is_heap = offset - HEAP_OFFSET < HEAP_BYTES;
	bool is_stack = offset - (STACK_TOP_OFFSET - STACK_BYTES) < STACK_BYTES;
	if (!is_code && !is_heap && !is_stack) return false;
	uint32_t frame = new_frame();
	if (is_code) copy((char *)frame, program->file + offset, program->bytes - offset < PAGE ? program->bytes - offset : PAGE);
	map(process->directory, page, frame | PRESENT | USER | (is_code ? 0 : WRITABLE));
	return true;
}
