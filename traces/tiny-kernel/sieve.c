// sieve.c - counts primes on its heap, and does not ask the kernel for anything while it counts: only the timer takes the processor away.
// Each new page of the heap is a page fault.
#include "program.h"

enum { LIMIT = 12000 };

static uint32_t count_primes(uint8_t *is_composite)
{
	uint32_t count = 0;
	for (uint32_t number = 2; number < LIMIT; number++) {
		if (is_composite[number]) continue;
		count++;
		for (uint32_t multiple = number * 2; multiple < LIMIT; multiple += number) is_composite[multiple] = 1;
	}
	return count;
}

__attribute__((section(".text.start"), noreturn)) void sieve_main(void)
{
	uint32_t count = count_primes((uint8_t *)(0x40000000 + HEAP_OFFSET));
	struct line line = { .length = 0 };
	add_text(&line, "sieve: ");
	add_number(&line, count);
	add_text(&line, " primes below ");
	add_number(&line, LIMIT);
	add_text(&line, "\n");
	call_by_int80(CALL_WRITE, (uint32_t)line.text, line.length);
	for (;;) call_by_int80(CALL_EXIT, 0, 0);
}
