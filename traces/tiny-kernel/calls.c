// calls.c - the system calls, with Linux's numbers. The number is in EAX, arguments in EBX and ESI, the result in EAX: the same by INT 0x80
// and by SYSENTER, which needs ECX and EDX for the way back.
#include "kernel.h"

enum { CALL_EXIT = 1, CALL_WRITE = 4, CALL_GETPID = 20, CALL_YIELD = 158, CALL_SLEEP = 162 };
enum { BAD_ADDRESS = -14, NO_SUCH_CALL = -38 };

// A program may name any address: what is not below the kernel's end but its own is its own. Its missing pages come by page faults in ring 0.
static uint32_t write(uint32_t text, uint32_t bytes)
{
	if (text < KERNEL_SPACE_END || text + bytes < text) return BAD_ADDRESS;
	if (text < current->program->base || text + bytes > current->program->base + STACK_TOP_OFFSET) return BAD_ADDRESS;
	print_text((const char *)text, bytes);
	return bytes;
}

void system_call(struct frame *frame)
{
	switch (frame->eax) {
	case CALL_EXIT:
		print("process %u (%s) ended by itself\n", current->id, current->program->name);
		end_process();
	case CALL_WRITE: frame->eax = write(frame->ebx, frame->esi); break;
	case CALL_GETPID: frame->eax = current->id; break;
	case CALL_YIELD: frame->eax = 0; schedule(); break;
	case CALL_SLEEP: frame->eax = 0; sleep_until(ticks + frame->ebx); break;
	default: frame->eax = NO_SUCH_CALL;
	}
}
