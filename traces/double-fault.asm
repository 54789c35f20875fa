; double-fault - three double faults that are caught. A fault whose delivery faults becomes #DF, if the two do not go together.
;   1. ring 3 executes HLT: #GP(0). Gate 13 is absent: #NP(0x6b) while delivering it. Two contributory exceptions: #DF(0)
;   2. ring 3 touches an unmapped page: #PF. Gate 14 lies in an unmapped page itself: #PF while delivering #PF: #DF(0)
; After each, the handler tells, repairs and starts the next program; there the same faults are delivered as they should be.
;   3. the kernel's stack runs into its guard page: #PF, and its frame cannot be pushed there either: #DF(0). This one is caught by a task
;      gate, as a handler on the same stack could not even begin
; Build: nasm -f bin -I traces/ -o traces/double-fault.img traces/double-fault.asm   (or npm run traces)
%include "lib/scenario.inc"

UNMAPPED        equ 0x7ff000                            ; nothing is mapped there
HLT_LENGTH      equ 1

; A second IDT that begins at the end of one page, with gates 0 to 13, and goes on in the next, which is not mapped.
split_page      equ kernel_stack_top + PAGE             ; 0x108000; the guard page is between
split_idt       equ split_page + PAGE - 14 * 8
address_symbol split_idt

; SDM 3A "Task-Gate Descriptor": the selector of a TSS; delivery switches to that task, and so to its stack.
DOUBLE_FAULT_TSS equ MORE_DESCRIPTORS
TASK_GATE       equ 0x05
TSS_ESP         equ 0x38                                ; where the old task's ESP is saved
double_fault_stack     equ split_page + 2 * PAGE        ; 0x10a000
double_fault_stack_top equ double_fault_stack + PAGE
address_symbol double_fault_stack
address_symbol double_fault_stack_top
%macro more_descriptors 0
        segment_descriptor data_address(double_fault_tss), 103, TSS32_AVAILABLE, BYTES16
%endmacro

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
        map_identity kernel_page_table, double_fault_stack, double_fault_stack_top, PAGE_PRESENT | PAGE_WRITABLE
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
        mov dword [idt + 8 * 8], DOUBLE_FAULT_TSS << 16
        mov dword [idt + 8 * 8 + 4], (TASK_GATE | PRESENT) << 8
function kernel_recurses                                ; BUG: for ever. Each call takes four bytes of the page that is the stack
        call kernel_recurses

; The task of gate 8. The processor has saved the registers of the old one in its TSS and loaded all of these from ours.
function kernel_entry_double_fault_task
        mov esi, overflow_text
        call print
        mov eax, [tss + TSS_ESP]                        ; the bottom of the kernel's stack
        call print_hex
        mov esi, line_end
        call print
        xor eax, eax
        jmp exit

kernel_data
align 8
object double_fault_tss
        dd 0                                            ; previous task: the processor writes it
        times 6 dd 0                                    ; stacks for inner rings: none further in than 0
        dd page_directory                               ; CR3
        dd kernel_entry_double_fault_task               ; EIP
        dd EFLAGS_FIXED
        dd 0, 0, 0, 0                                   ; EAX, ECX, EDX, EBX
        dd double_fault_stack_top                       ; ESP
        dd 0, 0, 0                                      ; EBP, ESI, EDI
        dd KERNEL_DS, KERNEL_CS, KERNEL_DS, KERNEL_DS, KERNEL_DS, KERNEL_DS ; ES, CS, SS, DS, FS, GS
        dd 0                                            ; LDT
        dw 0, 104
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
overflow_text:           db 'double fault: caught by a task of its own, the kernel stack was at ', 0
line_end:                db 10, 0

interrupt_gate 8, kernel_entry_double_fault
interrupt_gate 13, kernel_entry_general_protection, ABSENT
interrupt_gate 14, kernel_entry_page_fault
descriptor_tables
end_of_image
