; task-gate-double-fault - a kernel that survives the loss of its own stack. A system call takes its working stack from a table, by a number
; the program gives and nobody checks; the first push on what it finds is a page fault, whose frame cannot be pushed there either: #DF. Gate 8
; is a task gate, so the processor saves everything in the TSS of the task that failed and goes on in another, with a stack of its own. That task
; reads the TSS: where, with which stack pointer. It gives the failed task a good stack and a place to go on, and returns to it by IRET. It can do
; so again and again.
; Build: nasm -f bin -I traces/ -o traces/task-gate-double-fault.img traces/task-gate-double-fault.asm   (or npm run traces)
%include "lib/scenario.inc"

SYS_WORK        equ 300                                 ; EBX: which of the kernel's working stacks. Returns EAX = 1
WORK_STACKS     equ 2

; SDM 3A "Task-Gate Descriptor", "32-Bit Task-State Segment (TSS)"
RESCUE_TSS      equ MORE_DESCRIPTORS
TASK_GATE       equ 0x05
TSS_LINK        equ 0x00                                ; the task that was interrupted
TSS_EIP         equ 0x20
TSS_EFLAGS      equ 0x24
TSS_ESP         equ 0x38
rescue_stack     equ kernel_stack_top + PAGE            ; 0x108000; the guard page is between
rescue_stack_top equ rescue_stack + PAGE
work_stack       equ rescue_stack_top + PAGE            ; 0x10a000
work_stack_top   equ work_stack + PAGE
address_symbol rescue_stack
address_symbol rescue_stack_top
address_symbol work_stack
address_symbol work_stack_top
%macro more_descriptors 0
        segment_descriptor data_address(rescue_tss), 103, TSS32_AVAILABLE, BYTES16
%endmacro

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        mov dword [idt + 8 * 8], RESCUE_TSS << 16
        mov dword [idt + 8 * 8 + 4], (TASK_GATE | PRESENT) << 8
        call load_tss
        call build_page_tables
        map_identity kernel_page_table, rescue_stack, rescue_stack_top, PAGE_PRESENT | PAGE_WRITABLE
        map_identity kernel_page_table, work_stack, work_stack_top, PAGE_PRESENT | PAGE_WRITABLE
        mov dword [tss + 0x1c], page_directory          ; a task switch never saves CR3, but the one back loads it
        call enable_paging
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, SYS_WORK
        mov ebx, 1
        int 0x80                                        ; there is a stack 1
        mov eax, SYS_WORK
        mov ebx, 2
        int 0x80                                        ; there is none of this number: does not come back
        ud2

function user_program_next
        mov eax, SYS_WORK
        mov ebx, 3
        int 0x80                                        ; nor of this
        ud2

; ------------------------------------------------------------------ ring 0: the system call
kernel_code
function kernel_entry_int80
        cmp eax, SYS_WORK
        jne unexpected_exception
        mov ebp, esp                                    ; the way back
instruction take_stack
        mov esp, [work_stacks + ebx * 4]                ; BUG: any number a program likes
instruction first_push
        push esi
        mov esi, work_text
        call print
        pop esi
        mov esp, ebp
        mov eax, 1
        iret

; Where the rescue lets the failed task go on: on the kernel's stack again, as if it had just started.
function after_rescue
        mov esi, after_text
        call print
        inc dword [ended]
        cmp dword [ended], 2
        je .exit
        enter_ring3 user_program_next
.exit:  xor eax, eax
        jmp exit

; ------------------------------------------------------------------ ring 0: the task of gate 8
; Its registers are those of its TSS, whatever happened elsewhere. Leaving it by IRET saves where it is, so the next double fault goes on behind that.
function rescue_task
        pop eax                                         ; the error code, always 0
        mov esi, rescue_text
        call print
        movzx eax, word [rescue_tss + TSS_LINK]
        call print_hex
        mov esi, eip_text
        call print
        mov eax, [tss + TSS_EIP]
        call print_hex
        mov esi, esp_text
        call print
        mov eax, [tss + TSS_ESP]
        call print_hex
        mov esi, line_end
        call print
        mov dword [tss + TSS_EIP], after_rescue
        mov dword [tss + TSS_ESP], kernel_stack_top
        mov dword [tss + TSS_EFLAGS], EFLAGS_FIXED
instruction rescue_return
        iret                                            ; NT is set: back to the task in the link, not to a frame
        jmp rescue_task

kernel_data
align 8
object rescue_tss
        dd 0                                            ; previous task: the processor writes it
        times 6 dd 0
        dd page_directory                               ; CR3
        dd rescue_task                                  ; EIP
        dd EFLAGS_FIXED
        dd 0, 0, 0, 0                                   ; EAX, ECX, EDX, EBX
        dd rescue_stack_top                             ; ESP
        dd 0, 0, 0                                      ; EBP, ESI, EDI
        dd KERNEL_DS, KERNEL_CS, KERNEL_DS, KERNEL_DS, KERNEL_DS, KERNEL_DS ; ES, CS, SS, DS, FS, GS
        dd 0                                            ; LDT
        dw 0, 104
align 4
object work_stacks
        dd kernel_stack_top - 256, work_stack_top       ; 0, 1
object ended                                            ; taken for stack 2: 0
        dd 0
        dd 0x00600000                                   ; taken for stack 3: mapped nowhere
work_text:      db 'work, on a stack of its own', 10, 0
rescue_text:    db 'double fault: task ', 0
eip_text:       db ' failed at ', 0
esp_text:       db ', its stack pointer was ', 0
after_text:     db 'the kernel goes on: program ended', 10, 0
line_end:       db 10, 0

user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
