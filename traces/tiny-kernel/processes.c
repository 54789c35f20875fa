// processes.c - who runs. Each process has a kernel stack of its own, and whoever gives way does so there, in schedule(): so a process may
// enter the kernel by one way, and another leave it. The flow of main.c is process 0 and runs when nobody else can.
#include "kernel.h"

enum { PROCESSES = 4 };

static struct process processes[PROCESSES] = { [0] = { .state = READY } };
struct process *current = &processes[0];
uint32_t switches;

/// Nothing of the program is loaded: its first instruction is its first page fault.
void start_process(uint32_t id, const struct program *program)
{
	struct process *process = &processes[id];
	*process = (struct process){ .id = id, .program = program, .state = READY, .directory = new_directory(), .stack = (uint8_t *)new_frame() };
	// the frame that an interrupt from ring 3 would have left, and below it what switch_stacks pops
	struct frame *frame = (struct frame *)(process->stack + KERNEL_STACK_BYTES) - 1;
	frame->ds = frame->es = frame->ss = USER_DS;
	frame->cs = USER_CS;
	frame->eip = program->base;
	frame->eflags = EFLAGS_FIXED | EFLAGS_IF;
	frame->esp = program->base + STACK_TOP_OFFSET;
	uint32_t *waiting = (uint32_t *)frame - 5;
	waiting[4] = (uint32_t)leave_kernel;
	process->esp = (uint32_t)waiting;
}

static struct process *next_process(void)
{
	for (uint32_t step = 1; step <= PROCESSES; step++) {
		struct process *process = &processes[(current->id + step) % PROCESSES];
		if (process->state == SLEEPING && (int32_t)(ticks - process->wake_at) >= 0) process->state = READY;
		if (process->state == READY && process->id != 0) return process;
	}
	return &processes[0];
}

/// Gives way to the next process that can run; returns when this one's turn has come again. Interrupts are off.
void schedule(void)
{
	struct process *from = current, *to = next_process();
	if (to == from) return;
	current = to;
	switches++;
	if (to->id != 0) {
		set_kernel_stack((uint32_t)to->stack + KERNEL_STACK_BYTES);
		load_directory(to->directory);
	}
	switch_stacks(&from->esp, to->esp);
}

void sleep_until(uint32_t tick)
{
	current->wake_at = tick;
	current->state = SLEEPING;
	schedule();
}

/// Never comes back: nobody switches to a process that has ended. Process 0 clears up behind it, as it still stands on its own stack.
void end_process(void)
{
	current->state = ENDED;
	schedule();
	__builtin_unreachable();
}

static bool clear_up(void)
{
	bool all_ended = true;
	for (uint32_t id = 1; id < PROCESSES; id++) {
		struct process *process = &processes[id];
		if (process->state != ENDED) all_ended = false;
		else if (process->stack != NULL) {
			free_directory(process->directory);
			free_frame((uint32_t)process->stack);
			process->stack = NULL;
		}
	}
	return all_ended;
}

/// Process 0. HLT waits for the tick; STI lets it through only behind the HLT, so it cannot come between the two.
void idle_until_all_ended(void)
{
	uint32_t directory = new_directory();
	processes[0].directory = directory;
	for (;;) {
		schedule();
		load_directory(directory);
		if (clear_up()) return;
		__asm__ volatile("sti; hlt; cli" : : : "memory");
	}
}
