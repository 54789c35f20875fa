; double-fault - two double faults that are caught. A fault whose delivery faults becomes #DF, if the two do not go together.
;   1. ring 3 executes HLT: #GP(0). Gate 13 is absent: #NP(0x6b) while delivering it. Two contributory exceptions: #DF(0)
;   2. ring 3 touches an unmapped page: #PF. Gate 14 lies in an unmapped page itself: #PF while delivering #PF: #DF(0)
; After each, the handler tells, repairs and starts the next program. The third has the same faults, delivered as they should be.
; Build: nasm -f bin -I traces/ -o traces/double-fault.img traces/double-fault.asm   (or npm run traces)
%include "lib/scenario.inc"

UNMAPPED        equ 0x7ff000                            ; nothing is mapped there
HLT_LENGTH      equ 1

; A second IDT that begins at the end of one page, with gates 0 to 13, and goes on in the next, which is not mapped.
split_page      equ kernel_stack_top + PAGE             ; 0x108000; the guard page is between
split_idt       equ split_page + PAGE - 14 * 8
address_symbol split_idt

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call load_tss
        call build_page_tables
        map_identity kernel_page_table, split_page, split_page + PAGE, PAGE_PRESENT | PAGE_WRITABLE
        mov esi, idt
        mov edi, split_idt
        mov ecx, IDT_ENTRIES * 2
        cld
        rep movsd                                       ; paging is still off: both pages can be written
        call enable_paging
        enter_ring3 user_program_halts

; ------------------------------------------------------------------ ring 3
user_code
function user_program_halts
        hlt                                             ; privileged: #GP(0)
        ud2                                             ; never reached

function user_program_touches
        mov eax, [UNMAPPED]                             ; #PF
        ud2                                             ; never reached

function user_program_both
        hlt                                             ; #GP(0) again, and now it has a gate
        mov eax, [UNMAPPED]                             ; #PF again
        ud2                                             ; never reached

; ------------------------------------------------------------------ ring 0: the double fault
; On the stack: error code 0 and a frame. #DF is an abort: the manual does not define the saved EIP, and the instruction is not continued. So the
; program is ended. That the handler itself runs on a good stack, through a good gate, is all that separates this from a triple fault.
kernel_code
function kernel_entry_double_fault
        inc dword [double_faults]
        cmp dword [double_faults], 2
        je .second
        ja unexpected_exception
        mov esi, first_text
        call print
        or byte [idt + 13 * 8 + ACCESS_BYTE], PRESENT   ; the repair
        or byte [split_idt + 13 * 8 + ACCESS_BYTE], PRESENT
        lidt [split_idt_pointer]                        ; from here on the IDT is the one over two pages
        enter_ring3 user_program_touches
.second:
        mov esi, second_text
        call print
        lidt [idt_pointer]                              ; the repair: the IDT that is all there
        enter_ring3 user_program_both

function kernel_entry_general_protection
        push esi
        mov esi, general_protection_text
        call print
        pop esi
        add esp, 4                                      ; the error code
        add dword [esp], HLT_LENGTH
        iret

function kernel_entry_page_fault
        mov esi, page_fault_text
        call print
        xor eax, eax
        jmp exit

kernel_data
align 8
object split_idt_pointer
        dw IDT_ENTRIES * 8 - 1
        dd split_idt
align 4
object double_faults
        dd 0
first_text:              db 'double fault: gate 13 was absent, program ended', 10, 0
second_text:             db 'double fault: gate 14 was in an unmapped page, program ended', 10, 0
general_protection_text: db 'general protection, delivered', 10, 0
page_fault_text:         db 'page fault, delivered: program ended', 10, 0

interrupt_gate 8, kernel_entry_double_fault
interrupt_gate 13, kernel_entry_general_protection, ABSENT
interrupt_gate 14, kernel_entry_page_fault
descriptor_tables
end_of_image
