; idt-not-mapped - an IDT that is good until it is needed. The kernel puts it behind its stack, loads and tests it, and turns paging on.
; The page it lies in is not mapped: the guard page was taken out at the wrong end of the stack. Nobody notices before the first
; interrupt. Then reading the gate is a page fault, reading the gate of #PF is, too, and that of #DF: shutdown.
; Build: nasm -f bin -I traces/ -o traces/idt-not-mapped.img traces/idt-not-mapped.asm   (or npm run traces)
%include "lib/scenario.inc"

idt_page        equ kernel_stack_top                    ; 0x107000: the next page
address_symbol idt_page

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call move_idt
        call load_tss
        int3                                            ; "does my IDT work?" It does: paging is off
        call build_page_tables
        call protect_stack
        call enable_paging
        mov esi, paging_text
        call print
        enter_ring3 user_program

; The IDT of the file goes to a page of its own.
function move_idt
        mov esi, idt
        mov edi, idt_page
        mov ecx, IDT_ENTRIES * 2
        cld
        rep movsd
        lidt [moved_idt_pointer]
        ret

; The page below the stack is to fault when the stack is full.
function protect_stack
        map_identity kernel_page_table, idt_page, idt_page + PAGE, PAGE_PRESENT | PAGE_WRITABLE
instruction unmap_guard                                 ; BUG: must be kernel_stack - PAGE. The stack grows downwards
        mov dword [kernel_page_table + (kernel_stack_top >> 12) * 4], 0
        ret

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, SYS_EXIT
        int 0x80                                        ; the first interrupt since paging is on
        ud2

; ------------------------------------------------------------------ ring 0: handlers
kernel_code
function kernel_entry_breakpoint
        push esi
        mov esi, breakpoint_text
        call print
        pop esi
        iret

function kernel_entry_int80                             ; never reached
        xor eax, eax
        jmp exit

function kernel_entry_page_fault                        ; never reached
        jmp unexpected_exception

kernel_data
breakpoint_text: db 'breakpoint: the IDT works', 10, 0
paging_text:     db 'paging is on', 10, 0
align 8
object moved_idt_pointer
        dw IDT_ENTRIES * 8 - 1
        dd idt_page

interrupt_gate 3, kernel_entry_breakpoint
interrupt_gate 14, kernel_entry_page_fault
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
