// rogue.c - tries what a program may not: a page that belongs to the kernel. That page is present, so there is nothing to supply.
#include "program.h"

#define KERNEL_MEMORY ((volatile uint32_t *)0x100000)

static void say(const char *text)
{
	struct line line = { .length = 0 };
	add_text(&line, text);
	call_by_int80(CALL_WRITE, (uint32_t)line.text, line.length);
}

__attribute__((section(".text.start"), noreturn)) void rogue_main(void)
{
	if ((int32_t)call_by_int80(CALL_WRITE, (uint32_t)KERNEL_MEMORY, 4) < 0) say("rogue: the kernel does not print its own memory for me\n");
	call_by_int80(CALL_YIELD, 0, 0);
	say("rogue: so I read it myself\n");
	uint32_t word = *KERNEL_MEMORY;
	say("rogue: I could read it\n");
	for (;;) call_by_int80(CALL_EXIT, word, 0);
}
