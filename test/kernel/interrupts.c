// What every vector does. A fault in ring 3 that is not a missing page goes to the program's own handler, if it has one.
#include "kernel.h"

enum { SYS_EXIT = 1, SYS_WRITE = 4, SYS_WAIT = 7, SYS_GETPID = 20, SYS_SIGNAL = 48, SYS_YIELD = 158 };
enum { EXCEPTIONS = 32, ERROR_PRESENT = 1, WRITE_MAX = 256 };
enum { PIC1 = 0x20, PIC1_DATA = 0x21, PIC2 = 0xa0, PIC2_DATA = 0xa1, PIT_CHANNEL0 = 0x40, PIT_COMMAND = 0x43 };
enum { ICW1_INIT = 0x11, ICW4_8086 = 1, END_OF_INTERRUPT = 0x20, PIT_RATE_GENERATOR = 0x34, PIT_DIVISOR = 1193 };

static uint32_t read_cr2(void)
{
	uint32_t value;
	__asm__ volatile("mov %%cr2, %0" : "=r"(value));
	return value;
}

// Both 8259 at vectors 0x20 and 0x28, all lines masked but the timer's; the timer about a thousand times a second.
void start_timer(void)
{
	out8(PIC1, ICW1_INIT), out8(PIC2, ICW1_INIT);
	out8(PIC1_DATA, VECTOR_TIMER), out8(PIC2_DATA, VECTOR_TIMER + 8);
	out8(PIC1_DATA, 4), out8(PIC2_DATA, 2);
	out8(PIC1_DATA, ICW4_8086), out8(PIC2_DATA, ICW4_8086);
	out8(PIC1_DATA, 0xfe), out8(PIC2_DATA, 0xff);
	out8(PIT_COMMAND, PIT_RATE_GENERATOR);
	out8(PIT_CHANNEL0, PIT_DIVISOR & 0xff), out8(PIT_CHANNEL0, PIT_DIVISOR >> 8);
}

// The program goes on in its handler, with the particulars in registers. Its own registers of that moment are lost.
static void deliver_to_program(struct frame *frame, uint32_t address)
{
	frame->eax = frame->vector;
	frame->ebx = frame->error;
	frame->ecx = address;
	frame->edx = frame->eip;
	frame->eip = current->handler;
	frame->eflags &= EFLAGS_IF | 2;
}

static void handle_exception(struct frame *frame)
{
	uint32_t address = frame->vector == VECTOR_PAGE_FAULT ? read_cr2() : 0;
	// the kernel touches missing pages, too, when it reads what a program wants written
	if (frame->vector == VECTOR_PAGE_FAULT && (frame->error & ERROR_PRESENT) == 0 && supply_page(current, address)) return;
	if ((frame->cs & 3) == 0) {
		print("exception %u in the kernel, error code %x, eip %x, address %x\n", frame->vector, frame->error, frame->eip, address);
		end_run(3);
	}
	if (current->handler != 0) {
		deliver_to_program(frame, address);
		return;
	}
	print("task %u ended by exception %u, error code %x\n", current->id, frame->vector, frame->error);
	end_task(0xff);
}

static uint32_t write_text(const char *text, uint32_t bytes)
{
	char copy[WRITE_MAX];
	if (bytes > sizeof copy) return (uint32_t)-1;
	memcpy(copy, text, bytes);
	print_text(copy, bytes);
	return bytes;
}

static void handle_system_call(struct frame *frame)
{
	switch (frame->eax) {
	case SYS_EXIT: end_task(frame->ebx); break;
	case SYS_WRITE: frame->eax = write_text((const char *)frame->ebx, frame->esi); break;
	case SYS_GETPID: frame->eax = current->id; break;
	case SYS_SIGNAL: current->handler = frame->ebx; break;
	case SYS_YIELD: schedule(); break;
	case SYS_WAIT: while (schedule()) { } break;
	default: frame->eax = (uint32_t)-38; break;
	}
}

void handle_interrupt(struct frame *frame)
{
	if (frame->vector < EXCEPTIONS) handle_exception(frame);
	else if (frame->vector == VECTOR_SYSTEM_CALL) handle_system_call(frame);
	else if (frame->vector == VECTOR_TIMER) {
		out8(PIC1, END_OF_INTERRUPT);
		schedule();
	}
}
