; call-gate - the way into ring 0 that looks like a call: CALL far names a gate, the processor copies the parameters to the inner stack,
; RETF comes back and releases them on both.
;   1. a far call straight to ring-0 code:          #GP, error code 0x8. Nobody chooses where ring 0 begins
;   2. through a 32-bit gate, two parameters:       passed, RETF 8
;   3. from a 16-bit program through a 16-bit gate: passed, all slots are words, RETF 4
;   4. through a gate with DPL 0:                   #GP, error code 0x40
; Build: nasm -f bin -I traces/ -o traces/call-gate.img traces/call-gate.asm   (or npm run traces)
%include "lib/scenario.inc"

SYS_WRITE_NUMBER equ 0x100                              ; EBX: text, ECX: number behind it

ADD_GATE        equ MORE_DESCRIPTORS | 3                ; 0x33
MULTIPLY_GATE   equ MORE_DESCRIPTORS + 8 | 3            ; 0x3b
KERNEL_GATE     equ MORE_DESCRIPTORS + 16 | 3           ; 0x43
KERNEL_CODE16   equ MORE_DESCRIPTORS + 24               ; 0x48
USER_CODE16     equ MORE_DESCRIPTORS + 32 | 3           ; 0x53
USER_STACK16    equ MORE_DESCRIPTORS + 40 | 3           ; 0x5b
USER_STACK16_TOP equ user_stack_top - USER_CODE         ; 0x4000

; SDM 3A "Call Gates": the selector in it names the code, the offset is where it begins; 16-bit gates have no upper half.
CALL_GATE32     equ 0x0c
CALL_GATE16     equ 0x04
; call_gate SELECTOR, OFFSET, PARAMETERS, ACCESS BYTE
%macro call_gate 4
        dw (%2) & 0xffff, %1
        db %3, %4
        dw (%2) >> 16
%endmacro
%macro more_descriptors 0
        call_gate KERNEL_CS, code_address(kernel_gate_add), 2, CALL_GATE32 | DPL_3 | PRESENT
        call_gate KERNEL_CODE16, kernel_gate_multiply - kernel_code_start, 2, CALL_GATE16 | DPL_3 | PRESENT
        call_gate KERNEL_CS, code_address(kernel_gate_add), 2, CALL_GATE32 | PRESENT
        segment_descriptor KERNEL_CODE, 0xffff, CODE_RING0, BYTES16
        segment_descriptor USER_CODE, 0xffff, CODE_RING3, BYTES16
        segment_descriptor USER_CODE, 0xffff, DATA_RING3, BYTES16
%endmacro

CALL_LENGTH     equ 7                                   ; 9A, offset, selector

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
        call KERNEL_CS:kernel_gate_add                  ; refused: DPL 0, and no gate is asked

        push dword 40
        push dword 2
        call ADD_GATE:0                                 ; the offset is ignored: the gate has it
        mov ecx, eax                                    ; the parameters are gone, ESP is as before the pushes
        mov ebx, sum_text
        mov eax, SYS_WRITE_NUMBER
        int 0x80
        jmp USER_CODE16:user_program_16 - user_code_start

bits 16
function user_program_16
        mov ax, USER_STACK16
        mov ss, ax
        mov sp, USER_STACK16_TOP
        push word 7
        push word 6
        call MULTIPLY_GATE:0                            ; the whole frame in words: an IP and SP of 16 bits is all there is
        jmp dword USER_CS:user_program_again
bits 32

function user_program_again
        mov ecx, USER_DS
        mov ss, ecx
        mov esp, user_stack_top
        movzx ecx, ax
        mov ebx, product_text
        mov eax, SYS_WRITE_NUMBER
        int 0x80
        call KERNEL_GATE:0                              ; refused: this gate has DPL 0
        mov eax, SYS_EXIT
        xor ebx, ebx
        int 0x80
        ud2

user_data
sum_text:       db 'through a 32-bit gate: 2 + 40 = ', 0
product_text:   db 'through a 16-bit gate: 6 * 7 = ', 0

; ------------------------------------------------------------------ ring 0: what the gates lead to
; On the kernel's stack: EIP, CS, the two parameters (copied from the caller's), ESP, SS.
kernel_code
function kernel_gate_add
        mov eax, [esp + 8]
        add eax, [esp + 12]
        retf 8                                          ; 8 bytes of parameters, from this stack and from the caller's

; The same in words: IP, CS, two parameters, SP, SS.
bits 16
function kernel_gate_multiply
        mov ax, [esp + 4]
        imul ax, [esp + 6]
        retf 4
bits 32

function kernel_entry_general_protection
        push eax
        push esi
        mov esi, refused_text
        call print
        mov eax, [esp + 8]                              ; the error code, above our two pushes
        call print_hex
        mov esi, line_end
        call print
        pop esi
        pop eax
        add esp, 4                                      ; the error code
        add dword [esp], CALL_LENGTH                    ; go on behind the CALL
        iret

function kernel_entry_int80
        cmp eax, SYS_WRITE_NUMBER
        je system_call_write_number
        cmp eax, SYS_EXIT
        jne unexpected_exception
        mov esi, goodbye_text
        call print
        mov eax, ebx
        jmp exit

function system_call_write_number
        mov esi, ebx
        call print
        mov eax, ecx
        call print_hex
        mov esi, line_end
        call print
        iret

kernel_data
refused_text:   db 'far call refused: #GP, error code ', 0
line_end:       db 10, 0
goodbye_text:   db 'program ended', 10, 0

interrupt_gate 13, kernel_entry_general_protection
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
