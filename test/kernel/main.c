// The order of things, and the kernel's console: COM1 and port 0xE9.
#include "kernel.h"
#include "selftest/selftest.h"

enum { COM1 = 0x3f8, COM1_LINE = 0x3fb, COM1_STATUS = 0x3fd, COM1_8N1 = 3, COM1_ALL_SENT = 0x40, DEBUG_CONSOLE = 0xe9, EXIT_PORT = 0xf4 };

void print_text(const char *text, size_t bytes)
{
	for (size_t at = 0; at < bytes; at++) {
		out8(DEBUG_CONSOLE, (uint8_t)text[at]);
		out8(COM1, (uint8_t)text[at]);
		while ((in8(COM1_STATUS) & COM1_ALL_SENT) == 0) { }
	}
}

void end_run(uint8_t code)
{
	out8(EXIT_PORT, code);
	for (;;) __asm__ volatile("cli; hlt");
}

void kernel_main(void)
{
	out8(COM1_LINE, COM1_8N1);
	print("C test kernel\n");
	load_descriptor_tables();
	enable_paging();
	uint32_t failed = run_self_tests("ring 0");
	start_timer();
	for (uint32_t id = 1; id <= TASKS; id++) new_task(id);
	run_tasks();
	print("all tasks ended, %u self tests failed in ring 0\n", failed);
	end_run(failed == 0 ? 0 : 1);
}
