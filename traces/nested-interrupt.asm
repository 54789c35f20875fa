; nested-interrupt - three visits of the kernel, one inside the other: a system call sleeps with interrupts on, the timer interrupts it, and the
; interrupt handler faults on a page that is not there yet. All three return, the innermost first.
; Then the same once more: now the page is there, and the nesting is two deep.
; Build: nasm -f bin -I traces/ -o traces/nested-interrupt.img traces/nested-interrupt.asm   (or npm run traces)
%include "lib/scenario.inc"
%include "lib/timer.inc"

SYS_SLEEP       equ 162                                 ; Linux: nanosleep. Here: until the next tick

; Where the timer's handler keeps its log: a page of the kernel's address space that is mapped when it is first touched.
tick_log        equ kernel_stack_top + 2 * PAGE         ; 0x109000
TICK_LOG_FRAME  equ 0x200000
tick_log_entry  equ kernel_page_table + (tick_log >> 12) * 4
address_symbol tick_log
address_symbol tick_log_entry

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        call build_page_tables
        call enable_paging
        call set_up_timer
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, SYS_SLEEP
        int 0x80                                        ; three deep
        mov eax, SYS_SLEEP
        int 0x80                                        ; two deep
        mov eax, SYS_EXIT
        xor ebx, ebx
        int 0x80
        ud2

; ------------------------------------------------------------------ ring 0, depth 1: the system call
; The gate has cleared IF. Who wants to be interrupted in a system call must say so.
kernel_code
function kernel_entry_int80
        cmp eax, SYS_EXIT
        je system_call_exit
        cmp eax, SYS_SLEEP
        jne unexpected_exception
        mov esi, sleep_text
        call print
        mov ebx, [ticks]
        call start_tick
.wait:
        sti                                             ; takes effect after the next instruction, so the tick cannot come before the HLT
        hlt                                             ; the processor waits here; the interrupt returns to the instruction behind
        cli
        cmp ebx, [ticks]
        je .wait
        mov esi, awake_text
        call print
        iret                                            ; ring 0 -> ring 3

; ------------------------------------------------------------------ ring 0, depth 2: the timer
; It came in ring 0, so the stack stays: three slots, below what the system call has pushed.
function kernel_entry_timer
        pusha
        mov esi, timer_text
        call print
        mov eax, [ticks]
        inc eax
        mov [tick_log], eax                             ; #PF the first time, error code 2: not present, write, ring 0
        mov [ticks], eax
        mov esi, timer_done_text
        call print
        call end_interrupt
        popa
        iret                                            ; ring 0 -> ring 0, into the system call

; ------------------------------------------------------------------ ring 0, depth 3: the page fault
; Again the same stack: four slots, with the error code.
function kernel_entry_page_fault
        pusha
        mov eax, cr2
        cmp eax, tick_log
        jne unexpected_exception
        mov esi, page_fault_text
        call print
        mov dword [tick_log_entry], TICK_LOG_FRAME | PAGE_PRESENT | PAGE_WRITABLE
        popa
        add esp, 4                                      ; the error code
        iret                                            ; ring 0 -> ring 0, to the MOV, which runs again

function system_call_exit
        mov esi, goodbye_text
        call print
        mov eax, ebx
        jmp exit

kernel_data
align 4
object ticks
        dd 0
sleep_text:      db 'system call: sleeps', 10, 0
awake_text:      db 'system call: awake, returns to ring 3', 10, 0
timer_text:      db '  timer: interrupts the system call', 10, 0
timer_done_text: db '  timer: counted, returns to the system call', 10, 0
page_fault_text: db '    page fault in the timer handler: page supplied, returns to the timer', 10, 0
goodbye_text:    db 'program ended', 10, 0

interrupt_gate 14, kernel_entry_page_fault
interrupt_gate TIMER_VECTOR, kernel_entry_timer
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
