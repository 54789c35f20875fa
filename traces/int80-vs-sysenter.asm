; int80-vs-sysenter - the same system call a thousand times each way, to compare the work the processor does.
; Build: nasm -f bin -I traces/ -o traces/int80-vs-sysenter.img traces/int80-vs-sysenter.asm   (or npm run traces)
%include "lib/scenario.inc"

CALLS           equ 1000

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
        write_msr IA32_SYSENTER_CS, KERNEL_CS
        write_msr IA32_SYSENTER_ESP, kernel_stack_top
        write_msr IA32_SYSENTER_EIP, kernel_entry_sysenter
        enter_ring3 user_program

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov ebx, CALLS
function user_calls_by_int80
        int 0x80
        dec ebx
        jnz user_calls_by_int80

        mov ebx, CALLS
function user_calls_by_sysenter
        mov edx, .back
        mov ecx, esp
        sysenter
.back:
        dec ebx
        jnz user_calls_by_sysenter

        int 0x81                                        ; done: a call of its own, so that the others stay equal
        ud2

; ------------------------------------------------------------------ ring 0: the same service behind two doors
kernel_code
function kernel_entry_int80
        inc dword [calls_by_int80]
        iret

function kernel_entry_sysenter
        inc dword [calls_by_sysenter]
        sysexit

function kernel_entry_exit
        mov esi, int80_text
        call print
        mov eax, [calls_by_int80]
        call print_hex
        mov esi, sysenter_text
        call print
        mov eax, [calls_by_sysenter]
        call print_hex
        mov al, 10
        call print_character
        xor eax, eax
        jmp exit

kernel_data
align 4
object calls_by_int80
        dd 0
object calls_by_sysenter
        dd 0
int80_text:     db 'calls by int 0x80: ', 0
sysenter_text:  db ', by sysenter: ', 0

user_gate 0x80, kernel_entry_int80
user_gate 0x81, kernel_entry_exit
descriptor_tables
end_of_image
