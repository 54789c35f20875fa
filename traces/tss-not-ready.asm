; tss-not-ready - the task-state segment, set up by hand and not quite. It is used for one thing only, the stack for ring 0, and not
; before the first entry from ring 3.
;   1. LTR is executed twice: the first marked the descriptor as busy, the second is #GP, error code 0x28. The handler steps over it.
;   2. SS0 was never set: the first system call is #TS, it cannot be delivered, nor can the double fault: shutdown.
; Build: nasm -f bin -I traces/ -o traces/tss-not-ready.img traces/tss-not-ready.asm   (or npm run traces)
%include "lib/scenario.inc"

TSS_BYTES       equ 104
TSS_IO_MAP      equ 102                                 ; where the word with the I/O map's offset lies
LTR_LENGTH      equ 3                                   ; 0F 00 D8

; ------------------------------------------------------------------ ring 0: start
kernel_code
function kernel_start
        mov esp, kernel_stack_top
        call set_up_com1
        call load_gdt
        call load_idt
        call prepare_tss
        call load_tss
        call build_page_tables
        call enable_paging
        mov eax, TSS_SELECTOR
instruction second_ltr
        ltr ax                                          ; #GP(0x28): the TSS is busy, by our own load_tss
        enter_ring3 user_program

function prepare_tss
        cld
        mov edi, tss
        xor eax, eax
        mov ecx, TSS_BYTES / 4
instruction clear_tss
        rep stosd                                       ; all fields 0, and one of them will stay so
        mov dword [tss_esp0], kernel_stack_top
        mov word [tss + TSS_IO_MAP], TSS_BYTES          ; no I/O map
        ret                                             ; BUG: mov dword [tss_ss0], KERNEL_DS is missing

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, SYS_EXIT
        int 0x80                                        ; the first entry from ring 3: #TS(0)
        ud2

; ------------------------------------------------------------------ ring 0: handlers
kernel_code
function kernel_entry_general_protection                ; raised by ring 0: no stack is switched, so no TSS is needed
        push eax
        push esi
        mov esi, general_protection_text
        call print
        mov eax, [esp + 8]                              ; the error code, above our two pushes
        call print_hex
        mov esi, skipped_text
        call print
        pop esi
        pop eax
        add esp, 4                                      ; the error code
        add dword [esp], LTR_LENGTH
        iret

function kernel_entry_int80                             ; never reached
        xor eax, eax
        jmp exit

kernel_data
general_protection_text: db 'LTR refused: #GP, error code ', 0
skipped_text:            db ': stepped over', 10, 0

interrupt_gate 13, kernel_entry_general_protection
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
