// program.h - what a program of the tiny kernel has: two ways to ask the kernel, a heap, and a way to print. Programs have no variables of
// their own but on stack and heap.
#include <stdint.h>

enum { CALL_EXIT = 1, CALL_WRITE = 4, CALL_GETPID = 20, CALL_YIELD = 158, CALL_SLEEP = 162 };
enum { HEAP_OFFSET = 0x400000 };

/// A system call by software interrupt: the processor saves where to return and the stack.
static inline uint32_t call_by_int80(uint32_t number, uint32_t first, uint32_t second)
{
	__asm__ volatile("int $0x80" : "+a"(number) : "b"(first), "S"(second) : "memory");
	return number;
}

/// The same by SYSENTER: nothing is saved, so the program itself says where to return (EDX) and with which stack (ECX).
static inline uint32_t call_by_sysenter(uint32_t number, uint32_t first, uint32_t second)
{
	__asm__ volatile("mov %%esp, %%ecx\n\tmov $1f, %%edx\n\tsysenter\n1:" : "+a"(number) : "b"(first), "S"(second) : "ecx", "edx", "memory", "cc");
	return number;
}

struct line { char text[80]; uint32_t length; };

static inline void add_text(struct line *line, const char *text)
{
	while (*text != 0 && line->length < sizeof line->text) line->text[line->length++] = *text++;
}

static inline void add_number(struct line *line, uint32_t value)
{
	char digits[11];
	uint32_t at = sizeof digits - 1;
	digits[at] = 0;
	do digits[--at] = '0' + value % 10; while ((value /= 10) != 0);
	add_text(line, digits + at);
}
