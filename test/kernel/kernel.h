// What the parts of the kernel know of each other.
#ifndef KERNEL_H
#define KERNEL_H
#include "lib/library.h"

enum { KERNEL_CS = 0x08, KERNEL_DS = 0x10, USER_CS = 0x1b, USER_DS = 0x23, TSS_SELECTOR = 0x28 };
enum { VECTOR_GENERAL_PROTECTION = 13, VECTOR_PAGE_FAULT = 14, VECTOR_TIMER = 0x20, VECTOR_SYSTEM_CALL = 0x80, GATES = 0x81 };
enum { PAGE = 4096, EFLAGS_IF = 0x200 };
enum { KERNEL_STACK_BYTES = 8192, TASKS = 2 };

// What lies on the kernel stack in a handler: pushed by the stub of start.S, and below `error` by the processor.
struct frame {
	uint32_t es, ds;
	uint32_t edi, esi, ebp, unused, ebx, edx, ecx, eax;
	uint32_t vector, error;
	uint32_t eip, cs, eflags, esp, ss;
};

// A part of an address space that is supplied page by page: `file_bytes` from `file`, then zeros.
struct region { uint32_t first, end; const uint8_t *file; uint32_t file_bytes; bool is_writable; uint32_t shared; };
enum { REGIONS = 8 };

struct task {
	uint32_t esp;               // of the kernel stack while the task waits
	uint32_t id;
	bool is_alive;
	uint32_t handler;           // where the program wants its faults delivered, or 0
	uint32_t *directory;
	struct region regions[REGIONS];
	int region_count;
	uint8_t stack[KERNEL_STACK_BYTES] __attribute__((aligned(16)));
};

// start.S
extern const uint8_t stubs[GATES][16];
void switch_stacks(uint32_t *save_esp, uint32_t load_esp);
void return_from_interrupt(void);
void sysenter_entry(void);
extern const uint8_t program_file[];

// descriptors.c
void load_descriptor_tables(void);
void set_kernel_stack(uint32_t top);

// paging.c
void enable_paging(void);
uint32_t *new_directory(void);
uint32_t new_frame(void);
bool supply_page(struct task *task, uint32_t linear);

// interrupts.c
void handle_interrupt(struct frame *frame);
void start_timer(void);

// tasks.c
extern struct task *current;
void new_task(uint32_t id);
void run_tasks(void);
bool schedule(void);
void end_task(uint32_t code);

// main.c
void kernel_main(void);
__attribute__((noreturn)) void end_run(uint8_t code);

static inline void out8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
static inline uint8_t in8(uint16_t port)
{
	uint8_t value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}
static inline void write_msr(uint32_t msr, uint32_t value) { __asm__ volatile("wrmsr" : : "c"(msr), "a"(value), "d"(0)); }
static inline void load_cr3(const uint32_t *directory) { __asm__ volatile("mov %0, %%cr3" : : "r"(directory) : "memory"); }
#endif
