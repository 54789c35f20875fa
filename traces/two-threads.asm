; two-threads - two programs take turns: each yields by a system call, and the kernel comes back from the call of the other.
; Each thread has a kernel stack of its own, on which its entry waits until its turn comes again. So what leaves the kernel
; next is not what entered it last: A enters, B leaves, B enters, A leaves. In the end A does not yield, and the timer makes it.
; Build: nasm -f bin -I traces/ -o traces/two-threads.img traces/two-threads.asm   (or npm run traces)
%include "lib/scenario.inc"
%include "lib/timer.inc"

SYS_ALARM       equ 27                                  ; Linux's number. Here: one tick, soon
SYS_YIELD       equ 158                                 ; Linux calls it sched_yield

; Thread A has the stacks of layout.inc, thread B these: one page each, and an unmapped page below.
kernel_stack_b      equ kernel_stack_top + PAGE         ; 0x108000
kernel_stack_b_top  equ kernel_stack_b + PAGE
user_stack_b        equ user_stack_top + PAGE           ; 0x405000
user_stack_b_top    equ user_stack_b + PAGE
address_symbol kernel_stack_b
address_symbol kernel_stack_b_top
address_symbol user_stack_b
address_symbol user_stack_b_top

; What the kernel keeps of a thread. Everything else is on its kernel stack.
THREAD_ESP      equ 0                                   ; the kernel's ESP while the thread waits
THREAD_ESP0     equ 4                                   ; the top of its kernel stack, for the TSS
THREAD_NEXT     equ 8                                   ; whose turn is next; itself when it is alone

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        call build_page_tables
        map_identity kernel_page_table, kernel_stack_b, kernel_stack_b_top, PAGE_PRESENT | PAGE_WRITABLE
        map_identity user_page_table, user_stack_b, user_stack_b_top, PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER
        call enable_paging
        call prepare_thread_b
        call set_up_timer
        enter_ring3 user_program_a, EFLAGS_FIXED | EFLAGS_IF

; Thread B has never entered the kernel, so nothing waits on its stack. The kernel writes there what would: a return address for
; switch_thread, and the frame that INT 0x80 would have pushed.
function prepare_thread_b
        mov edi, kernel_stack_b_top
        mov dword [edi - 4], USER_DS                    ; SS
        mov dword [edi - 8], user_stack_b_top           ; ESP
        mov dword [edi - 12], EFLAGS_FIXED | EFLAGS_IF  ; EFLAGS
        mov dword [edi - 16], USER_CS                   ; CS
        mov dword [edi - 20], user_program_b            ; EIP
        mov dword [edi - 24], first_return              ; where switch_thread "returns" to
        sub edi, 24
        mov [thread_b + THREAD_ESP], edi
        ret

function first_return
        iret

; ------------------------------------------------------------------ ring 3: the two threads
; say_and_yield TEXT: one line, then the other's turn
%macro say_and_yield 1
        mov eax, SYS_WRITE
        mov ebx, %1
        int 0x80
        mov eax, SYS_YIELD
        int 0x80                                        ; enters here; what leaves the kernel next is the other thread
%endmacro

user_code
function user_program_a
        say_and_yield text_a1
        say_and_yield text_a2
        mov eax, SYS_WRITE
        mov ebx, text_a3
        int 0x80
        mov eax, SYS_ALARM
        int 0x80
.compute:
        cmp dword [b_was_here], 0                       ; no system call in this loop: the timer takes the processor away from it
        je .compute
        mov eax, SYS_WRITE
        mov ebx, text_a4
        int 0x80
        mov eax, SYS_EXIT
        int 0x80                                        ; never returns
        ud2

function user_program_b
        say_and_yield text_b1
        say_and_yield text_b2
        mov dword [b_was_here], 1
        say_and_yield text_b3
        mov eax, SYS_EXIT
        int 0x80
        ud2

user_data
text_a1:        db 'A: first turn', 10, 0
text_a2:        db 'A: second turn', 10, 0
text_b1:        db 'B: first turn', 10, 0
text_b2:        db 'B: second turn', 10, 0
text_a3:        db 'A: third turn, computes and does not yield', 10, 0
text_b3:        db 'B: third turn, by the timer', 10, 0
text_a4:        db 'A: goes on computing, has noticed nothing', 10, 0
align 4
object b_was_here
        dd 0

; ------------------------------------------------------------------ ring 0: the system calls
kernel_code
function kernel_entry_int80
        cmp eax, SYS_WRITE
        je system_call_write
        cmp eax, SYS_YIELD
        je system_call_yield
        cmp eax, SYS_ALARM
        je system_call_alarm
        cmp eax, SYS_EXIT
        je system_call_exit
        jmp unexpected_exception

function system_call_write
        push esi
        mov esi, ebx
        call print
        pop esi
        iret

function system_call_yield
        pusha                                           ; the caller's registers wait on its own kernel stack
        call switch_thread                              ; other threads run meanwhile
        popa
        iret                                            ; pops the frame that this thread's INT 0x80 pushed

function system_call_alarm
        call start_tick
        iret

; The same as a yield, but the thread did not ask: its registers wait below the frame that the interrupt pushed.
function kernel_entry_timer
        pusha
        call end_interrupt                              ; before the switch: the other thread may run for long
        call switch_thread
        popa
        iret

; The last thread to exit ends the run; another is taken out of the round, and its kernel stack is simply left.
function system_call_exit
        mov esi, exit_text
        call print
        mov eax, [current_thread]
        mov ebx, [eax + THREAD_NEXT]
        cmp ebx, eax
        je .last
        mov [ebx + THREAD_NEXT], ebx
        jmp resume_thread
.last:
        mov esi, goodbye_text
        call print
        xor eax, eax
        jmp exit

; switch_thread: leaves the current thread here and goes on where the next one was left. To its caller it looks like a
; call that took long. Changes EAX, EBX, ECX.
function switch_thread
        mov eax, [current_thread]
        mov [eax + THREAD_ESP], esp
        mov ebx, [eax + THREAD_NEXT]
; resume_thread: EBX. No ring changes here: one kernel stack is exchanged for another.
function resume_thread
        mov [current_thread], ebx
        mov ecx, [ebx + THREAD_ESP0]
        mov [tss_esp0], ecx                             ; forgotten, this thread's next entry would overwrite what waits on the other's stack
        mov esp, [ebx + THREAD_ESP]
        ret

kernel_data
align 4
object thread_a
        dd 0, kernel_stack_top, thread_b
object thread_b
        dd 0, kernel_stack_b_top, thread_a
object current_thread
        dd thread_a
exit_text:      db 'a thread ended', 10, 0
goodbye_text:   db 'both threads ended', 10, 0

interrupt_gate TIMER_VECTOR, kernel_entry_timer
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
