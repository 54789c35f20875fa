// The program of both tasks, in ring 3. Task 1 tests and prints alone first; then both take turns, and nobody yields: only the timer makes it go on.
#include "lib/library.h"
#include "selftest/selftest.h"

enum { SYS_WRITE = 4, SYS_WAIT = 7, SYS_GETPID = 20, SYS_SIGNAL = 48, SYS_YIELD = 158, SYS_UNKNOWN = 999 };
enum { TURNS = 4, INCREMENTS = 20000 };

struct fault { uint32_t vector, error, address; };
// At the same place in both address spaces, and the same memory.
struct shared { volatile uint32_t turn, counter, guarded, lock, ready; };
#define SHARED ((struct shared *)0x60000000)

uint32_t program_main(uint32_t id);
uint32_t call_by_int(uint32_t number, uint32_t a, uint32_t b);
uint32_t call_by_sysenter(uint32_t number, uint32_t a, uint32_t b);
uint32_t attempt(void (*code)(void), struct fault *fault);
void fault_handler(void);

static volatile uint8_t zeros[0x10000];
static volatile uint32_t initialized[3] = { 11, 22, 33 };

void print_text(const char *text, size_t bytes) { call_by_int(SYS_WRITE, (uint32_t)text, bytes); }

static void divides_by_zero(void) { __asm__ volatile("xor %%ecx, %%ecx; div %%ecx" : : : "eax", "ecx", "edx", "cc"); }
static void breaks(void) { __asm__ volatile("int3"); }
static void overflows(void) { __asm__ volatile("mov $0x7f, %%al; inc %%al; into" : : : "eax", "cc"); }
static void is_out_of_bounds(void)
{
	static const int32_t bounds[2] = { -3, 12 };
	__asm__ volatile("bound %0, %1" : : "r"(13), "m"(bounds));
}
static void is_undefined(void) { __asm__ volatile("ud2"); }
static void halts(void) { __asm__ volatile("hlt"); }
static void uses_a_port(void) { __asm__ volatile("inb $0x60, %%al" : : : "eax"); }
static void loads_a_kernel_segment(void) { __asm__ volatile("mov %0, %%es" : : "r"(0x10)); }
static void uses_a_forbidden_gate(void) { __asm__ volatile("int $0x20"); }
static void reads_the_kernel(void) { (void)*(volatile uint32_t *)0x100000; }
static void writes_its_text(void) { *(volatile uint32_t *)(uint32_t)halts = 0; }
static void touches_nothing(void) { *(volatile uint32_t *)0x7ffffff8 = 1; }
static void jumps_wild(void) { __asm__ volatile("call *%0" : : "r"(0x70000000)); }

static const struct { const char *name; void (*code)(void); } faults[] = {
	{ "division by zero", divides_by_zero }, { "int3", breaks }, { "into", overflows }, { "bound", is_out_of_bounds }, { "ud2", is_undefined },
	{ "hlt", halts }, { "in", uses_a_port }, { "kernel segment", loads_a_kernel_segment }, { "int 0x20", uses_a_forbidden_gate },
	{ "kernel page", reads_the_kernel }, { "read-only page", writes_its_text }, { "unmapped page", touches_nothing }, { "jump to nowhere", jumps_wild },
};

static void try_faults(void)
{
	for (size_t at = 0; at < sizeof faults / sizeof faults[0]; at++) {
		struct fault fault = { 0 };
		if (attempt(faults[at].code, &fault) == 0) print("%s: no fault\n", faults[at].name);
		else if (fault.vector == 14 && at != 10) print("%s: vector %u, error code %x, address %08x\n", faults[at].name, fault.vector, fault.error, fault.address);
		else print("%s: vector %u, error code %x\n", faults[at].name, fault.vector, fault.error);
	}
}

static void try_system_calls(void)
{
	print("task %u by int 0x80, %u by sysenter, unknown call: %d\n", call_by_int(SYS_GETPID, 0, 0), call_by_sysenter(SYS_GETPID, 0, 0), (int32_t)call_by_int(SYS_UNKNOWN, 0, 0));
	static const char text[] = "a text written by sysenter\n";
	call_by_sysenter(SYS_WRITE, (uint32_t)text, sizeof text - 1);
}

// Pages appear as they are touched: those of .bss as zeros, those of .data with what the file says.
static void try_missing_pages(void)
{
	uint32_t sum = 0;
	for (uint32_t at = 0; at < sizeof zeros; at += 1000) sum += zeros[at]++;
	for (uint32_t at = 0; at < sizeof zeros; at += 1000) sum += zeros[at];
	print("missing pages: %u of 66, data %u\n", sum, initialized[0] + initialized[1] + initialized[2]);
	initialized[0] = 0;
}

static void take_turns(uint32_t id)
{
	for (int turn = 1; turn <= TURNS; turn++) {
		while (SHARED->turn != id) { }
		print("task %u: turn %d\n", id, turn);
		SHARED->turn = 3 - id;
	}
}

// Both at once: an atomic counter, and one behind a lock that is taken with XCHG.
static void count_together(void)
{
	for (int round = 0; round < INCREMENTS; round++) {
		__sync_fetch_and_add(&SHARED->counter, 1);
		if (round % 16 != 0) continue;
		while (__sync_lock_test_and_set(&SHARED->lock, 1) != 0) { }
		SHARED->guarded++;
		__sync_lock_release(&SHARED->lock);
	}
}

uint32_t program_main(uint32_t id)
{
	uint32_t failed = 0;
	call_by_int(SYS_SIGNAL, (uint32_t)fault_handler, 0);
	if (id == 1) {
		failed = run_self_tests("ring 3");
		try_system_calls();
		try_missing_pages();
		try_faults();
		SHARED->turn = 1;
	} else {
		while (SHARED->turn == 0) call_by_int(SYS_YIELD, 0, 0);
		// this task's own pages: task 1 has changed the same addresses in its own
		print("task %u finds %u and %u\n", id, zeros[0], initialized[0]);
		SHARED->ready = 1;
	}
	while (SHARED->ready == 0) { }
	take_turns(id);
	count_together();
	__sync_fetch_and_add(&SHARED->ready, 1);
	while (SHARED->ready != 3) { }
	if (id == 1) {
		print("counted together: %u, behind a lock %u\n", SHARED->counter, SHARED->guarded);
		SHARED->turn = 5;
		call_by_int(SYS_WAIT, 0, 0);
		return failed;
	}
	while (SHARED->turn != 5) { }
	call_by_int(SYS_SIGNAL, 0, 0);
	halts();
	return 1;
}
