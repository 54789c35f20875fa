; selector-error-code - "#GP with error code 0x30, what is that?" A selector: the kernel gives each thread a data segment of its own
; and writes its descriptor into the GDT. In the access byte the S flag is missing: a data segment becomes an LDT, and loading FS faults.
; Build: nasm -f bin -I traces/ -o traces/selector-error-code.img traces/selector-error-code.asm   (or npm run traces)
%include "lib/scenario.inc"

THREAD_SELECTOR equ MORE_DESCRIPTORS | 3                ; entry 6 of the GDT; RPL 3
THREAD_BYTES    equ 256                                 ; the size of a thread's own data
DESCRIPTOR_S    equ 1 << 4                              ; access byte: 1 code or data, 0 system (LDT, TSS, gate)
thread_data     equ user_stack                          ; at the far end of its stack's page

%macro more_descriptors 0
        dq 0                                            ; 0x30: filled in when a thread is made
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
        call enable_paging
        mov eax, thread_data
        call make_thread_segment
        mov eax, THREAD_SELECTOR
instruction load_thread_segment
        mov fs, eax                                     ; #GP(0x30): selector 0x33 with its RPL bits taken away
        enter_ring3 user_program                        ; never reached

; make_thread_segment: base EAX. SDM 3A "Segment Descriptors": two doublewords. Changes EAX and EDX.
function make_thread_segment
        mov edx, eax
        shl edx, 16
        or edx, THREAD_BYTES - 1                        ; base 15:0, limit 15:0
        mov [gdt + MORE_DESCRIPTORS], edx
        rol eax, 8
        mov edx, eax
        and edx, 0xff                                   ; base 31:24 is now in bits 7:0,
        ror edx, 8                                      ; and goes to bits 31:24
        shr eax, 24                                     ; base 23:16 was in bits 31:24
        or eax, edx
        or eax, (DATA_RING3 & ~DESCRIPTOR_S) << 8 | BYTES32 << 20 ; BUG: 0xe2 for the access byte, must be 0xf2
instruction write_access_byte
        mov [gdt + MORE_DESCRIPTORS + 4], eax
        ret

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, [fs:0]
        ud2

; ------------------------------------------------------------------ ring 0: general protection, raised by ring 0
; On the stack: error code, EIP, CS, EFLAGS. Whoever reads "error code 0x30" here needs to know that it names a descriptor.
kernel_code
function kernel_entry_general_protection
        mov esi, general_protection_text
        call print
        mov eax, [esp]
        call print_hex
        mov esi, address_text
        call print
        mov eax, [esp + 4]
        call print_hex
        mov esi, line_end
        call print
        xor eax, eax
        jmp exit

kernel_data
general_protection_text: db 'kernel: #GP, error code ', 0
address_text:            db ' at ', 0
line_end:                db 10, 0

interrupt_gate 13, kernel_entry_general_protection
descriptor_tables
end_of_image
