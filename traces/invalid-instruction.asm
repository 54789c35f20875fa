; invalid-instruction - UD2 in ring 3: #UD, a fault without an error code. The handler steps over the instruction.
; Build: nasm -f bin -I traces/ -o traces/invalid-instruction.img traces/invalid-instruction.asm   (or npm run traces)
%include "lib/scenario.inc"

UD2_OPCODE      equ 0x0b0f                              ; the bytes 0F 0B, read as a word
UD2_LENGTH      equ 2

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
        mov esi, 1
        ud2                                             ; reserved by the manual to be invalid for ever
        mov esi, 2                                      ; reached only because the handler moved EIP
        mov eax, SYS_EXIT
        xor ebx, ebx
        int 0x80
        ud2

; ------------------------------------------------------------------ ring 0: the exception
; #UD is a fault: the pushed EIP is that of UD2 itself. IRET alone would run it again, and fault again, for ever.
kernel_code
function kernel_entry_invalid_opcode
        push eax
        push esi
        mov esi, invalid_text
        call print
        mov eax, [esp + 8]                              ; EIP in the frame, above our two pushes
        call print_hex
        mov esi, newline_text
        call print
        cmp word [eax], UD2_OPCODE                      ; step only over what we know the length of
        jne unexpected_exception
        add dword [esp + 8], UD2_LENGTH
        pop esi
        pop eax
        iret

function kernel_entry_int80
        cmp eax, SYS_EXIT
        jne unexpected_exception
        mov esi, goodbye_text
        call print
        mov eax, ebx
        jmp exit

kernel_data
invalid_text:   db 'invalid instruction in ring 3 at ', 0
newline_text:   db 10, 0
goodbye_text:   db 'program went on and ended', 10, 0

interrupt_gate 6, kernel_entry_invalid_opcode
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
