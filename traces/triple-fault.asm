; triple-fault - a real beginner's bug: the limit given to LIDT counts gates instead of bytes.
; A first test with INT3 passes, because gate 3 happens to lie inside. The first real fault then finds no gate for #GP,
; none for #DF, and the processor shuts down: on a PC, a silent reboot.
; Build: nasm -f bin -I traces/ -o traces/triple-fault.img traces/triple-fault.asm   (or npm run traces)
%include "lib/scenario.inc"

EXCEPTIONS      equ 32

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
instruction load_wrong_idt
        lidt [wrong_idt_pointer]                        ; here it goes wrong, and nothing is seen yet
        call load_tss
        call build_page_tables
        call enable_paging
        int3                                            ; "does my IDT work?" It does, for vectors 0 to 3
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        hlt                                             ; privileged: #GP(0), which a kernel should survive
        jmp user_program

; ------------------------------------------------------------------ ring 0: handlers
kernel_code
function kernel_entry_breakpoint
        push esi
        mov esi, breakpoint_text
        call print
        pop esi
        iret

function kernel_entry_general_protection                ; gate 13 names it, and is never reached
        mov esi, general_protection_text
        call print
        xor eax, eax
        jmp exit

kernel_data
align 8
object wrong_idt_pointer
        dw EXCEPTIONS - 1                               ; BUG: must be EXCEPTIONS * 8 - 1, the last valid byte
        dd idt
breakpoint_text:         db 'breakpoint: the IDT works', 10, 0
general_protection_text: db 'general protection: program ended', 10, 0

interrupt_gate 3, kernel_entry_breakpoint
interrupt_gate 13, kernel_entry_general_protection
descriptor_tables
end_of_image
