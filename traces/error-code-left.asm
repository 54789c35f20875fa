; error-code-left - a page-fault handler that returns without taking the error code off the stack. It was copied from the handler
; of #UD, where there is none. IRET takes what lies there: the error code for EIP, the saved EIP for CS, the saved CS for EFLAGS.
; Build: nasm -f bin -I traces/ -o traces/error-code-left.img traces/error-code-left.asm   (or npm run traces)
%include "lib/scenario.inc"

UD2_LENGTH      equ 2                                   ; 0F 0B
heap            equ 0x410000                            ; mapped when it is touched
heap_frame      equ kernel_stack_top + PAGE             ; 0x108000: the memory for it
address_symbol heap
address_symbol heap_frame

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
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        ud2                                             ; this handler works
        mov edi, heap
        mov ecx, 16
        jmp first_touch
align 64
instruction first_touch
        mov [edi], ecx                                  ; #PF: the page is not there yet. This address, 0x400040, will be taken for CS
        add edi, 4
        dec ecx
        jnz first_touch
        hlt                                             ; never reached

; ------------------------------------------------------------------ ring 0: handlers
kernel_code
function kernel_entry_invalid_opcode                    ; on the stack: EIP, CS, EFLAGS, ESP, SS
        push esi
        mov esi, invalid_opcode_text
        call print
        pop esi
        add dword [esp], UD2_LENGTH
        iret

function kernel_entry_page_fault                        ; on the stack: error code, EIP, CS, EFLAGS, ESP, SS
        push esi
        mov esi, page_fault_text
        call print
        pop esi
        mov dword [user_page_table + (heap >> 12 & 0x3ff) * 4], heap_frame | PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER
instruction page_fault_iret                             ; BUG: add esp, 4 must come before
        iret                                            ; #GP(0x40)

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
invalid_opcode_text:     db 'invalid opcode: skipped', 10, 0
page_fault_text:         db 'page fault: page supplied', 10, 0
general_protection_text: db 'IRET refused its frame: #GP, error code ', 0
line_end:                db 10, 0

interrupt_gate 6, kernel_entry_invalid_opcode
interrupt_gate 13, kernel_entry_general_protection
interrupt_gate 14, kernel_entry_page_fault
descriptor_tables
end_of_image
