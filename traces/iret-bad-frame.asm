; iret-bad-frame - IRET checks the five slots that it pops, and a bad one is a #GP in the kernel, at the IRET.
;   1. The kernel's first frame has the SS of the boot loader (0x18), which in our GDT is code: #GP, error code 0x18.
;      The handler sees that it was the IRET, repairs the slot and goes back: the IRET runs again.
;   2. A system call takes a frame from the program, as sigreturn does, and its CS is a data segment: #GP, error code 0x20.
;      The program's own doing: the handler gives up on the program, not on the kernel.
; Build: nasm -f bin -I traces/ -o traces/iret-bad-frame.img traces/iret-bad-frame.asm   (or npm run traces)
%include "lib/scenario.inc"

SYS_SIGRETURN   equ 119                                 ; Linux's number. EBX: the five values to return with
STALE_SS        equ 0x18                                ; many boot loaders have flat data there
BAD_CS          equ USER_DS                             ; a data segment, good enough for SS

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
        mov eax, USER_DS
        mov ds, eax
        mov es, eax
        mov fs, eax
        mov gs, eax
instruction push_stale_ss
        push dword STALE_SS                             ; BUG: must be USER_DS, 0x23
        push dword user_stack_top                       ; ESP
        push dword EFLAGS_FIXED                         ; EFLAGS
        push dword USER_CS                              ; CS
        push dword user_program                         ; EIP
instruction first_iret
        iret                                            ; #GP(0x18). Then it succeeds

; ------------------------------------------------------------------ ring 3
user_code
function user_program
        mov eax, SYS_WRITE
        mov ebx, user_text
        int 0x80                                        ; a frame that the processor pushes is good: this IRET succeeds
        mov eax, SYS_SIGRETURN
        mov ebx, user_frame
        int 0x80                                        ; does not come back
        ud2

user_data
object user_text
        db 'hello from ring 3', 10, 0
align 4
object user_frame
        dd user_program, BAD_CS, EFLAGS_FIXED, user_stack_top, USER_DS

; ------------------------------------------------------------------ ring 0: the system calls
kernel_code
function kernel_entry_int80
        cmp eax, SYS_WRITE
        je system_call_write
        cmp eax, SYS_SIGRETURN
        je system_call_sigreturn
        jmp unexpected_exception

function system_call_write
        push esi
        mov esi, ebx
        call print
        pop esi
        iret

; Copies the program's five values over the frame that INT 0x80 pushed. BUG: takes CS as it comes.
function system_call_sigreturn
        mov esi, ebx
        mov edi, esp
        mov ecx, 5
        cld
instruction copy_frame
        rep movsd
instruction sigreturn_iret
        iret                                            ; #GP(0x20)

; ------------------------------------------------------------------ ring 0: general protection, raised by ring 0
; On the stack, as the ring did not change: error code, EIP, CS, EFLAGS, and then the frame that the IRET could not use:
FAULT_EIP       equ 4
BAD_FRAME       equ 16                                  ; EIP, CS, EFLAGS, ESP, SS of the program
BAD_FRAME_SS    equ BAD_FRAME + 16
function kernel_entry_general_protection
        push eax
        push esi
        mov esi, general_protection_text
        call print
        mov eax, [esp + 8]                              ; the error code, above our two pushes
        call print_hex
        cmp dword [esp + 8 + FAULT_EIP], first_iret
        je .repair
        cmp dword [esp + 8 + FAULT_EIP], sigreturn_iret
        je .give_up
        jmp unexpected_exception
.repair:
        mov dword [esp + 8 + BAD_FRAME_SS], USER_DS
        mov esi, repaired_text
        call print
        pop esi
        pop eax
        add esp, 4                                      ; the error code
        iret                                            ; three slots: back to the IRET, which runs again
.give_up:
        mov esi, ended_text
        call print
        xor eax, eax
        jmp exit

kernel_data
general_protection_text: db 'IRET refused its frame: #GP, error code ', 0
repaired_text:           db ': SS repaired', 10, 0
ended_text:              db ': CS is the fault of the program, program ended', 10, 0

interrupt_gate 13, kernel_entry_general_protection
user_gate 0x80, kernel_entry_int80
descriptor_tables
end_of_image
