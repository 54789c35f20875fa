// Address spaces. The kernel has the first 8 MiB as they are, in two large pages; programs have pages of 4 KiB from 1 GiB on, each supplied when it
// is touched for the first time.
#include "kernel.h"

enum { PRESENT = 1, WRITABLE = 2, USER = 4, LARGE = 0x80, CR4_PSE = 0x10 };
enum { FRAMES_FIRST = 0x400000, FRAMES_END = 0x800000 };
#define CR0_PG_WP 0x80010000u

static uint32_t next_frame = FRAMES_FIRST;

// A page of memory, cleared. None is ever given back.
uint32_t new_frame(void)
{
	if (next_frame == FRAMES_END) {
		print("out of memory\n");
		end_run(2);
	}
	uint32_t frame = next_frame;
	next_frame += PAGE;
	memset((void *)frame, 0, PAGE);
	return frame;
}

uint32_t *new_directory(void)
{
	uint32_t *directory = (uint32_t *)new_frame();
	directory[0] = 0x000000 | PRESENT | WRITABLE | LARGE;
	directory[1] = 0x400000 | PRESENT | WRITABLE | LARGE;
	return directory;
}

void enable_paging(void)
{
	load_cr3(new_directory());
	__asm__ volatile("mov %%cr4, %%eax; or %0, %%eax; mov %%eax, %%cr4; mov %%cr0, %%eax; or %1, %%eax; mov %%eax, %%cr0" : : "i"(CR4_PSE), "i"(CR0_PG_WP) : "eax", "memory");
}

static void map(uint32_t *directory, uint32_t linear, uint32_t entry)
{
	uint32_t *in_directory = &directory[linear >> 22];
	if ((*in_directory & PRESENT) == 0) *in_directory = new_frame() | PRESENT | WRITABLE | USER;
	uint32_t *table = (uint32_t *)(*in_directory & ~0xfffu);
	table[linear >> 12 & 0x3ff] = entry;
}

static const struct region *region_of(const struct task *task, uint32_t linear)
{
	for (int index = 0; index < task->region_count; index++) {
		const struct region *region = &task->regions[index];
		if (linear >= region->first && linear < region->end) return region;
	}
	return NULL;
}

// Supplies the page of an address that is the task's but absent. False when there is no such page to be had. The kernel's pages are those of
// its physical memory, so a frame can be filled before it is mapped.
bool supply_page(struct task *task, uint32_t linear)
{
	const struct region *region = region_of(task, linear);
	if (region == NULL) return false;
	uint32_t page = linear & ~0xfffu;
	uint32_t frame = region->shared != 0 ? region->shared + (page - region->first) : new_frame();
	uint32_t first = page > region->first ? page : region->first;
	uint32_t file_end = region->first + region->file_bytes;
	uint32_t end = page + PAGE < file_end ? page + PAGE : file_end;
	if (first < end) memcpy((void *)(frame + first - page), region->file + (first - region->first), end - first);
	map(task->directory, page, frame | PRESENT | USER | (region->is_writable ? WRITABLE : 0));
	return true;
}
