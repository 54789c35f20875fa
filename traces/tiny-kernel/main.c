// main.c - from the boot loader to three programs. The order matters: a fault before the descriptors are loaded is a triple fault, and a
// tick before the processes are there would find nobody to switch to.
#include "kernel.h"

// from the linker script; a number is the address of its symbol
extern const char sieve_file[], deep_file[], rogue_file[], sieve_bytes[], deep_bytes[], rogue_bytes[];

void kernel_main(uint32_t magic, const void *information)
{
	start_console();
	load_descriptors();
	find_memory(magic, information);
	start_paging();
	const struct program programs[] = {
		{ "sieve", 0x40000000, (uint32_t)sieve_bytes, sieve_file },
		{ "deep", 0x50000000, (uint32_t)deep_bytes, deep_file },
		{ "rogue", 0x60000000, (uint32_t)rogue_bytes, rogue_file },
	};
	for (uint32_t index = 0; index < 3; index++) start_process(index + 1, &programs[index]);
	start_timer();
	idle_until_all_ended();
	print("all processes have ended\n");
	print("counted: %u ticks, %u page faults, %u switches of processes\n", ticks, page_faults, switches);
	end_run(0);
}
