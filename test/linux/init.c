/* The first process of the Linux boot test: no C library. It makes system calls both ways, by INT 80h and through the entry point that the
 * kernel names in the auxiliary vector (AT_SYSINFO, which is SYSENTER where the processor has it), touches memory that is mapped but not
 * present, lets a child write to shared pages, and powers the machine off. Linux manual pages: syscall(2), vdso(7), getauxval(3). */
typedef unsigned int word;

enum { SYS_exit = 1, SYS_fork = 2, SYS_write = 4, SYS_waitpid = 7, SYS_getpid = 20, SYS_brk = 45, SYS_reboot = 88, SYS_uname = 122, SYS_sched_yield = 158, SYS_mmap2 = 192 };
enum { AT_NULL = 0, AT_SYSINFO = 32 };
enum { PROT_READ = 1, PROT_WRITE = 2, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20 };
enum { REBOOT_MAGIC1 = 0xfee1dead, REBOOT_MAGIC2 = 672274793, REBOOT_POWER_OFF = 0x4321fedc };
enum { PAGE = 4096, TOUCHED_PAGES = 64, SHARED_PAGES = 4, FAST_CALLS = 100, SLOW_CALLS = 100, CHILD_STATUS = 7 };

static word fast_entry;
static volatile char shared[SHARED_PAGES * PAGE] = { 1 };

/* INT 80h: number in EAX, arguments in EBX, ECX, EDX, ESI, EDI, EBP. */
static int slow_call(word number, word a, word b, word c)
{
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

/* The same registers, through the kernel's own code in user space. */
static int fast_call(word number, word a, word b, word c)
{
    int result;
    __asm__ volatile("call *%1" : "=a"(result) : "m"(fast_entry), "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

static void *map_pages(word bytes)
{
    int result;
    __asm__ volatile("push %%ebp\n\txor %%ebp, %%ebp\n\tint $0x80\n\tpop %%ebp"
        : "=a"(result) : "a"(SYS_mmap2), "b"(0), "c"(bytes), "d"(PROT_READ | PROT_WRITE), "S"(MAP_PRIVATE | MAP_ANONYMOUS), "D"(-1) : "memory");
    return (void *)result;
}

static word length(const char *text)
{
    word count = 0;
    while (text[count]) count += 1;
    return count;
}

static void say(const char *text)
{
    (fast_entry ? fast_call : slow_call)(SYS_write, 1, (word)text, length(text));
}

static void say_number(const char *text, word value)
{
    char digits[12];
    word at = sizeof digits - 1;
    digits[at] = 0;
    do { digits[--at] = '0' + value % 10; value /= 10; } while (value);
    say(text);
    say(digits + at);
    say("\n");
}

static void share_with_child(void)
{
    int child = slow_call(SYS_fork, 0, 0, 0);
    if (child == 0) {
        for (word page = 0; page < SHARED_PAGES; page += 1) shared[page * PAGE] = 2;
        say_number("init: the child is process ", fast_call(SYS_getpid, 0, 0, 0));
        slow_call(SYS_exit, CHILD_STATUS, 0, 0);
    }
    int status = 0;
    slow_call(SYS_waitpid, child, (word)&status, 0);
    say_number("init: the child ended with status ", (status >> 8) & 0xff);
}

void run(word *stack)
{
    word *vector = stack + 1 + stack[0] + 1;
    while (*vector) vector += 1;
    for (vector += 1; vector[0] != AT_NULL; vector += 2) if (vector[0] == AT_SYSINFO) fast_entry = vector[1];

    static const char by_interrupt[] = "init: hello from ring 3 by INT 80h\n";
    slow_call(SYS_write, 1, (word)by_interrupt, sizeof by_interrupt - 1);
    say(fast_entry ? "init: hello from ring 3 through AT_SYSINFO\n" : "init: the kernel names no AT_SYSINFO\n");
    if (!fast_entry) goto end;

    for (word count = 0; count < FAST_CALLS; count += 1) fast_call(SYS_getpid, 0, 0, 0);
    for (word count = 0; count < SLOW_CALLS; count += 1) slow_call(SYS_getpid, 0, 0, 0);
    say_number("init: this is process ", fast_call(SYS_getpid, 0, 0, 0));

    volatile char *pages = map_pages(TOUCHED_PAGES * PAGE);
    word sum = 0;
    for (word page = 0; page < TOUCHED_PAGES; page += 1) pages[page * PAGE] = 1;
    for (word page = 0; page < TOUCHED_PAGES; page += 1) sum += pages[page * PAGE];
    say_number("init: pages touched for the first time: ", sum);
    share_with_child();
end:
    say("init: power off\n");
    slow_call(SYS_reboot, REBOOT_MAGIC1, REBOOT_MAGIC2, REBOOT_POWER_OFF);
    slow_call(SYS_exit, 0, 0, 0);
}

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %esp, %eax\n\tand $-16, %esp\n\tsub $12, %esp\n\tpush %eax\n\tcall run\n\thlt");
