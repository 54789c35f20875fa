// kernel.h - what the files of the tiny kernel share: selectors, the frame of an entry, a process, and who does what.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAGE = 4096, KERNEL_STACK_BYTES = 4096 };
// The GDT's order is the one SYSENTER and SYSEXIT expect.
enum { KERNEL_CS = 0x08, KERNEL_DS = 0x10, USER_CS = 0x18 | 3, USER_DS = 0x20 | 3, TSS_SELECTOR = 0x28 };
enum { EFLAGS_FIXED = 1 << 1, EFLAGS_IF = 1 << 9 };
enum { VECTOR_PAGE_FAULT = 14, VECTOR_TIMER = 0x20, VECTOR_SYSTEM_CALL = 0x80, GATES = 0x81 };
/// Below it linear is physical, for the kernel alone; from there on lie the programs.
#define KERNEL_SPACE_END 0x40000000u

/// What lies on the kernel stack after every entry, lowest address first: pushed by start.S, the last five by the processor.
struct frame {
	uint32_t es, ds, edi, esi, ebp, unused_esp, ebx, edx, ecx, eax, vector, error_code;
	uint32_t eip, cs, eflags, esp, ss;
};

/// A program as the linker left it: where it runs, where its bytes lie.
struct program { const char *name; uint32_t base, bytes; const char *file; };

enum state { READY, SLEEPING, ENDED };
struct process {
	uint32_t id;
	const struct program *program;
	enum state state;
	uint32_t wake_at;       // tick
	uint32_t esp;           // while it does not run: its kernel stack, as switch_stacks left it
	uint32_t directory;     // physical
	uint8_t *stack;         // a page; the TSS and IA32_SYSENTER_ESP name its end while it runs
};

/// The memory of a process, as distances from its program's base.
enum { HEAP_OFFSET = 0x400000, HEAP_BYTES = 64 * PAGE, STACK_TOP_OFFSET = 0x800000, STACK_BYTES = 16 * PAGE };

// console.c
void start_console(void);
void print_text(const char *text, uint32_t bytes);
void print(const char *format, ...);
// descriptors.c
void load_descriptors(void);
void set_kernel_stack(uint32_t esp);
// memory.c
void find_memory(uint32_t magic, const void *information);
uint32_t memory_end(void);
uint32_t new_frame(void);
void free_frame(uint32_t frame);
// paging.c
void start_paging(void);
uint32_t new_directory(void);
void free_directory(uint32_t directory);
void load_directory(uint32_t directory);
bool supply_page(const struct process *process, uint32_t linear);
// interrupts.c
void start_timer(void);
void enter_kernel(struct frame *frame);
void end_run(uint32_t code) __attribute__((noreturn));
extern uint32_t ticks;
extern uint32_t page_faults;
// calls.c
void system_call(struct frame *frame);
// processes.c
extern struct process *current;
void start_process(uint32_t id, const struct program *program);
void schedule(void);
void sleep_until(uint32_t tick);
void end_process(void) __attribute__((noreturn));
void idle_until_all_ended(void);
extern uint32_t switches;
// start.S
extern const uint32_t gate_entries[GATES];
extern uint8_t boot_stack_top[];
void sysenter_entry(void);
void leave_kernel(void);
void switch_stacks(uint32_t *save_esp, uint32_t load_esp);

static inline void out8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
static inline uint8_t in8(uint16_t port) { uint8_t value; __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port)); return value; }
