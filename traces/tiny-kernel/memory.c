// memory.c - which memory there is, by the boot loader's map, and who has it: page frames are taken upwards, and those given back first.
// Multiboot Specification 0.6.96, "Boot information format".
#include "kernel.h"

enum { LOADED_BY_MULTIBOOT = 0x2badb002, HAS_MAP = 1 << 6, USABLE = 1, MIB = 1 << 20 };
/// What is taken for granted when nobody tells.
enum { MEMORY_WITHOUT_MAP = 16 * MIB };

struct information { uint32_t flags, lower_kib, upper_kib, boot_device, command_line, module_count, modules, symbols[4], map_bytes, map; };
/// `size` does not count itself.
struct area { uint32_t size; uint64_t base, bytes; uint32_t type; } __attribute__((packed));

extern char kernel_end[];
static uint32_t next_frame, frames_end, free_list;

// The area that holds the kernel is the one it uses: others would only make the search longer.
static void look_at(const struct area *area)
{
	uint64_t end = area->base + area->bytes;
	if (area->type != USABLE || area->base > (uint32_t)kernel_end || end <= (uint32_t)kernel_end) return;
	next_frame = (uint32_t)kernel_end;
	frames_end = end < KERNEL_SPACE_END ? (uint32_t)end & -PAGE : KERNEL_SPACE_END;
}

void find_memory(uint32_t magic, const void *boot_information)
{
	const struct information *information = boot_information;
	if (magic != LOADED_BY_MULTIBOOT || information == NULL || (information->flags & HAS_MAP) == 0) {
		print("no memory map: %u KiB are taken for granted\n", MEMORY_WITHOUT_MAP / 1024);
		look_at(&(struct area){ .base = MIB, .bytes = MEMORY_WITHOUT_MAP - MIB, .type = USABLE });
		return;
	}
	for (uint32_t at = 0; at < information->map_bytes;) {
		const struct area *area = (const struct area *)(information->map + at);
		print("memory map: %x up to %x, %s\n", (uint32_t)area->base, (uint32_t)(area->base + area->bytes - 1), area->type == USABLE ? "usable" : "reserved");
		look_at(area);
		at += area->size + sizeof area->size;
	}
	if (frames_end == 0) {
		print("no usable memory behind the kernel\n");
		end_run(1);
	}
}

uint32_t memory_end(void) { return frames_end; }

/// The physical address of a page frame full of zeros.
uint32_t new_frame(void)
{
	uint32_t frame = free_list;
	if (frame != 0) free_list = *(uint32_t *)frame;
	else if (next_frame < frames_end) frame = next_frame, next_frame += PAGE;
	else {
		print("out of memory\n");
		end_run(1);
	}
	uint32_t *words = (uint32_t *)frame;
	for (int index = 0; index < PAGE / 4; index++) words[index] = 0;
	return frame;
}

/// A free frame keeps the address of the next one in its first word.
void free_frame(uint32_t frame)
{
	*(uint32_t *)frame = free_list;
	free_list = frame;
}
