; sysenter-msrs - two ways to go wrong with SYSENTER, which checks next to nothing.
;   1. It clears IF and leaves the program's other flags as they are: with TF set, the kernel is trapped at its first instruction, in ring 0.
;   2. At a change of threads the new kernel stack is written into the wrong MSR, IA32_SYSENTER_CS: the next SYSENTER is #GP(0).
; Build: nasm -f bin -I traces/ -o traces/sysenter-msrs.img traces/sysenter-msrs.asm   (or npm run traces)
%include "lib/scenario.inc"

SYS_NEXT_THREAD equ 158                                 ; Linux's number of sched_yield
EFLAGS_TF       equ 1 << 8                              ; trap after each instruction
EFLAGS_AC       equ 1 << 18                             ; ring 3 wants its accesses aligned (with CR0.AM)

; The kernel stack of the second thread: one page, below 0x110000.
second_stack_top    equ 0x110000
second_stack        equ second_stack_top - PAGE
address_symbol second_stack
address_symbol second_stack_top

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        call build_page_tables
        map_identity kernel_page_table, second_stack, second_stack_top, PAGE_PRESENT | PAGE_WRITABLE
        call enable_paging
        write_msr IA32_SYSENTER_CS, KERNEL_CS
        write_msr IA32_SYSENTER_ESP, kernel_stack_top
        write_msr IA32_SYSENTER_EIP, kernel_entry_sysenter
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
; SYSENTER saves nothing: by agreement EDX holds the address to come back to and ECX the stack.
user_code
function user_program
        mov ebx, first_text
        pushfd
        or dword [esp], EFLAGS_TF | EFLAGS_AC
        mov edx, .back_first
        lea ecx, [esp + 4]                              ; our stack behind the POPF
        popfd                                           ; TF traps after the next instruction,
        sysenter                                        ; and by then that is in ring 0
.back_first:
        mov eax, SYS_NEXT_THREAD
        int 0x80
        mov ebx, second_text
        mov edx, .back_second
        mov ecx, esp
        sysenter                                        ; #GP(0)
.back_second:
        ud2                                             ; never reached

user_data
object first_text
        db 'hello through sysenter', 10, 0
object second_text
        db 'hello again', 10, 0

; ------------------------------------------------------------------ ring 0
kernel_code
function kernel_entry_sysenter
        push dword EFLAGS_FIXED                         ; whatever flags the program came with
        popfd
        mov esi, ebx
        call print
        sysexit

; The trap comes before the first instruction of kernel_entry_sysenter: on the stack EIP, CS, EFLAGS of ring 0. The kernel goes on without TF;
; it must not take this for a fault of its own.
function kernel_entry_debug
        push esi
        mov esi, debug_text
        call print
        pop esi
        and dword [esp + 8], ~EFLAGS_TF
        iret

function kernel_entry_int80
        cmp eax, SYS_NEXT_THREAD
        jne unexpected_exception
        mov eax, second_stack_top
        mov [tss_esp0], eax                             ; the stack for INT n, exceptions and interrupts
        xor edx, edx
        mov ecx, IA32_SYSENTER_CS                       ; BUG: must be IA32_SYSENTER_ESP
instruction write_stack_msr
        wrmsr
        iret

function kernel_entry_general_protection
        mov esi, general_protection_text
        call print
        mov eax, [esp]                                  ; the error code
        call print_hex
        mov esi, line_end
        call print
        xor eax, eax
        jmp exit

kernel_data
debug_text:              db 'debug: trapped in ring 0, TF came from ring 3', 10, 0
general_protection_text: db 'SYSENTER refused: #GP, error code ', 0
line_end:                db 10, 0

interrupt_gate 1, kernel_entry_debug
interrupt_gate 13, kernel_entry_general_protection
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
