; int80-syscall - the classic way into the kernel: INT 0x80 from ring 3, IRET back.
; Build: nasm -f bin -I traces/ -o traces/int80-syscall.img traces/int80-syscall.asm   (or npm run traces)
%include "lib/scenario.inc"

SYS_GETPID      equ 20

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
        mov eax, SYS_WRITE
        mov ebx, user_text
        int 0x80                                        ; 3 -> 0, and back behind this instruction

        mov eax, SYS_GETPID
        int 0x80
        mov [user_pid], eax                             ; the answer came back in EAX

        mov eax, SYS_EXIT
        xor ebx, ebx
        int 0x80                                        ; does not come back
        ud2

user_data
object user_text
        db 'hello from ring 3', 10, 0
align 4
object user_pid
        dd 0

; ------------------------------------------------------------------ ring 0: the system call
; On the way in the processor: read gate 0x80 from the IDT (its DPL 3 lets ring 3 through), read the code descriptor it
; names, took SS:ESP for ring 0 from the TSS, pushed SS, ESP, EFLAGS, CS, EIP there and jumped here.
kernel_code
function kernel_entry_int80
        cmp eax, SYS_WRITE
        je system_call_write
        cmp eax, SYS_GETPID
        je system_call_getpid
        cmp eax, SYS_EXIT
        je system_call_exit
        mov eax, -38                                    ; no such call (Linux says -ENOSYS)
        iret

function system_call_write
        push esi
        mov esi, ebx
        call print
        pop esi
        xor eax, eax
        iret                                            ; pops EIP, CS, EFLAGS and, as the ring changes, ESP and SS

function system_call_getpid
        mov eax, 42
        iret

function system_call_exit
        mov esi, goodbye_text
        call print
        mov eax, ebx
        jmp exit

kernel_data
goodbye_text:   db 'program ended', 10, 0

user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
