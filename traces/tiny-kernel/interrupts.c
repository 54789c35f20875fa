// interrupts.c - what each vector means: a page to supply, a tick, a system call, or an exception that ends the program. The vectors of
// the two interrupt controllers are moved first: below 32 they would look like exceptions. Intel 8259A and 8254 data sheets.
#include "kernel.h"

enum { PIC1 = 0x20, PIC1_DATA = 0x21, PIC2 = 0xa0, PIC2_DATA = 0xa1, ICW1 = 0x11, ICW4_8086 = 1, END_OF_INTERRUPT = 0x20, ONLY_TIMER = 0xfe };
enum { PIT_CHANNEL0 = 0x40, PIT_COMMAND = 0x43, PIT_RATE_GENERATOR = 0x34, PIT_HZ = 1193182, TICKS_PER_SECOND = 1000 };
enum { EXCEPTIONS = 32, CODE_PRESENT = 1 << 0, EXIT_PORT = 0xf4 };

uint32_t ticks, page_faults;

void start_timer(void)
{
	out8(PIC1, ICW1), out8(PIC2, ICW1);
	out8(PIC1_DATA, VECTOR_TIMER), out8(PIC2_DATA, VECTOR_TIMER + 8);
	out8(PIC1_DATA, 1 << 2), out8(PIC2_DATA, 2);
	out8(PIC1_DATA, ICW4_8086), out8(PIC2_DATA, ICW4_8086);
	out8(PIC1_DATA, ONLY_TIMER), out8(PIC2_DATA, 0xff);
	out8(PIT_COMMAND, PIT_RATE_GENERATOR);
	out8(PIT_CHANNEL0, (PIT_HZ / TICKS_PER_SECOND) & 0xff), out8(PIT_CHANNEL0, PIT_HZ / TICKS_PER_SECOND >> 8);
}

/// Ends the run where an emulator listens at the port; stops for good on a PC.
void end_run(uint32_t code)
{
	out8(EXIT_PORT, code);
	for (;;) __asm__ volatile("cli; hlt");
}

static void page_fault(const struct frame *frame)
{
	uint32_t linear;
	__asm__ volatile("mov %%cr2, %0" : "=r"(linear));
	page_faults++;
	// the kernel, too, may be the first to touch a page: when it reads what a program wants written
	if ((frame->error_code & CODE_PRESENT) == 0 && current->program != NULL && supply_page(current, linear)) return;
	print("process %u (%s) ended: page fault at %x, error code %x, eip %x\n", current->id, current->program ? current->program->name : "kernel", linear, frame->error_code, frame->eip);
	if ((frame->cs & 3) == 0) end_run(1);
	end_process();
}

static void exception(const struct frame *frame)
{
	print("process %u ended: exception %u, error code %x, eip %x\n", current->id, frame->vector, frame->error_code, frame->eip);
	if ((frame->cs & 3) == 0) end_run(1);
	end_process();
}

/// Every entry comes here, interrupts off, with the registers it found on this process's kernel stack.
void enter_kernel(struct frame *frame)
{
	if (frame->vector == VECTOR_PAGE_FAULT) page_fault(frame);
	else if (frame->vector == VECTOR_SYSTEM_CALL) system_call(frame);
	else if (frame->vector < EXCEPTIONS) exception(frame);
	else if (frame->vector == VECTOR_TIMER) {
		ticks++;
		out8(PIC1, END_OF_INTERRUPT);
		schedule();
	}
}
