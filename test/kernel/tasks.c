// Tasks and who runs next. The kernel's own flow (main.c) is task 0, whose turn comes when all others have ended.
#include "kernel.h"

enum { PROGRAM_STACK_TOP = 0x7ffff000, PROGRAM_STACK_BYTES = 0x10000, SHARED_PAGE = 0x60000000 };
enum { PT_LOAD = 1, PF_W = 2 };

struct elf_header { uint8_t ident[16]; uint16_t type, machine; uint32_t version, entry, program_headers, section_headers, flags; uint16_t size, entry_size, count; };
struct program_header { uint32_t type, offset, linear, physical, file_bytes, memory_bytes, flags, alignment; };

static struct task tasks[TASKS + 1];
static uint32_t shared_frame;
struct task *current = &tasks[0];

static void add_region(struct task *task, struct region region) { task->regions[task->region_count++] = region; }

// The loadable segments of the program's file become regions; not a byte is copied yet.
static uint32_t add_program(struct task *task)
{
	const struct elf_header *header = (const struct elf_header *)program_file;
	const struct program_header *segments = (const struct program_header *)(program_file + header->program_headers);
	for (int index = 0; index < header->count; index++) {
		const struct program_header *one = &segments[index];
		if (one->type != PT_LOAD) continue;
		add_region(task, (struct region){ one->linear, one->linear + one->memory_bytes, program_file + one->offset, one->file_bytes, (one->flags & PF_W) != 0, 0 });
	}
	return header->entry;
}

// Below the frame of its first way to ring 3 lies what switch_stacks pops: four registers and the address it returns to.
void new_task(uint32_t id)
{
	struct task *task = &tasks[id];
	if (shared_frame == 0) shared_frame = new_frame();
	task->id = id;
	task->is_alive = true;
	task->directory = new_directory();
	uint32_t entry = add_program(task);
	add_region(task, (struct region){ PROGRAM_STACK_TOP - PROGRAM_STACK_BYTES, PROGRAM_STACK_TOP, NULL, 0, true, 0 });
	add_region(task, (struct region){ SHARED_PAGE, SHARED_PAGE + PAGE, NULL, 0, true, shared_frame });
	struct frame *frame = (struct frame *)(task->stack + sizeof task->stack) - 1;
	*frame = (struct frame){ .es = USER_DS, .ds = USER_DS, .eax = id, .eip = entry, .cs = USER_CS, .eflags = EFLAGS_IF | 2, .esp = PROGRAM_STACK_TOP, .ss = USER_DS };
	uint32_t *waiting = (uint32_t *)frame - 5;
	memset(waiting, 0, 16);
	waiting[4] = (uint32_t)return_from_interrupt;
	task->esp = (uint32_t)waiting;
}

static struct task *next_task(void)
{
	for (uint32_t step = 1; step <= TASKS; step++) {
		struct task *task = &tasks[(current->id + step - 1) % TASKS + 1];
		if (task->is_alive) return task;
	}
	return &tasks[0];
}

// Leaves the current task here, to come back when its turn comes again. Called with interrupts off. False when there is no other.
bool schedule(void)
{
	struct task *from = current, *to = next_task();
	if (to == from) return false;
	current = to;
	set_kernel_stack((uint32_t)(to->stack + sizeof to->stack));
	load_cr3(to->directory);
	switch_stacks(&from->esp, to->esp);
	return true;
}

void end_task(uint32_t code)
{
	print("task %u ended with %u\n", current->id, code);
	current->is_alive = false;
	schedule();
}

// Returns when every task has ended.
void run_tasks(void)
{
	tasks[0].directory = new_directory();
	load_cr3(tasks[0].directory);
	schedule();
}
