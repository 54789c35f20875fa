; segmentation-violation - two programs that touch what is not theirs. Each is caught, reported and ended.
;   1. ring 3 reads a supervisor page:       #PF, error code 5 (page present, user access), CR2 = the address
;   2. ring 3 loads a ring-0 data selector:  #GP, error code 0x10 (the selector)
; Build: nasm -f bin -I traces/ -o traces/segmentation-violation.img traces/segmentation-violation.asm   (or npm run traces)
%include "lib/scenario.inc"

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
        enter_ring3 user_program_reads_kernel_memory

; ------------------------------------------------------------------ ring 3
user_code
function user_program_reads_kernel_memory
        mov eax, [kernel_secret]                        ; mapped, but with U = 0: the page is there and it is not for us
        ud2                                             ; never reached

function user_program_loads_kernel_selector
        mov eax, KERNEL_DS
        mov es, eax                                     ; CPL 3 > DPL 0: refused, whatever the memory behind it
        ud2                                             ; never reached

; ------------------------------------------------------------------ ring 0: the two faults
; Both exceptions push an error code below EIP. As the program is not continued, nothing has to be popped:
; the next program starts on a fresh stack.
kernel_code
function kernel_entry_page_fault
        mov esi, page_fault_text
        call print
        mov eax, [esp]                                  ; the error code
        call print_hex
        mov esi, address_text
        call print
        mov eax, cr2                                    ; the address that was refused
        call print_hex
        mov esi, ended_text
        call print
        enter_ring3 user_program_loads_kernel_selector

function kernel_entry_general_protection
        mov esi, general_protection_text
        call print
        mov eax, [esp]                                  ; the error code: the selector, with its RPL bits taken away
        call print_hex
        mov esi, ended_text
        call print
        xor eax, eax
        jmp exit

kernel_data
align 4
object kernel_secret
        dd 0x5ec2e7
page_fault_text:         db 'segmentation violation: #PF, error code ', 0
address_text:            db ', address ', 0
general_protection_text: db 'segmentation violation: #GP, error code ', 0
ended_text:              db ': program ended', 10, 0

interrupt_gate 13, kernel_entry_general_protection
interrupt_gate 14, kernel_entry_page_fault
descriptor_tables
end_of_image
