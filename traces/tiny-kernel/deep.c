// deep.c - calls itself, a kibibyte of stack a time: the stack grows by page faults. It asks the kernel by SYSENTER, and sleeps, so that
// nobody can run but the others, or nobody at all.
#include "program.h"

enum { LEVELS = 24, LEVELS_PER_LINE = 8 };

static void tell(const char *before, uint32_t number, const char *after)
{
	struct line line = { .length = 0 };
	add_text(&line, before);
	add_number(&line, number);
	add_text(&line, after);
	call_by_sysenter(CALL_WRITE, (uint32_t)line.text, line.length);
}

static __attribute__((noinline)) uint32_t descend(uint32_t level)
{
	volatile uint8_t kibibyte[1024];
	kibibyte[0] = level;
	if (level % LEVELS_PER_LINE == 0) {
		tell("deep: level ", level, "\n");
		call_by_sysenter(CALL_SLEEP, 4, 0);
	}
	return level == LEVELS ? 0 : descend(level + 1) + kibibyte[0];
}

__attribute__((section(".text.start"), noreturn)) void deep_main(void)
{
	tell("deep: process ", call_by_int80(CALL_GETPID, 0, 0), " by int 0x80\n");
	tell("deep: process ", call_by_sysenter(CALL_GETPID, 0, 0), " by sysenter\n");
	tell("deep: sum ", descend(1), "\n");
	for (;;) call_by_sysenter(CALL_EXIT, 0, 0);
}
